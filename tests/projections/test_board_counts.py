"""How many commitments stand where? Kept counts and counted rows say the same, at any position."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from domain import events as e
from domain.policies import Basis, Standing
from domain.values import Due, Measure, Status
from projections import board_counts
from projections.board import Filter
from projections.board_counts import Counts
from projections.feed import Moment, Reading
from tests.domain.cast import (
    COMMISSION,
    DUE_ON,
    FRAMEWORK,
    NETWORK,
    OBSERVATORY,
    REPORT,
    TODAY,
    YOUTH,
    by_day,
)
from tests.domain.storytelling import assessed, challenged, declared, happened
from tests.invariants import counts_of_rows
from tests.lively_record import EXERCISE, MEETINGS, ORGANISATIONS, REAL
from tests.projections.telling import EVERYTHING, MEETING, OTHER, REHEARSAL, Telling, promised

EMPTY = Counts(0, {}, {}, {}, {}, 0, 0, 0, 0)


def counts(told: Telling, day: date = TODAY, filter: Filter = EVERYTHING) -> Counts:
    """The kept counts, which counting the rows must confirm."""
    counted = board_counts.counts(told.reading, told.now(day), filter)
    assert counted == counts_of_rows(told.reading, told.now(day), filter)
    return counted


def test_an_empty_board_counts_nothing(told: Telling) -> None:
    assert counts(told) == EMPTY
    told.tell(promised("2024-001"))
    assert board_counts.counts(told.reading, Moment(0, TODAY), EVERYTHING) == EMPTY
    assert counts(told, filter=Filter(frameworks=())) == EMPTY


def test_every_property_of_a_commitment_is_counted_once(told: Telling) -> None:
    owners = (COMMISSION.organisation, NETWORK.organisation)
    told.tell(
        promised(
            "2024-001", owners=owners, topics=("a", "b"), meeting=MEETING, measure=Measure(False)
        )
    )
    assert counts(told) == Counts(
        total=1,
        standings={(Standing.unknown, Basis.nobody): 1},
        owners=dict.fromkeys(owners, 1),
        topics={"a": 1, "b": 1},
        meetings={MEETING: 1},
        overdue=1,
        silent=1,
        contested=0,
        not_measurable=1,
    )


def test_a_standing_is_counted_by_whose_word_it_rests_on(told: Telling) -> None:
    told.tell(promised("2024-001"), declared(Status.fulfilled, DUE_ON, REPORT))
    told.tell(promised("2024-002"), assessed(1, Status.fulfilled, DUE_ON, REPORT), about=OTHER)
    found = counts(told)
    assert found.standings == {
        (Standing.fulfilled, Basis.declared): 1,
        (Standing.fulfilled, Basis.assessed): 1,
    }
    assert found.of(Standing.fulfilled) == 2
    assert found.of(Standing.stalled) == 0


def test_what_is_no_longer_true_is_no_longer_counted(told: Telling) -> None:
    told.tell(promised("2024-001"), assessed(1, Status.in_progress, date(2024, 9, 1)))
    told.tell(challenged(1, date(2024, 9, 2)))
    assert counts(told).contested == 1
    told.tell(happened(e.AssessmentMaintained, OBSERVATORY, date(2024, 9, 3), assessment=1))
    told.tell(assessed(2, Status.not_started, date(2024, 9, 4), by=YOUTH))
    after = counts(told)
    assert after.contested == 0
    assert after.standings == {(Standing.divergent, Basis.assessed): 1}


def test_a_past_position_has_its_own_counts(told: Telling) -> None:
    told.tell(promised("2024-001"))
    told.tell(promised("2024-002"), about=OTHER)
    told.tell(declared(Status.fulfilled, DUE_ON, REPORT))
    standings = [
        board_counts.counts(told.reading, Moment(position, TODAY), EVERYTHING).standings
        for position in range(4)
    ]
    unknown, fulfilled = (Standing.unknown, Basis.nobody), (Standing.fulfilled, Basis.declared)
    assert standings == [{}, {unknown: 1}, {unknown: 2}, {unknown: 1, fulfilled: 1}]


def test_frameworks_are_counted_apart_and_added_up_when_asked_for_together(told: Telling) -> None:
    told.tell(promised("2024-001", topics=("a",)))
    told.tell(promised("EX-2024-001", framework=REHEARSAL, topics=("a",)), about=OTHER)
    assert counts(told, filter=Filter(frameworks=(FRAMEWORK,))).topics == {"a": 1}
    assert counts(told, filter=Filter(frameworks=(REHEARSAL,))).total == 1
    assert counts(told).topics == {"a": 2}


@pytest.mark.parametrize(
    "due", [date(2024, 12, 1), date(2024, 12, 31), date(2025, 1, 1), date(2025, 2, 28)], ids=str
)
def test_lateness_begins_on_the_day_after_whatever_the_month(told: Telling, due: date) -> None:
    told.tell(promised("2024-001", due=by_day(due)))
    late = {n: counts(told, due + timedelta(n)).overdue for n in (-40, -1, 0, 1, 2, 31, 400)}
    assert late == {-40: 0, -1: 0, 0: 0, 1: 1, 2: 1, 31: 1, 400: 1}


@pytest.mark.parametrize(
    "news", [date(2024, 8, 1), date(2024, 8, 31), date(2024, 9, 1), date(2024, 12, 31)], ids=str
)
def test_silence_begins_on_the_ninetieth_day_whatever_the_month(told: Telling, news: date) -> None:
    told.tell(promised("2024-001", due=Due()), declared(Status.in_progress, news))
    silent = {n: counts(told, news + timedelta(n)).silent for n in (0, 59, 89, 90, 91, 121, 400)}
    assert silent == {0: 0, 59: 0, 89: 0, 90: 1, 91: 1, 121: 1, 400: 1}


NARROWED = {
    "nothing": Filter(frameworks=(REAL,)),
    "an exercise": Filter(frameworks=(EXERCISE,)),
    "both": Filter(frameworks=(REAL, EXERCISE)),
    "a standing": Filter(frameworks=(REAL,), standing=Standing.in_progress),
    "an owner": Filter(frameworks=(REAL, EXERCISE), owner=ORGANISATIONS[1]),
    "a topic": Filter(frameworks=(REAL,), topic="calendrier"),
    "a meeting": Filter(frameworks=(REAL,), meeting=MEETINGS[0]),
    "the late": Filter(frameworks=(REAL,), overdue=True),
    "the silent": Filter(frameworks=(REAL,), silent=True),
    "the contested": Filter(frameworks=(REAL,), contested=True),
    "some": Filter(frameworks=(REAL,), overdue=True, owner=ORGANISATIONS[2], topic="calendrier"),
}


@pytest.mark.parametrize("name", NARROWED)
def test_counts_are_those_of_the_rows_at_every_position(reading: Reading, name: str) -> None:
    most = 0
    for position in range(0, 410, 13):
        moment = Moment(position, date(2024, 3, 1) + timedelta(position))
        found = board_counts.counts(reading, moment, NARROWED[name])
        assert found == counts_of_rows(reading, moment, NARROWED[name]), moment
        most = max(most, found.total)
    assert most > 0, f"narrowed to {name}, the lively record shows nothing"


def test_what_is_counted_adds_up(reading: Reading) -> None:
    moment = Moment(409, TODAY)
    whole = board_counts.counts(reading, moment, NARROWED["both"])
    apart = [board_counts.counts(reading, moment, NARROWED[n]) for n in ("nothing", "an exercise")]
    assert whole.total == sum(whole.standings.values()) == sum(each.total for each in apart)
    for standing in Standing:
        narrowed = replace(NARROWED["both"], standing=standing)
        assert board_counts.counts(reading, moment, narrowed).total == whole.of(standing)
