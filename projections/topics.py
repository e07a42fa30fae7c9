"""What was discussed, where, and did any commitment come of it?"""

from uuid import UUID

from msgspec import Struct

from domain.events import TopicDiscussed
from domain.values import Wording
from projections.feed import Batch, Moment, Reading, Writing
from projections.versions import insert


class TopicRow(Struct, frozen=True):
    """A topic of one framework. `meetings` discussed it, the latest recorded first."""

    framework: UUID
    slug: str
    title: Wording
    meetings: tuple[UUID, ...]


class Topics:
    name = "topics"
    tables = """
        CREATE TABLE topics (
            slug text NOT NULL,
            meeting uuid NOT NULL,
            framework uuid NOT NULL,
            known_from bigint NOT NULL,
            title_fr text NOT NULL,
            title_en text NOT NULL,
            PRIMARY KEY (slug, meeting)
        );
    """

    def apply(self, cursor: Writing, batch: Batch) -> None:
        insert(
            cursor,
            "topics",
            ("slug", "meeting", "framework", "known_from", "title_fr", "title_en"),
            [
                (
                    event.topic.slug,
                    event.originator_id,
                    event.framework,
                    position,
                    event.topic.title.fr,
                    event.topic.title.en,
                )
                for position, _, event in batch.entries
                if isinstance(event, TopicDiscussed)
            ],
        )


def topics(reading: Reading, moment: Moment) -> tuple[TopicRow, ...]:
    """Every topic discussed so far, by its latest title."""
    found = reading.execute(
        "SELECT framework, slug,"
        " (array_agg(title_fr ORDER BY known_from DESC))[1] AS fr,"
        " (array_agg(title_en ORDER BY known_from DESC))[1] AS en,"
        " array_agg(meeting ORDER BY known_from DESC)"
        " FROM topics WHERE known_from <= %(position)s GROUP BY framework, slug"
        " ORDER BY min(known_from)",
        {"position": moment.position},
    )
    return tuple(
        TopicRow(framework, slug, Wording(fr=fr, en=en), tuple(discussed))
        for framework, slug, fr, en, discussed in found
    )


def topic(reading: Reading, moment: Moment, slug: str) -> TopicRow | None:
    return next((each for each in topics(reading, moment) if each.slug == slug), None)
