"""What is configured, reachable and behind: one finding for each question an operator asks."""

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from enum import IntEnum
from pathlib import Path
from typing import Any

import psycopg
from msgspec import Struct
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict

from tracker.embedded_postgres import EmbeddedPostgres
from tracker.ledger_connections import protection
from tracker.postgres_programs import EmbeddedPostgresError
from tracker.projecting import progress
from tracker.settings import Settings

OLDEST_POSTGRES = 150_000
LITTLE_SPACE = 1_000_000_000
"""Bytes. A full disk stops every recording, so there has to be time to do something about it."""
PATIENCE = 3.0
"""Seconds in which a board that is followed moves: it follows within one."""

_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not listened on


class Grade(IntEnum):
    """In the order of how bad it is."""

    well = 0
    notable = 1
    wrong = 2
    unreachable = 3


class Finding(Struct, frozen=True):
    """`advice` says what to do; it is empty where all is well."""

    about: str
    grade: Grade
    what: str
    advice: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Every finding, as it is made. Starts an embedded PostgreSQL that exists; changes nothing."""
    yield _settings(settings)
    yield from _disk(settings)
    with ExitStack() as stack:
        url = settings.database_url
        if url is None and not any(settings.data_dir.glob("postgres-*")):
            yield Finding(
                "Database",
                Grade.notable,
                f"there is none in {settings.data_dir} yet",
                "`tracker demo` or `tracker serve` makes it.",
            )
            return
        try:
            if url is None:
                url = stack.enter_context(EmbeddedPostgres(settings.data_dir)).url
            connection = stack.enter_context(_connected(url))
        except (EmbeddedPostgresError, psycopg.Error) as failure:
            yield _unreachable("Database", failure, "TRACKER_DATABASE_URL")
            return
        yield from _server(connection, "embedded" if settings.database_url is None else "")
        yield from _record(connection)
        if settings.read_database_url is not None:
            yield _replica(settings.read_database_url)


def _connected(url: str) -> Connection[Any]:
    return psycopg.connect(
        url,
        autocommit=True,
        connect_timeout=10,
        options="-c default_transaction_read_only=on -c statement_timeout=10000",
    )


def _settings(settings: Settings) -> Finding:
    listening = f"{settings.public_url}, listening on {settings.host} port {settings.port}"
    if settings.database_url is None:
        where = f"embedded PostgreSQL in {settings.data_dir}"
    else:
        where = address_of(settings.database_url)
    what = f"{listening}; {where}"
    if settings.host in _EVERYWHERE and settings.host in settings.public_url:
        advice = "Set TRACKER_PUBLIC_URL to the address that readers use: links carry it."
        return Finding("Settings", Grade.notable, what, advice)
    return Finding("Settings", Grade.well, what)


def address_of(database_url: str) -> str:
    """Which database a URL means, without its password."""
    try:
        said = conninfo_to_dict(database_url)
    except psycopg.ProgrammingError:
        return "a database URL that cannot be read"
    name, host = said.get("dbname") or "?", said.get("host") or "a local socket"
    return f"database {name} on {host}"


def _disk(settings: Settings) -> Iterator[Finding]:
    place = settings.data_dir.absolute()
    # As root the embedded cluster is a link to another disk, perhaps.
    clusters = sorted(link.resolve() for link in place.glob("postgres-*"))
    for folder in clusters or [_nearest(place)]:
        if not folder.exists():
            continue
        free = shutil.disk_usage(folder).free
        what = f"{free / 1e9:.1f} GB free for {folder}"
        if free < LITTLE_SPACE:
            yield Finding("Disk", Grade.wrong, what, "Make room: a full disk stops recording.")
        else:
            yield Finding("Disk", Grade.well, what)


def _nearest(place: Path) -> Path:
    return next(folder for folder in (place, *place.parents) if folder.exists())


def _unreachable(about: str, failure: Exception, setting: str) -> Finding:
    reason = (str(failure).strip() or type(failure).__name__).splitlines()[0]
    return Finding(
        about,
        Grade.unreachable,
        f"does not answer ({reason})",
        f"Check {setting}, and that the server runs.",
    )


def _server(connection: Connection[Any], kind: str) -> Iterator[Finding]:
    version = connection.info.server_version
    what = f"{kind} PostgreSQL {version // 10_000}.{version % 10_000}".strip()
    if version < OLDEST_POSTGRES:
        yield Finding("Database", Grade.wrong, what, "Use PostgreSQL 15 or later.")
    else:
        yield Finding("Database", Grade.well, what)
    encoding = connection.execute("SHOW server_encoding").fetchone()
    if encoding != ("UTF8",):
        yield Finding(
            "Database",
            Grade.wrong,
            f"its encoding is {encoding[0] if encoding else 'unknown'}",
            "Make a database with ENCODING 'UTF8': not every name can be stored in this one.",
        )


def _record(connection: Connection[Any]) -> Iterator[Finding]:
    tables = connection.execute(
        "SELECT to_regclass('ledger.head') IS NOT NULL,"
        " to_regclass('projections.tracking') IS NOT NULL"
    ).fetchone()
    if tables != (True, True):
        yield Finding(
            "Ledger",
            Grade.notable,
            "its tables are not there yet",
            "`tracker serve` or `tracker load` makes them.",
        )
        return
    head = connection.execute(
        "SELECT position, recorded_at, demonstration FROM ledger.head"
    ).fetchone()
    assert head is not None
    position, recorded_at, demonstration = head
    assert isinstance(position, int)
    kind = "a demonstration, at" if demonstration else "at"
    when = f", recorded {recorded_at:%Y-%m-%d %H:%M} UTC" if recorded_at else ""
    yield Finding("Ledger", Grade.well, f"{kind} position {position}{when}")
    yield from _protection(connection)
    yield _board(connection, position)


def _protection(connection: Connection[Any]) -> Iterator[Finding]:
    found = protection(connection)
    if not found.triggers:
        yield Finding(
            "Append-only",
            Grade.wrong,
            "the triggers that refuse changes to recorded events are not all in place",
            "Somebody has altered the ledger's tables. Compare the ledger with a backup or an "
            "export, and find out who before you go on.",
        )
    elif not found.role:
        yield Finding(
            "Append-only",
            Grade.notable,
            "triggers refuse changes; the role tracker_application is not there or not ours",
            "Let the database's owner create it: docs/operations.md, “A PostgreSQL of your own”.",
        )
    else:
        yield Finding("Append-only", Grade.well, "by triggers, and by a role that can only append")


def _board(connection: Connection[Any], recorded: int) -> Finding:
    first = seen = progress(connection)
    give_up_at = time.monotonic() + PATIENCE
    while seen.position < recorded and seen.failed_position is None:
        if time.monotonic() > give_up_at:
            break
        time.sleep(0.1)
        seen = progress(connection)
    behind = max(0, recorded - seen.position)
    if seen.failed_position is not None:
        since = f" since {seen.failed_at:%Y-%m-%d %H:%M} UTC" if seen.failed_at else ""
        return Finding(
            "Board",
            Grade.wrong,
            f"stopped at event {seen.failed_position}{since}, {behind} events behind",
            "The server's log names the projection. Install a version that mends it, and restart.",
        )
    if not behind:
        return Finding("Board", Grade.well, f"at position {seen.position}, nothing behind")
    if seen.position > first.position:
        what = f"at position {seen.position}, catching up, {behind} events behind"
        return Finding("Board", Grade.notable, what, "Wait, and look again.")
    return Finding(
        "Board",
        Grade.wrong,
        f"at position {seen.position}, {behind} events behind, and nothing follows",
        "Start `tracker serve`; if it runs, look in its log.",
    )


def _replica(read_database_url: str) -> Finding:
    try:
        with _connected(read_database_url) as connection:
            position = progress(connection).position
    except psycopg.Error as failure:
        return _unreachable("Read replica", failure, "TRACKER_READ_DATABASE_URL")
    where = address_of(read_database_url)
    return Finding("Read replica", Grade.well, f"{where}, its board at position {position}")
