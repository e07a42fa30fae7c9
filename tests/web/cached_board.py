"""A site behind the page cache, and its readers."""

import asyncio
from collections.abc import Callable
from datetime import date

from projections.feed import Moment
from web.asgi import Answer, Receive, Scope, Send, whole_answer
from web.page_cache import CachedRoute, PageCache

YESTERDAY, TODAY, TOMORROW = date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 24)
ROUTE = CachedRoute(frozenset({"status", "owner", "asof", "q"}))


class Site:
    """Stands for the application: its page is a text that says what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Scope] = []
        self.status = 200
        self.headers: list[tuple[bytes, bytes]] = [(b"Content-Type", b"text/html; charset=utf-8")]
        self.failure: Exception | None = None
        self.gate: asyncio.Event | None = None
        self.body: Callable[[Scope], bytes] = self.text

    def text(self, scope: Scope) -> bytes:
        state = scope.get("state", {})
        said = f"{scope['path']} {scope['query_string']} {state.get('moment')} {len(self.asked)}"
        return (said * 40).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(scope)
        if self.gate is not None:
            await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        start = {"type": "http.response.start", "status": self.status, "headers": self.headers}
        await send(start)
        body = self.body(scope)
        await send({"type": "http.response.body", "body": body[:5], "more_body": True})
        await send({"type": "http.response.body", "body": body[5:]})


class Board:
    """A site behind the cache, and a reader."""

    def __init__(self, runner: asyncio.Runner, capacity_bytes: int = 1_000_000) -> None:
        self.runner = runner
        self.site = Site()
        self.moment = Moment(position=5, day=TODAY)
        self.edition = 0
        self.past: dict[date, int] = {}
        self.looked_up = 0
        self.cache = PageCache(
            self.site,
            moment=lambda: self.moment,
            edition=lambda: self.edition,
            routes=self.route,
            capacity_bytes=capacity_bytes,
            position_of=self.past.get,
            headers=((b"x-policy", b"strict"), (b"content-language", b"fr")),
        )

    def route(self, path: str) -> CachedRoute | None:
        self.looked_up += 1
        return None if path.startswith("/espace") else ROUTE

    async def ask(self, address: str, method: str = "GET", **headers: str) -> Answer:
        path, _, query = address.partition("?")
        pairs = [(name.replace("_", "-").encode(), v.encode()) for name, v in headers.items()]
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": pairs,
            "state": {"a": 1},
        }
        return await whole_answer(self.cache, scope)

    def get(self, address: str, method: str = "GET", **headers: str) -> Answer:
        return self.runner.run(self.ask(address, method, **headers))

    def get_at_once(self, *addresses: str) -> list[Answer | BaseException]:
        """The answers to readers who all come while the first page is still being made."""

        async def rush() -> list[Answer | BaseException]:
            self.site.gate = asyncio.Event()
            readers = [asyncio.create_task(self.ask(address)) for address in addresses]
            await asyncio.sleep(0.01)
            self.site.gate.set()
            return await asyncio.gather(*readers, return_exceptions=True)

        return self.runner.run(rush())

    @property
    def made(self) -> int:
        return len(self.site.asked)


def field(answer: Answer, name: str) -> str:
    values = [value.decode() for known, value in answer.headers if known == name.encode()]
    assert len(values) == 1, f"{name}: {values}"
    return values[0]
