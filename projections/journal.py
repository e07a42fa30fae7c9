"""What was recorded, in the order of recording?"""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from domain.events import Event
from projections.feed import Batch, Moment, Reading, Writing
from projections.versions import insert

ENTRIES_A_PAGE = 50

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Event).decode


class JournalEntry(Struct, frozen=True):
    """`reference` and `framework` are those of the commitment the event is about, if it is."""

    position: int
    recorded_at: datetime
    event: Event
    reference: str | None
    framework: UUID | None


class Journal:
    name = "journal"
    tables = """
        CREATE TABLE journal (
            position bigint PRIMARY KEY,
            recorded_at timestamptz NOT NULL,
            reference text,
            framework uuid,
            event bytea NOT NULL
        );
    """

    def apply(self, cursor: Writing, batch: Batch) -> None:
        about = {change.entry.position: change.after for change in batch.changes}
        rows = []
        for position, at, event in batch.entries:
            subject = about.get(position)
            rows.append(
                (
                    position,
                    at,
                    subject.reference if subject else None,
                    subject.framework if subject else getattr(event, "framework", None),
                    _encode(event),
                )
            )
        insert(
            cursor, "journal", ("position", "recorded_at", "reference", "framework", "event"), rows
        )


def journal(
    reading: Reading, moment: Moment, before: int | None = None, limit: int = ENTRIES_A_PAGE
) -> tuple[JournalEntry, ...]:
    """Up to `limit` entries up to the moment and before the position `before`, the latest first."""
    last = moment.position if before is None else min(moment.position, before - 1)
    found = reading.execute(
        "SELECT position, recorded_at, event, reference, framework FROM journal"
        " WHERE position <= %s ORDER BY position DESC LIMIT %s",
        (last, limit),
    )
    return tuple(
        JournalEntry(position, at, _decode(data), reference, framework)
        for position, at, data, reference, framework in found
    )


def recorded_at(reading: Reading, position: int) -> datetime | None:
    found = reading.execute(
        "SELECT recorded_at FROM journal WHERE position = %s", (position,)
    ).fetchone()
    return found[0] if found else None
