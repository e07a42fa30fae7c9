"""What a reader waits for when a page is not in memory, and an author until their act is seen.

Measured inside one process with the whole application: page cache, database, projections, template
and compression. Only the network and the browser are left out. `database_url` holds the population.
"""

import asyncio
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import psycopg

from benchmarks.figures import Figure
from domain.commands import DeclareProgress
from domain.values import Author, Capacity, Status
from tracker import bootstrap
from tracker.application import Submission
from tracker.bootstrap import Services
from tracker.settings import Settings
from web.app import build_app
from web.asgi import Answer, ASGIApp, whole_answer

ACTS = 150
PAST_DAYS = 40


def measure(database_url: str) -> list[Figure]:
    """Save-to-visible, the live board after each act, and the board as of past days."""
    with _services(database_url) as services:
        app = build_app(services)
        owned = _owned_commitments(database_url, ACTS)
        with asyncio.Runner() as runner:
            # The first requests compile templates and fill connection pools.
            for _ in range(3):
                _timed(runner, app, "/", b"sort=reference&late=1")
            visible, live, narrowed = [], [], []
            for commitment, owner in owned:
                visible.append(_act(services, commitment, owner))
                live.append(_timed(runner, app, "/"))
                narrowed.append(_timed(runner, app, "/", b"status=in_progress"))
            past = [
                _timed(runner, app, "/", f"asof={day}".encode())
                for day in _recorded_days(database_url)
            ]
    p50, p95 = statistics.median(visible), statistics.quantiles(visible, n=20)[18]
    miss = statistics.median(live)
    return [
        _milliseconds("save to visible, median", p50, "the bar", 15.0),
        _milliseconds("save to visible, 95th percentile", p95, "the bar", 40.0),
        _milliseconds("board not in memory, median", miss, "the bar", 15.0),
        _milliseconds(
            "board narrowed to a status, not in memory",
            statistics.median(narrowed),
            "the bar",
            15.0,
        ),
        Figure(
            name="board as of a past day, not in memory",
            value=statistics.median(past),
            unit="ms",
            reference_name="the live board, not in memory",
            reference=miss,
            better="lower",
            bar=1.5,
        ),
    ]


def _milliseconds(name: str, value: float, reference_name: str, reference: float) -> Figure:
    return Figure(
        name=name,
        value=value,
        unit="ms",
        reference_name=reference_name,
        reference=reference,
        better="lower",
        bar=1.0,
    )


@contextmanager
def _services(database_url: str) -> Iterator[Services]:
    settings = Settings(database_url=database_url, data_dir=Path(".tracker"))
    with bootstrap.services(settings) as services:
        if not services.watch.wait_for(services.ledger.head().position, timeout=600):
            raise TimeoutError("The board did not catch up with the population.")
        yield services


def _act(services: Services, commitment: UUID, owner: UUID) -> float:
    command = DeclareProgress(
        occurred_on=date(2026, 11, 2), status=Status.in_progress, note="Les travaux avancent."
    )
    how = Submission(by=Author(owner, Capacity.owner), key=str(uuid4()))
    started = time.perf_counter()
    receipt = services.application.declare_progress(commitment, command, how)
    if not services.watch.wait_for(receipt.last):
        raise TimeoutError("The act did not become visible.")
    return (time.perf_counter() - started) * 1000


def _timed(runner: asyncio.Runner, app: ASGIApp, path: str, query: bytes = b"") -> float:
    started = time.perf_counter()
    answer: Answer = runner.run(whole_answer(app, _request(path, query)))
    elapsed = (time.perf_counter() - started) * 1000
    if answer.status != 200:
        raise RuntimeError(f"{path}?{query.decode()} answered {answer.status}")
    return elapsed


def _request(path: str, query: bytes) -> dict[str, object]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"accept-encoding", b"br")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }


def _owned_commitments(database_url: str, number: int) -> list[tuple[UUID, UUID]]:
    with psycopg.connect(database_url) as connection:
        return connection.execute(
            "SELECT commitment, owners[1] FROM projections.board"
            " WHERE valid_to = 9223372036854775807 ORDER BY reference DESC LIMIT %s",
            (number,),
        ).fetchall()


def _recorded_days(database_url: str) -> list[date]:
    with psycopg.connect(database_url) as connection:
        found = connection.execute(
            "SELECT day FROM projections.days ORDER BY day DESC OFFSET 1 LIMIT %s", (PAST_DAYS,)
        ).fetchall()
    return [day for (day,) in found]
