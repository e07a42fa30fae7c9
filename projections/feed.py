"""What projections are fed with, and the moment a question is asked about."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from msgspec import Struct
from psycopg import Connection, Cursor

from domain.commitment import Commitment
from domain.events import Event

Reading = Connection[tuple[Any, ...]]
Writing = Cursor[tuple[Any, ...]]


class Entry(NamedTuple):
    """One event of the ledger with what the ledger added to it."""

    position: int
    recorded_at: datetime
    event: Event


class Moment(Struct, frozen=True):
    """The record as it stood after `position`, judged on the day `day` (is it late, is it silent).

    Together they decide every public page; live pages and past ones differ in nothing else.
    """

    position: int
    day: date


class CommitmentChange(NamedTuple):
    """One event's effect on one commitment. `before` is None when it was made."""

    entry: Entry
    before: Commitment | None
    after: Commitment


class Batch:
    """Up to some thousands of entries in order of position, handled in one transaction.

    The board folds the commitments once and leaves the changes here for the questions after it.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self.changes: list[CommitmentChange] = []


class Projection(Protocol):
    """A question. `apply` keeps nothing in memory from one batch to the next: another process may
    have written in between, or a rebuild may have put other tables in place."""

    name: str
    tables: str
    """Its tables and indexes, by unqualified name: a rebuild makes them in a schema of its own."""

    def apply(self, cursor: Writing, batch: Batch) -> None: ...
