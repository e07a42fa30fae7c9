"""Keeps the read models in step with the ledger: one loop follows, catches up and rebuilds.

A batch of events, the rows of every projection and the position reached are one transaction, so
each event is projected exactly once whatever dies in between.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from eventsourcing.persistence import MapperDeserialisationError
from msgspec import Struct
from psycopg import Connection, sql

from projections.feed import Batch, Entry, Projection
from projections.registry import EVERY
from tracker.serialization import Decoding

SCHEMA: Final = "projections"
CHANNEL: Final = "board"
MOST_EVENTS: Final = 5_000
# A few events cost more in exchanges with the server than in work: their statements go together.
_PIPELINED: Final = 20
_LEADER: Final = 7_306_001
"""Advisory lock of the one process that follows; a rebuild works beside it, in other tables."""
_REBUILD: Final = 7_306_002

_decode = Decoding().event

log = logging.getLogger(__name__)


class ProjectionFailed(Exception):
    """A projection raised at `position`. Nothing of that event was written; what came before is."""

    def __init__(self, position: int, projection: str) -> None:
        super().__init__(
            f"The projection “{projection}” failed on event {position}. The board stays as it was "
            f"before that event until the fault is mended and the server restarted."
        )
        self.position, self.projection = position, projection


class Progress(Struct, frozen=True):
    """How far the board is. `failed_position` is set while a projection's failure holds it up;
    `edition` counts the rebuilds, after which pages of the past may read differently."""

    position: int
    recorded_at: datetime | None
    edition: int = 0
    failed_position: int | None = None
    failed_at: datetime | None = None


_TRACKING = """
    CREATE TABLE IF NOT EXISTS tracking (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        position bigint NOT NULL DEFAULT 0,
        recorded_at timestamptz,
        edition bigint NOT NULL DEFAULT 0,
        failed_position bigint,
        failed_at timestamptz
    );
    INSERT INTO tracking DEFAULT VALUES ON CONFLICT DO NOTHING;
"""


def install(connection: Connection[Any], projections: Sequence[Projection] = EVERY) -> None:
    """Makes the tables of the read models if they are not there; several may do so at once."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LEADER + 100,))
        if connection.execute("SELECT to_regclass(%s)", (f"{SCHEMA}.tracking",)).fetchone() == (
            None,
        ):
            _make_tables(connection, SCHEMA, projections)


def _make_tables(
    connection: Connection[Any], schema: str, projections: Sequence[Projection]
) -> None:
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
    connection.execute(_path(schema))
    for tables in (_TRACKING, *(projection.tables for projection in projections)):
        connection.execute(tables.encode())
    _grant(connection, schema)


def _grant(connection: Connection[Any], schema: str) -> None:
    # The application's role exists only where the owner of the database may create roles.
    if connection.execute(
        "SELECT 1 FROM pg_roles WHERE rolname = 'tracker_application'"
    ).fetchone():
        for right in (
            "GRANT USAGE ON SCHEMA {} TO tracker_application",
            "GRANT SELECT ON ALL TABLES IN SCHEMA {} TO tracker_application",
        ):
            connection.execute(sql.SQL(right).format(sql.Identifier(schema)))


def _path(schema: str) -> sql.Composed:
    return sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(schema))


def progress(connection: Connection[Any]) -> Progress:
    """How far the standing read models are."""
    found = connection.execute(
        f"SELECT position, recorded_at, edition, failed_position, failed_at"
        f" FROM {SCHEMA}.tracking".encode()
    ).fetchone()
    if found is None:
        return Progress(0, None)
    position, recorded_at, edition, failed_position, failed_at = found
    return Progress(position, _in_utc(recorded_at), edition, failed_position, _in_utc(failed_at))


def _in_utc(at: datetime | None) -> datetime | None:
    # Days are those of Bamako, wherever the database server thinks it is.
    return at and at.astimezone(UTC)


def project_batch(
    connection: Connection[Any],
    projections: Sequence[Projection] = EVERY,
    schema: str = SCHEMA,
    most: int = MOST_EVENTS,
) -> int:
    """Projects up to `most` further events in one transaction and returns how many there were.

    Raises ProjectionFailed once everything before the failing event has been projected.
    """
    try:
        return _project(connection, projections, schema, most)
    except ProjectionFailed:
        if most == 1:
            _note_failure(connection, schema)
            raise
    # Somewhere in this batch is the event at fault: one at a time, up to it.
    while project_batch(connection, projections, schema, 1):
        pass
    return 0


