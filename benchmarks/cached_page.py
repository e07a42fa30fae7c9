"""How fast a kept page is served, beside nginx serving the same bytes from a file.

Both send the page of a 50-row board in brotli with the same headers, to as many connections, each
from one worker, over loopback; wrk asks them in turn, so that a slow moment of the machine slows
both. nginx is given what a careful administrator gives it (sendfile, an open file cache, no log).
The wrapper alone is timed too, without a server: what each reader costs in Python.
"""

import asyncio
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

import brotli

from benchmarks.figures import Figure
from projections.feed import Moment
from web.asgi import Answer, ASGIApp, Message, Receive, Scope, Send, whole_answer
from web.page_cache import CachedRoute, PageCache
from web.security_headers import SecurityHeaders, security_headers

CONNECTIONS = 64
_BROTLI_MODULE = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
# The command line's, but for the number of workers: one, as nginx gets one.
_GRANIAN = (
    "--interface asgi --loop uvloop --runtime-mode st --workers 1 --backlog 8192"
    " --backpressure 20000 --workers-kill-timeout 10 --log-level warning"
    " --factory benchmarks.cached_page:cached_site --host 127.0.0.1 --port"
).split()

_WORDS = """engagement échéance fichier électoral société civile réunion statut bureau vote rapport
public observation région cercle commune liste carte électeur formation agents calendrier mise jour
inscription contrôle comité veille guide langues nationales publier installer réviser preuve"""
_ROW = """<tr class="row" id="e-{0}"><th scope="row"><a class="reference" href="/engagements/{0}">
{0}</a></th><td class="promised"><a href="/engagements/{0}">{1}.</a></td><td class="owner"><a
href="/acteurs/{2}">{2}</a></td><td class="due"><time datetime="2026-07-{3}">{3} juillet 2026</time>
<span class="hint">dépassée de {4} jours</span></td>{5}<td class="flags"><span class="flag">En
retard</span><span class="flag">Sans nouvelles depuis {4} jours</span></td></tr>"""
_LANE = """<td class="lane"><span class="status status-{0}"><svg class="shape" width="16"
height="16" viewBox="0 0 16 16" aria-hidden="true"><use href="/static/shapes.svg#{0}"></use></svg>
{0}</span><span class="who">{1} évalue, le {2} juillet 2026</span></td>"""


def board_page() -> bytes:
    """HTML of some 60 kB, the same each time: 50 rows that repeat their markup, not their words."""
    chance, rows = random.Random(20240716), []
    for number in range(1, 51):
        words, days = chance.choices(_WORDS.split(), k=34), chance.choices(range(10, 32), k=4)
        lanes = _LANE.format(*words[:2], days[0]) + _LANE.format(*words[2:4], days[1])
        rows.append(_ROW.format(f"2024-{number:03}", " ".join(words), words[4], *days[2:], lanes))
    return f'<!doctype html><html lang="fr"><title>T</title><table>{"".join(rows)}'.encode()


def cached_site() -> PageCache:
    """What granian serves here: the cache before an application that has one page."""
    page, moment = board_page(), Moment(position=214, day=date(2026, 11, 23))
    route = CachedRoute(frozenset({"status", "asof"}))

    async def site(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-language", b"fr")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": page})

    return PageCache(
        SecurityHeaders(site, security_headers("https://example.org")),
        moment=lambda: moment,
        routes=lambda path: route if path == "/" else None,
        capacity_bytes=32 << 20,
    )


def measure(rounds: int = 12, slice_seconds: int = 1) -> list[Figure]:
    """Three figures: pages a second, CPU for each, and the wrapper's own Python. Takes about 30 s.

    Where nginx, its brotli module or wrk is missing it says so and gives none.
    """
    missing = [name for name in ("nginx", "wrk") if shutil.which(name) is None]
    if not _BROTLI_MODULE.exists():
        missing.append(str(_BROTLI_MODULE))
    if missing:
        print(f"cached page: not measured, {', '.join(missing)} not found on this machine")
        return []
    with tempfile.TemporaryDirectory() as directory, ExitStack() as stack:
        page = asyncio.run(whole_answer(cached_site(), _request()))
        port = _free_port()
        command = [sys.executable, "-m", "granian", *_GRANIAN, str(port)]
        ours = stack.enter_context(_started(command, port))
        theirs = stack.enter_context(_nginx(Path(directory), page))
        for server in (ours, theirs):
            _expect(server, page)
        slices = _take_turns(ours, theirs, rounds, slice_seconds)
    return [*_figures(*slices), asyncio.run(_figure_of_python(page))]


class _Server(NamedTuple):
    process: subprocess.Popen[bytes]
    port: int


class _Slice(NamedTuple):
    """One turn of one server: pages a second, and CPU seconds of all its processes for a page."""

    rate: float
    cpu: float


def _compared(ours: list[float], theirs: list[float]) -> tuple[float, float]:
    """Our median, and theirs as the median of the rounds' ratios has it: a neighbour who takes the
    machine for some seconds slows both halves of a round."""
    value = statistics.median(ours)
    return value, value / statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


def _figures(ours: list[_Slice], theirs: list[_Slice]) -> list[Figure]:
    same = "nginx, same bytes and headers"
    rate, rate_of_nginx = _compared([s.rate for s in ours], [s.rate for s in theirs])
    cpu, cpu_of_nginx = _compared([s.cpu for s in ours], [s.cpu for s in theirs])
    return [
        Figure(
            name=f"kept page, {CONNECTIONS} connections, one worker",
            value=rate,
            unit="pages/s",
            reference_name=same,
            reference=rate_of_nginx,
            bar=0.35,
            aim=0.5,
            note=f"median of {len(ours)} rounds",
        ),
        Figure(
            name="kept page, CPU of the server",
            value=cpu * 1e6,
            unit="µs",
            reference_name=same,
            reference=cpu_of_nginx * 1e6,
            better="lower",
            note="granian's two threads and nginx's one, user and system",
        ),
    ]


