"""How long the owner has been silent, and what is due without evidence, on the day asked."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest

from domain import events as e
from domain.policies import (
    SILENCE_DAYS,
    Standing,
    board_status,
    days_of_silence,
    has_evidence,
    is_awaiting_acknowledgement,
    is_due_without_evidence,
    is_overdue,
    is_silent,
    silent_since,
)
from domain.values import Capacity, Status
from tests.domain.cast import (
    COMMISSION,
    DUE_ON,
    MADE_ON,
    OBSERVATORY,
    OPEN,
    REPORT,
    SECRETARIAT,
    YOUTH,
    acting_as,
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


@pytest.mark.parametrize(("days", "silent"), [(0, False), (89, False), (90, True), (91, True)])
def test_silence_is_counted_from_the_making_and_named_after_ninety_days(
    days: int, silent: bool
) -> None:
    state, on = told(made()), MADE_ON + timedelta(days)
    assert days_of_silence(state, on) == days
    assert is_silent(state, on) is silent
    assert is_silent(state, on) == (state.last_news_on <= silent_since(on))
    assert SILENCE_DAYS == 90


def test_an_owner_who_was_never_heard_is_awaited_and_not_silent() -> None:
    unheard = told(made(by=SECRETARIAT))
    assert is_awaiting_acknowledgement(unheard)
    assert days_of_silence(unheard, MADE_ON + timedelta(860)) == 0
    heard = told(made(by=SECRETARIAT), happened(e.CommitmentAcknowledged, COMMISSION, MADE_ON))
    assert days_of_silence(heard, MADE_ON + timedelta(860)) == 860


OWNER_ACTS: list[Callable[[date], e.Recorded]] = [
    lambda day: declared(progress, day),
    lambda day: happened(e.CommitmentAcknowledged, COMMISSION, day),
    lambda day: happened(e.EvidenceAdded, COMMISSION, day, evidence=REPORT),
    lambda day: happened(e.DueDateMoved, COMMISSION, day, previous=by_day(DUE_ON), due=OPEN),
]
OTHERS_ACTS: list[Callable[[date], e.Recorded]] = [
    lambda day: assessed(1, progress, day),
    lambda day: happened(e.EvidenceAdded, OBSERVATORY, day, evidence=REPORT),
    lambda day: happened(e.DueDateMoved, SECRETARIAT, day, previous=by_day(DUE_ON), due=OPEN),
    lambda day: happened(
        e.EvidenceAdded, acting_as(COMMISSION, Capacity.secretariat), day, evidence=REPORT
    ),
]


@pytest.mark.parametrize("act", OWNER_ACTS)
def test_whatever_the_owner_does_as_owner_is_news(act: Callable[[date], e.Recorded]) -> None:
    day = MADE_ON + timedelta(days=50)
    assert days_of_silence(told(made(), act(day)), day + timedelta(days=10)) == 10


@pytest.mark.parametrize("act", OTHERS_ACTS)
def test_what_others_do_is_no_news_from_the_owner(act: Callable[[date], e.Recorded]) -> None:
    day = MADE_ON + timedelta(days=50)
    assert days_of_silence(told(made(), act(day)), day + timedelta(days=10)) == 60


def test_old_news_recorded_late_does_not_lengthen_the_silence() -> None:
    old, new = MADE_ON + timedelta(days=10), MADE_ON + timedelta(days=40)
    state = told(made(), declared(progress, new), declared(progress, old))
    assert days_of_silence(state, new) == 0


def test_there_is_no_silence_before_the_beginning() -> None:
    assert days_of_silence(told(made()), MADE_ON - timedelta(days=5)) == 0


# Evidence


@pytest.mark.parametrize(
    ("history", "on", "unproven"),
    [
        ([], ON_TIME, False),
        ([], LATE, True),
        ([declared(progress, ON_TIME)], LATE, True),
        ([declared(kept, ON_TIME, REPORT)], LATE, False),
        ([happened(e.EvidenceAdded, YOUTH, ON_TIME, evidence=REPORT)], LATE, False),
        ([withdrawn(ON_TIME)], LATE, False),
        (
            [
                declared(kept, ON_TIME, REPORT),
                happened(e.EvidenceWithdrawn, COMMISSION, ON_TIME, number=1),
            ],
            LATE,
            True,
        ),
        (
            [
                declared(kept, ON_TIME, REPORT, REPORT),
                happened(e.EvidenceWithdrawn, COMMISSION, ON_TIME, number=1),
            ],
            LATE,
            False,
        ),
    ],
)
def test_due_without_evidence_is_past_due_with_none_that_still_counts(
    history: list[e.Recorded], on: date, unproven: bool
) -> None:
    state = told(made(), *history)
    assert is_due_without_evidence(state, on) is unproven


def test_evidence_that_is_still_there_is_evidence() -> None:
    assert has_evidence(told(made(), declared(kept, ON_TIME, REPORT)))
    assert not has_evidence(told(made()))


STORIES: list[list[e.Recorded]] = [
    [],
    [declared(progress, MADE_ON)],
    [declared(kept, LATER, REPORT)],
    [assessed(1, progress, LATE), challenged(1, LATE)],
    [withdrawn(LATE)],
]


@pytest.mark.parametrize("history", STORIES)
def test_time_alone_never_ends_a_delay_or_a_silence(history: list[e.Recorded]) -> None:
    state = told(made(), *history)
    days = [MADE_ON + timedelta(days=step) for step in range(0, 600, 7)]
    for earlier, later in pairwise(days):
        assert is_overdue(state, earlier) <= is_overdue(state, later)
        assert is_silent(state, earlier) <= is_silent(state, later)
        assert days_of_silence(state, earlier) <= days_of_silence(state, later)


def test_a_commitment_that_nobody_spoke_of_has_no_status_and_not_the_first_of_the_scale() -> None:
    assert board_status(told(made())).standing is Standing.unknown
