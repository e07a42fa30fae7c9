"""The library's recorder on our schema: appends in one round trip, exactly once.

What an append promises, whatever breaks: with a command key, the command is recorded once, and
every call gets the positions of that one time. Without a key, an append whose connection broke is
not sent again, because the first may have been committed: OutcomeUnknown says so.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic, sleep
from typing import Any, TypeVar, cast
from uuid import UUID

import psycopg
from eventsourcing import persistence
from eventsourcing.persistence import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    StoredEvent,
)
from eventsourcing.postgres import PostgresApplicationRecorder
from psycopg import Cursor
from psycopg.errors import UniqueViolation

from tracker.group_commit import GroupCommit, Interrupted
from tracker.ledger_commands import (
    BackdatingRefused,
    ClaimTaken,
    Command,
    LedgerBypassed,
    OutcomeUnknown,
    Receipt,
    parameters_of,
)
from tracker.ledger_connections import CHANNEL, LedgerConnection, LedgerDatastore

_LAST_VERSION = 2**63 - 1

_BACKDATING = "LG001"

_APPEND = "SELECT * FROM ledger.append(%b, %b, %b, %b, %b, %b, %b, %b)"
_STREAM = (
    "SELECT originator_version, topic, state FROM ledger.stored_events"
    " WHERE originator_id = %b AND originator_version > %b AND originator_version <= %b"
    " ORDER BY originator_version {} LIMIT %b"
)
_ROWS = (
    "SELECT notification_id, recorded_at, topic, state FROM ledger.stored_events"
    " WHERE notification_id BETWEEN %b AND %b ORDER BY notification_id"
)

Found = TypeVar("Found")
Row = tuple[int, datetime, str, bytes]


class _NothingSent(psycopg.OperationalError):
    """No connection was to be had."""


class LedgerRecorder(PostgresApplicationRecorder):
    """Appends and reads. `patience`: the seconds for which it tries to reach the database again."""

    datastore: LedgerDatastore

    def __init__(self, datastore: LedgerDatastore, patience: float) -> None:
        super().__init__(datastore)
        self.channel_name = CHANNEL
        self._patience = patience
        self._together = GroupCommit(self._call)

    def create_table(self) -> None:
        """Nothing: tracker.ledger_connections.install makes the schema."""

    # ---- appending

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """The library's way in: Application.save(*events, claims=…, recorded_at=…).

        Returns the positions; none if the command had been recorded before. Raises as append().
        """
        if not stored_events:
            return []
        command = Command.of(stored_events, kwargs.get("claims", ()), kwargs.get("recorded_at"))
        receipt = self.append(command)
        return [] if receipt.repeated else range(receipt.first, receipt.last + 1)

    def append(self, command: Command) -> Receipt:
        """Records the command, once.

        Raises IntegrityError when the record was changed meanwhile, ClaimTaken, BackdatingRefused,
        OutcomeUnknown, OperationalError when the database stays away, and what else it raises.
        """
        give_up_at, pause = monotonic() + self._patience, 0.02
        if command.recorded_at is None:
            error, shared = self._together.submit(command)
        else:  # its date is the whole call's, so nobody else's command may be in it
            error, shared = self._alone(command), False
        while error is not None:
            if isinstance(error, UniqueViolation) and not shared:
                return self._first_outcome(command, error)
            if _is_uncertain(error):
                self._check_may_be_sent_again(command, error, give_up_at)
                sleep(pause)
                pause = min(2 * pause, 0.5)
            elif not shared:
                raise _named(error) from error
            error, shared = self._alone(command), False
        assert command.receipt is not None
        return command.receipt

    def _alone(self, command: Command) -> Exception | None:
        try:
            self._call([command])
        except psycopg.Error as error:
            return error
        return None

    def _call(self, commands: Sequence[Command]) -> None:
        """Records all the commands or none: one call, one transaction, one wait for the disk."""
        parameters = parameters_of(commands)
        connection = self._connection()
        try:
            row = connection.rows.execute(_APPEND, parameters, prepare=True).fetchone()
        finally:
            self.datastore.pool.putconn(connection)
        assert row is not None
        position = row[0]
        for command in commands:
            command.receipt = Receipt(position, position + len(command.ids) - 1)
            position += len(command.ids)

    def _connection(self) -> LedgerConnection:
        try:
            return self.datastore.pool.getconn()
        except psycopg.Error as error:
            raise _NothingSent(str(error)) from error

    def _check_may_be_sent_again(
        self, command: Command, error: Exception, give_up_at: float
    ) -> None:
        if command.key is None and not isinstance(error, _NothingSent):
            raise OutcomeUnknown(
                "The database went away while a command without a key was recorded. Look whether "
                "it is there before recording it again."
            ) from error
        if monotonic() >= give_up_at:
            raise _named(error) from error

    def _first_outcome(self, command: Command, violation: UniqueViolation) -> Receipt:
        """What a command meant that met a row of its own, or of another.

        Its own key is looked for first: after a lost acknowledgement, or when a form is sent twice,
        the stream has moved on and everything else the command claims is taken, by itself.
        """
        claimed = self.claimed(list(command.claims))
        if command.key in claimed:
            return Receipt(*claimed[command.key], repeated=True)
        for claim in command.claims:
            if claim in claimed:
                raise ClaimTaken(claim, claimed[claim][0])
        if violation.diag.constraint_name == "stored_events_position":
            raise LedgerBypassed(str(violation)) from violation
        # Without psycopg's context: many lines of SQL that say nothing about this command.
        raise IntegrityError(_what_was_said(violation)) from violation

    # ---- reading

    def claimed(self, claims: Sequence[str]) -> dict[str | None, tuple[int, int]]:
        """Those of the claims that are taken -> first and last position of who took them."""
        query = "SELECT key, first_position, last_position FROM ledger.claims WHERE key = ANY(%s)"
        found = self.ask(lambda cursor: cursor.execute(query, (claims,)).fetchall())
        return {key: (first, last) for key, first, last in found}

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """A stream's events, as the library asks for them."""
        query = _STREAM.format("DESC" if desc else "ASC")
        bounds = (-1 if gt is None else gt, _LAST_VERSION if lte is None else lte)
        rows = self.ask(
            lambda cursor: cursor.execute(
                query, (originator_id, *bounds, limit), prepare=True
            ).fetchall()
        )
        return [StoredEvent(originator_id, version, topic, state) for version, topic, state in rows]

    def select_rows(self, first: int, last: int) -> list[Row]:
        """The rows at these positions, in their order."""
        return self.ask(
            lambda cursor: cursor.execute(_ROWS, (first, last), prepare=True).fetchall()
        )

    def ask(self, question: Callable[[Cursor[Any]], Found]) -> Found:
        """What `question` returns for a cursor of binary tuples. It is asked again when the
        connection breaks, so it must not write. Raises the library's errors."""
        give_up_at, pause = monotonic() + self._patience, 0.02
        while True:
            try:
                with self.datastore.get_connection() as connection:
                    return question(cast(LedgerConnection, connection).rows)
            except (InterfaceError, OperationalError):
                if monotonic() >= give_up_at:
                    raise
            sleep(pause)
            pause = min(2 * pause, 0.5)


# ---- errors


def _is_uncertain(error: Exception) -> bool:
    """Whether the server may have committed although this was raised. Every OperationalError
    counts, the harmless ones too: sending a command with a key again costs nothing."""
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | Interrupted)


def _what_was_said(error: psycopg.Error) -> str:
    return f"{error.diag.message_primary}: {error.diag.message_detail}"


def _named(error: Exception) -> Exception:
    """The same under the name that the library's callers expect."""
    if isinstance(error, psycopg.Error) and error.sqlstate == _BACKDATING:
        return BackdatingRefused(_what_was_said(error))
    for kind in type(error).__mro__:
        if issubclass(kind, psycopg.Error) and hasattr(persistence, kind.__name__):
            named: Exception = getattr(persistence, kind.__name__)(str(error))
            return named
    return error