def _project(
    connection: Connection[Any], projections: Sequence[Projection], schema: str, most: int
) -> int:
    with connection.transaction(), connection.cursor(binary=True) as cursor:
        # Sent together: what an author waits for is mostly exchanges with the server.
        with connection.pipeline():
            cursor.execute(_path(schema))
            # The row lock keeps a rebuild's swap and this batch from passing each other.
            cursor.execute(
                "WITH reached AS MATERIALIZED (SELECT position FROM tracking FOR UPDATE)"
                " SELECT notification_id, recorded_at, topic, state FROM ledger.stored_events"
                " WHERE notification_id > (SELECT position FROM reached)"
                " ORDER BY notification_id LIMIT %s",
                (most,),
            )
            entries = _entries(cursor)
        if not entries:
            return 0
        # One at a time is for finding a fault, and in a pipeline it shows too late to tell whose.
        live = most > 1 and len(entries) <= _PIPELINED
        try:
            with connection.pipeline() if live else nullcontext():
                _apply(cursor, projections, Batch(entries))
                cursor.execute(
                    "UPDATE tracking SET position = %s, recorded_at = %s,"
                    " failed_position = NULL, failed_at = NULL",
                    (entries[-1].position, entries[-1].recorded_at),
                )
                if schema == SCHEMA:
                    cursor.execute("SELECT pg_notify(%s, %s)", (CHANNEL, str(entries[-1].position)))
        except psycopg.Error as fault:
            if _database_went_away(fault):
                raise
            raise ProjectionFailed(entries[0].position, "one of several") from fault
        return len(entries)


def _entries(rows: Iterable[tuple[int, datetime, str, bytes]]) -> list[Entry]:
    entries: list[Entry] = []
    for position, recorded_at, topic, state in rows:
        try:
            event = _decode(topic, bytes(state), position)
        except MapperDeserialisationError as fault:
            log.exception("An event cannot be read")
            raise ProjectionFailed(position, "reading the event") from fault
        entries.append(Entry(position, recorded_at.astimezone(UTC), event))
    return entries


def _apply(cursor: psycopg.Cursor[Any], projections: Iterable[Projection], batch: Batch) -> None:
    for projection in projections:
        try:
            projection.apply(cursor, batch)
        except Exception as fault:
            if _database_went_away(fault):
                raise  # That is no fault of the projection.
            log.exception("Projection %s failed", projection.name)
            raise ProjectionFailed(batch.entries[0].position, projection.name) from fault


def _database_went_away(fault: Exception) -> bool:
    """It, its disk or the connection: the same may work later."""
    return isinstance(fault, psycopg.OperationalError | psycopg.InterfaceError)


def _note_failure(connection: Connection[Any], schema: str) -> None:
    with connection.transaction():
        connection.execute(_path(schema))
        # Whoever tries again and fails again does not change since when the board is stale.
        connection.execute(
            "UPDATE tracking SET failed_position = position + 1,"
            " failed_at = coalesce(failed_at, clock_timestamp())"
        )
        connection.execute("SELECT pg_notify(%s, 'failed')", (CHANNEL,))


