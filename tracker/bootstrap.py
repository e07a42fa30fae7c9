"""Wires the parts together. Nothing is wired anywhere else, and nothing at import."""

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
from msgspec import Struct
from psycopg import Connection
from psycopg_pool import ConnectionPool

from tracker import ledger_connections, projecting
from tracker.application import Application
from tracker.embedded_postgres import EmbeddedPostgres
from tracker.ledger import Ledger
from tracker.postgres_programs import EmbeddedPostgresError
from tracker.projecting import SCHEMA, Follower
from tracker.settings import Settings
from tracker.watching import BoardWatch

_LOOK_AFTER_SECONDS = 2.0

log = logging.getLogger(__name__)

# A page that has not been computed by then never will be; the reader gets a 503 and may retry.
_READING = {
    "options": f"-c search_path={SCHEMA} -c default_transaction_read_only=on"
    # Days and hours on pages are those of Bamako, wherever the server thinks it is.
    " -c statement_timeout=10000 -c jit=off -c TimeZone=UTC",
}


class DatabaseUnreachable(Exception):
    """The configured PostgreSQL does not answer. The message names no password."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The database does not answer ({reason}). Check TRACKER_DATABASE_URL and that the "
            "server runs, or unset it to use the embedded PostgreSQL."
        )


class Services(Struct, frozen=True):
    """What a serving process holds. `readings` gives connections that can only read the board."""

    settings: Settings
    application: Application
    ledger: Ledger
    readings: ConnectionPool[Connection[tuple[Any, ...]]]
    watch: BoardWatch
    follower: Follower


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The URL of a database that answers and has its tables: the configured one, or the embedded
    PostgreSQL, started if need be and kept up as long as the context lasts.

    Raises DatabaseUnreachable or EmbeddedPostgresError.
    """
    with ExitStack() as stack:
        url = settings.database_url
        if url is None:
            server = stack.enter_context(EmbeddedPostgres(settings.data_dir))
            stack.enter_context(_kept_alive(server))
            url = server.url
        try:
            with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
                ledger_connections.install(connection)
                projecting.install(connection)
        except psycopg.OperationalError as failure:
            raise DatabaseUnreachable(str(failure).strip().splitlines()[0]) from failure
        yield url


@contextmanager
def _kept_alive(server: EmbeddedPostgres) -> Iterator[None]:
    """Starts the embedded PostgreSQL again when something kills it: it has no other keeper, and a
    board that waits for an operator to notice is a board that is down."""
    ended = threading.Event()

    def keep() -> None:
        while not ended.wait(_LOOK_AFTER_SECONDS):
            try:
                psycopg.connect(server.url, connect_timeout=5).close()
            except psycopg.OperationalError:
                log.warning("The embedded PostgreSQL is gone; starting it again.")
                try:
                    server.revive()
                except EmbeddedPostgresError:
                    log.exception("The embedded PostgreSQL could not be started again.")

    keeper = threading.Thread(target=keep, name="postgres-keeper", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join(timeout=90)


@contextmanager
def ledger(settings: Settings) -> Iterator[Ledger]:
    """The ledger alone, for commands that record or read events."""
    with database(settings) as url:
        opened = Ledger(url)
        try:
            yield opened
        finally:
            opened.close()


def application(opened: Ledger, settings: Settings) -> Application:
    return Application(opened, reply_days=settings.reply_days)


def readings(url: str) -> ConnectionPool[Connection[tuple[Any, ...]]]:
    """Connections for pages: read-only, with the read models' names in reach."""
    return ConnectionPool(
        url,
        min_size=1,
        max_size=8,
        # Short: a reader is told within seconds that the database is down, not after half a minute.
        timeout=3,
        # The pool's waits between attempts double for as long as this; after an hour's outage
        # readers would otherwise be told for minutes more that the database is down.
        reconnect_timeout=1.0,
        kwargs={"autocommit": True, **_READING},
        check=ConnectionPool.check_connection,
        open=False,
    )


@contextmanager
def services(settings: Settings) -> Iterator[Services]:
    """Everything a server needs, started; stopped in reverse order at the end."""
    with ExitStack() as stack:
        url = stack.enter_context(database(settings))
        opened = Ledger(url)
        stack.callback(opened.close)
        read_url = settings.read_database_url or url
        pool = readings(read_url)
        pool.open(wait=False)
        stack.callback(pool.close)
        follower = Follower(url)
        follower.start()
        stack.callback(follower.stop)
        watch = BoardWatch(read_url)
        watch.start()
        stack.callback(watch.stop)
        yield Services(
            settings=settings,
            application=application(opened, settings),
            ledger=opened,
            readings=pool,
            watch=watch,
            follower=follower,
        )
