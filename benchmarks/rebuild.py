"""How fast every projection is rebuilt, beside the library's ProjectionRunner on the same ones.

The runner does the same work, event by event, with its own subscription and its own tracking; it is
given the first RUNNER_EVENTS only, because at its pace the whole record would take an hour. Its
first second is not counted: it is for connecting.
"""

import time
from datetime import UTC, datetime
from typing import Any

import psycopg
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import tuple_row

from benchmarks.figures import Figure
from projections.feed import Batch, Entry
from projections.registry import EVERY
from tracker import projecting
from tracker.ledger import Ledger

RUNNER_SCHEMA = "runner"
RUNNER_SECONDS = 15.0


class _View(PostgresTrackingRecorder):
    """The rows of every projection and the runner's tracking record, in one transaction."""

    def project(self, entry: Entry, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as tracking_cursor:
            with tracking_cursor.connection.cursor(row_factory=tuple_row) as cursor:
                cursor.execute(f"SET LOCAL search_path TO {RUNNER_SCHEMA}".encode())
                batch = Batch([entry])
                for projection in EVERY:
                    projection.apply(cursor, batch)
            self._insert_tracking(tracking_cursor, tracking)


class _Projection(Projection[_View]):
    name = "everything"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        entry = Entry(tracking.notification_id, datetime.now(UTC), domain_event)
        self.view.project(entry, tracking)


def measure(database_url: str) -> list[Figure]:
    """`database_url` holds the population; nothing else writes to it meanwhile."""
    started = time.perf_counter()
    events = projecting.rebuild(database_url)
    ours = events / (time.perf_counter() - started)
    return [
        Figure(
            name=f"rebuild of every projection, {events:,} events",
            value=ours,
            unit="events/s",
            reference_name="the library's ProjectionRunner",
            reference=_runner_rate(database_url),
            bar=30,
            note=f"the runner was measured for {RUNNER_SECONDS:.0f} s on the same ledger",
        )
    ]


def _runner_rate(database_url: str) -> float:
    _make_room(database_url)

    class _Ledger(Ledger):
        def __init__(self, env: object = None) -> None:
            super().__init__(database_url)

    runner = ProjectionRunner(
        application_class=_Ledger,
        projection_class=_Projection,
        view_class=_View,
        env=_environment(database_url),
    )
    with runner:
        runner.run_forever(timeout=1)
        first = runner.view.max_tracking_id("_Ledger") or 0
        runner.run_forever(timeout=RUNNER_SECONDS)
        last = runner.view.max_tracking_id("_Ledger") or 0
    return (last - first) / RUNNER_SECONDS


def _make_room(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection, connection.transaction():
        schema = sql.Identifier(RUNNER_SCHEMA)
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(schema))
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
        connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(schema))
        for projection in EVERY:
            connection.execute(projection.tables.encode())


def _environment(database_url: str) -> dict[str, str]:
    parts = conninfo_to_dict(database_url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(parts.get("dbname", "postgres")),
        "POSTGRES_HOST": str(parts.get("host", "127.0.0.1")),
        "POSTGRES_PORT": str(parts.get("port", "5432")),
        "POSTGRES_USER": str(parts.get("user", "postgres")),
        "POSTGRES_PASSWORD": str(parts.get("password", "")),
        "POSTGRES_SCHEMA": RUNNER_SCHEMA,
    }
