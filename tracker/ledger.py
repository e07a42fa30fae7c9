"""The ledger: every event, in the one order in which they were recorded.

Positions are 1, 2, 3… without gaps. A reader that has seen one has seen all before it. Recording
dates never decrease in the order of positions and are set by the database. Nothing recorded is
changed: the database refuses (see ledger.sql). Where to look further:

  ledger.sql             the tables, append() and what the database refuses
  ledger_recorder.py     how an append is exactly once
  ledger_commands.py     what a command brings, its receipt, what it may be refused for
  group_commit.py        how threads share the wait for the disk
  serialization.py       what is stored of an event, with its salts, and read back
  ledger_connections.py  the schema's installation, the pool, the application's role
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple, Self, TypeVar, cast
from uuid import UUID

import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import (
    BaseInfrastructureFactory,
    InfrastructureFactory,
    InternalError,
    Mapper,
    StoredEvent,
)
from eventsourcing.postgres import PostgresFactory
from eventsourcing.utils import Environment, EnvType
from msgspec import Struct

from domain.events import Event
from tracker.ledger_commands import (
    COMMAND,
    BackdatingRefused,
    ClaimMalformed,
    ClaimTaken,
    Command,
    LedgerBypassed,
    OutcomeUnknown,
    Receipt,
)
from tracker.ledger_connections import (
    CHANNEL,
    LedgerDatastore,
    Protection,
    SchemaIsNewer,
    install,
    protection,
)
from tracker.ledger_recorder import LedgerRecorder
from tracker.serialization import LedgerMapper, decode

__all__ = [
    "CHANNEL",
    "BackdatingRefused",
    "ClaimMalformed",
    "ClaimTaken",
    "GapInLedger",
    "Head",
    "Ledger",
    "LedgerBypassed",
    "OutcomeUnknown",
    "Protection",
    "Receipt",
    "SchemaIsNewer",
    "StoredRow",
    "install",
]

_PAGE = 5_000

State = TypeVar("State")


class Head(Struct, frozen=True):
    """Where the ledger stands. position 0 and recorded_at None: it is empty."""

    position: int
    recorded_at: datetime | None
    demonstration: bool


class StoredRow(NamedTuple):
    """An event with what the ledger added to it. recorded_at is in UTC."""

    position: int
    recorded_at: datetime
    event: Event


class GapInLedger(InternalError):
    """Positions that were handed out hold no event: rows were removed behind the triggers' back."""


class _Factory(PostgresFactory):
    """Hands the library our parts; its own would be looked up by names in the environment."""

    datastore: LedgerDatastore

    def __init__(self, database_url: str, pool_size: int, patience: float) -> None:
        BaseInfrastructureFactory.__init__(self, Environment("Ledger", {}))
        self.datastore = LedgerDatastore(database_url, pool_size)
        self._patience = patience

    def __enter__(self) -> Self:
        # The library would connect here. A connection made before the schema is installed cannot
        # take the application's role, and would keep its owner's rights for an hour.
        return self

    def application_recorder(self) -> LedgerRecorder:
        return LedgerRecorder(self.datastore, self._patience)


