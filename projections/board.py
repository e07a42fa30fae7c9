"""Where does each commitment stand?

`board` is narrow, for filtering and sorting; `board_states` holds what a row shows, so that
filtering never reads it.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from domain.commitment import Commitment, evolve
from domain.events import CommitmentEvent
from domain.policies import (
    CONCLUDED,
    Standing,
    board_status,
    due_on,
    is_contested,
    is_news_awaited,
    silent_since,
)
from projections.feed import Batch, CommitmentChange, Moment, Reading, Writing
from projections.versions import FOREVER, VALID, close, insert

ROWS_A_PAGE = 50

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Commitment).decode


class Sort(StrEnum):
    changed = "changed"
    due = "due"
    reference = "reference"


class Filter(Struct, frozen=True, kw_only=True):
    """What the board is narrowed to; everything given must hold.

    `frameworks` is never empty: which frameworks are looked at is always a choice, because
    exercise frameworks must not be counted with real ones.
    """

    frameworks: tuple[UUID, ...]
    standing: Standing | None = None
    owner: UUID | None = None
    topic: str | None = None
    meeting: UUID | None = None
    overdue: bool = False
    silent: bool = False
    contested: bool = False
    matching: tuple[UUID, ...] | None = None

    @property
    def narrows(self) -> bool:
        """Whether anything besides the frameworks is asked for."""
        return any(
            (
                self.standing,
                self.owner,
                self.topic,
                self.meeting,
                self.overdue,
                self.silent,
                self.contested,
                self.matching is not None,
            )
        )


class BoardRow(Struct, frozen=True):
    """`changed_at` and `position` are those of the commitment's last event."""

    commitment: Commitment
    position: int
    changed_at: datetime


class Board:
    name = "board"
    tables = f"""
        CREATE TABLE board (
            commitment uuid NOT NULL,
            valid_from bigint NOT NULL,
            valid_to bigint NOT NULL DEFAULT {FOREVER},
            changed_at timestamptz NOT NULL,
            reference text NOT NULL,
            framework uuid NOT NULL,
            meeting uuid,
            owners uuid[] NOT NULL,
            topics text[] NOT NULL,
            standing text NOT NULL,
            basis text NOT NULL,
            measurable boolean NOT NULL,
            contested boolean NOT NULL,
            due_on date,
            -- Both are null while nothing is awaited, so that lateness and silence on any day are
            -- one comparison.
            open_due_on date,
            open_news_on date,
            PRIMARY KEY (commitment, valid_from)
        );
        CREATE INDEX board_changed ON board (valid_from DESC);
        CREATE INDEX board_standing_now ON board (valid_to);
        CREATE INDEX board_reference ON board (reference, valid_from);
        CREATE TABLE board_states (
            commitment uuid NOT NULL,
            valid_from bigint NOT NULL,
            state bytea NOT NULL,
            PRIMARY KEY (commitment, valid_from)
        );
    """

    def apply(self, cursor: Writing, batch: Batch) -> None:
        batch.changes = _changes(cursor, batch)
        last: dict[UUID, int] = {}
        ends: dict[tuple[UUID, int], int] = {}
        standing: list[tuple[UUID, int]] = []
        for change in batch.changes:
            commitment, position = change.after.id, change.entry.position
            if commitment in last:
                ends[commitment, last[commitment]] = position
            elif change.before is not None:
                standing.append((commitment, position))
            last[commitment] = position
        close(cursor, "board", [("commitment", "uuid")], standing)
        insert(cursor, "board", _COLUMNS, [_row(change, ends) for change in batch.changes])
        insert(
            cursor,
            "board_states",
            ("commitment", "valid_from", "state"),
            [(c.after.id, c.entry.position, _encode(c.after)) for c in batch.changes],
        )


_COLUMNS = (
    "commitment",
    "valid_from",
    "valid_to",
    "changed_at",
    "reference",
    "framework",
    "meeting",
    "owners",
    "topics",
    "standing",
    "basis",
    "measurable",
    "contested",
    "due_on",
    "open_due_on",
    "open_news_on",
)


def _row(change: CommitmentChange, ends: dict[tuple[UUID, int], int]) -> tuple[Any, ...]:
    after, position = change.after, change.entry.position
    status = board_status(after)
    concluded = status.standing in CONCLUDED
    return (
        after.id,
        position,
        ends.get((after.id, position), FOREVER),
        change.entry.recorded_at,
        after.reference,
        after.framework,
        after.meeting,
        list(after.owners),
        list(after.topics),
        status.standing.value,
        status.basis.value,
        after.measure.measurable,
        is_contested(after),
        due_on(after),
        None if concluded else due_on(after),
        after.last_news_on if is_news_awaited(after) else None,
    )