def _take_turns(
    ours: _Server, theirs: _Server, rounds: int, seconds: int
) -> tuple[list[_Slice], list[_Slice]]:
    slices: dict[_Server, list[_Slice]] = {ours: [], theirs: []}
    for server in slices:
        _ask_for(server, 1)
    for _ in range(rounds):
        for server in random.sample(list(slices), 2):
            slices[server].append(_ask_for(server, seconds))
    return slices[ours], slices[theirs]


def _ask_for(server: _Server, seconds: int) -> _Slice:
    before = _cpu_seconds(server.process.pid)
    report = subprocess.run(
        [
            *("wrk", "--threads", "1", "--connections", str(CONNECTIONS)),
            *("--duration", f"{seconds}s", "--header", "Accept-Encoding: br"),
            f"http://127.0.0.1:{server.port}/",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    spent = _cpu_seconds(server.process.pid) - before
    pages = re.search(r"(\d+) requests in", report)
    rate = re.search(r"Requests/sec: +([\d.]+)", report)
    if pages is None or rate is None or "Non-2xx" in report or "Socket errors" in report:
        raise RuntimeError(f"wrk got something else than pages:\n{report}")
    return _Slice(float(rate[1]), spent / int(pages[1]))


def _cpu_seconds(process: int) -> float:
    """What `process` and its descendants have used, in user and system mode."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    spent = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    for task in Path(f"/proc/{process}/task").iterdir():
        spent += sum(_cpu_seconds(int(child)) for child in (task / "children").read_text().split())
    return spent


@contextmanager
def _nginx(directory: Path, page: Answer) -> Iterator[_Server]:
    """nginx with the page as a brotli file; it sends those headers that it does not make itself."""
    (directory / "index.html").write_bytes(brotli.decompress(page.body))
    (directory / "index.html.br").write_bytes(page.body)
    its_own = (b"content-type", b"content-length", b"content-encoding", b"etag")
    others = ((n.decode(), v.decode()) for n, v in page.headers if n not in its_own)
    added = "".join(f'add_header {name} "{value}";' for name, value in others)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {directory};" for kind in kinds)
    port = _free_port()
    configuration = directory / "nginx.conf"
    # As root its worker would become an account that may not read a temporary directory.
    configuration.write_text(
        f"load_module {_BROTLI_MODULE};{'user root;' if os.geteuid() == 0 else ''}"
        f"daemon off; worker_processes 1; pid {directory}/pid; error_log stderr error;"
        "events { worker_connections 4096; } http { access_log off; sendfile on; tcp_nopush on;"
        f"keepalive_requests 1000000000; types {{ text/html html; }} {temporary}"
        "open_file_cache max=100; open_file_cache_valid 60s; brotli_static on;"
        f"server {{ listen 127.0.0.1:{port}; root {directory}; {added} }} }}"
    )
    with _started(["nginx", "-c", str(configuration), "-p", str(directory)], port) as server:
        yield server


@contextmanager
def _started(command: list[str], port: int) -> Iterator[_Server]:
    process = subprocess.Popen(command, cwd=Path(__file__).parent.parent)
    try:
        for _ in range(200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if process.poll() is not None:
                raise RuntimeError(f"{command[0]} ended with {process.returncode}")
            time.sleep(0.05)
        else:
            raise TimeoutError(f"{command[0]} did not listen within ten seconds")
        yield _Server(process, port)
    finally:
        process.terminate()
        process.wait(timeout=15)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _request() -> Scope:
    """What granian makes of a browser's request, in what the wrapper reads of it."""
    names = (b"host", b"user-agent", b"accept", b"accept-language", b"connection")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "headers": [*((name, b"of a browser") for name in names), (b"accept-encoding", b"br")],
    }


def _expect(server: _Server, page: Answer) -> None:
    """Raises RuntimeError when `server` sends other bytes, or lacks a header: two answers that
    differ are not to be compared."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/", headers={"Accept-Encoding": "br"})
    answer = connection.getresponse()
    sent = {name.lower().encode() for name, _ in answer.getheaders()}
    if answer.read() != page.body or not sent >= dict(page.headers).keys():
        raise RuntimeError(f"Port {server.port} sends another answer than the page cache")
    connection.close()


async def _figure_of_python(page: Answer) -> Figure:
    async def bare(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": page.headers})
        await send({"type": "http.response.body", "body": page.body})

    return Figure(
        name="kept page, Python alone",
        value=await _seconds_each(cached_site()) * 1e6,
        unit="µs",
        reference_name="sending the same, nothing looked up",
        reference=await _seconds_each(bare) * 1e6,
        better="lower",
    )


async def _seconds_each(app: ASGIApp, requests: int = 20_000, rounds: int = 7) -> float:
    """Seconds a request takes in `app`: the best round, since disturbances only add to it."""
    request = _request()
    await whole_answer(app, request)

    async def exchange(message: Message | None = None) -> Message:
        return {}

    best = float("inf")
    for _ in range(rounds):
        started = time.perf_counter()
        for _ in range(requests):
            await app(request, exchange, exchange)
        best = min(best, time.perf_counter() - started)
    return best / requests
