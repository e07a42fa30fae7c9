"""How fast the ledger takes commands, beside the least that any way of recording costs.

The reference is a row of the same bytes into a table with one index, committed: no event is
encoded for it, nothing is made unique, ordered or announced. The library's stock recorder gets the
same events through the same mapper, but neither a command key nor a claim. All take turns, in
short slices and changing order, because a machine's disk is not the same from one second to the
next; a ratio is the median over the rounds.
"""

import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from uuid import UUID, uuid4

import psycopg
from eventsourcing.persistence import EventStore
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

from benchmarks.figures import Figure
from domain.events import ProgressDeclared
from domain.values import Capacity, Status
from tracker.ledger import Ledger
from tracker.serialization import LedgerMapper, encode

ORGANISATION = uuid4()
NOTE = "Le fichier électoral est mis à jour dans trente cercles sur quarante-neuf."

_Rates = dict[str, list[float]]

Once = Callable[[], object]
"""Records one more event and returns when it is durable."""


def _event(id: UUID) -> ProgressDeclared:
    return ProgressDeclared(
        originator_id=id,
        originator_version=1,
        occurred_on=date(2024, 7, 16),
        recorded_by=ORGANISATION,
        capacity=Capacity.owner,
        status=Status.in_progress,
        note=NOTE,
    )


@contextmanager
def _raw(database_url: str, writers: int) -> Iterator[list[Once]]:
    topic, state = "progress-declared.v1", encode(_event(uuid4()))
    insert = (
        "INSERT INTO raw_events (originator_id, originator_version, topic, state)"
        " VALUES (%b, %b, %b, %b) RETURNING id"
    )

    def once(connection: psycopg.Connection) -> Once:
        cursor = connection.cursor(binary=True)
        return lambda: cursor.execute(insert, (uuid4(), 1, topic, state), prepare=True).fetchone()

    with ExitStack() as opened:
        connections = [
            opened.enter_context(psycopg.connect(database_url, autocommit=True))
            for _ in range(writers)
        ]
        connections[0].execute(
            "CREATE TABLE IF NOT EXISTS raw_events (id bigserial PRIMARY KEY, originator_id uuid"
            " NOT NULL, originator_version bigint NOT NULL, topic text NOT NULL, state bytea NOT"
            " NULL, recorded_at timestamptz NOT NULL DEFAULT now())"
        )
        yield [once(connection) for connection in connections]


@contextmanager
def _ledger(database_url: str, writers: int) -> Iterator[list[Once]]:
    with Ledger(database_url, pool_size=writers) as ledger:
        ledger.install()

        def once() -> object:
            return ledger.record([_event(uuid4())], command_key=str(uuid4()))

        yield [once] * writers


@contextmanager
def _stock(database_url: str, writers: int) -> Iterator[list[Once]]:
    parts = conninfo_to_dict(database_url)
    with PostgresDatastore(
        str(parts.get("dbname", "")),
        str(parts.get("host", "")),
        str(parts.get("port", "5432")),
        str(parts.get("user", "")),
        str(parts.get("password", "")),
        pool_size=writers,
    ) as datastore:
        recorder = PostgresApplicationRecorder(datastore, events_table_name="stock_events")
        recorder.create_table()
        events = EventStore[UUID](LedgerMapper(), recorder)

        def once() -> object:
            return events.put([_event(uuid4())])

        yield [once] * writers


def _rate(writers: list[Once], seconds: float) -> float:
    """Events a second of all writers together, each in a thread of its own."""
    done = [0] * len(writers)
    start = threading.Barrier(len(writers) + 1)
    over = threading.Event()

    def work(number: int) -> None:
        once = writers[number]
        start.wait()
        while not over.is_set():
            once()
            done[number] += 1

    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(writers))]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    over.wait(seconds)
    over.set()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - began)


def _take_turns(database_url: str, writers: int, rounds: int, slice_seconds: float) -> _Rates:
    ways = {"raw": _raw, "ledger": _ledger, "stock": _stock}
    rates: _Rates = {name: [] for name in ways}
    with ExitStack() as opened:
        ready = {
            name: opened.enter_context(way(database_url, writers)) for name, way in ways.items()
        }
        for once in ready.values():
            _rate(once, slice_seconds)  # connections, prepared statements, first pages
        for _ in range(rounds):
            for name in random.sample(list(ready), len(ready)):
                rates[name].append(_rate(ready[name], slice_seconds))
    return rates


def _figure(
    name: str, reference_name: str, ours: list[float], theirs: list[float], bar: float, aim: float
) -> Figure:
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    value = statistics.median(ours)
    return Figure(
        name=name,
        value=value,
        unit="events/s",
        reference_name=reference_name,
        reference=value / ratio,
        bar=bar,
        aim=aim,
        note=f"median of {len(ours)} rounds",
    )


def measure(database_url: str, rounds: int = 20, slice_seconds: float = 0.25) -> list[Figure]:
    """The figures of appending, on an empty database of a durable server (fsync on)."""
    figures = []
    for writers, bar, aim in ((1, 0.36, 0.6), (8, 0.29, 0.5)):
        rates = _take_turns(database_url, writers, rounds, slice_seconds)
        name = "append, one writer" if writers == 1 else f"append, {writers} writers"
        figures += [
            _figure(name, "raw INSERT and commit", rates["ledger"], rates["raw"], bar, aim),
            _figure(name, "the library's recorder", rates["ledger"], rates["stock"], 1.5, 1.5),
        ]
    return figures
