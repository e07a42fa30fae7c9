"""Turns a request for a public address into a page: which moment, which query, what to show."""

import re
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote, urlencode

from litestar import Request, Response

from projections import days, journal
from projections.feed import Moment, Reading
from tracker.bootstrap import Services
from web.addresses import EVERYWHERE, PublicAddress
from web.directory import Directories
from web.rendering import Renderer
from web.routes import SHOWS
from web.visit import Download, Language, NotInRecord, QueryRefused, Visit

_SHARING_TAG = re.compile(r"utm_\w+|fbclid|gclid|igshid|mc_[ce]id|msclkid|twclid|yclid")


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST_YEAR = 1900


class BoardBehind(Exception):
    """The tables read do not reach the moment to show: a replica lags, or a database that was
    killed is catching up. A page made of them would be filed under a moment it does not show."""


def today() -> date:
    """The day in Africa/Bamako, which keeps UTC all year."""
    return datetime.now(UTC).date()


class PublicPages:
    """Shows public pages. Everything a page depends on goes into its Visit."""

    def __init__(self, services: Services, renderer: Renderer) -> None:
        self._services = services
        self._renderer = renderer
        self._directories = Directories()
        self._ended_days: dict[date, int] = {}

    def moment(self) -> Moment:
        """The board as this process knows it, judged today."""
        return Moment(self._services.watch.progress.position, today())

    def edition(self) -> int:
        """Another number after a rebuild, and when the board stops or goes on: every page says
        whether it follows the record."""
        progress = self._services.watch.progress
        return 2 * progress.edition + (progress.failed_position is not None)

    def position_of(self, day: date) -> int | None:
        """The position at the end of a past day, once a reader has asked for that day."""
        return self._ended_days.get(day)

    def show(
        self, route: PublicAddress, language: Language, request: Request[Any, Any, Any]
    ) -> Response[bytes]:
        """The response for one request.

        Raises NotInRecord, QueryRefused, BoardBehind or psycopg's errors.
        """
        state: dict[str, Any] = request.scope["state"]
        if state.get("query_too_long"):
            raise QueryRefused("", "", "too long")
        if _is_tagged(request):
            return _untagged(request)
        query = _query(route, request)
        # Before anything is read: names read a moment too early must not outlive a rebuild.
        edition = self._services.watch.progress.edition
        # What the cache will file the page under is what the page must show.
        moment: Moment = state.get("moment") or self.moment()
        as_of = _asked_day(query.pop("asof", None), moment.day)
        with self._services.readings.connection() as reading:
            recorded_at = _reached(reading, moment)
            if as_of is not None:
                moment = Moment(self._position_at(reading, as_of), as_of)
                recorded_at = journal.recorded_at(reading, moment.position)
            visit = Visit(
                route=route.name,
                language=language,
                path_values=_names_in(request, route),
                query=query,
                fragment=state.get("fragment", False),
                moment=moment,
                recorded_at=recorded_at,
                as_of=as_of,
                reading=reading,
                directory=self._directories.at(reading, moment, edition),
                public_url=self._services.settings.public_url,
            )
            page = SHOWS[route.name](visit)
            headers = {"x-board-position": str(moment.position), "content-language": language}
            if isinstance(page, Download):
                headers["content-disposition"] = f'attachment; filename="{page.file_name}"'
                return Response(page.body, media_type=page.media_type, headers=headers)
            body = self._renderer.render(visit, page, self._services.watch.progress.failed_at)
        return Response(body, media_type="text/html", headers=headers)

    def _position_at(self, reading: Reading, day: date) -> int:
        position = days.position_at(reading, day)
        recorded_at = self._services.watch.progress.recorded_at
        # Only a day that the board has gone past is over for good: until then more events of that
        # day may be on their way to it.
        if recorded_at is not None and recorded_at.date() > day and len(self._ended_days) < 10_000:
            self._ended_days[day] = position
        return position


def _reached(reading: Reading, moment: Moment) -> datetime | None:
    """When the moment's last event was recorded; None for an empty record. Raises BoardBehind."""
    recorded_at = journal.recorded_at(reading, moment.position)
    if recorded_at is None and moment.position > 0:
        raise BoardBehind()
    return recorded_at


def _is_tagged(request: Request[Any, Any, Any]) -> bool:
    return any(_SHARING_TAG.fullmatch(name) for name in request.query_params)


def _untagged(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A journalist's link that a social network or a newsletter tagged still leads to its page, and
    the reader is not followed further."""
    kept = [
        (name, value)
        for name, value in request.query_params.multi_items()
        if not _SHARING_TAG.fullmatch(name)
    ]
    # One slash at the start and no more: a second would make the next word another host's name.
    path = "/" + quote(request.scope["path"].lstrip("/"))
    return Response(
        b"",
        status_code=302,
        media_type="text/html",
        headers={"location": path + (f"?{urlencode(kept)}" if kept else "")},
    )


def _names_in(request: Request[Any, Any, Any], route: PublicAddress) -> dict[str, str]:
    """The names in the path. Raises NotInRecord for what no name holds and no database takes."""
    names = {name: str(value) for name, value in request.path_params.items()}
    for name in names.values():
        if not name.isprintable():
            raise NotInRecord(route.name, name)
    return names


def _query(route: PublicAddress, request: Request[Any, Any, Any]) -> dict[str, str]:
    """The parameters the route knows, each once, none empty. Raises QueryRefused."""
    known = {*route.parameters, *EVERYWHERE}
    query: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise QueryRefused(name, value, "unknown")
        if name in query:
            raise QueryRefused(name, value, "repeated")
        if value.strip():
            query[name] = value.strip()
    return query


def _asked_day(asked: str | None, today: date) -> date | None:
    """The past day asked for. Today has not ended, so it is the board as it stands: None.

    Raises QueryRefused.
    """
    if asked is None:
        return None
    try:
        # The pattern first: fromisoformat alone also takes 20240716 and 2024-W29-2, and one state
        # of a page has one address.
        day = date.fromisoformat(asked) if _DAY.fullmatch(asked) else None
    except ValueError:
        day = None
    # A year before that is a slip, and the calendar has to reach some months further back.
    if day is None or day.year < _FIRST_YEAR:
        raise QueryRefused("asof", asked, "not a date")
    if day > today:
        raise QueryRefused("asof", asked, "future")
    return day if day < today else None
