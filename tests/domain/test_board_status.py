"""Rule 10: the method published at /methode, case by case, and what holds in every case."""

from datetime import date, timedelta
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec import structs

from domain import events as e
from domain.policies import (
    Basis,
    BoardStatus,
    Standing,
    assessors_disagree,
    board_status,
    current_assessments,
    is_contested,
    lanes_differ,
)
from domain.values import Author, Capacity, Status
from tests.domain.cast import OBSERVATORY, REPORT, UNHURRIED, YOUTH
from tests.domain.storytelling import (
    assessed,
    challenged,
    declared,
    happened,
    made,
    told,
    withdrawn,
)

THIRD = Author(UUID(int=6), Capacity.assessor)
SPRING, SUMMER, AUTUMN = date(2025, 1, 10), date(2025, 1, 20), date(2025, 1, 30)

progress, stalled, kept, broken = (
    Status.in_progress,
    Status.stalled,
    Status.fulfilled,
    Status.not_fulfilled,
)


def _on_the_owners_word(standing: Standing) -> BoardStatus:
    return BoardStatus(standing, Basis.declared)


def _assessed_by(standing: Standing, *breakdown: tuple[Status, int]) -> BoardStatus:
    return BoardStatus(standing, Basis.assessed, sum(n for _, n in breakdown), breakdown)


METHOD: dict[str, tuple[list[e.Recorded], BoardStatus]] = {
    "nobody said anything": ([], BoardStatus(Standing.unknown, Basis.nobody)),
    "only the owner spoke": (
        [declared(progress, SPRING)],
        _on_the_owners_word(Standing.in_progress),
    ),
    "the owner says it has not begun": (
        [declared(Status.not_started, SPRING)],
        _on_the_owners_word(Standing.not_started),
    ),
    "the owner's last word by the day it speaks of, not by when it was recorded": (
        [declared(kept, SUMMER, REPORT), declared(progress, SPRING)],
        _on_the_owners_word(Standing.fulfilled),
    ),
    "of the same day, the owner's later word": (
        [declared(kept, SPRING, REPORT), declared(progress, SPRING)],
        _on_the_owners_word(Standing.in_progress),
    ),
    "one assessment stands before any declaration": (
        [declared(kept, SUMMER, REPORT), assessed(1, stalled, SPRING, REPORT)],
        _assessed_by(Standing.stalled, (stalled, 1)),
    ),
    "two organisations agree": (
        [assessed(1, stalled, SPRING), assessed(2, stalled, SUMMER, by=YOUTH)],
        _assessed_by(Standing.stalled, (stalled, 2)),
    ),
    "two organisations differ": (
        [assessed(1, broken, SPRING), assessed(2, kept, SUMMER, by=YOUTH)],
        _assessed_by(Standing.divergent, (kept, 1), (broken, 1)),
    ),
    "a majority is no agreement": (
        [
            assessed(1, kept, SPRING),
            assessed(2, kept, SPRING, by=YOUTH),
            assessed(3, progress, SPRING, by=THIRD),
        ],
        _assessed_by(Standing.divergent, (progress, 1), (kept, 2)),
    ),
    "only the latest of each organisation": (
        [
            assessed(1, progress, SPRING),
            assessed(2, kept, SPRING, by=YOUTH),
            assessed(3, kept, SUMMER),
        ],
        _assessed_by(Standing.fulfilled, (kept, 2)),
    ),
    "latest by the day it speaks of, not by when it was recorded": (
        [assessed(1, kept, SUMMER), assessed(2, progress, SPRING)],
        _assessed_by(Standing.fulfilled, (kept, 1)),
    ),
    "of the same day, the one recorded later": (
        [assessed(1, kept, SPRING), assessed(2, progress, SPRING)],
        _assessed_by(Standing.in_progress, (progress, 1)),
    ),
    "a challenge changes nothing until it is answered": (
        [assessed(1, broken, SPRING), challenged(1, SUMMER)],
        _assessed_by(Standing.not_fulfilled, (broken, 1)),
    ),
    "a revised assessment counts as revised": (
        [
            assessed(1, broken, SPRING),
            assessed(2, kept, SPRING, by=YOUTH),
            challenged(1, SUMMER),
            happened(e.AssessmentRevised, OBSERVATORY, AUTUMN, assessment=1, status=kept),
        ],
        _assessed_by(Standing.fulfilled, (kept, 2)),
    ),
    "a maintained assessment counts as it was": (
        [
            assessed(1, broken, SPRING),
            challenged(1, SUMMER),
            happened(e.AssessmentMaintained, OBSERVATORY, AUTUMN, assessment=1),
        ],
        _assessed_by(Standing.not_fulfilled, (broken, 1)),
    ),
    "the owner withdrew": (
        [declared(progress, SPRING), withdrawn(SUMMER)],
        _on_the_owners_word(Standing.withdrawn),
    ),
    "the owner withdrew and one organisation assessed that": (
        [assessed(1, progress, SPRING, by=YOUTH), withdrawn(SUMMER), assessed(2, broken, AUTUMN)],
        _assessed_by(Standing.not_fulfilled, (broken, 1)),
    ),
}


