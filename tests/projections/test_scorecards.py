"""How does each organisation keep its commitments? Read from the board, so they cannot differ."""

from datetime import date
from typing import Any

import pytest

from domain import events as e
from domain.policies import Standing, board_status, is_contested, is_overdue
from domain.values import Measure, Status
from projections import board
from projections.board import Filter
from projections.feed import Moment, Reading
from projections.scorecards import Scorecard, scorecards
from tests.domain.cast import COMMISSION, DUE_ON, NETWORK, REPORT, SECRETARIAT, TODAY, YOUTH
from tests.domain.storytelling import (
    assessed,
    challenged,
    declared,
    disputed,
    happened,
    made,
    withdrawn,
)
from tests.lively_record import EXERCISE, ORGANISATIONS, REAL
from tests.projections.telling import OTHER, THIRD, Telling, promised

OWNER = COMMISSION.organisation


def card(told: Telling, owner: Any = OWNER, day: date = TODAY) -> Scorecard:
    return scorecards(told.reading, told.now(day)).get(owner, Scorecard())


def test_an_organisation_that_promised_nothing_has_no_card(told: Telling) -> None:
    told.tell(made())
    assert set(scorecards(told.reading, told.now())) == {OWNER}
    assert scorecards(told.reading, told.now(), YOUTH.organisation) == {}
    assert scorecards(told.reading, Moment(0, TODAY)) == {}


def test_measurable_commitments_are_counted_by_where_they_stand(told: Telling) -> None:
    told.tell(made(), declared(Status.fulfilled, DUE_ON, REPORT))
    told.tell(promised("2024-002"), about=OTHER)
    told.tell(promised("2024-003"), withdrawn(DUE_ON), about=THIRD)
    found = card(told)
    assert (found.total, found.overdue, found.not_measurable) == (3, 1, 0)
    assert found.standings == {Standing.fulfilled: 1, Standing.unknown: 1, Standing.withdrawn: 1}


def test_a_commitment_that_cannot_be_measured_is_counted_apart_in_every_score(
    told: Telling,
) -> None:
    told.tell(promised("2024-001", measure=Measure(False)))
    told.tell(assessed(1, Status.in_progress, date(2024, 9, 1)), challenged(1, date(2024, 9, 2)))
    assert card(told) == Scorecard(not_measurable=1)


def test_co_owners_answer_for_the_whole_commitment(told: Telling) -> None:
    told.tell(promised("2024-001", owners=(OWNER, NETWORK.organisation)))
    assert card(told) == card(told, NETWORK.organisation)
    assert card(told).total == 1
    # Asked for one, a co-owner's card would be a part of it that looks like the whole.
    assert set(scorecards(told.reading, told.now(), OWNER)) == {OWNER}


def test_a_commitment_counts_for_whoever_owns_it_at_that_moment(told: Telling) -> None:
    told.tell(made(), disputed())
    settled = happened(
        e.AttributionSettled,
        SECRETARIAT,
        date(2024, 9, 1),
        outcome="reassigned",
        owners=(YOUTH.organisation,),
    )
    told.tell(settled)
    assert set(scorecards(told.reading, Moment(2, TODAY))) == {OWNER}
    assert set(scorecards(told.reading, told.now())) == {YOUTH.organisation}


def test_lateness_is_judged_on_the_day_asked_for(told: Telling) -> None:
    told.tell(made())
    assert card(told, day=DUE_ON).overdue == 0
    assert card(told, day=date(2025, 1, 1)).overdue == 1


@pytest.mark.parametrize("position", [80, 200, 409])
def test_cards_are_what_the_boards_rows_add_up_to(reading: Reading, position: int) -> None:
    moment = Moment(position, TODAY)
    cards = scorecards(reading, moment)
    for owner in ORGANISATIONS:
        filter = Filter(frameworks=(REAL, EXERCISE), owner=owner)
        states = [row.commitment for row in board.every_row(reading, moment, filter)]
        measurable = [state for state in states if state.measure.measurable]
        expected = Scorecard(
            total=len(measurable),
            not_measurable=len(states) - len(measurable),
            overdue=sum(is_overdue(state, TODAY) for state in measurable),
            contested=sum(is_contested(state) for state in measurable),
        )
        expected.standings.update(board_status(state).standing for state in measurable)
        assert cards.get(owner, Scorecard()) == expected
        assert scorecards(reading, moment, owner).get(owner, Scorecard()) == expected
