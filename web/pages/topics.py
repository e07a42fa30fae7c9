"""Topics: what was discussed, and whether any commitment came of it."""

from uuid import UUID

from projections import board, board_counts, topics
from projections.board import Filter, Sort
from projections.meetings import MeetingRow
from projections.topics import TopicRow
from web.visit import NotInRecord, Page, Visit


def show_all(visit: Visit) -> Page:
    found = topics.topics(visit.reading, visit.moment)
    frameworks = visit.directory.frameworks
    return Page(
        "topics.html",
        {
            "real": [each for each in found if not frameworks[each.framework].exercise],
            "rehearsed": [each for each in found if frameworks[each.framework].exercise],
            "counted": _counted(visit),
        },
    )


def _counted(visit: Visit) -> dict[UUID, dict[str, int]]:
    """How many commitments there are on each topic of each framework: the same word may name a
    topic in two frameworks."""
    return {
        framework: board_counts.counts(
            visit.reading, visit.moment, Filter(frameworks=(framework,))
        ).topics
        for framework in visit.directory.frameworks
    }


def show(visit: Visit) -> Page:
    slug = visit.path_values["slug"]
    topic = topics.topic(visit.reading, visit.moment, slug)
    if topic is None:
        raise NotInRecord("topic", slug)
    framework = visit.directory.frameworks[topic.framework]
    about = Filter(frameworks=(topic.framework,), topic=slug)
    return Page(
        "topic.html",
        {
            "topic": topic,
            "framework": framework,
            "exercise": framework.exercise,
            "meetings": _meetings(visit, topic),
            "rows": board.rows(visit.reading, visit.moment, about, Sort.due),
            "total": board_counts.counts(visit.reading, visit.moment, about).total,
            "all_of_them": {"topic": slug, "framework": framework.slug},
        },
    )


def _meetings(visit: Visit, topic: TopicRow) -> list[MeetingRow]:
    known = visit.directory.meetings
    return sorted(
        (known[id] for id in topic.meetings if id in known),
        key=lambda each: each.held_on,
        reverse=True,
    )
