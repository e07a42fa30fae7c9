"""Any question asked of any past position has the answer it had then.

"Then" is built for real: tables that were projected up to that position and no further.
"""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from msgspec.structs import replace
from psycopg import sql

from domain.policies import Standing
from domain.values import Status
from projections import board, board_counts, days, meetings, stakeholders, topics
from projections.board import Filter, Sort
from projections.commitment_page import commitment_page
from projections.days import neighbours, position_at
from projections.feed import Moment, Reading
from projections.journal import journal
from projections.registry import EVERY
from projections.scorecards import scorecards
from projections.search import matching
from projections.status_over_time import series
from tests.domain.cast import FRAMEWORK, TODAY
from tests.domain.storytelling import declared, made
from tests.lively_record import EXERCISE, MEETINGS, ORGANISATIONS, REAL, lively_record, record
from tests.projections.telling import Telling, install, reading_of
from tracker import projecting

BOTH = Filter(frameworks=(REAL, EXERCISE))
NARROWED = (
    BOTH,
    replace(BOTH, standing=Standing.in_progress),
    replace(BOTH, owner=ORGANISATIONS[1], overdue=True),
    replace(BOTH, topic="calendrier", silent=True),
    replace(BOTH, meeting=MEETINGS[0]),
    replace(BOTH, contested=True),
)
QUESTIONS: dict[str, Callable[[Reading, Moment], Any]] = {
    "board": lambda reading, moment: [
        board.every_row(reading, moment, filter, sort) for filter in NARROWED for sort in Sort
    ],
    "counts": lambda reading, moment: [
        board_counts.counts(reading, moment, filter) for filter in NARROWED
    ],
    "page": lambda reading, moment: [
        commitment_page(reading, moment, f"2024-{number:03}")
        for number in (1, 2, 5, moment.position % 50)
    ],
    "journal": journal,
    "meetings": meetings.meetings,
    "meeting": lambda reading, moment: meetings.meeting(reading, moment, "reunion-1"),
    "topics": topics.topics,
    "organisations": stakeholders.stakeholders,
    "frameworks": stakeholders.frameworks,
    "scores": scorecards,
    "score": lambda reading, moment: scorecards(reading, moment, ORGANISATIONS[1]),
    "search": lambda reading, moment: [
        set(matching(reading, moment, text)) for text in ("electoral", "watch", "2024-0", "القائمة")
    ],
    "series": lambda reading, moment: series(reading, moment, (REAL,)),
    "changed": lambda reading, moment: (
        stakeholders.changed_at_position(reading, moment),
        meetings.changed_at_position(reading, moment),
    ),
}


@pytest.mark.parametrize("seed", [20240716, 1])
def test_a_past_answer_is_the_one_that_was_given_then(database_url: str, seed: int) -> None:
    """The standing tables know the whole record; the others stop at one position after another."""
    install(database_url)
    chance, told = random.Random(seed), lively_record(seed, acts=200)
    head = record(database_url, told)
    stopped = f"stopped_{uuid4().hex}"
    with (
        psycopg.connect(database_url, autocommit=True) as connection,
        reading_of(database_url) as standing,
        reading_of(database_url, stopped) as then,
    ):
        assert projecting.catch_up(connection) == head
        with connection.transaction():
            projecting._make_tables(connection, stopped, EVERY)
        position = 0
        while position < head:
            position += projecting.project_batch(
                connection, EVERY, stopped, most=chance.choice((1, 1, 2, 5, 30))
            )
            day = told[position - 1].at.date() + timedelta(chance.choice((0, 1, 60, 120)))
            for name, ask in QUESTIONS.items():
                moment = Moment(position, day)
                assert ask(standing, moment) == ask(then, moment), (name, position)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(stopped)))


# ---- from a day to a position


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2024, 9, day, hour, tzinfo=UTC)


def test_a_day_ends_with_the_last_position_recorded_on_it(told: Telling) -> None:
    told.tell(made(), at=at(3))
    told.tell(declared(Status.in_progress, date(2024, 9, 1)), at=at(3, 23))
    told.tell(declared(Status.not_started, date(2024, 9, 2)), at=at(5, 0))
    ends = {day: position_at(told.reading, date(2024, 9, day)) for day in range(1, 8)}
    assert ends == {1: 0, 2: 0, 3: 2, 4: 2, 5: 3, 6: 3, 7: 3}


def test_a_day_that_goes_on_ends_later(told: Telling) -> None:
    told.tell(made(), at=at(3))
    assert position_at(told.reading, date(2024, 9, 3)) == 1
    told.tell(declared(Status.in_progress, date(2024, 9, 1)), at=at(3, 23))
    assert position_at(told.reading, date(2024, 9, 3)) == 2


def test_the_neighbours_of_a_day_are_days_on_which_something_was_recorded(told: Telling) -> None:
    assert neighbours(told.reading, date(2024, 9, 3)) == (None, None)
    told.tell(made(), at=at(3))
    told.tell(declared(Status.in_progress, date(2024, 9, 1)), at=at(6))
    third, sixth = date(2024, 9, 3), date(2024, 9, 6)
    assert neighbours(told.reading, date(2024, 9, 4)) == (third, sixth)
    assert neighbours(told.reading, third) == (None, sixth)
    assert neighbours(told.reading, sixth) == (third, None)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_days_are_those_of_bamako_wherever_the_database_is_set_up(
    database_url: str, zone: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        (name,) = connection.execute("SELECT current_database()").fetchone() or ("",)
        connection.execute(f"ALTER DATABASE {name} SET timezone TO '{zone}'".encode())
    install(database_url)
    with reading_of(database_url) as reading:
        told = Telling(database_url, reading)
        told.tell(made(), at=at(3, 23))
        told.tell(declared(Status.in_progress, date(2024, 9, 1)), at=at(4, 1))
        told.close()
        ends = [position_at(reading, date(2024, 9, day)) for day in (2, 3, 4)]
        assert ends == [0, 1, 2]
        drawn = series(reading, told.now(), (FRAMEWORK,))
        assert [each.day.day for each in drawn] == [3, 4, TODAY.day]
    with psycopg.connect(database_url, autocommit=True) as connection:
        reached = projecting.progress(connection).recorded_at
        assert reached is not None
        assert (reached.date(), reached.utcoffset()) == (date(2024, 9, 4), timedelta(0))


def test_the_days_of_the_lively_record_are_those_on_which_it_was_recorded(
    reading: Reading,
) -> None:
    told = lively_record()
    last = {each.at.date(): position for position, each in enumerate(told, start=1)}
    for day, position in last.items():
        assert days.position_at(reading, day) == position
    assert days.position_at(reading, TODAY) == len(told)
