"""The whole application as a server runs it, asked without a network in between."""

import asyncio
import gzip
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

import brotli
import psycopg
from msgspec import Struct, json

from tests.projections.telling import reading_of
from tracker import bootstrap
from tracker.bootstrap import Services
from tracker.settings import Settings
from web.addresses import PUBLIC, PublicAddress
from web.app import build_app
from web.asgi import ASGIApp
from web.visit import Language

PUBLIC_URL = "https://registre.exemple.test"
LANGUAGES: tuple[Language, ...] = ("fr", "en")
DOWNLOADS = ("board_csv", "board_json")


class Reply(Struct, frozen=True):
    """An answer. Names of headers are in lower case; `raw` is the body as it was sent."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> bytes:
        match self.headers.get("content-encoding"):
            case "br":
                found: bytes = brotli.decompress(self.raw)
                return found
            case "gzip":
                return gzip.decompress(self.raw)
            case _:
                return self.raw

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def data(self) -> Any:
        return json.decode(self.body)

    @property
    def position(self) -> int:
        return int(self.headers["x-board-position"])


class Site:
    """One server process: one event loop, one page cache."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._loop = asyncio.new_event_loop()
        self.app: ASGIApp = build_app(services)

    def restart(self) -> None:
        """The same with nothing remembered."""
        self.app = build_app(self.services)

    def close(self) -> None:
        for task in asyncio.all_tasks(self._loop):  # pages that would be packed better later on
            task.cancel()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def get(self, target: str, /, **headers: str) -> Reply:
        return self.ask("GET", target, headers)

    def ask(self, method: str, target: str, headers: Mapping[str, str] | None = None) -> Reply:
        """`target` as a browser sends it: a path, percent-encoded, and perhaps a query."""
        scope = self._scope_of(method, target, headers or {})
        return self._loop.run_until_complete(_answered(self.app, scope))

    def get_all(self, *targets: str) -> list[Reply]:
        """What several readers get who ask at the same moment."""

        async def together() -> list[Reply]:
            scopes = (self._scope_of("GET", target, {}) for target in targets)
            return await asyncio.gather(*(_answered(self.app, scope) for scope in scopes))

        return self._loop.run_until_complete(together())

    def ask_raw(
        self, method: str, path: str, raw_path: bytes, query: bytes, headers: Mapping[str, str]
    ) -> Reply:
        scope = _scope(method, path, raw_path, query, headers)
        return self._loop.run_until_complete(_answered(self.app, scope))

    @staticmethod
    def _scope_of(method: str, target: str, headers: Mapping[str, str]) -> dict[str, Any]:
        path, _, query = target.partition("?")
        return _scope(method, unquote(path), path.encode(), query.encode(), headers)

    # ---- what there is to ask for

    @property
    def head(self) -> int:
        return self.services.ledger.head().position

    def every_address(self, language: Language) -> list[str]:
        """One address at least for each public route."""
        return [
            route.path(language, **values)
            for route in PUBLIC.values()
            for values in self._examples(route)
        ]

    def _examples(self, route: PublicAddress) -> list[dict[str, str]]:
        with reading_of(str(self.services.readings.conninfo)) as reading:
            if "{reference}" in route.fr:
                found = reading.execute("SELECT DISTINCT reference FROM board ORDER BY 1 LIMIT 5")
                named = [{"reference": reference} for (reference,) in found]
                versions = {"version": "1"} if "{version}" in route.fr else {}
                return [each | versions for each in named]
            if "{slug}" in route.fr:
                table = f"{route.name}s"
                query = f"SELECT DISTINCT slug FROM {table} ORDER BY 1"
                return [{"slug": slug} for (slug,) in reading.execute(query.encode())]
        return [{}]


def _scope(
    method: str, path: str, raw_path: bytes, query: bytes, headers: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": path,
        "raw_path": raw_path,
        "query_string": query,
        "root_path": "",
        "headers": [
            (b"host", b"registre.exemple.test"),
            *((k.replace("_", "-").lower().encode(), v.encode()) for k, v in headers.items()),
        ],
        "client": ("192.0.2.1", 1234),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }


async def _answered(app: ASGIApp, scope: dict[str, Any]) -> Reply:
    start: dict[str, Any] = {}
    body = bytearray()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            assert not start, "answered twice"
            start.update(message)
        else:
            body.extend(message.get("body", b""))

    await app(scope, receive, send)
    names = [name.decode().lower() for name, _ in start["headers"]]
    assert len(set(names)) == len(names), f"a header twice: {names}"
    values = [value.decode() for _, value in start["headers"]]
    return Reply(start["status"], dict(zip(names, values, strict=True)), bytes(body))


@contextmanager
def served(database_url: str, **settings: Any) -> Iterator[Site]:
    """The site of a database, with a follower and all."""
    chosen = Settings(database_url=database_url, public_url=PUBLIC_URL, **settings)
    with bootstrap.services(chosen) as services:
        site = Site(services)
        try:
            yield site
        finally:
            site.close()
            _hurry(services, database_url)


def _hurry(services: Services, database_url: str) -> None:
    """Both threads look whether they are to stop at each notification, or after two seconds."""
    services.follower._stopping.set()
    services.watch._stopping.set()
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("NOTIFY ledger")
        connection.execute("NOTIFY board")
