"""Who takes part, when they met, what they spoke of: as it was known at any position."""

from datetime import date
from uuid import UUID

from domain.values import StakeholderKind, Wording
from projections import meetings, stakeholders, topics
from projections.feed import Moment
from projections.stakeholders import StakeholderRow
from tests.domain.cast import COMMISSION, FRAMEWORK, MADE_ON, REPORT, SCAN, TODAY, YOUTH
from tests.domain.storytelling import made
from tests.projections.telling import (
    EVERYBODY,
    MEETING,
    REHEARSAL,
    Telling,
    admitted,
    discussed,
    established,
    held,
    published,
    registered,
)

SECOND_MEETING = UUID(int=121)


# ---- stakeholders and frameworks


def test_organisations_are_listed_by_short_name_whatever_its_case(told: Telling) -> None:
    told.tell(registered("zebre"), about=UUID(int=8))
    told.tell(registered("abeille"), about=UUID(int=9))
    found = stakeholders.stakeholders(told.reading, told.now())
    assert [each.short_name for each in found] == ["Abeille", "Zebre"]


def test_an_organisation_has_its_names_its_kind_and_its_frameworks(told: Telling) -> None:
    told.tell(EVERYBODY[COMMISSION.organisation], about=COMMISSION.organisation)
    told.tell(established("cadre"), admitted(COMMISSION), about=FRAMEWORK)
    assert stakeholders.stakeholders(told.reading, told.now()) == (
        StakeholderRow(
            id=COMMISSION.organisation,
            slug="commission",
            name=Wording(fr="Commission fictif", en="Fictional commission"),
            short_name="Commission",
            kind=StakeholderKind.emb,
            exercise=False,
            frameworks=(FRAMEWORK,),
        ),
    )


def test_what_was_not_recorded_yet_is_not_known(told: Telling) -> None:
    told.tell(EVERYBODY[COMMISSION.organisation], about=COMMISSION.organisation)
    told.tell(established("cadre"), about=FRAMEWORK)
    told.tell(admitted(COMMISSION), about=FRAMEWORK)
    known = [
        (
            [each.frameworks for each in stakeholders.stakeholders(told.reading, moment)],
            len(stakeholders.frameworks(told.reading, moment)),
        )
        for moment in (Moment(position, TODAY) for position in range(4))
    ]
    assert known == [([], 0), ([()], 0), ([()], 1), ([(FRAMEWORK,)], 1)]


def test_real_frameworks_come_before_exercises(told: Telling) -> None:
    told.tell(established("exercice", exercise=True), about=REHEARSAL)
    told.tell(established("cadre"), about=FRAMEWORK)
    found = stakeholders.frameworks(told.reading, told.now())
    assert [(each.slug, each.exercise) for each in found] == [("cadre", False), ("exercice", True)]


def test_a_copy_in_memory_is_good_until_something_it_holds_changes(told: Telling) -> None:
    told.tell(EVERYBODY[COMMISSION.organisation], about=COMMISSION.organisation)
    told.tell(made())
    told.tell(established("cadre"), about=FRAMEWORK)
    told.tell(admitted(COMMISSION), about=FRAMEWORK)
    told.tell(held("reunion-1"), discussed("fichier", "Le fichier"), about=MEETING)
    changed = [
        (
            stakeholders.changed_at_position(told.reading, Moment(position, TODAY)),
            meetings.changed_at_position(told.reading, Moment(position, TODAY)),
        )
        for position in range(7)
    ]
    assert changed == [(0, 0), (1, 0), (1, 0), (3, 0), (4, 0), (4, 5), (4, 6)]


# ---- meetings


def test_a_meeting_gathers_what_was_recorded_of_it(told: Telling) -> None:
    told.tell(held("reunion-1", summary=Wording(fr="On a parlé."), source=REPORT), about=MEETING)
    told.tell(discussed("fichier", "Le fichier"), discussed("loi", "La loi"), about=MEETING)
    told.tell(published(SCAN), about=MEETING)
    meeting = meetings.meeting(told.reading, told.now(), "reunion-1")
    assert meeting is not None
    assert (meeting.id, meeting.framework, meeting.held_on) == (MEETING, FRAMEWORK, MADE_ON)
    assert [topic.slug for topic in meeting.topics] == ["fichier", "loi"]
    assert [each.title for each in meeting.minutes] == ["Procès-verbal"]
    assert meeting.attendance == (COMMISSION.organisation, YOUTH.organisation)
    assert meeting.source is not None
    assert meeting.summary == Wording(fr="On a parlé.")


def test_a_meeting_is_at_each_position_what_was_known_of_it(told: Telling) -> None:
    told.tell(held("reunion-1"), discussed("fichier", "Le fichier"), about=MEETING)
    told.tell(published(SCAN), discussed("loi", "La loi"), about=MEETING)
    known = []
    for position in range(5):
        found = meetings.meeting(told.reading, Moment(position, TODAY), "reunion-1")
        known.append(found and (len(found.topics), len(found.minutes)))
    assert known == [None, (0, 0), (1, 0), (1, 1), (2, 1)]


def test_the_latest_meeting_comes_first_whenever_it_was_recorded(told: Telling) -> None:
    told.tell(held("reunion-2", date(2024, 9, 1)), about=SECOND_MEETING)
    told.tell(held("reunion-1", date(2024, 7, 1)), about=MEETING)
    found = meetings.meetings(told.reading, told.now())
    assert [each.slug for each in found] == ["reunion-2", "reunion-1"]
    assert meetings.meeting(told.reading, told.now(), "reunion-3") is None


# ---- topics


def test_a_topic_knows_the_meetings_that_spoke_of_it_and_its_latest_title(told: Telling) -> None:
    told.tell(held("reunion-1"), discussed("fichier", "Le fichier"), about=MEETING)
    told.tell(held("reunion-2"), discussed("loi", "La loi"), about=SECOND_MEETING)
    told.tell(discussed("fichier", "Le fichier électoral"), about=SECOND_MEETING)
    first, second = topics.topics(told.reading, told.now())
    assert (first.slug, first.title.fr) == ("fichier", "Le fichier électoral")
    assert first.meetings == (SECOND_MEETING, MEETING)
    assert (second.slug, second.meetings) == ("loi", (SECOND_MEETING,))


def test_a_topic_had_its_earlier_title_before_it_was_spoken_of_again(told: Telling) -> None:
    told.tell(held("reunion-1"), discussed("fichier", "Le fichier"), about=MEETING)
    told.tell(held("reunion-2"), discussed("fichier", "Le registre"), about=SECOND_MEETING)
    titles = []
    for position in range(5):
        found = topics.topic(told.reading, Moment(position, TODAY), "fichier")
        titles.append(found and found.title.fr)
    assert titles == [None, None, "Le fichier", "Le fichier", "Le registre"]


def test_the_same_word_in_two_frameworks_is_two_topics(told: Telling) -> None:
    told.tell(held("reunion-1"), discussed("fichier", "Le fichier"), about=MEETING)
    told.tell(
        held("reunion-2", framework=REHEARSAL),
        discussed("fichier", "Le fichier fictif", REHEARSAL),
        about=SECOND_MEETING,
    )
    found = topics.topics(told.reading, told.now())
    assert [(each.framework, each.title.fr) for each in found] == [
        (FRAMEWORK, "Le fichier"),
        (REHEARSAL, "Le fichier fictif"),
    ]
