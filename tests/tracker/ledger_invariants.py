"""What is true of every ledger, whatever happened to it; and a short event to record."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import psycopg

from domain.events import ProgressDeclared
from domain.values import Capacity, Status
from tracker.ledger import Ledger, Receipt

ORGANISATION = UUID(int=1)


def progress(of: UUID | None = None, version: int = 1, note: str = "Cela avance.") -> Any:
    """The owner's declaration that a commitment is in progress."""
    return ProgressDeclared(
        originator_id=of or uuid4(),
        originator_version=version,
        occurred_on=date(2024, 7, 16),
        recorded_by=ORGANISATION,
        capacity=Capacity.owner,
        status=Status.in_progress,
        note=note,
    )


def check_invariants(database_url: str, acknowledged: Mapping[str, Receipt] | None = None) -> int:
    """Positions are 1, 2, 3…, dates follow them, streams have no holes, no claim points elsewhere,
    and every acknowledged command key is there once, where its receipt says. Returns the head."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT notification_id, recorded_at, originator_id, originator_version"
            " FROM ledger.stored_events ORDER BY notification_id"
        ).fetchall()
        claims = connection.execute("SELECT * FROM ledger.claims").fetchall()
        head = connection.execute("SELECT position, recorded_at FROM ledger.head").fetchone()
    assert head is not None
    assert [row[0] for row in rows] == list(range(1, head[0] + 1))
    assert [row[1] for row in rows] == sorted(row[1] for row in rows)
    assert not rows or rows[-1][1] == head[1]
    versions: dict[UUID, list[int]] = {}
    for _, _, stream, version in rows:
        versions.setdefault(stream, []).append(version)
    assert all(found == list(range(1, len(found) + 1)) for found in versions.values())
    assert all(1 <= first <= last <= head[0] for _, first, last in claims)
    outcomes = {key: (first, last) for key, first, last in claims}
    for key, receipt in (acknowledged or {}).items():
        assert outcomes[f"command:{key}"] == (receipt.first, receipt.last)
    position: int = head[0]
    return position


def sql(ledger_url: str, statement: str, *values: object) -> list[Any]:
    """Rows of a statement run as the database's owner."""
    with psycopg.connect(ledger_url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


def opened(database_url: str, **options: Any) -> Ledger:
    """A ledger with its schema installed. To be entered."""
    ledger = Ledger(database_url, **options)
    ledger.install()
    return ledger
