"""Whatever is asked for, the answer is a page or a reason: never a fault of ours, never a hang."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote, quote_from_bytes, unquote

import pytest

from tests.conftest import Server
from tests.lively_record import lively_record, record
from tests.projections.telling import installed
from tests.web.served_site import LANGUAGES, Reply, Site, served
from web.addresses import BOARD_PARAMETERS, EVERYWHERE

REQUESTS = 10_000
ALLOWED = {200, 302, 304, 404, 405, 422}
LONGEST_WAIT = 5.0
"""Seconds for one request, on a machine that does other things."""

PARAMETERS = (*BOARD_PARAMETERS, *EVERYWHERE, "before", "nix", "utm_source", "")
VALUES = (
    "",
    "1",
    "0",
    "2",
    "-1",
    "in_progress",
    "divergent",
    "unknown",
    "changed",
    "due",
    "reference",
    "organisation-1",
    "organisation-6",
    "calendrier",
    "reunion-1",
    "concertation",
    "exercice",
    "2024-05-01",
    "2024-02-30",
    "0001-01-01",
    "9999-12-31",
    "élection",
    "القائمة",
    "2024-0",
    "%",
    "\\",
    "'",
    "--",
    "\0",
    "\u202e",
    "\ufffe",
    "\U0001f5f3",
    "9" * 40,
    "a" * 300,
)


class AnyRequest:
    """Requests that make some sense, little sense, or none."""

    def __init__(self, site: Site, seed: int) -> None:
        self.chance = random.Random(seed)
        self.addresses = [a for language in LANGUAGES for a in site.every_address(language)]

    def target(self) -> tuple[str, bytes]:
        """A path as the application gets it, and a query."""
        drawn = self.chance.random()
        path = unquote(self.chance.choice(self.addresses))
        if drawn < 0.15:
            path = self._broken(path)
        elif drawn < 0.25:
            path = "/" + self._text(30)
        return path, self._query()

    def _broken(self, path: str) -> str:
        at = self.chance.randrange(len(path))
        put = self.chance.choice(("", "/", "//", "..", "%", "?", "\0", " ", "é", "\n", ";", "{x}"))
        return path[:at] + put + path[at + self.chance.randrange(3) :] or "/"

    def _query(self) -> bytes:
        drawn = self.chance.random()
        if drawn < 0.1:
            return b""
        if drawn < 0.2:
            return self.chance.randbytes(self.chance.randrange(80))
        if drawn < 0.22:
            return self._text(3_000).encode("utf-8", "surrogatepass")
        pairs = (self._pair() for _ in range(self.chance.choice((1, 1, 1, 2, 3, 6))))
        return self.chance.choice((b"&", b"&", b"&&", b";")).join(pairs)

    def _pair(self) -> bytes:
        name = self.chance.choice(PARAMETERS) if self.chance.random() < 0.9 else self._text(5)
        value = self.chance.choice(VALUES) if self.chance.random() < 0.7 else self._text(20)
        written = quote(name, errors="surrogatepass") + "=" + quote(value, errors="surrogatepass")
        if self.chance.random() < 0.05:
            written = written.replace("%", "%%", 1).replace("=", "", 1)
        if self.chance.random() < 0.05:
            written += quote_from_bytes(self.chance.randbytes(4))
        return written.encode()

    def _text(self, most: int) -> str:
        ranges = ((0, 0x80), (0x80, 0x800), (0x600, 0x700), (0x7C0, 0x800), (0, 0x11_0000))
        start, end = self.chance.choice(ranges)
        drawn = (self.chance.randrange(start, end) for _ in range(self.chance.randrange(most)))
        # A server hands paths over as text that was UTF-8; halves of characters cannot be there.
        return "".join(chr(each) for each in drawn if not 0xD800 <= each < 0xE000)

    def headers(self) -> dict[str, str]:
        choices = {
            "accept-encoding": ("br", "gzip;q=0", "*;q=2", ",,;", "identity;q=0, *;q=0", "x" * 400),
            "if-none-match": ("*", '"x"', "W/", '"' * 9, ""),
            "hx-request": ("true", "1", ""),
            "hx-request-type": ("full", "partial"),
            "accept-language": ("bm, fr;q=0.5", "*"),
            "cookie": ("session=stolen",),
            "range": ("bytes=0-10", "bytes=-"),
            "x-forwarded-for": ("203.0.113.9",),
        }
        return {
            name: self.chance.choice(values)
            for name, values in choices.items()
            if self.chance.random() < 0.15
        }


@pytest.fixture(scope="module")
def site(postgres: Server) -> Iterator[Site]:
    with installed(postgres) as url:
        record(url, lively_record(acts=45))
        with served(url) as site:
            assert site.services.watch.wait_for(54, timeout=30)
            yield site


@pytest.mark.timeout(300)
def test_ten_thousand_requests_of_any_kind_never_fail(site: Site) -> None:
    asked, seen, slowest = AnyRequest(site, seed=20240716), Counter[int](), 0.0
    for _ in range(REQUESTS):
        (path, query), headers = asked.target(), asked.headers()
        method = asked.chance.choice(("GET", "GET", "GET", "GET", "HEAD", "POST"))
        begun = time.monotonic()
        reply = site.ask_raw(method, path, quote(path).encode(), query, headers)
        slowest = max(slowest, time.monotonic() - begun)
        seen[reply.status] += 1
        _check(reply, f"{method} {path!r} {query!r} {headers}")
    assert slowest < LONGEST_WAIT
    # Neither all refused nor all served: the requests are of every kind.
    assert min(seen[200], seen[404], seen[405], seen[422]) > REQUESTS // 50, seen


def _check(reply: Reply, request: str) -> None:
    assert reply.status in ALLOWED, f"{reply.status} for {request}"
    assert "content-security-policy" in reply.headers, request
    assert "set-cookie" not in reply.headers, request
    if reply.status in {404, 405, 422}:
        assert reply.headers["content-type"].startswith("text/html"), request
    location = reply.headers.get("location", "/")
    assert location.startswith("/"), request
    assert not location.startswith("//"), request


def test_the_memory_of_odd_requests_is_bounded(postgres: Server) -> None:
    with installed(postgres) as url:
        record(url, lively_record(acts=30))
        with served(url, page_cache_mb=1) as site:
            for number in range(120):
                site.get(f"/?q={'mot' * 20}{number}")
                site.get(f"/{'&' * number}?")
            report = site.get("/health").data["page_cache"]
            assert report["bytes"] <= report["capacity_bytes"] == 1_000_000
