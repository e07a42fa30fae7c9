"""Overdue and fulfilled late: computed for the day asked and never stored."""

from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain import events as e
from domain.policies import (
    due_on,
    fulfilled_on,
    is_concluded,
    is_due_without_evidence,
    is_fulfilled_late,
    is_overdue,
    is_past_due,
    is_silent,
)
from domain.values import Due, Status
from tests.domain.cast import (
    BEFORE_THE_ELECTION,
    COMMISSION,
    DUE_ON,
    MADE_ON,
    OBSERVATORY,
    OPEN,
    REPORT,
    UNHURRIED,
    YOUTH,
    by_day,
)
from tests.domain.storytelling import (
    assessed,
    challenged,
    declared,
    happened,
    made,
    told,
    withdrawn,
)

ON_TIME, LATE, LATER = DUE_ON, DUE_ON + timedelta(days=1), DUE_ON + timedelta(days=60)
kept, progress = Status.fulfilled, Status.in_progress


@pytest.mark.parametrize(("days", "overdue"), [(-1, False), (0, False), (1, True), (400, True)])
def test_overdue_begins_on_the_day_after_the_due_date(days: int, overdue: bool) -> None:
    state, on = told(made()), DUE_ON + timedelta(days)
    assert is_overdue(state, on) is overdue
    assert is_past_due(state, on) is overdue


@pytest.mark.parametrize("due", [OPEN, BEFORE_THE_ELECTION])
def test_nothing_without_a_date_is_overdue(due: Due) -> None:
    state = told(made(due=due))
    assert due_on(state) is None
    assert not is_overdue(state, date(2099, 1, 1))
    assert not is_due_without_evidence(state, date(2099, 1, 1))


@pytest.mark.parametrize(
    ("history", "concluded"),
    [
        ([], False),
        ([declared(kept, ON_TIME, REPORT)], True),
        ([declared(Status.not_fulfilled, ON_TIME, REPORT)], True),
        ([declared(Status.partially_fulfilled, ON_TIME, REPORT)], False),
        ([declared(kept, ON_TIME, REPORT), declared(progress, LATE)], False),
        ([assessed(1, kept, ON_TIME, REPORT)], True),
        ([declared(kept, ON_TIME, REPORT), assessed(1, progress, LATE)], False),
        (
            [
                assessed(1, kept, ON_TIME, REPORT),
                assessed(2, Status.not_fulfilled, LATE, REPORT, by=YOUTH),
            ],
            False,
        ),
        ([withdrawn(ON_TIME)], True),
    ],
    ids=["-", "kept", "not kept", "in part", "taken back", "assessed", "gap", "diverge", "gone"],
)
def test_what_is_concluded_is_neither_overdue_nor_silent(
    history: list[e.Recorded], concluded: bool
) -> None:
    state = told(made(), *history)
    assert is_concluded(state) is concluded
    assert is_overdue(state, date(2030, 1, 1)) is not concluded
    assert is_silent(state, date(2030, 1, 1)) is not concluded


def test_a_moved_due_date_is_the_one_that_counts() -> None:
    moved = happened(
        e.DueDateMoved, COMMISSION, MADE_ON, previous=by_day(DUE_ON), due=by_day(LATER)
    )
    assert not is_overdue(told(made(), moved), LATER)
    assert is_overdue(told(made(), moved), LATER + timedelta(days=1))


# Fulfilled late


@pytest.mark.parametrize(
    ("history", "late"),
    [
        ([], False),
        ([declared(kept, ON_TIME, REPORT)], False),
        ([declared(kept, LATE, REPORT)], True),
        ([declared(progress, LATE)], False),
        ([assessed(1, kept, LATE, REPORT)], True),
        ([declared(kept, ON_TIME, REPORT), assessed(1, kept, LATER, REPORT)], False),
        ([declared(kept, LATE, REPORT), assessed(1, kept, ON_TIME, REPORT)], False),
        ([assessed(1, kept, ON_TIME, REPORT), assessed(2, kept, LATER, REPORT)], False),
        ([assessed(1, progress, ON_TIME), assessed(2, kept, LATER, REPORT)], True),
        (
            [
                declared(kept, ON_TIME, REPORT),
                declared(progress, LATE),
                declared(kept, LATER, REPORT),
            ],
            True,
        ),
        ([declared(kept, ON_TIME, REPORT), declared(kept, LATER, REPORT)], False),
        ([declared(kept, LATER, REPORT), declared(kept, ON_TIME, REPORT)], False),
        (
            [
                declared(kept, ON_TIME, REPORT),
                declared(kept, LATER, REPORT),
                declared(progress, LATE),
            ],
            True,
        ),
        ([declared(kept, ON_TIME, REPORT), assessed(1, Status.stalled, LATER, REPORT)], False),
    ],
    ids=[
        "nothing",
        "on the last day",
        "the day after",
        "not fulfilled",
        "by an assessor",
        "an assessor looks months later",
        "an assessor saw it in time",
        "an assessor looks again",
        "an assessor saw it unfinished",
        "taken back and said again",
        "said twice",
        "said twice, the earlier recorded last",
        "taken back, which is recorded last",
        "others say it is not fulfilled",
    ],
)
def test_fulfilled_late_is_after_the_due_date_by_the_earliest_word_that_counts(
    history: list[e.Recorded], late: bool
) -> None:
    assert is_fulfilled_late(told(made(), *history)) is late


def test_nothing_without_a_date_is_fulfilled_late() -> None:
    state = told(made(due=OPEN), declared(kept, LATER, REPORT))
    assert fulfilled_on(state) == LATER
    assert not is_fulfilled_late(state)


def test_a_revision_to_fulfilled_is_dated_by_the_owners_earlier_word() -> None:
    state = told(
        made(),
        declared(kept, ON_TIME, REPORT),
        assessed(1, Status.stalled, LATE, REPORT),
        challenged(1, LATE),
        happened(e.AssessmentRevised, OBSERVATORY, LATER, assessment=1, status=kept),
    )
    assert fulfilled_on(state) == ON_TIME


@UNHURRIED
@for_all(
    st.lists(
        st.tuples(st.sampled_from([kept, progress]), st.integers(-3, 3)),
        max_size=4,
        unique_by=lambda said: said[1],
    )
)
def test_lateness_does_not_depend_on_the_order_of_recording(said: list[tuple[Status, int]]) -> None:
    def fulfilled(order: tuple[tuple[Status, int], ...]) -> date | None:
        words = [declared(status, DUE_ON + timedelta(days)) for status, days in order]
        return fulfilled_on(told(made(), *words))

    assert len({fulfilled(order) for order in permutations(said)}) == 1