def _changes(cursor: Writing, batch: Batch) -> list[CommitmentChange]:
    entries = [entry for entry in batch.entries if isinstance(entry.event, CommitmentEvent)]
    states = _standing_states(cursor, {entry.event.originator_id for entry in entries})
    changes = []
    for entry in entries:
        before = states.get(entry.event.originator_id)
        after = states[entry.event.originator_id] = evolve(before, entry.event)
        changes.append(CommitmentChange(entry, before, after))
    return changes


def _standing_states(cursor: Writing, commitments: set[UUID]) -> dict[UUID, Commitment]:
    if not commitments:
        return {}
    cursor.execute(
        "SELECT state FROM board JOIN board_states USING (commitment, valid_from)"
        " WHERE commitment = ANY(%s) AND valid_to = %s",
        (list(commitments), FOREVER),
    )
    return {state.id: state for (data,) in cursor for state in (_decode(data),)}


_ORDER = {
    Sort.changed: "valid_from DESC",
    Sort.due: "open_due_on NULLS LAST, reference",
    Sort.reference: "reference",
}


def conditions(filter: Filter, day: date) -> tuple[str, dict[str, Any]]:
    """The filter as SQL over `board`, with its parameters (besides `position`)."""
    clauses = [VALID, "framework = ANY(%(frameworks)s)"]
    if filter.standing:
        clauses.append("standing = %(standing)s")
    if filter.owner:
        clauses.append("owners @> ARRAY[%(owner)s::uuid]")
    if filter.topic:
        clauses.append("topics @> ARRAY[%(topic)s::text]")
    if filter.meeting:
        clauses.append("meeting = %(meeting)s")
    if filter.overdue:
        clauses.append("open_due_on < %(day)s")
    if filter.silent:
        clauses.append("open_news_on <= %(silent_since)s")
    if filter.contested:
        clauses.append("contested")
    if filter.matching is not None:
        clauses.append("commitment = ANY(%(matching)s)")
    return " AND ".join(clauses), {
        "frameworks": list(filter.frameworks),
        "standing": filter.standing,
        "owner": filter.owner,
        "topic": filter.topic,
        "meeting": filter.meeting,
        "day": day,
        "silent_since": silent_since(day),
        "matching": list(filter.matching or ()),
    }


def rows(
    reading: Reading, moment: Moment, filter: Filter, sort: Sort = Sort.changed, page: int = 1
) -> tuple[BoardRow, ...]:
    """One page of the board, ROWS_A_PAGE rows at most; pages count from 1."""
    where, parameters = conditions(filter, moment.day)
    return _rows(
        reading,
        f"SELECT commitment, valid_from, changed_at FROM board WHERE {where}"
        f" ORDER BY {_ORDER[sort]}, commitment LIMIT {ROWS_A_PAGE} OFFSET %(skipped)s",
        parameters | {"position": moment.position, "skipped": (page - 1) * ROWS_A_PAGE},
    )


def every_row(
    reading: Reading, moment: Moment, filter: Filter, sort: Sort = Sort.reference
) -> tuple[BoardRow, ...]:
    """The whole of what the filter leaves, for downloads and for the printed matrix."""
    where, parameters = conditions(filter, moment.day)
    return _rows(
        reading,
        f"SELECT commitment, valid_from, changed_at FROM board WHERE {where}"
        f" ORDER BY {_ORDER[sort]}, commitment",
        parameters | {"position": moment.position},
    )


def row(reading: Reading, moment: Moment, reference: str) -> BoardRow | None:
    found = _rows(
        reading,
        f"SELECT commitment, valid_from, changed_at FROM board"
        f" WHERE reference = %(reference)s AND {VALID}",
        {"reference": reference, "position": moment.position},
    )
    return found[0] if found else None


def _rows(reading: Reading, selection: str, parameters: dict[str, Any]) -> tuple[BoardRow, ...]:
    # The states are fetched by key after the page is chosen: sorting wide rows would cost more
    # than the whole query.
    found: Sequence[tuple[UUID, int, datetime]] = reading.execute(
        selection.encode(), parameters
    ).fetchall()
    states = _states(reading, found)
    return tuple(BoardRow(states[key], start, at) for key, start, at in found)


def _states(
    reading: Reading, found: Iterable[tuple[UUID, int, datetime]]
) -> dict[UUID, Commitment]:
    keys = [(key, start) for key, start, _ in found]
    cursor = reading.execute(
        "SELECT s.state FROM unnest(%s::uuid[], %s::bigint[]) AS k(commitment, valid_from)"
        " JOIN board_states s USING (commitment, valid_from)",
        ([key for key, _ in keys], [start for _, start in keys]),
    )
    return {state.id: state for (data,) in cursor for state in (_decode(data),)}
