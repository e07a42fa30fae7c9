"""A demonstration served by processes of its own, and the system's Chromium to read it with."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from msgspec import Struct
from playwright.sync_api import Browser, sync_playwright

from web.addresses import PUBLIC
from web.visit import Language

ROOT = Path(__file__).parents[2]
EXERCISE = "exercice-keleya"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",  # root has none
    "--disable-gpu",
    # What Chromium would ask of its maker.
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Demonstration(Struct, frozen=True):
    """What `tracker demo` serves at `url`."""

    url: str

    def at(self, name: str, language: Language, **values: str) -> str:
        """The address of a public page."""
        return self.url + PUBLIC[name].path(language, **values)

    def exercise(self, language: Language) -> str:
        """The board of the exercise framework."""
        return f"{self.at('board', language)}?framework={EXERCISE}"

    def telling_pages(self, language: Language) -> list[str]:
        """Every kind of page, those of one thing with things that use all a page can show."""
        named = {
            "commitment": [
                {"reference": reference}
                for reference in ("EX-2024-001", "EX-2024-008", "EX-2025-001", "2024-001")
            ],
            "version": [{"reference": "EX-2024-001", "version": "3"}],
            "meeting": [{"slug": "2024-07-16-cicb"}, {"slug": "exercice-2024-02-14"}],
            "stakeholder": [{"slug": "commission-keleya"}],
            "topic": [{"slug": "revision-de-la-liste"}],
        }
        pages = [
            self.at(name, language, **values)
            for name in PUBLIC
            if name not in {"board_csv", "board_json"}
            for values in named.get(name, [{}])
        ]
        board = self.exercise(language)
        return [*pages, board, f"{board}&q=zzzz", f"{board}&asof=2025-01-15"]

    def every_page(self, language: Language) -> list[str]:
        """Those, and the page of each commitment, meeting, organisation and topic there is."""
        pages = self.telling_pages(language)
        found: list[str] = []
        for page in pages:
            found += re.findall(r'href="(/[^"?#]*)"', httpx.get(page).raise_for_status().text)
        kinds = ("commitment", "meeting", "stakeholder", "topic")
        patterns = [
            re.sub(r"\{\w+\}", "[^/]+", PUBLIC[kind].fr if language == "fr" else PUBLIC[kind].en)
            for kind in kinds
        ]
        of_things = [self.url + path for path in found if re.fullmatch("|".join(patterns), path)]
        return list(dict.fromkeys([*pages, *of_things]))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program's path; without one, these tests are skipped and say what to install."""
    executable = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if executable is None:
        pytest.skip(
            "There is no Chromium on this machine. To run the browser tests: "
            "apt-get install chromium (Debian), apt-get install chromium-browser (Ubuntu), "
            "or your system's package of Chromium."
        )
    return executable


# It asks for Chromium so as not to be started where nothing can read it.
@pytest.fixture(scope="session")
def demonstration(
    chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demonstration]:
    place = tmp_path_factory.mktemp("demonstration")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Nothing of the developer's own settings: they may name a real record.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    data_dir = place / "data"
    settings = {"TRACKER_DATA_DIR": str(data_dir), "TRACKER_PORT": str(port)}
    log = place / "log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "tracker", "demo"],
            cwd=ROOT,
            env=kept | settings,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as server,
    ):
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_ready(url, server, log)
            yield Demonstration(url)
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()
    # For root the cluster is kept elsewhere (tracker/embedded_postgres.py), where pytest does not
    # clean up.
    for link in data_dir.glob("postgres-*"):
        if link.is_symlink():
            shutil.rmtree(link.resolve(), ignore_errors=True)


def _wait_until_ready(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    patience = time.monotonic() + 90
    while time.monotonic() < patience and server.poll() is None:
        try:
            if httpx.get(f"{url}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    pytest.fail(f"The demonstration did not start:\n{log.read_text(errors='replace')}")


# Not for the whole session: while Playwright runs, its event loop is this thread's, and tests of
# other folders run loops of their own.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()
