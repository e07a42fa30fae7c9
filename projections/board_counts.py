"""How many commitments stand where?

Counts are kept for the whole of each framework, so that the board's summary and facets cost the
same with twenty commitments and with twenty thousand, today and as of any date. A board narrowed
further counts its own rows.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from uuid import UUID

from msgspec import Struct

from domain.commitment import Commitment
from domain.policies import (
    CONCLUDED,
    Basis,
    BoardStatus,
    Standing,
    board_status,
    due_on,
    is_contested,
    is_news_awaited,
    silent_since,
)
from projections.board import Filter, conditions
from projections.feed import Batch, Moment, Reading, Writing
from projections.versions import FOREVER, close, insert


class Counts(Struct, frozen=True):
    """How many of the commitments looked at have each property; zeroes are left out."""

    total: int
    standings: dict[tuple[Standing, Basis], int]
    owners: dict[UUID, int]
    topics: dict[str, int]
    meetings: dict[UUID, int]
    overdue: int
    silent: int
    contested: int
    not_measurable: int

    def of(self, standing: Standing) -> int:
        return sum(n for (each, _), n in self.standings.items() if each is standing)


class Offer(Struct, frozen=True):
    """How many commitments of a framework each owner, topic and meeting has.

    There can be hundreds, and they change only when a commitment is made or changes hands: whoever
    shows many boards keeps them, for as long as offered_from() stays the same.
    """

    owners: Counter[UUID]
    topics: Counter[str]
    meetings: Counter[UUID]


# One index look-up for each facet: "n as of the position" without reading the versions between.
_AS_OF = (
    "CROSS JOIN LATERAL (SELECT n, valid_from FROM board_counts c"
    " WHERE c.facet_number = f.facet_number AND c.valid_from <= %(position)s"
    " ORDER BY c.valid_from DESC LIMIT 1) c"
)

_OFFERED = ("owner", "topic", "meeting")

Facet = tuple[int, str, str]
"""Framework, facet, value. The framework as a number: an UUID is hashed in Python, and facets are
hashed some thirty times an event."""


@lru_cache(maxsize=50_000)
def _number(facet: Facet) -> int:
    """A facet's number: a hash, so that a rebuild gives the same rows whatever the order. Look-ups
    by one integer cost a third of those by three texts."""
    name = "\0".join(map(str, facet)).encode()
    return int.from_bytes(blake2b(name, digest_size=8).digest(), signed=True)


class BoardCounts:
    name = "board_counts"
    tables = f"""
        CREATE TABLE board_counts (
            facet_number bigint NOT NULL,
            valid_from bigint NOT NULL,
            valid_to bigint NOT NULL DEFAULT {FOREVER},
            n integer NOT NULL,
            PRIMARY KEY (facet_number, valid_from) INCLUDE (n)
        );
        CREATE TABLE board_count_facets (
            framework uuid NOT NULL,
            facet text NOT NULL,
            value text NOT NULL,
            facet_number bigint NOT NULL,
            PRIMARY KEY (framework, facet, value)
        );
    """

    def apply(self, cursor: Writing, batch: Batch) -> None:
        steps: list[tuple[Facet, int, int]] = []
        last: dict[UUID, set[Facet]] = {}
        for change in batch.changes:
            commitment, position = change.after.id, change.entry.position
            before = last.get(commitment)
            if before is None:
                before = _facets(change.before) if change.before is not None else set()
            after = last[commitment] = _facets(change.after)
            if _offered(before) != _offered(after):
                steps.append(((change.after.framework.int, "offered", ""), position, +1))
            steps += [(facet, position, -1) for facet in before - after]
            steps += [(facet, position, +1) for facet in after - before]
        _write(cursor, steps)


def _offered(facets: set[Facet]) -> set[Facet]:
    return {facet for facet in facets if facet[1] in _OFFERED}


def standing_words(status: BoardStatus) -> str:
    """A standing and its basis as one value to count."""
    return f"{status.standing.value} {status.basis.value}"


def parse_standing(words: str) -> tuple[Standing, Basis]:
    standing, basis = words.split()
    return Standing(standing), Basis(basis)


def _facets(commitment: Commitment) -> set[Facet]:
    framework, status = commitment.framework.int, board_status(commitment)
    found = [
        ("all", ""),
        ("standing", standing_words(status)),
        *(("owner", str(owner)) for owner in commitment.owners),
        *(("topic", topic) for topic in commitment.topics),
    ]
    if commitment.meeting is not None:
        found.append(("meeting", str(commitment.meeting)))
    if is_contested(commitment):
        found.append(("contested", ""))
    if not commitment.measure.measurable:
        found.append(("not_measurable", ""))
    if status.standing not in CONCLUDED:
        due = due_on(commitment)
        if due is not None:
            found += _by_date("open_due", due)
    if is_news_awaited(commitment):
        found += _by_date("open_news", commitment.last_news_on)
    return {(framework, facet, value) for facet, value in found}


def _by_date(facet: str, day: date) -> list[tuple[str, str]]:
    # Counted by month too: "before the 23rd" is then some months and some days, not every day ever.
    written = day.isoformat()
    return [(facet, written), (f"{facet}_month", written[:7])]


def _write(cursor: Writing, steps: list[tuple[Facet, int, int]]) -> None:
    if not steps:
        return
    counts = _standing(cursor, {facet for facet, _, _ in steps})
    known, start = set(counts), dict.fromkeys(counts, 0)
    rows: dict[tuple[Facet, int], list[int]] = {}
    ended: dict[Facet, int] = {}
    for facet, position, step in steps:
        counts[facet] = counts.get(facet, 0) + step
        previous = start.get(facet)
        if previous == 0:
            ended[facet] = position
        elif previous is not None and previous != position:
            rows[facet, previous][0] = position
        rows[facet, position] = [FOREVER, counts[facet]]
        start[facet] = position
    close(
        cursor,
        "board_counts",
        [("facet_number", "bigint")],
        [(_number(facet), position) for facet, position in ended.items()],
    )
    insert(
        cursor,
        "board_counts",
        ("facet_number", "valid_from", "valid_to", "n"),
        [(_number(facet), begin, end, n) for (facet, begin), (end, n) in rows.items()],
    )
    insert(
        cursor,
        "board_count_facets",
        ("framework", "facet", "value", "facet_number"),
        [
            (UUID(int=framework), facet, value, _number((framework, facet, value)))
            for framework, facet, value in start
            if (framework, facet, value) not in known
        ],
    )


def _standing(cursor: Writing, facets: set[Facet]) -> dict[Facet, int]:
    numbers = {_number(facet): facet for facet in facets}
    cursor.execute(
        "SELECT facet_number, n FROM board_counts WHERE facet_number = ANY(%s) AND valid_to = %s",
        [list(numbers), FOREVER],
    )
    return {numbers[number]: n for number, n in cursor}


def counts(
    reading: Reading, moment: Moment, filter: Filter, offers: dict[UUID, Offer] | None = None
) -> Counts:
    """The counts of what `filter` leaves. `offers` are those of the moment, if at hand."""
    if filter.narrows:
        sums = _sums(_narrowed(reading, moment, filter))
        return _counts(sums, _offer(sums))
    at_hand = offers if offers is not None else offers_at(reading, moment)
    found = [at_hand[each] for each in filter.frameworks if each in at_hand]
    return _counts(
        _sums(_kept(reading, moment, filter)),
        Offer(
            owners=sum((each.owners for each in found), Counter()),
            topics=sum((each.topics for each in found), Counter()),
            meetings=sum((each.meetings for each in found), Counter()),
        ),
    )


def offered_from(reading: Reading, moment: Moment) -> int:
    """The position up to the moment from which on its offers are what they are."""
    found = reading.execute(
        f"SELECT max(c.valid_from) FROM board_count_facets f {_AS_OF} WHERE f.facet = 'offered'",
        {"position": moment.position},
    ).fetchone()
    return (found and found[0]) or 0


def offers_at(reading: Reading, moment: Moment) -> dict[UUID, Offer]:
    """By framework, what there is to choose from at the moment."""
    rows = reading.execute(
        f"SELECT f.framework, f.facet, f.value, c.n FROM board_count_facets f {_AS_OF}"
        " WHERE f.facet = ANY(%(offered)s) AND c.n > 0",
        {"position": moment.position, "offered": list(_OFFERED)},
    )
    found: dict[UUID, list[tuple[str, str, int]]] = {}
    for framework, facet, value, n in rows:
        found.setdefault(framework, []).append((facet, value, n))
    return {framework: _offer(_sums(counted)) for framework, counted in found.items()}


def _sums(found: Iterable[tuple[str, str, int]]) -> dict[str, Counter[str]]:
    sums: dict[str, Counter[str]] = {}
    for facet, value, n in found:
        sums.setdefault(facet, Counter())[value] += n
    return sums


def _offer(sums: dict[str, Counter[str]]) -> Offer:
    owners, topics, meetings = (sums.get(facet, Counter()) for facet in _OFFERED)
    return Offer(
        owners=Counter({UUID(owner): n for owner, n in owners.items()}),
        topics=topics,
        meetings=Counter({UUID(meeting): n for meeting, n in meetings.items()}),
    )


def standings(
    reading: Reading, moment: Moment, frameworks: tuple[UUID, ...]
) -> dict[tuple[Standing, Basis], int]:
    """Only how many commitments stand where, in whole frameworks."""
    found = reading.execute(
        f"SELECT f.value, sum(c.n)::bigint FROM board_count_facets f {_AS_OF}"
        " WHERE f.framework = ANY(%(frameworks)s) AND f.facet = 'standing' AND c.n > 0"
        " GROUP BY f.value",
        {"position": moment.position, "frameworks": list(frameworks)},
    )
    return {parse_standing(words): n for words, n in found}


def _counts(sums: dict[str, Counter[str]], offer: Offer) -> Counts:
    def values(facet: str) -> Counter[str]:
        return sums.get(facet, Counter())

    return Counts(
        total=values("all")[""],
        standings={parse_standing(words): n for words, n in values("standing").items()},
        owners=dict(offer.owners),
        topics=dict(offer.topics),
        meetings=dict(offer.meetings),
        overdue=values("open_due").total() + values("open_due_month").total(),
        silent=values("open_news").total() + values("open_news_month").total(),
        contested=values("contested")[""],
        not_measurable=values("not_measurable")[""],
    )


def _kept(reading: Reading, moment: Moment, filter: Filter) -> list[tuple[Any, ...]]:
    today, silent = moment.day.isoformat(), silent_since(moment.day).isoformat()
    return reading.execute(
        f"SELECT f.facet, f.value, c.n FROM board_count_facets f {_AS_OF}"
        " WHERE f.framework = ANY(%(frameworks)s) AND f.facet <> ALL(%(offered)s)"
        " AND c.n > 0 AND CASE f.facet"
        "   WHEN 'open_due_month' THEN f.value < %(this_month)s"
        "   WHEN 'open_due' THEN f.value >= %(this_month)s AND f.value < %(today)s"
        "   WHEN 'open_news_month' THEN f.value < %(silent_month)s"
        "   WHEN 'open_news' THEN f.value >= %(silent_month)s AND f.value <= %(silent)s"
        "   ELSE true END",
        {
            "position": moment.position,
            "frameworks": list(filter.frameworks),
            "offered": [*_OFFERED, "offered"],
            "today": today,
            "this_month": today[:7],
            "silent": silent,
            "silent_month": silent[:7],
        },
    ).fetchall()


def _narrowed(reading: Reading, moment: Moment, filter: Filter) -> list[tuple[Any, ...]]:
    where, parameters = conditions(filter, moment.day)
    return reading.execute(
        f"""
        WITH found AS MATERIALIZED (
            SELECT standing || ' ' || basis AS standing, owners, topics, meeting, contested,
                   measurable, open_due_on, open_news_on FROM board WHERE {where})
        SELECT 'all', '', count(*) FROM found
        UNION ALL SELECT 'standing', standing, count(*) FROM found GROUP BY standing
        UNION ALL SELECT 'owner', owner::text, count(*)
            FROM found, unnest(owners) AS owner GROUP BY owner
        UNION ALL SELECT 'topic', topic, count(*) FROM found, unnest(topics) AS topic GROUP BY topic
        UNION ALL SELECT 'meeting', meeting::text, count(*)
            FROM found WHERE meeting IS NOT NULL GROUP BY meeting
        UNION ALL SELECT 'contested', '', count(*) FROM found WHERE contested
        UNION ALL SELECT 'not_measurable', '', count(*) FROM found WHERE NOT measurable
        UNION ALL SELECT 'open_due', '', count(*) FROM found WHERE open_due_on < %(day)s
        UNION ALL SELECT 'open_news', '', count(*) FROM found WHERE open_news_on <= %(silent_since)s
        """.encode(),
        parameters | {"position": moment.position},
    ).fetchall()
