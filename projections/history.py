"""What happened to this commitment, in order?"""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from domain.events import CommitmentEvent, Event
from projections.feed import Batch, Moment, Reading, Writing
from projections.versions import insert

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Event).decode


class HistoryEntry(Struct, frozen=True):
    """`version` counts the events of one commitment from 1; `position` those of the record."""

    version: int
    position: int
    recorded_at: datetime
    event: Event


class History:
    name = "history"
    tables = """
        CREATE TABLE history (
            commitment uuid NOT NULL,
            version bigint NOT NULL,
            position bigint NOT NULL,
            recorded_at timestamptz NOT NULL,
            event bytea NOT NULL,
            PRIMARY KEY (commitment, version)
        );
    """

    def apply(self, cursor: Writing, batch: Batch) -> None:
        insert(
            cursor,
            "history",
            ("commitment", "version", "position", "recorded_at", "event"),
            [
                (event.originator_id, event.originator_version, position, at, _encode(event))
                for position, at, event in batch.entries
                if isinstance(event, CommitmentEvent)
            ],
        )


def history(reading: Reading, moment: Moment, commitment: UUID) -> tuple[HistoryEntry, ...]:
    """Every event of the commitment up to the moment, the first first."""
    found = reading.execute(
        "SELECT version, position, recorded_at, event FROM history"
        " WHERE commitment = %s AND position <= %s ORDER BY version",
        (commitment, moment.position),
    )
    return tuple(
        HistoryEntry(version, position, at, _decode(data)) for version, position, at, data in found
    )
