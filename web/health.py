"""/health: is the process alive, and does the board follow the record?"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
from eventsourcing.persistence import PersistenceError
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from psycopg_pool import PoolTimeout

from tracker.bootstrap import Services
from tracker.ledger import Ledger
from web.page_cache import PageCache

_NO_STORE = {"cache-control": "no-store"}

# An event is on the board within milliseconds; one that waits this long waits for somebody.
_BEHIND_SECONDS = 60


def health_routes(services: Services, cache: Callable[[], PageCache]) -> list[HTTPRouteHandler]:
    """Live: the process answers. Ready: the database answers and the board follows it."""

    @get("/health/live")
    async def live() -> Response[dict[str, str]]:
        return Response({"status": "live"}, headers=_NO_STORE)

    @get(["/health", "/health/ready"])
    async def ready() -> Response[dict[str, Any]]:
        report = await asyncio.to_thread(_report, services)
        report["page_cache"] = cache().statistics()
        headers = _NO_STORE if report["status"] == "ready" else {**_NO_STORE, "retry-after": "5"}
        status = 200 if report["status"] == "ready" else 503
        return Response(report, status_code=status, headers=headers)

    return [live, ready]


def _report(services: Services) -> dict[str, Any]:
    """Positions, the lag in events and in seconds, and what is wrong if something is."""
    progress = services.watch.progress
    report: dict[str, Any] = {"status": "ready", "board_position": progress.position}
    try:
        head = services.ledger.head()
    except (psycopg.Error, PersistenceError, PoolTimeout) as lost:
        return report | {"status": "database unreachable", "reason": type(lost).__name__}
    lag = max(0, head.position - progress.position)
    report |= {"ledger_position": head.position, "lag_events": lag, "lag_seconds": 0.0}
    if lag:
        report["lag_seconds"] = _waiting_for(services.ledger, progress.position + 1)
        if report["lag_seconds"] > _BEHIND_SECONDS:
            report |= {"status": "board behind"}
    if not services.watch.reachable:
        report |= {"status": "board unreachable"}
    if progress.failed_position is not None:
        report |= {"status": "board stopped", "failed_position": progress.failed_position}
    return report


def _waiting_for(ledger: Ledger, position: int) -> float:
    """Seconds since the first event that the board does not show was recorded."""
    # As a row: the event itself may be what the board stumbles over.
    rows = ledger.recorder.select_rows(position, position)
    waited = [(datetime.now(UTC) - recorded_at).total_seconds() for _, recorded_at, _, _ in rows]
    return round(max(0.0, *waited), 3) if waited else 0.0
