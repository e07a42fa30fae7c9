"""Who takes part, and in which consultation frameworks?

Nothing here changes once recorded, so a row needs only the position from which it is known.
"""

from uuid import UUID

from msgspec import Struct

from domain.events import FrameworkEstablished, StakeholderAdmitted, StakeholderRegistered
from domain.values import StakeholderKind, Wording
from projections.feed import Batch, Moment, Reading, Writing
from projections.versions import insert


class StakeholderRow(Struct, frozen=True):
    id: UUID
    slug: str
    name: Wording
    short_name: str
    kind: StakeholderKind
    exercise: bool
    frameworks: tuple[UUID, ...]


class FrameworkRow(Struct, frozen=True):
    id: UUID
    slug: str
    name: Wording
    description: Wording
    exercise: bool


class Stakeholders:
    name = "stakeholders"
    tables = """
        CREATE TABLE stakeholders (
            id uuid PRIMARY KEY,
            known_from bigint NOT NULL,
            slug text NOT NULL,
            name_fr text NOT NULL,
            name_en text NOT NULL,
            short_name text NOT NULL,
            kind text NOT NULL,
            exercise boolean NOT NULL
        );
        CREATE TABLE frameworks (
            id uuid PRIMARY KEY,
            known_from bigint NOT NULL,
            slug text NOT NULL,
            name_fr text NOT NULL,
            name_en text NOT NULL,
            description_fr text NOT NULL,
            description_en text NOT NULL,
            exercise boolean NOT NULL
        );
        CREATE TABLE framework_members (
            framework uuid NOT NULL,
            stakeholder uuid NOT NULL,
            known_from bigint NOT NULL,
            PRIMARY KEY (framework, stakeholder)
        );
    """

    def apply(self, cursor: Writing, batch: Batch) -> None:
        stakeholders, frameworks, members = [], [], []
        for position, _, event in batch.entries:
            if isinstance(event, StakeholderRegistered):
                stakeholders.append(
                    (
                        event.originator_id,
                        position,
                        event.slug,
                        event.name.fr,
                        event.name.en,
                        event.short_name,
                        event.kind.value,
                        event.exercise,
                    )
                )
            elif isinstance(event, FrameworkEstablished):
                frameworks.append(
                    (
                        event.originator_id,
                        position,
                        event.slug,
                        event.name.fr,
                        event.name.en,
                        event.description.fr,
                        event.description.en,
                        event.exercise,
                    )
                )
            elif isinstance(event, StakeholderAdmitted):
                members.append((event.originator_id, event.stakeholder, position))
        insert(cursor, "stakeholders", _STAKEHOLDER_COLUMNS, stakeholders)
        insert(cursor, "frameworks", _FRAMEWORK_COLUMNS, frameworks)
        insert(cursor, "framework_members", ("framework", "stakeholder", "known_from"), members)


_STAKEHOLDER_COLUMNS = (
    "id",
    "known_from",
    "slug",
    "name_fr",
    "name_en",
    "short_name",
    "kind",
    "exercise",
)
_FRAMEWORK_COLUMNS = (
    "id",
    "known_from",
    "slug",
    "name_fr",
    "name_en",
    "description_fr",
    "description_en",
    "exercise",
)


def changed_at_position(reading: Reading, moment: Moment) -> int:
    """The last position that changed an answer of this file: what a copy in memory is good for."""
    found = reading.execute(
        "SELECT greatest("
        " (SELECT max(known_from) FROM stakeholders WHERE known_from <= %(position)s),"
        " (SELECT max(known_from) FROM frameworks WHERE known_from <= %(position)s),"
        " (SELECT max(known_from) FROM framework_members WHERE known_from <= %(position)s), 0)",
        {"position": moment.position},
    ).fetchone()
    return found[0] if found else 0


def stakeholders(reading: Reading, moment: Moment) -> tuple[StakeholderRow, ...]:
    """Every organisation known at the moment, by short name."""
    found = reading.execute(
        "SELECT s.id, s.slug, s.name_fr, s.name_en, s.short_name, s.kind, s.exercise,"
        " array(SELECT framework FROM framework_members m"
        "       WHERE m.stakeholder = s.id AND m.known_from <= %(position)s)"
        " FROM stakeholders s WHERE s.known_from <= %(position)s ORDER BY lower(s.short_name)",
        {"position": moment.position},
    )
    return tuple(
        StakeholderRow(
            id, slug, Wording(fr=fr, en=en), short, StakeholderKind(kind), exercise, tuple(within)
        )
        for id, slug, fr, en, short, kind, exercise, within in found
    )


def frameworks(reading: Reading, moment: Moment) -> tuple[FrameworkRow, ...]:
    """Every framework known at the moment, real ones first, in the order of their recording."""
    found = reading.execute(
        "SELECT id, slug, name_fr, name_en, description_fr, description_en, exercise"
        " FROM frameworks WHERE known_from <= %(position)s ORDER BY exercise, known_from",
        {"position": moment.position},
    )
    return tuple(
        FrameworkRow(id, slug, Wording(fr=fr, en=en), Wording(fr=about_fr, en=about_en), exercise)
        for id, slug, fr, en, about_fr, about_en, exercise in found
    )
