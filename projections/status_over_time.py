"""How has the board changed from day to day?

One row for each framework and each day on which one of its commitments changed: how many stood
where at the end of that day.
"""

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from domain.commitment import Commitment
from domain.policies import Basis, Standing, board_status
from projections.board_counts import parse_standing, standing_words, standings
from projections.feed import Batch, Moment, Reading, Writing

MOST_POINTS = 12
"""A little more than the picture draws: each costs a look-up, and a board waits for all of them."""

_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder(dict[str, int]).decode


class DayOfBoard(Struct, frozen=True):
    """The board's commitments by standing at the end of a day, or at the moment asked for."""

    day: date
    standings: dict[tuple[Standing, Basis], int]


class StatusOverTime:
    name = "status_over_time"
    tables = """
        CREATE TABLE status_over_time (
            framework uuid NOT NULL,
            day date NOT NULL,
            standings bytea NOT NULL,
            PRIMARY KEY (framework, day)
        );
    """

    def apply(self, cursor: Writing, batch: Batch) -> None:
        latest = _latest(cursor, {change.after.framework for change in batch.changes})
        days: dict[tuple[UUID, date], bytes] = {}
        for change in batch.changes:
            framework, after = change.after.framework, _words(change.after)
            before = _words(change.before) if change.before is not None else None
            if before == after:
                continue
            counted = latest.setdefault(framework, Counter())
            counted[after] += 1
            if before is not None:
                counted[before] -= 1
            days[framework, change.entry.recorded_at.date()] = _encode(+counted)
        _write(cursor, days)


def _words(commitment: Commitment) -> str:
    return standing_words(board_status(commitment))


def _latest(cursor: Writing, frameworks: set[UUID]) -> dict[UUID, Counter[str]]:
    cursor.execute(
        "SELECT DISTINCT ON (framework) framework, standings FROM status_over_time"
        " WHERE framework = ANY(%s) ORDER BY framework, day DESC",
        (list(frameworks),),
    )
    return {framework: Counter(_decode(data)) for framework, data in cursor}


def _write(cursor: Writing, days: dict[tuple[UUID, date], bytes]) -> None:
    if not days:
        return
    frameworks, dates = zip(*days, strict=True)
    cursor.execute(
        "INSERT INTO status_over_time"
        " SELECT * FROM unnest(%s::uuid[], %s::date[], %s::bytea[])"
        " ON CONFLICT (framework, day) DO UPDATE SET standings = excluded.standings",
        (list(frameworks), list(dates), list(days.values())),
    )


def series(
    reading: Reading, moment: Moment, frameworks: tuple[UUID, ...]
) -> tuple[DayOfBoard, ...]:
    """At most MOST_POINTS days, evenly chosen, the first and the last always among them.

    The last is the moment itself. Before it comes the day of the last event the moment knows of,
    as far as it knows that day: that is when what it counts came about.
    """
    found = reading.execute(
        "SELECT DISTINCT day FROM status_over_time JOIN days USING (day)"
        " WHERE framework = ANY(%s) AND position < %s AND day < %s ORDER BY day",
        (list(frameworks), moment.position, moment.day),
    ).fetchall()
    chosen = _evenly([day for (day,) in found])
    points = _points(reading, chosen, frameworks)
    now = standings(reading, moment, frameworks)
    changed = _day_of(reading, moment.position)
    if now and changed is not None and changed < moment.day:
        points.append(DayOfBoard(changed, now))
    return (*points, DayOfBoard(moment.day, now)) if now or points else ()


def _day_of(reading: Reading, position: int) -> date | None:
    found = reading.execute(
        "SELECT min(day) FROM days WHERE position >= %s", (position,)
    ).fetchone()
    return found[0] if found else None


def _points(reading: Reading, days: list[date], frameworks: tuple[UUID, ...]) -> list[DayOfBoard]:
    found: list[tuple[Any, ...]] = reading.execute(
        "SELECT d.day, s.standings FROM unnest(%s::date[]) AS d(day)"
        " CROSS JOIN unnest(%s::uuid[]) AS f(framework)"
        " CROSS JOIN LATERAL ("
        "   SELECT standings FROM status_over_time s"
        "   WHERE s.framework = f.framework AND s.day <= d.day ORDER BY s.day DESC LIMIT 1) s",
        (days, list(frameworks)),
    ).fetchall()
    counted: dict[date, Counter[str]] = {day: Counter() for day in days}
    for day, data in found:
        counted[day].update(_decode(data))
    return [DayOfBoard(day, _standings(counts)) for day, counts in counted.items()]


def _standings(counts: Counter[str]) -> dict[tuple[Standing, Basis], int]:
    return {parse_standing(words): n for words, n in counts.items()}


def _evenly(days: list[date]) -> list[date]:
    most = MOST_POINTS - 2  # the moment's last event and the moment itself are the last points
    if len(days) <= most:
        return days
    step = (len(days) - 1) / (most - 1)
    return [days[round(index * step)] for index in range(most)]
