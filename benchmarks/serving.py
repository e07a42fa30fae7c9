"""What the serving process weighs in memory, and what a page weighs on the line.

A real server of its own, as `tracker serve` starts it, on the population.
"""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import httpx

from benchmarks.figures import Figure

PAGES_READ = 300


def measure(database_url: str) -> list[Figure]:
    """Weights in kB of 1,000 bytes, headers not counted; memory in MB of 1,000,000 bytes."""
    with _server(database_url) as (address, process):
        first, later = _page_weights(address)
        with httpx.Client(base_url=address, timeout=30) as client:
            for number in range(1, PAGES_READ + 1):
                client.get(f"/?page={number}&sort=reference").raise_for_status()
        memory = _serving_memory(process.pid)
    return [
        _at_most("first visit of the board, brotli, everything", first, "kB", 20.0),
        _at_most("later visit of the board, brotli", later, "kB", 7.0),
        _at_most(f"memory of the serving process after {PAGES_READ} pages", memory, "MB", 150.0),
    ]


def _at_most(name: str, value: float, unit: str, bar: float) -> Figure:
    return Figure(
        name=name,
        value=value,
        unit=unit,
        reference_name="the bar",
        reference=bar,
        better="lower",
        bar=1.0,
    )


@contextmanager
def _server(database_url: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"TRACKER_DATABASE_URL": database_url, "TRACKER_PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tracker", "serve"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(address)
        yield address, process
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_ready(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{address}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise TimeoutError("The server did not become ready within a minute.")


def _page_weights(address: str) -> tuple[float, float]:
    """Of the board's first page: with all that it links to, and alone, which is a later visit.

    As it is sent from the second after it was made: until then it is packed fast and not well.
    """
    httpx.get(f"{address}/")
    time.sleep(3)
    with httpx.Client(headers={"accept-encoding": "br"}, timeout=30) as client:
        page, weight = _fetch(client, f"{address}/")
        linked = re.findall(r'(?:src|href)="(/static/[^"#]+)', page)
        assets = sum(_fetch(client, urljoin(address, path))[1] for path in dict.fromkeys(linked))
    return (weight + assets) / 1000, weight / 1000


def _fetch(client: httpx.Client, url: str) -> tuple[str, int]:
    with client.stream("GET", url) as response:
        response.raise_for_status()
        raw = b"".join(response.iter_raw())
        if response.headers.get("content-encoding") != "br":
            raise RuntimeError(f"{url} was not sent as brotli")
    return httpx.get(url).text, len(raw)


def _serving_memory(parent: int) -> float:
    """The resident memory of the worker that serves, the largest of the server's processes."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return max(_resident(int(pid)) for pid in [*children, str(parent)]) / 1_000_000


def _resident(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