class Follower:
    """The loop that keeps the board in step, in a thread of its own.

    Any number of processes may run one: a session advisory lock makes one of them the leader, and
    the kernel of the matter is that the lock goes with its connection, so a killed leader is
    succeeded within two seconds.
    """

    def __init__(self, database_url: str, projections: Sequence[Projection] = EVERY) -> None:
        self._database_url = database_url
        self._projections = projections
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends the loop after the batch in hand, at most about two seconds later."""
        self._stopping.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._database_url, autocommit=True) as connection:
                    # What a crash takes back is projected again, rows and position alike, so an
                    # author need not wait for a second write to the disk.
                    connection.execute("SET synchronous_commit TO off")
                    self._lead(connection)
            except ProjectionFailed as failure:
                # Loud and final: going on would leave a hole in the record's public face.
                log.critical("%s", failure)
                return
            except (psycopg.OperationalError, psycopg.InterfaceError) as lost:
                log.warning("The board waits for the database: %s", _first_line(lost))
                self._stopping.wait(0.5)

    def _lead(self, connection: Connection[Any]) -> None:
        while not self._stopping.is_set():
            held = connection.execute("SELECT pg_try_advisory_lock(%s)", (_LEADER,)).fetchone()
            if held == (True,):
                break
            self._stopping.wait(1)
        connection.execute("LISTEN ledger")
        while not self._stopping.is_set():
            while project_batch(connection, self._projections):
                pass
            for _ in connection.notifies(timeout=2, stop_after=1):
                pass


def catch_up(connection: Connection[Any], projections: Sequence[Projection] = EVERY) -> int:
    """Projects everything recorded so far and returns the position reached."""
    while project_batch(connection, projections):
        pass
    return progress(connection).position


def rebuild(
    database_url: str,
    report: Callable[[int, int], None] = lambda done, total: None,
    projections: Sequence[Projection] = EVERY,
) -> int:
    """Builds every read model anew beside the standing ones, then puts them in their place.

    The board stays up throughout. `report` is told how many events of how many are done. Returns
    the position reached. A rebuild that is interrupted leaves the standing tables as they were.
    """
    fresh, retired = f"{SCHEMA}_fresh", f"{SCHEMA}_retired"
    with psycopg.connect(database_url, autocommit=True) as connection, _alone(connection):
        with connection.transaction():
            connection.execute(_drop(fresh))
            connection.execute(_drop(retired))
            _make_tables(connection, fresh, projections)
        _fill(connection, fresh, projections, report)
        with connection.transaction():
            # Waits for the follower's batch in hand; its next one finds the fresh tables.
            connection.execute(f"LOCK TABLE {SCHEMA}.tracking IN EXCLUSIVE MODE".encode())
            while _project(connection, projections, fresh, MOST_EVENTS):
                pass
            edition = f"(SELECT edition FROM {SCHEMA}.tracking)"
            connection.execute(f"UPDATE {fresh}.tracking SET edition = 1 + {edition}".encode())
            # Renaming locks no table: no page waits for the swap, and the swap for no page.
            connection.execute(_rename(SCHEMA, retired))
            connection.execute(_rename(fresh, SCHEMA))
            reached = progress(connection).position
            connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, str(reached)))
        _discard(connection, retired)
        return reached


@contextmanager
def _alone(connection: Connection[Any]) -> Iterator[None]:
    if connection.execute("SELECT pg_try_advisory_lock(%s)", (_REBUILD,)).fetchone() != (True,):
        raise RebuildUnderWay()
    try:
        yield
    finally:
        # The end of the connection frees it too, but a moment later: too late for whoever is next.
        with suppress(psycopg.Error):
            connection.execute("SELECT pg_advisory_unlock(%s)", (_REBUILD,))


class RebuildUnderWay(Exception):
    """Another process is rebuilding this database; it will finish, or free its lock by dying."""

    def __init__(self) -> None:
        super().__init__(
            "A rebuild of this database is already under way. Wait for it to finish, then run "
            "this again if it is still needed."
        )


def _fill(
    connection: Connection[Any],
    schema: str,
    projections: Sequence[Projection],
    report: Callable[[int, int], None],
) -> None:
    found = connection.execute("SELECT position FROM ledger.head").fetchone()
    total, done = (found[0] if found else 0), 0
    report(done, total)
    while taken := project_batch(connection, projections, schema):
        done += taken
        report(done, max(total, done))
    # Fresh tables have neither statistics nor a visibility map, and without them the first pages
    # after a rebuild would be several times slower.
    tables = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = %s", (schema,)
    ).fetchall()
    for (table,) in tables:
        connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(schema, table)))


def _drop(schema: str) -> sql.Composed:
    return sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema))


def _rename(schema: str, name: str) -> sql.Composed:
    rename = sql.SQL("ALTER SCHEMA {} RENAME TO {}")
    return rename.format(sql.Identifier(schema), sql.Identifier(name))


def _discard(connection: Connection[Any], schema: str) -> None:
    """Drops tables that only pages begun before the swap still read. Those are not made to wait
    longer than a moment; where one of them takes too long, the next rebuild drops the rest."""
    connection.execute("SET lock_timeout TO '200ms'")
    for _ in range(20):
        with suppress(psycopg.errors.LockNotAvailable):
            connection.execute(_drop(schema))
            return
        time.sleep(0.3)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
