"""How has the board changed from day to day? Points at ends of days, as many as can be drawn."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from domain.policies import Basis, Standing
from domain.values import Status
from projections import board_counts
from projections.board import Filter
from projections.days import position_at
from projections.feed import Moment, Reading
from projections.status_over_time import MOST_POINTS, DayOfBoard, _evenly, series
from tests.domain.cast import FRAMEWORK, TODAY
from tests.domain.storytelling import declared, made
from tests.lively_record import EXERCISE, REAL, lively_record
from tests.projections.telling import (
    OTHER,
    REHEARSAL,
    Telling,
    established,
    promised,
)

UNKNOWN = (Standing.unknown, Basis.nobody)
IN_PROGRESS = (Standing.in_progress, Basis.declared)


def at(day: int) -> datetime:
    return datetime(2024, 9, day, 12, tzinfo=UTC)


def test_each_day_with_a_recording_is_a_point(told: Telling) -> None:
    told.tell(made(), at=at(3))
    told.tell(promised("2024-002"), about=OTHER, at=at(3))
    told.tell(declared(Status.in_progress, date(2024, 9, 1)), at=at(6))
    points = series(told.reading, told.now(date(2024, 9, 9)), (FRAMEWORK,))
    assert points == (
        DayOfBoard(date(2024, 9, 3), {UNKNOWN: 2}),
        DayOfBoard(date(2024, 9, 6), {UNKNOWN: 1, IN_PROGRESS: 1}),
        DayOfBoard(date(2024, 9, 9), {UNKNOWN: 1, IN_PROGRESS: 1}),
    )


def test_it_begins_with_the_first_commitment_of_the_frameworks_looked_at(told: Telling) -> None:
    told.tell(established("cadre"), about=FRAMEWORK, at=at(2))
    told.tell(made(), at=at(3))
    told.tell(promised("EX-2024-001", framework=REHEARSAL), about=OTHER, at=at(5))
    now = told.now(date(2024, 9, 9))
    real, rehearsed = (
        [(each.day.day, each.standings) for each in series(told.reading, now, (framework,))]
        for framework in (FRAMEWORK, REHEARSAL)
    )
    assert real == [(3, {UNKNOWN: 1}), (5, {UNKNOWN: 1}), (9, {UNKNOWN: 1})]
    assert rehearsed == [(5, {UNKNOWN: 1}), (9, {UNKNOWN: 1})]
    assert series(told.reading, told.now(), ()) == ()


def test_a_record_made_in_one_day_has_that_day_and_today(told: Telling) -> None:
    told.tell(made(), declared(Status.in_progress, date(2024, 9, 1)), at=at(3))
    points = series(told.reading, told.now(), (FRAMEWORK,))
    assert [each.day for each in points] == [date(2024, 9, 3), TODAY]
    assert points[0].standings == points[1].standings == {IN_PROGRESS: 1}


def test_an_empty_record_has_no_points(told: Telling) -> None:
    assert series(told.reading, told.now(), (FRAMEWORK,)) == ()


def test_a_day_in_progress_ends_at_the_moment_asked_for(told: Telling) -> None:
    told.tell(made(), at=at(3))
    told.tell(promised("2024-002"), about=OTHER, at=at(6))
    told.tell(declared(Status.in_progress, date(2024, 9, 1)), at=at(6))
    points = series(told.reading, Moment(2, date(2024, 9, 6)), (FRAMEWORK,))
    assert [point.day.day for point in points] == [3, 6]
    assert points[-1] == DayOfBoard(date(2024, 9, 6), {UNKNOWN: 2})


def test_every_point_counts_what_the_board_counted_on_that_day(reading: Reading) -> None:
    for position in (50, 200, 409):
        moment = Moment(position, lively_record()[position - 1].at.date())
        for frameworks in ((REAL,), (EXERCISE,), (REAL, EXERCISE)):
            for point in series(reading, moment, frameworks):
                then = Moment(min(position, position_at(reading, point.day)), TODAY)
                counted = board_counts.counts(reading, then, Filter(frameworks=frameworks))
                assert point.standings == counted.standings


def test_no_more_points_than_can_be_drawn_the_first_and_the_last_among_them(
    reading: Reading,
) -> None:
    recorded = sorted({each.at.date() for each in lively_record()})
    assert len(recorded) > MOST_POINTS
    points = series(reading, Moment(409, TODAY), (REAL, EXERCISE))
    assert len(points) == MOST_POINTS
    assert (points[-2].day, points[-1].day) == (recorded[-1], TODAY)
    assert [each.day for each in points] == sorted({each.day for each in points})


@pytest.mark.parametrize("n", [1, 2, MOST_POINTS - 2, MOST_POINTS - 1, MOST_POINTS, 777])
def test_days_are_chosen_evenly_in_order_and_never_twice(n: int) -> None:
    every = [date(2024, 1, 1) + timedelta(day) for day in range(n)]
    chosen = _evenly(every)
    # The moment and its last event are two points more.
    assert len(chosen) == min(n, MOST_POINTS - 2)
    assert (chosen[0], chosen[-1]) == (every[0], every[-1])
    assert chosen == sorted(set(chosen))
    gaps = [(later - earlier).days for earlier, later in pairwise(chosen)]
    assert not gaps or max(gaps) - min(gaps) <= 1
