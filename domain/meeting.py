"""A meeting of a framework: who attended, what was discussed, where the minutes are."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from domain import commands as c
from domain import events as e
from domain import refusals as r
from domain.admission import check_occurred, header, once, seen
from domain.values import (
    NAME_LENGTH,
    NOTE_LENGTH,
    Author,
    Capacity,
    Topic,
    checked_slug,
    checked_text,
)


class Meeting(Struct, frozen=True):
    id: UUID
    version: int
    framework: UUID
    slug: str
    held_on: date
    topics: tuple[Topic, ...] = ()


def evolve(state: Meeting | None, event: e.Event) -> Meeting:
    if isinstance(event, e.MeetingHeld):
        return Meeting(
            event.originator_id,
            event.originator_version,
            event.framework,
            event.slug,
            event.occurred_on,
        )
    assert state is not None
    state = replace(state, version=event.originator_version)
    if isinstance(event, e.TopicDiscussed):
        return replace(state, topics=(*state.topics, event.topic))
    assert isinstance(event, e.MinutesPublished)
    return state


def rebuild(state: Meeting | None, happened: Iterable[e.Event]) -> Meeting | None:
    for event in happened:
        state = evolve(state, event)
    return state


def hold_meeting(id: UUID, command: c.HoldMeeting, today: date, by: Author) -> e.MeetingHeld:
    check_occurred(command.occurred_on, today)
    _check_recorder(by)
    summary, note = command.summary, command.attendance_note
    return e.MeetingHeld(
        originator_id=id,
        originator_version=1,
        occurred_on=command.occurred_on,
        recorded_by=by.organisation,
        capacity=by.capacity,
        framework=command.framework,
        slug=checked_slug(command.slug),
        title=command.title.checked("title", NAME_LENGTH),
        venue=checked_text(command.venue, "venue", NAME_LENGTH),
        attendance=once(command.attendance),
        summary=summary.checked("summary", NOTE_LENGTH) if summary else None,
        attendance_note=note.checked("note", NOTE_LENGTH) if note else None,
        source=seen(command.source, today) if command.source else None,
    )


def discuss_topic(
    state: Meeting, command: c.DiscussTopic, today: date, by: Author
) -> e.TopicDiscussed:
    _check_recorder(by)
    check_occurred(command.occurred_on, today)
    slug = checked_slug(command.topic.slug)
    if any(topic.slug == slug for topic in state.topics):
        raise r.TopicAlreadyDiscussed()
    topic = Topic(slug, command.topic.title.checked("title", NAME_LENGTH))
    return e.TopicDiscussed(**header(state, command, by), framework=state.framework, topic=topic)


def publish_minutes(
    state: Meeting, command: c.PublishMinutes, today: date, by: Author
) -> e.MinutesPublished:
    _check_recorder(by)
    check_occurred(command.occurred_on, today)
    return e.MinutesPublished(**header(state, command, by), minutes=seen(command.minutes, today))


def _check_recorder(by: Author) -> None:
    # Nobody owns or assesses a meeting: it is recorded on behalf of the whole framework.
    if by.capacity is not Capacity.secretariat:
        raise r.NotTheSecretariat()
