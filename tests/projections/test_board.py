"""Where does each commitment stand? A row each, narrowed, sorted, paged, and as of any position."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from domain import events as e
from domain.commitment import Commitment, evolve
from domain.events import CommitmentEvent
from domain.policies import (
    Standing,
    board_status,
    due_on,
    is_concluded,
    is_contested,
    is_overdue,
    is_silent,
)
from domain.values import Due, Status
from projections import board, stakeholders
from projections.board import ROWS_A_PAGE, BoardRow, Filter, Sort
from projections.feed import Moment, Reading
from tests.domain.cast import (
    COMMISSION,
    DUE_ON,
    FRAMEWORK,
    MADE_ON,
    NETWORK,
    OBSERVATORY,
    REPORT,
    TODAY,
    by_day,
)
from tests.domain.storytelling import assessed, challenged, declared, happened, withdrawn
from tests.lively_record import lively_record
from tests.projections.telling import (
    EVERYTHING,
    MEETING,
    OTHER,
    REHEARSAL,
    THIRD,
    Telling,
    promised,
)

ONE_DAY = timedelta(days=1)


def references(told: Telling, filter: Filter, day: date = TODAY) -> list[str]:
    moment = told.now(day)
    return [
        row.commitment.reference for row in board.rows(told.reading, moment, filter, Sort.reference)
    ]


def test_a_row_shows_the_commitment_and_its_last_event(told: Telling) -> None:
    told.tell(promised("2024-001"))
    position = told.tell(declared(Status.in_progress, date(2024, 9, 1)))
    row = board.row(told.reading, told.now(), "2024-001")
    assert row is not None
    assert (row.position, row.commitment.version) == (position, 2)
    assert row.commitment.declared is not None
    assert row.commitment.declared.status is Status.in_progress
    assert board.rows(told.reading, told.now(), EVERYTHING) == (row,)


def test_a_commitment_that_was_not_made_yet_has_no_row(told: Telling) -> None:
    told.tell(promised("2024-001"))
    told.tell(promised("2024-002"), about=OTHER)
    assert board.row(told.reading, Moment(1, TODAY), "2024-002") is None
    assert board.row(told.reading, told.now(), "2024-003") is None
    assert board.rows(told.reading, Moment(0, TODAY), EVERYTHING) == ()


def test_a_past_position_shows_what_was_known_then(told: Telling) -> None:
    first = told.tell(promised("2024-001"))
    second = told.tell(declared(Status.in_progress, date(2024, 9, 1)))
    told.tell(withdrawn(date(2024, 10, 1)))
    standings = [
        board_status(row.commitment).standing
        for position in (first, second, told.position)
        for row in board.rows(told.reading, Moment(position, TODAY), EVERYTHING)
    ]
    assert standings == [Standing.unknown, Standing.in_progress, Standing.withdrawn]


def test_several_events_of_one_batch_are_versions_of_their_own(told: Telling) -> None:
    told.tell(
        promised("2024-001"),
        declared(Status.in_progress, date(2024, 9, 1)),
        declared(Status.not_started, date(2024, 9, 2)),
    )
    versions = [
        [row.commitment.version for row in board.rows(told.reading, Moment(at, TODAY), EVERYTHING)]
        for at in (0, 1, 2, 3)
    ]
    assert versions == [[], [1], [2], [3]]


def test_exercises_and_real_frameworks_are_never_counted_together(told: Telling) -> None:
    told.tell(promised("2024-001"))
    told.tell(promised("EX-2024-001", framework=REHEARSAL), about=OTHER)
    assert references(told, Filter(frameworks=(FRAMEWORK,))) == ["2024-001"]
    assert references(told, Filter(frameworks=(REHEARSAL,))) == ["EX-2024-001"]
    assert references(told, Filter(frameworks=())) == []


def test_it_can_be_narrowed_to_an_owner_a_topic_a_meeting_or_a_standing(told: Telling) -> None:
    told.tell(
        promised("2024-001", owners=(COMMISSION.organisation, NETWORK.organisation)),
        declared(Status.in_progress, date(2024, 9, 1)),
    )
    told.tell(promised("2024-002", topics=("fichier", "calendrier"), meeting=MEETING), about=OTHER)
    narrowed = {
        "owner": references(told, replace(EVERYTHING, owner=NETWORK.organisation)),
        "topic": references(told, replace(EVERYTHING, topic="calendrier")),
        "meeting": references(told, replace(EVERYTHING, meeting=MEETING)),
        "standing": references(told, replace(EVERYTHING, standing=Standing.in_progress)),
        "all": references(told, replace(EVERYTHING, owner=COMMISSION.organisation)),
        "both": references(told, replace(EVERYTHING, topic="fichier", standing=Standing.unknown)),
        "none": references(told, replace(EVERYTHING, topic="fichier", owner=NETWORK.organisation)),
        "found": references(told, replace(EVERYTHING, matching=(OTHER, THIRD))),
        "nothing found": references(told, replace(EVERYTHING, matching=())),
    }
    assert narrowed == {
        "owner": ["2024-001"],
        "topic": ["2024-002"],
        "meeting": ["2024-002"],
        "standing": ["2024-001"],
        "all": ["2024-001", "2024-002"],
        "both": ["2024-002"],
        "none": [],
        "found": ["2024-002"],
        "nothing found": [],
    }


def test_a_commitment_is_late_on_the_day_after_its_due_date(told: Telling) -> None:
    told.tell(promised("2024-001"))
    late = replace(EVERYTHING, overdue=True)
    assert references(told, late, DUE_ON) == []
    assert references(told, late, DUE_ON + ONE_DAY) == ["2024-001"]


def test_a_concluded_commitment_is_neither_late_nor_silent(told: Telling) -> None:
    told.tell(promised("2024-001"), declared(Status.fulfilled, DUE_ON + ONE_DAY, REPORT))
    told.tell(promised("2024-002"), withdrawn(DUE_ON), about=OTHER)
    assert references(told, replace(EVERYTHING, overdue=True)) == []
    assert references(told, replace(EVERYTHING, silent=True)) == []


def test_ninety_days_without_news_are_silence(told: Telling) -> None:
    told.tell(promised("2024-001"), declared(Status.in_progress, date(2024, 9, 1)))
    silent = replace(EVERYTHING, silent=True)
    assert references(told, silent, date(2024, 9, 1) + 89 * ONE_DAY) == []
    assert references(told, silent, date(2024, 9, 1) + 90 * ONE_DAY) == ["2024-001"]


def test_a_challenge_is_on_the_board_until_it_is_answered(told: Telling) -> None:
    told.tell(promised("2024-001"), assessed(1, Status.in_progress, date(2024, 9, 1)))
    contested = replace(EVERYTHING, contested=True)
    assert references(told, contested) == []
    told.tell(challenged(1, date(2024, 9, 2)))
    assert references(told, contested) == ["2024-001"]
    told.tell(happened(e.AssessmentMaintained, OBSERVATORY, date(2024, 9, 3), assessment=1))
    assert references(told, contested) == []


def test_the_due_order_puts_open_ends_last_and_concluded_ones_among_them(told: Telling) -> None:
    told.tell(promised("2024-001", due=Due()))
    told.tell(promised("2024-002", due=by_day(date(2025, 6, 1))), about=OTHER)
    told.tell(promised("2024-003", due=by_day(date(2025, 1, 1))), about=THIRD)
    told.tell(
        promised("2024-004", due=by_day(date(2024, 8, 1))), withdrawn(MADE_ON), about=UUID(int=112)
    )
    rows = board.rows(told.reading, told.now(), EVERYTHING, Sort.due)
    found = [row.commitment.reference for row in rows]
    assert found == ["2024-003", "2024-002", "2024-001", "2024-004"]


def test_the_board_begins_with_what_changed_last(told: Telling) -> None:
    told.tell(promised("2024-001"))
    told.tell(promised("2024-002"), about=OTHER)
    told.tell(declared(Status.in_progress, date(2024, 9, 1)))
    rows = board.rows(told.reading, told.now(), EVERYTHING)
    assert [row.commitment.reference for row in rows] == ["2024-001", "2024-002"]
    assert rows[0].changed_at > rows[1].changed_at


@pytest.mark.parametrize("sort", Sort)
def test_pages_are_the_whole_list_cut_in_pieces(told: Telling, sort: Sort) -> None:
    told.tell(
        *(
            promised(
                f"2024-{number:03}",
                originator_id=UUID(int=1_000 + number),
                due=by_day(MADE_ON + number % 7 * ONE_DAY),
            )
            for number in range(1, 2 * ROWS_A_PAGE + 8)
        )
    )
    whole = board.every_row(told.reading, told.now(), EVERYTHING, sort)
    pages = [board.rows(told.reading, told.now(), EVERYTHING, sort, page) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [ROWS_A_PAGE, ROWS_A_PAGE, 7, 0]
    assert tuple(row for page in pages for row in page) == whole


# ---- against a plain reading of the events


def _states_at(position: int) -> dict[UUID, Commitment]:
    states: dict[UUID, Commitment] = {}
    for told in lively_record()[:position]:
        if isinstance(told.event, CommitmentEvent):
            key = told.event.originator_id
            states[key] = evolve(states.get(key), told.event)
    return states


def test_at_every_position_the_board_is_the_fold_of_the_events_before(reading: Reading) -> None:
    states: dict[UUID, Commitment] = {}
    frameworks = tuple(each.id for each in stakeholders.frameworks(reading, Moment(10**6, TODAY)))
    for position, told in enumerate(lively_record(), start=1):
        if isinstance(told.event, CommitmentEvent):
            key = told.event.originator_id
            states[key] = evolve(states.get(key), told.event)
        if position % 5 == 0:
            rows = board.every_row(reading, Moment(position, TODAY), Filter(frameworks=frameworks))
            assert {row.commitment.id: row.commitment for row in rows} == states


DAYS = (date(2024, 3, 1), date(2024, 10, 15), date(2026, 1, 1))
CHOICES: dict[str, Callable[[Commitment, date], bool]] = {
    "overdue": is_overdue,
    "silent": is_silent,
    "contested": lambda state, day: is_contested(state),
}


@pytest.mark.parametrize("position", [60, 200, 409])
@pytest.mark.parametrize("choice", CHOICES)
def test_what_is_late_silent_or_contested_is_so_by_the_published_method(
    reading: Reading, choice: str, position: int
) -> None:
    states = _states_at(position).values()
    frameworks = tuple({state.framework for state in states})
    ever: set[UUID] = set()
    for day in DAYS:
        filter = replace(Filter(frameworks=frameworks), **{choice: True})
        rows = board.every_row(reading, Moment(position, day), filter)
        expected = {state.id for state in states if CHOICES[choice](state, day)}
        assert {row.commitment.id for row in rows} == expected
        ever |= expected
    assert ever or position < 100, f"nothing was ever {choice}: the record is too quiet"


def _by_due_date(row: BoardRow) -> tuple[bool, date, str]:
    """Those that nothing more is awaited of, or that have no date, come last."""
    on = None if is_concluded(row.commitment) else due_on(row.commitment)
    return on is None, on or date.max, row.commitment.reference


ORDERS: dict[Sort, Callable[[BoardRow], Any]] = {
    Sort.changed: lambda row: -row.position,
    Sort.reference: lambda row: row.commitment.reference,
    Sort.due: _by_due_date,
}


@pytest.mark.parametrize("sort", Sort)
def test_every_order_is_the_one_it_says(reading: Reading, sort: Sort) -> None:
    frameworks = tuple(each.id for each in stakeholders.frameworks(reading, Moment(409, TODAY)))
    rows = board.every_row(reading, Moment(409, TODAY), Filter(frameworks=frameworks), sort)
    assert list(rows) == sorted(rows, key=ORDERS[sort])


def test_each_standing_has_the_commitments_the_method_gives_it(reading: Reading) -> None:
    states = _states_at(409).values()
    frameworks = tuple({state.framework for state in states})
    for standing in Standing:
        filter = Filter(frameworks=frameworks, standing=standing)
        rows = board.every_row(reading, Moment(409, TODAY), filter)
        expected = {state.id for state in states if board_status(state).standing is standing}
        assert {row.commitment.id for row in rows} == expected


def test_a_filter_that_asks_for_nothing_does_not_narrow() -> None:
    assert not EVERYTHING.narrows
    assert replace(EVERYTHING, matching=()).narrows
    assert replace(EVERYTHING, overdue=True).narrows