class Ledger(Application[UUID]):
    """The library's Application on our schema: repository, notification_log and save() work.

    Nothing is connected before the first use. `patience` is for how many seconds a call tries to
    reach a database that is away before it raises eventsourcing.persistence.OperationalError.
    """

    recorder: LedgerRecorder

    def __init__(self, database_url: str, pool_size: int = 8, *, patience: float = 5.0) -> None:
        self.database_url = database_url
        self._pool_size, self._patience = pool_size, patience
        super().__init__()

    # What the library's constructor asks for.

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        return Environment(name, {})  # the library would read the process's environment

    def construct_factory(self, env: Environment) -> InfrastructureFactory:
        factory = _Factory(self.database_url, self._pool_size, self._patience)
        return cast(InfrastructureFactory, factory)

    def construct_mapper(self) -> Mapper[UUID]:
        return LedgerMapper()

    # ---- setting up

    def install(self) -> None:
        """Makes the schema if it is not there; any number of processes may do so at once.

        On a connection of its own, as the URL's user: the pool's act as a role that may not.
        Raises psycopg.Error, SchemaIsNewer.
        """
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            install(connection)

    def mark_demonstration(self) -> None:
        """From now on recording dates may be given. Raises psycopg.Error unless it is empty."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute("SELECT ledger.mark_demonstration()")

    def protection(self) -> Protection:
        """What keeps recorded events from being changed on this server. Raises psycopg.Error."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return protection(connection)

    # ---- recording

    def record(
        self,
        events: Sequence[Event],
        *,
        command_key: str | None,
        claims: Sequence[str] = (),
        recorded_at: datetime | None = None,
    ) -> Receipt:
        """Records a command's events together, at consecutive positions, or nothing.

        command_key: the same for every attempt at the same command. The first records; the others
        get the same positions with repeated=True, whatever events they bring. None gives that up.
        claims: what no two commands may have, such as "reference:2024-003".
        recorded_at: for demonstration ledgers; not before the head's and not in the future.

        Raises IntegrityError (eventsourcing.persistence) when one of the streams has an event of
        that version: somebody else was first, decide anew. ClaimTaken, ClaimMalformed,
        BackdatingRefused; OutcomeUnknown, only without a command key; OperationalError when the
        database is away; ValueError when there is no event.
        """
        if not events:
            raise ValueError("A command that records nothing has no outcome to give back.")
        claims = claims if command_key is None else (COMMAND + command_key, *claims)
        return self.recorder.append(Command.of(self._stored(events), claims, recorded_at))

    def append_many(
        self,
        events: Iterable[Event],
        *,
        recorded_at: datetime | None = None,
        size: int = _PAGE,
    ) -> int:
        """Records any number of events, `size` in a call, and returns the last position.

        For bulk loads into a ledger that nobody else writes: no keys, no claims, and what was
        recorded before an error stays.
        """
        remaining, last = iter(events), 0
        while chunk := list(islice(remaining, size)):
            receipt = self.recorder.append(Command.of(self._stored(chunk), (), recorded_at))
            last = receipt.last
        return last

    def _stored(self, events: Sequence[Event]) -> list[StoredEvent]:
        return [
            self.mapper.to_stored_event(cast(DomainEventProtocol[UUID], event)) for event in events
        ]

    # ---- reading

    def replay(
        self,
        originator_id: UUID,
        projector_func: Callable[[Any, Any], State | None],
        *,
        version: int | None = None,
    ) -> State:
        """The record's state after its last event, or after that of `version`.

        projector_func(None, events) folds the events, in order, and returns None if there are
        none. Raises AggregateNotFoundError (eventsourcing.application) if it does.
        """
        found: State = self.repository.get(
            originator_id, version=version, projector_func=cast(Any, projector_func)
        )
        return found

    def receipt(self, command_key: str) -> Receipt | None:
        """What the command recorded, if it did. To be asked before a command that may have been
        sent before is decided on: its own effect could be the reason to refuse it."""
        found = self.recorder.claimed([COMMAND + command_key])
        return Receipt(*next(iter(found.values())), repeated=True) if found else None

    def holds(self, originator_id: UUID) -> bool:
        """Whether anything was recorded of it."""
        query = "SELECT FROM ledger.stored_events WHERE originator_id = %s LIMIT 1"
        return self.recorder.ask(
            lambda cursor: (
                cursor.execute(query, (originator_id,), prepare=True).fetchone() is not None
            )
        )

    def head(self) -> Head:
        query = "SELECT position, recorded_at, demonstration FROM ledger.head"
        row = self.recorder.ask(lambda cursor: cursor.execute(query, prepare=True).fetchone())
        assert row is not None  # ledger.sql puts it there and refuses to remove it
        return Head(*row)

    def read(
        self, start: int = 1, stop: int | None = None, *, limit: int | None = None
    ) -> Iterator[StoredRow]:
        """The events from position `start` to `stop`, both included, at most `limit`, in order.

        Reads to where the head was when the reading began. By pages of positions and not through a
        cursor: the ledger only grows, so no snapshot is needed, and one held open through an
        export would keep the versions that the head row leaves behind from being cleared away. A
        connection that breaks costs nothing, the page is asked for again.

        Raises UnknownEventType, UnreadableEvent, GapInLedger, OperationalError.
        """
        last = self.head().position
        if stop is not None:
            last = min(last, stop)
        if limit is not None:
            last = min(last, start + limit - 1)
        for first in range(max(start, 1), last + 1, _PAGE):
            until = min(first + _PAGE - 1, last)
            rows = self.recorder.select_rows(first, until)
            if len(rows) != until - first + 1:
                raise GapInLedger(f"Between positions {first} and {until} events are missing.")
            for position, recorded_at, topic, state in rows:
                yield StoredRow(position, recorded_at, decode(topic, state, position))
