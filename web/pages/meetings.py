"""Meetings: who was there, what was discussed, and what came of it."""

from msgspec import Struct

from domain.values import Topic
from projections import board, board_counts, meetings
from projections.board import BoardRow, Filter, Sort
from projections.meetings import MeetingRow
from web.visit import NotInRecord, Page, Visit


class TopicOfMeeting(Struct, frozen=True):
    """`n` commitments were made on the topic at the meeting, `elsewhere` at others."""

    topic: Topic
    n: int
    elsewhere: int
    rows: tuple[BoardRow, ...]


def show_all(visit: Visit) -> Page:
    found = meetings.meetings(visit.reading, visit.moment)
    frameworks = visit.directory.frameworks
    counted = _commitments_of_meetings(visit)
    return Page(
        "meetings.html",
        {
            "real": [each for each in found if not frameworks[each.framework].exercise],
            "rehearsed": [each for each in found if frameworks[each.framework].exercise],
            "counted": counted,
        },
    )


def _commitments_of_meetings(visit: Visit) -> dict[str, int]:
    """How many commitments each meeting saw, by its slug."""
    frameworks = tuple(visit.directory.frameworks)
    if not frameworks:
        return {}
    counts = board_counts.counts(visit.reading, visit.moment, Filter(frameworks=frameworks))
    known = visit.directory.meetings
    return {known[id].slug: n for id, n in counts.meetings.items() if id in known}


def show(visit: Visit) -> Page:
    slug = visit.path_values["slug"]
    meeting = meetings.meeting(visit.reading, visit.moment, slug)
    if meeting is None:
        raise NotInRecord("meeting", slug)
    framework = visit.directory.frameworks[meeting.framework]
    here = Filter(frameworks=(meeting.framework,), meeting=meeting.id)
    rows = board.rows(visit.reading, visit.moment, here, Sort.reference)
    total = board_counts.counts(visit.reading, visit.moment, here)
    return Page(
        "meeting.html",
        {
            "meeting": meeting,
            "framework": framework,
            "exercise": framework.exercise,
            "topics": _topics(visit, meeting, rows, total.topics),
            "rows": rows,
            "total": total.total,
            "all_of_them": {"meeting": slug, "framework": framework.slug},
        },
    )


def _topics(
    visit: Visit, meeting: MeetingRow, rows: tuple[BoardRow, ...], here: dict[str, int]
) -> list[TopicOfMeeting]:
    framework = Filter(frameworks=(meeting.framework,))
    everywhere = board_counts.counts(visit.reading, visit.moment, framework).topics
    return [
        TopicOfMeeting(
            topic,
            here.get(topic.slug, 0),
            everywhere.get(topic.slug, 0) - here.get(topic.slug, 0),
            tuple(row for row in rows if topic.slug in row.commitment.topics),
        )
        for topic in meeting.topics
    ]
