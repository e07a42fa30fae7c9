"""What holds whatever happened: no position is missing, no acknowledged command lost or recorded
twice, and every read model equals one built anew. Every test that breaks something ends with
check()."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import Connection, sql

from domain.policies import (
    board_status,
    is_contested,
    is_overdue,
    is_silent,
)
from projections import board, board_counts
from projections.board import Filter
from projections.board_counts import Counts
from projections.feed import Moment
from projections.registry import EVERY
from tests.tracker.ledger_invariants import check_invariants
from tracker import projecting
from tracker.ledger import Receipt
from tracker.projecting import SCHEMA
from tracker.serialization import decode

Database = Connection[tuple[Any, ...]]


def check(database_url: str, acknowledged: Mapping[str, Receipt] | None = None) -> int:
    """Checks ledger, claims and read models, and returns the last position.

    `acknowledged`: command key -> the receipt its sender got. The board is caught up first; raises
    ProjectionFailed if it cannot be, AssertionError for whatever does not hold.
    """
    head = check_ledger(database_url, acknowledged or {})
    with psycopg.connect(database_url, autocommit=True) as connection:
        assert projecting.catch_up(connection) == head
        check_read_models(connection)
        check_counts(connection, _some_positions(head))
    return head


def check_ledger(database_url: str, acknowledged: Mapping[str, Receipt]) -> int:
    """The ledger's own invariants; each acknowledged command has its events, and no other's."""
    head = check_invariants(database_url, acknowledged)
    with psycopg.connect(database_url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT notification_id, originator_id, originator_version, topic, state"
            " FROM ledger.stored_events ORDER BY notification_id"
        ).fetchall()
        claims = connection.execute("SELECT key, first_position, last_position FROM ledger.claims")
        outcomes = {key: (first, last) for key, first, last in claims}
    for position, stream, version, topic, state in rows:
        event = decode(topic, state, position)
        assert (event.originator_id, event.originator_version) == (stream, version)
    taken = Counter(
        position
        for key, (first, last) in outcomes.items()
        if key.startswith("command:")
        for position in range(first, last + 1)
    )
    assert not [each for each, times in taken.items() if times > 1], "two commands, one event"
    for key, receipt in acknowledged.items():
        assert all(position in taken for position in range(receipt.first, receipt.last + 1)), key
    return head


def check_read_models(connection: Database) -> None:
    """Every row of every standing table is in a rebuild by the same code, and nothing else is."""
    fresh = f"checked_{uuid4().hex}"
    try:
        with connection.transaction():
            projecting._make_tables(connection, fresh, EVERY)
        while projecting.project_batch(connection, EVERY, fresh):
            pass
        assert differences(connection, SCHEMA, fresh) == []
    finally:
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(fresh)))


def tables(connection: Database, schema: str) -> list[str]:
    found = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = to_regnamespace(%s)"
        " ORDER BY relname",
        (schema,),
    )
    return [name for (name,) in found]


def differences(connection: Database, one: str, other: str) -> list[object]:
    """Some of what one schema's read models have and the other's have not."""
    names = tables(connection, one)
    if names != tables(connection, other):
        return [names, tables(connection, other)]
    found = {name: _differing_rows(connection, name, one, other) for name in names}
    return [(name, rows) for name, rows in found.items() if rows]


def _differing_rows(
    connection: Database, table: str, one: str, other: str
) -> list[tuple[Any, ...]]:
    """Rows that one of the two has more often than the other."""
    # How often it was rebuilt is no part of what it says.
    columns = sql.SQL("position, recorded_at" if table == "tracking" else "*")
    names = {"one": sql.Identifier(one, table), "other": sql.Identifier(other, table)}
    return connection.execute(
        sql.SQL(
            "(SELECT 'standing' AS side, t.* FROM"
            " (SELECT {columns} FROM {one} EXCEPT ALL SELECT {columns} FROM {other}) t LIMIT 5)"
            " UNION ALL (SELECT 'rebuilt', t.* FROM"
            " (SELECT {columns} FROM {other} EXCEPT ALL SELECT {columns} FROM {one}) t LIMIT 5)"
        ).format(columns=columns, **names)
    ).fetchall()


def check_counts(connection: Database, positions: Iterable[int]) -> None:
    """The board's counts are those of its rows, at each of the positions, today and earlier."""
    with connection.transaction():
        connection.execute(f"SET LOCAL search_path TO {SCHEMA}".encode())
        frameworks = [each for (each,) in connection.execute("SELECT id FROM frameworks")]
        for position in positions:
            for around in ((), tuple(frameworks), *((each,) for each in frameworks)):
                for day in _days_worth_asking(connection, position):
                    moment, filter = Moment(position, day), Filter(frameworks=around)
                    counted = board_counts.counts(connection, moment, filter)
                    assert counted == counts_of_rows(connection, moment, filter), moment


def _some_positions(head: int) -> list[int]:
    return sorted({0, 1, head // 3, head // 2, max(0, head - 1), head})


def _days_worth_asking(connection: Database, position: int) -> list[date]:
    """The day after a due date, one long after the last news, and the beginning of a month."""
    found = connection.execute(
        "SELECT max(open_due_on), max(open_news_on) FROM board"
        " WHERE valid_from <= %(position)s AND valid_to > %(position)s",
        {"position": position},
    ).fetchone()
    due_on, news_on = found or (None, None)
    due_on, news_on = due_on or date(2024, 12, 31), news_on or date(2024, 7, 16)
    return [due_on + timedelta(1), news_on + timedelta(90), news_on.replace(day=1)]


def counts_of_rows(connection: Database, moment: Moment, filter: Filter) -> Counts:
    """What board_counts.counts() promises, counted one commitment at a time."""
    states = [row.commitment for row in board.every_row(connection, moment, filter)]
    statuses = [board_status(state) for state in states]
    return Counts(
        total=len(states),
        standings=dict(Counter((each.standing, each.basis) for each in statuses)),
        owners=dict(Counter(owner for state in states for owner in state.owners)),
        topics=dict(Counter(topic for state in states for topic in state.topics)),
        meetings=dict(Counter(state.meeting for state in states if state.meeting is not None)),
        overdue=sum(is_overdue(state, moment.day) for state in states),
        silent=sum(is_silent(state, moment.day) for state in states),
        contested=sum(is_contested(state) for state in states),
        not_measurable=sum(not state.measure.measurable for state in states),
    )


def notes(database_url: str) -> Counter[str]:
    """How often each note, reason, rationale or reply was recorded: a test that gives every
    command a text of its own sees what was recorded twice without a word from the claims."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT coalesce(e->>'note', e->>'rationale', e->>'reason', e->>'text') FROM"
            " (SELECT convert_from(state, 'UTF8')::jsonb AS e FROM ledger.stored_events) s"
        )
        return Counter(text for (text,) in found if text is not None)


def stream_of(database_url: str, identity: UUID) -> list[int]:
    """The versions recorded of one record, in the order of positions."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT originator_version FROM ledger.stored_events WHERE originator_id = %s"
            " ORDER BY notification_id",
            (identity,),
        )
        return [version for (version,) in found]
