"""What happened to one commitment, and what was recorded at all, each in its own order."""

from datetime import UTC, date, datetime

import pytest

from domain import events as e
from domain.events import CommitmentEvent
from domain.values import Status
from projections import journal as journal_module
from projections.feed import Moment, Reading
from projections.history import history
from projections.journal import ENTRIES_A_PAGE, journal
from tests.domain.cast import COMMISSION, FRAMEWORK, RECORD, REPORT, TODAY
from tests.domain.storytelling import declared, given, made
from tests.lively_record import lively_record
from tests.projections.telling import (
    EVERYBODY,
    MEETING,
    OTHER,
    REHEARSAL,
    Telling,
    admitted,
    discussed,
    established,
    held,
    promised,
    published,
)


def test_a_history_is_the_commitments_own_events_in_order(told: Telling) -> None:
    told.tell(made())
    told.tell(promised("2024-002"), about=OTHER)
    at = datetime(2024, 9, 1, 8, 30, tzinfo=UTC)
    told.tell(declared(Status.in_progress, date(2024, 9, 1), REPORT), at=at)
    entries = history(told.reading, told.now(), RECORD)
    expected = given(made(), declared(Status.in_progress, date(2024, 9, 1), REPORT)).events
    assert [entry.event for entry in entries] == expected
    assert [(entry.version, entry.position) for entry in entries] == [(1, 1), (2, 3)]
    assert entries[1].recorded_at == at


def test_a_history_ends_at_the_moment_asked_for(told: Telling) -> None:
    told.tell(made(), declared(Status.in_progress, date(2024, 9, 1)))
    assert len(history(told.reading, Moment(1, TODAY), RECORD)) == 1
    assert history(told.reading, Moment(0, TODAY), RECORD) == ()
    assert history(told.reading, told.now(), OTHER) == ()


def test_the_journal_has_every_event_the_latest_first(reading: Reading) -> None:
    told = lively_record()
    entries = journal(reading, Moment(409, TODAY), limit=1_000)
    assert [entry.event for entry in entries] == [each.event for each in reversed(told)]
    assert [entry.recorded_at for entry in entries] == [each.at for each in reversed(told)]
    assert [entry.position for entry in entries] == list(range(409, 0, -1))


def test_the_journal_tells_what_each_event_is_about(told: Telling) -> None:
    told.tell(EVERYBODY[COMMISSION.organisation], about=COMMISSION.organisation)
    told.tell(established("exercice", exercise=True), admitted(COMMISSION), about=REHEARSAL)
    told.tell(
        held("reunion-1", framework=REHEARSAL),
        discussed("fichier", "Le fichier", REHEARSAL),
        published(REPORT),
        about=MEETING,
    )
    told.tell(promised("EX-2024-001", framework=REHEARSAL))
    told.tell(promised("2024-001"), declared(Status.in_progress, date(2024, 9, 1)), about=OTHER)
    found = [
        (type(entry.event), entry.reference, entry.framework)
        for entry in reversed(journal(told.reading, told.now()))
    ]
    assert found == [
        (e.StakeholderRegistered, None, None),
        (e.FrameworkEstablished, None, None),
        (e.StakeholderAdmitted, None, None),
        (e.MeetingHeld, None, REHEARSAL),
        (e.TopicDiscussed, None, REHEARSAL),
        (e.MinutesPublished, None, None),
        (e.CommitmentMade, "EX-2024-001", REHEARSAL),
        (e.CommitmentMade, "2024-001", FRAMEWORK),
        (e.ProgressDeclared, "2024-001", FRAMEWORK),
    ]


@pytest.mark.parametrize("position", [0, 1, ENTRIES_A_PAGE, 123, 409])
def test_pages_of_the_journal_follow_each_other_without_gap_or_repeat(
    reading: Reading, position: int
) -> None:
    moment, seen = Moment(position, TODAY), list[int]()
    before: int | None = None
    while page := journal(reading, moment, before):
        assert len(page) <= ENTRIES_A_PAGE
        seen += [entry.position for entry in page]
        before = page[-1].position
    assert seen == list(range(position, 0, -1))


def test_the_journal_of_a_past_moment_shows_nothing_recorded_later(reading: Reading) -> None:
    assert journal(reading, Moment(10, TODAY), before=400)[0].position == 10
    assert journal(reading, Moment(10, TODAY), before=1) == ()


def test_a_position_tells_when_it_was_recorded(reading: Reading) -> None:
    told = lively_record()
    assert journal_module.recorded_at(reading, 1) == told[0].at
    assert journal_module.recorded_at(reading, 409) == told[408].at
    assert journal_module.recorded_at(reading, 0) is None
    assert journal_module.recorded_at(reading, 410) is None


def test_every_event_of_a_commitment_is_in_its_history_and_in_the_journal(
    reading: Reading,
) -> None:
    streams = {
        each.event.originator_id
        for each in lively_record()
        if isinstance(each.event, CommitmentEvent)
    }
    moment = Moment(409, TODAY)
    by_position = {entry.position: entry for entry in journal(reading, moment, limit=1_000)}
    for stream in streams:
        for entry in history(reading, moment, stream):
            noted = by_position.pop(entry.position)
            assert (noted.event, noted.recorded_at) == (entry.event, entry.recorded_at)
    assert not [entry for entry in by_position.values() if entry.reference is not None]