@pytest.mark.parametrize("case", METHOD)
def test_the_published_method(case: str) -> None:
    history, expected = METHOD[case]
    assert board_status(told(made(), *history)) == expected


def test_an_open_challenge_is_flagged_and_an_answered_one_is_not() -> None:
    history = [made(), assessed(1, broken, SPRING), challenged(1, SUMMER)]
    answer = happened(e.AssessmentMaintained, OBSERVATORY, AUTUMN, assessment=1)
    assert not is_contested(told(*history[:2]))
    assert is_contested(told(*history))
    assert not is_contested(told(*history, answer))


def test_a_challenge_to_an_assessment_that_was_superseded_is_flagged_too() -> None:
    state = told(
        made(), assessed(1, broken, SPRING), assessed(2, kept, SUMMER), challenged(1, AUTUMN)
    )
    assert is_contested(state)


@pytest.mark.parametrize(
    ("history", "gap"),
    [
        ([], False),
        ([declared(kept, SPRING, REPORT)], False),
        ([assessed(1, stalled, SPRING)], False),
        ([declared(kept, SPRING, REPORT), assessed(1, kept, SUMMER)], False),
        ([declared(kept, SPRING, REPORT), assessed(1, stalled, SUMMER)], True),
        (
            [
                declared(kept, SPRING, REPORT),
                assessed(1, kept, SUMMER),
                assessed(2, stalled, SUMMER, by=YOUTH),
            ],
            True,
        ),
        (
            [
                declared(kept, SPRING, REPORT),
                assessed(1, stalled, SUMMER),
                assessed(2, kept, AUTUMN),
            ],
            False,
        ),
    ],
)
def test_a_gap_is_a_declaration_and_an_assessment_that_differ(
    history: list[e.Recorded], gap: bool
) -> None:
    assert lanes_differ(told(made(), *history)) is gap


# What holds in every case.

days = st.dates(SPRING, AUTUMN)
statuses = st.sampled_from(Status)
ASSESSORS = [Author(UUID(int=number), Capacity.assessor) for number in range(20, 25)]
opinions = st.lists(st.tuples(st.sampled_from(ASSESSORS), statuses, days), max_size=8)


def _assessments(said: list[tuple[Author, Status, date]]) -> list[e.Recorded]:
    return [
        assessed(number, status, day, by=by)
        for number, (by, status, day) in enumerate(said, start=1)
    ]


@UNHURRIED
@for_all(opinions, st.lists(st.tuples(statuses, days), max_size=4))
def test_the_status_is_one_that_somebody_gave_or_none_and_never_an_average(
    said: list[tuple[Author, Status, date]], owner: list[tuple[Status, date]]
) -> None:
    history = [*_assessments(said), *(declared(status, day) for status, day in owner)]
    status = board_status(told(made(), *history))
    given_by = {Basis.assessed: {s.value for _, s, _ in said}, Basis.nobody: set[str]()}
    given_by[Basis.declared] = {s.value for s, _ in owner}
    assert status.standing.value in given_by[status.basis] | {"divergent", "unknown"}
    assert (status.basis is Basis.assessed) == bool(said)
    assert sum(count for _, count in status.breakdown) == status.assessors
    assert status.assessors == len({by for by, _, _ in said})


@UNHURRIED
@for_all(opinions)
def test_they_agree_or_they_diverge(said: list[tuple[Author, Status, date]]) -> None:
    state = told(made(), *_assessments(said))
    current = {assessment.status for assessment in current_assessments(state)}
    assert assessors_disagree(state) == (len(current) > 1)


@UNHURRIED
@for_all(st.lists(st.tuples(statuses, days), min_size=2, max_size=4), st.permutations(ASSESSORS))
def test_it_does_not_matter_which_organisation_said_what(
    said: list[tuple[Status, date]], organisations: list[Author]
) -> None:
    def status(assessors: list[Author]) -> object:
        named = [(by, *opinion) for by, opinion in zip(assessors, said, strict=False)]
        return board_status(told(made(), *_assessments(named)))

    assert status(organisations) == status(ASSESSORS)


@UNHURRIED
@for_all(st.lists(st.tuples(st.sampled_from(ASSESSORS), statuses), min_size=2, max_size=4))
def test_it_does_not_matter_in_which_order_they_were_recorded(
    said: list[tuple[Author, Status]],
) -> None:
    """As long as no two of one organisation speak of the same day."""
    dated = [(by, status, SPRING + timedelta(day)) for day, (by, status) in enumerate(said)]
    boards = {
        structs.astuple(board_status(told(made(), *_assessments(list(order)))))
        for order in permutations(dated)
    }
    assert len(boards) == 1


@UNHURRIED
@for_all(opinions, st.lists(st.tuples(statuses, days), max_size=4))
def test_no_declaration_changes_what_others_assessed(
    said: list[tuple[Author, Status, date]], owner: list[tuple[Status, date]]
) -> None:
    words = [declared(status, day) for status, day in owner]
    if said:
        with_them = board_status(told(made(), *words, *_assessments(said)))
        assert with_them == board_status(told(made(), *_assessments(said)))


def test_every_status_of_the_scale_can_be_shown() -> None:
    for status in Status:
        assert (
            board_status(told(made(), assessed(1, status, SPRING))).standing.value == status.value
        )
