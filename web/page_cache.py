"""Public pages as finished bytes: an ASGI wrapper that answers them before the application does.

A public page is a pure function of (path, canonical query, moment, fragment or page); the language
is in the path. On a miss the application is asked with a request rebuilt from that key, so that no
header, cookie or spelling of one reader can end up in another reader's page.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from msgspec import Struct

from projections.feed import Moment
from web.asgi import (
    Answer,
    ASGIApp,
    RawHeaders,
    Receive,
    Scope,
    Send,
    anonymous_request,
    whole_answer,
)
from web.negotiation import (
    Variant,
    canonical_query,
    chosen,
    day_asked,
    encoded,
    tightened,
    variants,
    wants_fragment,
)
from web.security_headers import with_missing

LONGEST_QUERY = 2048  # bytes; no address of ours comes near
_SPELLINGS_KEPT = 8
_SECONDS_LEFT_ALONE = 2.0
_COMPRESSED_ASIDE = 16_384  # bytes: half a millisecond, about what the way to a thread costs

_STAYS_AFTER = 1.0  # seconds: where events follow each other faster, packing well is wasted
_MOST_TIGHTENED = 64  # waiting at once; a crawler that reads everything must not queue up minutes

# Stored anywhere but asked about before each use: redacted text must not live on in a proxy.
_CACHE_CONTROL = (b"cache-control", b"public, no-cache")
_FRAGMENT = ((b"hx-request", b"true"),)
_DECIDED_HERE = frozenset((b"content-length", b"etag", b"vary"))

PageKey = tuple[str, str, bool]  # path, canonical query, whether it is the fragment
Spelling = tuple[str, bytes, bool]  # path, query as sent, whether it is the fragment


class CachedRoute(NamedTuple):
    """A public page. `parameters` are the names of all query parameters it knows."""

    parameters: frozenset[str]


class Kept(Struct, eq=False):
    """A page in every encoding, as it was at `shown`.

    `good_for` is the live moment it was last found right for: for a page of the past, one after
    `shown`. `size` is in bytes and counts whatever is held for it.
    """

    page: PageKey
    shown: Moment
    good_for: Moment
    variants: tuple[Variant, ...]
    size: int
    spellings: list[Spelling]


class PageCache:
    """Answers GET and HEAD of public pages from memory; everything else passes untouched.

    - `moment` gives the record as this process knows it, today; `edition` a number that changes
      once pages of the past have (a redaction, a rebuild), not before: all pages are then forgotten
      and removed text is not served from memory. Both are read at every request, without I/O.
    - `routes` gives the public page at a path, or None.
    - `capacity_bytes` bounds what is held; pages unread for longest go first, and so do those of
      earlier moments, which nobody reads any more.
    - `position_of` gives the position at the end of a past day, where that is known without I/O:
      a page `?asof=` that day survives new events. Where it is None, new events replace the page.
    - `headers` are added to public pages that lack them.

    The application finds in scope["state"] the live `moment` to show, or to go back from, and
    `fragment`; for a query to be refused, `unknown_parameters` (unknown or repeated names) or
    `query_too_long`, and answers 422. When it answers 503 the page of an earlier moment is served,
    as X-Board-Position tells, and pages that have one do not ask it again for two seconds.
    What it raises is raised to every reader waiting for that page. One event loop, one cache.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        moment: Callable[[], Moment],
        routes: Callable[[str], CachedRoute | None],
        capacity_bytes: int,
        position_of: Callable[[date], int | None] = lambda day: None,
        edition: Callable[[], int] = lambda: 0,
        headers: RawHeaders = (),
    ) -> None:
        self.hits = self.misses = self.stale_hits = self.held_bytes = 0
        self._app = app
        self._moment = moment
        self._routes = routes
        self._capacity = capacity_bytes
        self._position_of = position_of
        self._current_edition = edition
        self._edition = edition()
        self._headers = (*headers, _CACHE_CONTROL)
        self._pages: OrderedDict[PageKey, Kept] = OrderedDict()
        self._known: dict[Spelling, Kept] = {}
        self._renders: dict[tuple[PageKey, Moment, int], asyncio.Task[Kept | Answer]] = {}
        self._ask_again_at = 0.0
        self._tightening: set[asyncio.Task[None]] = set()
        self._one_at_a_time = asyncio.Lock()

    def statistics(self) -> dict[str, int]:
        """For /health. A miss is a request that had to wait; a stale hit got an earlier moment."""
        return {
            "hits": self.hits,
            "misses": self.misses,
            "stale_hits": self.stale_hits,
            "pages": len(self._pages),
            "bytes": self.held_bytes,
            "capacity_bytes": self._capacity,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Every reader passes here: what is cheap once is not cheap thousands of times a second.
        if scope["type"] != "http" or (method := scope["method"]) not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        if self._edition != (edition := self._current_edition()):
            self._forget_everything(edition)
        headers: dict[bytes, bytes] = dict(scope["headers"])
        fragment = b"hx-request" in headers and wants_fragment(headers)
        spelling = (scope["path"], scope["query_string"], fragment)
        moment = self._moment()
        known = self._known.get(spelling)
        if known is not None and known.good_for == moment:
            self.hits += 1
            self._pages.move_to_end(known.page)
            answer = chosen(known.variants, headers)
        else:
            found = await self._look_further(scope, spelling, moment)
            if found is None:
                await self._app(scope, receive, send)
                return
            answer = chosen(found.variants, headers) if isinstance(found, Kept) else found
        status, body = answer.status, b"" if method == "HEAD" else answer.body
        await send({"type": "http.response.start", "status": status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": body})

    async def _look_further(
        self, scope: Scope, spelling: Spelling, moment: Moment
    ) -> Kept | Answer | None:
        """None where the application answers for itself: no public page, or a query to refuse."""
        path, raw_query, fragment = spelling
        route = self._routes(path)
        if route is None:
            return None
        if len(raw_query) > LONGEST_QUERY:
            scope["state"] = {**scope.get("state", {}), "query_too_long": True}
            return None
        query, refused = canonical_query(raw_query, route.parameters)
        if refused:
            scope["state"] = {**scope.get("state", {}), "unknown_parameters": refused}
            return None
        page, asof = (path, urlencode(query), fragment), day_asked(query)
        found: Kept | Answer | None = self._pages.get(page)
        if isinstance(found, Kept) and found.shown == self._shown(asof, moment):
            self.hits += 1
            self._pages.move_to_end(page)
        else:
            found = await self._older_or_new(scope, page, asof, moment)
        if isinstance(found, Kept) and found.shown == self._shown(asof, moment):
            self._learn(found, spelling, moment)
        return found

    def _shown(self, asof: date | None, moment: Moment) -> Moment:
        if asof is None or asof >= moment.day:
            return moment
        position = self._position_of(asof)
        return moment if position is None else Moment(position, asof)

    async def _older_or_new(
        self, scope: Scope, page: PageKey, asof: date | None, moment: Moment
    ) -> Kept | Answer:
        older = self._pages.get(page)
        clock = asyncio.get_running_loop().time
        if older is not None and clock() < self._ask_again_at:
            self.stale_hits += 1
            return older
        self.misses += 1
        flight = (page, self._shown(asof, moment), self._edition)
        task = self._renders.get(flight)
        if task is None:
            # A task of its own: the reader who came first may leave without failing the others.
            request = anonymous_request(scope, page[0], page[1], _FRAGMENT if page[2] else ())
            request["state"].update(moment=moment, fragment=page[2])
            task = asyncio.create_task(self._render(request, page, asof, self._edition))
            self._renders[flight] = task
            task.add_done_callback(lambda _: self._renders.pop(flight))
        found = await asyncio.shield(task)
        older = self._pages.get(page)
        if older is not None and isinstance(found, Answer) and found.status == 503:
            self._ask_again_at = clock() + _SECONDS_LEFT_ALONE
            self.stale_hits += 1
            return older
        return found

    async def _render(
        self, request: Scope, page: PageKey, asof: date | None, edition: int
    ) -> Kept | Answer:
        answer = await whole_answer(self._app, request)
        if not _may_be_kept(answer):
            return answer
        if len(answer.body) > _COMPRESSED_ASIDE:
            bodies = await asyncio.to_thread(encoded, answer.body)
        else:
            bodies = encoded(answer.body)
        moment: Moment = request["state"]["moment"]
        # Rendering may be what made the position of a past day known. It counts if it is the one
        # the page says it shows: that day may still have been going on when it was read.
        shown = self._shown(asof, moment)
        position = (b"x-board-position", b"%d" % shown.position)
        if dict(answer.headers).get(*position) != position[1]:
            shown = moment
        fields = (field for field in answer.headers if field[0] not in _DECIDED_HERE)
        headers = with_missing(fields, (*self._headers, position))
        kept = Kept(page, shown, shown, variants(bodies, headers), 0, [])
        kept.size = _size(kept)
        # A quarter: one huge download must not empty the cache of all other pages. And an edition
        # that ended during the render may have ended because of what this page shows.
        if kept.size <= self._capacity // 4 and edition == self._edition:
            self._forget(page)
            self._pages[page] = kept
            self._grow(kept.size)
            if len(self._tightening) < _MOST_TIGHTENED:
                task = asyncio.create_task(self._tighten(page, kept.shown))
                self._tightening.add(task)
                task.add_done_callback(self._tightening.discard)
        return kept

    async def _tighten(self, page: PageKey, shown: Moment) -> None:
        """The first reader gets a page packed fast; those of a page that stays, one packed well."""
        await asyncio.sleep(_STAYS_AFTER)
        async with self._one_at_a_time:
            kept = self._pages.get(page)  # by name: waiting must not keep what the cache let go
            if kept is None or kept.shown != shown:
                return
            br, *others = kept.variants
            if br.whole.body is others[-1].whole.body:
                return  # so short that nothing is gained
            br = await asyncio.to_thread(tightened, br, others[-1].whole.body)
            if self._pages.get(page) is kept:
                kept.variants = (br, *others)
                before, kept.size = kept.size, _size(kept)
                self._grow(kept.size - before)

    def _learn(self, kept: Kept, spelling: Spelling, moment: Moment) -> None:
        if self._pages.get(kept.page) is not kept:
            return
        kept.good_for = moment
        if spelling in self._known:
            return
        # The oldest goes, so that odd spellings cannot shut out the one that everybody uses.
        if len(kept.spellings) == _SPELLINGS_KEPT:
            del self._known[kept.spellings.pop(0)]
        kept.spellings.append(spelling)
        self._known[spelling] = kept
        before, kept.size = kept.size, _size(kept)
        self._grow(kept.size - before)

    def _grow(self, size: int) -> None:
        self.held_bytes += size
        while self.held_bytes > self._capacity:
            self._forget(next(iter(self._pages)))

    def _forget(self, page: PageKey) -> None:
        kept = self._pages.pop(page, None)
        if kept is not None:
            self.held_bytes -= kept.size
            for spelling in kept.spellings:
                del self._known[spelling]

    def _forget_everything(self, edition: int) -> None:
        self._pages.clear()
        self._known.clear()
        self.held_bytes = 0
        self._edition = edition


def _may_be_kept(answer: Answer) -> bool:
    """Raises RuntimeError for a page that sets a cookie: all who wait for it would get that one."""
    fields = dict(answer.headers)
    if b"set-cookie" in fields:
        raise RuntimeError("A public page set a cookie")
    control = fields.get(b"cache-control", b"")
    personal = b"no-store" in control or b"private" in control
    return answer.status == 200 and not personal and b"content-encoding" not in fields


def _size(kept: Kept) -> int:
    """Bytes held for a page, with what Python adds to each object, rounded up."""
    size = 2_000 + 4 * len(kept.page[0]) + len(kept.page[1])
    size += sum(300 + 4 * len(path) + len(query) for path, query, _ in kept.spellings)
    # A set, since encodings that would gain nothing share one body.
    size += sum(len(body) for body in {variant.whole.body for variant in kept.variants})
    pairs = (pair for variant in kept.variants for pair in variant.whole.headers)
    return size + sum(150 + len(name) + len(value) for name, value in pairs)
