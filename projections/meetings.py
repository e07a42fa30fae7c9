"""What was a meeting about, who was there, and what came of it?"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from domain.events import MeetingEvent, MeetingHeld, MinutesPublished, TopicDiscussed
from domain.values import Evidence, Topic, Wording
from projections.feed import Batch, Moment, Reading, Writing
from projections.versions import FOREVER, VALID, close, insert


class MeetingRow(Struct, frozen=True):
    id: UUID
    framework: UUID
    slug: str
    held_on: date
    title: Wording
    venue: str
    attendance: tuple[UUID, ...]
    attendance_note: Wording | None
    summary: Wording | None
    source: Evidence | None
    recorded_by: UUID
    topics: tuple[Topic, ...] = ()
    minutes: tuple[Evidence, ...] = ()


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(MeetingRow).decode


class Meetings:
    name = "meetings"
    tables = f"""
        CREATE TABLE meetings (
            id uuid NOT NULL,
            valid_from bigint NOT NULL,
            valid_to bigint NOT NULL DEFAULT {FOREVER},
            slug text NOT NULL,
            held_on date NOT NULL,
            state bytea NOT NULL,
            PRIMARY KEY (id, valid_from)
        );
        CREATE INDEX meetings_slug ON meetings (slug, valid_from);
    """

    def apply(self, cursor: Writing, batch: Batch) -> None:
        happened = [
            (entry.position, entry.event)
            for entry in batch.entries
            if isinstance(entry.event, MeetingEvent)
        ]
        states = _standing(cursor, {event.originator_id for _, event in happened})
        ended: dict[UUID, int] = {}
        # Positions inside the batch are versions of their own: a reader may ask for any of them.
        rows: dict[UUID, list[tuple[int, MeetingRow]]] = {}
        for position, event in happened:
            before = states.get(event.originator_id)
            after = states[event.originator_id] = _evolve(before, event)
            if before is not None and event.originator_id not in rows:
                ended[event.originator_id] = position
            rows.setdefault(event.originator_id, []).append((position, after))
        close(cursor, "meetings", [("id", "uuid")], ended.items())
        insert(
            cursor,
            "meetings",
            ("id", "valid_from", "valid_to", "slug", "held_on", "state"),
            [
                (row.id, start, end, row.slug, row.held_on, _encode(row))
                for versions in rows.values()
                for (start, row), end in zip(
                    versions, [*(start for start, _ in versions[1:]), FOREVER], strict=True
                )
            ],
        )


def _evolve(state: MeetingRow | None, event: MeetingEvent) -> MeetingRow:
    if isinstance(event, MeetingHeld):
        return MeetingRow(
            id=event.originator_id,
            framework=event.framework,
            slug=event.slug,
            held_on=event.occurred_on,
            title=event.title,
            venue=event.venue,
            attendance=event.attendance,
            attendance_note=event.attendance_note,
            summary=event.summary,
            source=event.source,
            recorded_by=event.recorded_by,
        )
    assert state is not None, "a meeting's first event is MeetingHeld"
    if isinstance(event, TopicDiscussed):
        return replace(state, topics=(*state.topics, event.topic))
    assert isinstance(event, MinutesPublished)
    return replace(state, minutes=(*state.minutes, event.minutes))


def _standing(cursor: Writing, ids: set[UUID]) -> dict[UUID, MeetingRow]:
    if not ids:
        return {}
    cursor.execute(
        "SELECT state FROM meetings WHERE id = ANY(%s) AND valid_to = %s", (list(ids), FOREVER)
    )
    return {row.id: row for row in _rows(cursor)}


def _rows(found: Iterable[tuple[bytes]]) -> tuple[MeetingRow, ...]:
    return tuple(_decode(data) for (data,) in found)


def changed_at_position(reading: Reading, moment: Moment) -> int:
    """The last position that changed an answer of this file (topics come with their meetings)."""
    found = reading.execute(
        "SELECT coalesce(max(valid_from), 0) FROM meetings WHERE valid_from <= %s",
        (moment.position,),
    ).fetchone()
    return found[0] if found else 0


def meetings(reading: Reading, moment: Moment) -> tuple[MeetingRow, ...]:
    """Every meeting recorded at the moment, the latest first."""
    return _rows(
        reading.execute(
            f"SELECT state FROM meetings WHERE {VALID} ORDER BY held_on DESC, valid_from DESC",
            {"position": moment.position},
        )
    )


def meeting(reading: Reading, moment: Moment, slug: str) -> MeetingRow | None:
    found = _rows(
        reading.execute(
            f"SELECT state FROM meetings WHERE slug = %(slug)s AND {VALID}",
            {"slug": slug, "position": moment.position},
        )
    )
    return found[0] if found else None
