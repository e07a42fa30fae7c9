"""Connections to the ledger's database: its schema, its pool, and what the library asks for.

The library takes a server's name, port and user from the environment. Here a URL says everything,
TLS options included, and nothing is read from the environment but what libpq itself reads there.
"""

import select
from functools import cached_property
from importlib.resources import files
from typing import Any

from eventsourcing.postgres import ConnectionPool, PostgresDatastore
from msgspec import Struct
from psycopg import Connection, Cursor
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row, tuple_row

from tracker.binary_arrays import accept_packed

SCHEMA = "ledger"
CHANNEL = "ledger"
"""What an append notifies; the payload is the last position it took."""

ROLE = "tracker_application"

_SCHEMA_VERSION = "commitment-tracker ledger, version 1"
_INSTALLATION_LOCK = 7_306_000

# 'SET' is what the question means since PostgreSQL 16; 15 only knows 'MEMBER', which implied it.
_MAY_SET_ROLE = """
    SELECT r.rolname FROM pg_roles AS r, pg_namespace AS n
    WHERE r.rolname = %s AND n.nspname = %s AND has_schema_privilege(r.oid, n.oid, 'USAGE')
    AND pg_has_role(r.oid, CASE WHEN current_setting('server_version_num')::int < 160000
        THEN 'MEMBER' ELSE 'SET' END)
"""


class Protection(Struct, frozen=True):
    """What keeps recorded events from being changed.

    triggers: the database refuses UPDATE, DELETE and TRUNCATE, whoever asks.
    role: the application's connections also act as a role that can append and nothing else. False
    where the database's owner may not create roles: then only the triggers protect.
    """

    triggers: bool
    role: bool


class SchemaIsNewer(Exception):
    """A later version of this software has set the database up."""


def install(connection: Connection[Any]) -> None:
    """Makes the ledger's schema if it is not there. Safe when several processes start at once.

    `connection` belongs to whoever is to own the tables, not to the application's role. Raises
    SchemaIsNewer.
    """
    if _is_installed(connection):
        return  # without a lock: a start must not wait for appends, nor appends for a start
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_INSTALLATION_LOCK,))
        if not _is_installed(connection):
            connection.execute(files("tracker").joinpath("ledger.sql").read_bytes())
            connection.execute(f"COMMENT ON SCHEMA ledger IS '{_SCHEMA_VERSION}'".encode())


def _is_installed(connection: Connection[Any]) -> bool:
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("SELECT obj_description(to_regnamespace(%s), 'pg_namespace')", (SCHEMA,))
        (found,) = cursor.fetchone() or (None,)
    if found is not None and _number(found) > _number(_SCHEMA_VERSION):
        raise SchemaIsNewer(
            f"The database was set up for “{found}” and this software is for “{_SCHEMA_VERSION}”. "
            "Run the later version."
        )
    return bool(found == _SCHEMA_VERSION)


def _number(version: str) -> int:
    digits = version.rpartition(" ")[2]
    return int(digits) if digits.isdigit() else 0


def protection(connection: Connection[Any]) -> Protection:
    """What protects the ledger on this server, for this connection's user."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        role = cursor.execute(_MAY_SET_ROLE, (ROLE, SCHEMA)).fetchone() is not None
        cursor.execute(
            "SELECT count(*) FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid"
            " WHERE c.relnamespace = to_regnamespace(%s) AND t.tgname = 'append_only'"
            " AND t.tgenabled = 'A'",
            (SCHEMA,),
        )
        (enabled,) = cursor.fetchone() or (0,)
    return Protection(triggers=enabled == 3, role=role)


class LedgerConnection(Connection[DictRow]):
    """The library's kind of connection, with a cursor that is kept."""

    @cached_property
    def rows(self) -> Cursor[tuple[Any, ...]]:
        """For one statement at a time, with binary results. Kept, because a new cursor finds out
        anew how each type is adapted, which takes as long as a small statement itself."""
        return self.cursor(binary=True, row_factory=tuple_row)


class LedgerPool(ConnectionPool[LedgerConnection]):
    """A pool that opens when first used and hands out no connection whose server has hung up."""

    def getconn(self, timeout: float | None = None) -> LedgerConnection:
        """A connection in autocommit mode. Raises psycopg.OperationalError if there is none."""
        if self.closed:
            self.open()
        while True:
            connection = super().getconn(timeout)
            if not _has_hung_up(connection):
                return connection
            # Found before anything is sent: after a restart of the server, even an append that may
            # not be retried meets no dead connection.
            connection.close()
            self.putconn(connection)


def _has_hung_up(connection: Connection[Any]) -> bool:
    """Whether an idle connection has something to read: a farewell, or the end of the stream.

    poll, because select stops at the 1,024th file descriptor. Costs microseconds, no round trip.
    """
    if connection.closed:
        return True
    ready = select.poll()
    ready.register(connection.fileno(), select.POLLIN)
    return bool(ready.poll(0))


def _prepare(connection: Connection[Any]) -> None:
    """Sets a new connection of the pool up, in one round trip."""
    connection.autocommit = True
    accept_packed(connection)
    connection.execute(
        "SELECT set_config('TimeZone', 'UTC', false),"
        # An append reads the head it has just locked, so it must see what was committed meanwhile.
        " set_config('default_transaction_isolation', 'read committed', false),"
        " set_config('idle_in_transaction_session_timeout', '60s', false),"
        f" set_config('role', coalesce(({_MAY_SET_ROLE}), 'none'), false)".encode(),
        (ROLE, SCHEMA),
    )


class LedgerDatastore(PostgresDatastore):
    """The library's datastore on a database URL. Nothing is connected before the first use."""

    def __init__(self, database_url: str, pool_size: int) -> None:
        # The library's constructor wants the parts of an address; its pool is replaced unopened.
        super().__init__("", "", "", "", "", schema=SCHEMA)
        given = conninfo_to_dict(database_url)
        self.database_url = database_url
        self.pool: LedgerPool = LedgerPool(  # type: ignore[assignment]  # a pool of the same kind
            database_url,
            connection_class=LedgerConnection,
            kwargs={
                "row_factory": dict_row,
                "connect_timeout": given.get("connect_timeout", 5),
            },
            min_size=1,
            max_size=pool_size,
            open=False,
            configure=_prepare,
            timeout=1.0,
            # The pool's waits between attempts double for as long as this; short, so that a server
            # that is back is found within a second of the next request.
            reconnect_timeout=1.0,
        )

    def register_type_adapters(self) -> None:
        """Nothing: no composite types are used, and looking for them would connect."""
