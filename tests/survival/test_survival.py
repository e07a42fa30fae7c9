"""Real processes, killed with -9 while people send commands. Whatever was acknowledged is recorded,
once; what was sent again is not recorded again; the board catches up by itself."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import Server
from tests.invariants import check, notes
from tests.projections.telling import installed
from tests.survival.submitting_server import set_the_scene, submit
from tracker import projecting
from tracker.application import Application
from tracker.embedded_postgres import EmbeddedPostgres
from tracker.ledger import Ledger, Receipt

pytestmark = [pytest.mark.survival, pytest.mark.timeout(180)]

BY_AND_BY = 60.0
"""Seconds after which a test gives up: generous, because the machine may do other things."""

Acknowledged = dict[str, Receipt]


def eventually(holds: Callable[[], bool], within: float = BY_AND_BY) -> None:
    give_up_at = time.monotonic() + within
    while not holds():
        assert time.monotonic() < give_up_at, "it did not happen"
        time.sleep(0.02)


# ---- processes


class SubmittingServer:
    """One process that follows the ledger and submits for many clients."""

    def __init__(self, url: str, name: str, *, clients: int, most: int) -> None:
        self.name = name
        self.acknowledged: Acknowledged = {}
        command = [sys.executable, "-m", "tests.survival.submitting_server", url, name]
        self._process = subprocess.Popen(
            [*command, str(clients), "0", str(most)], stdout=subprocess.PIPE, text=True
        )
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.endswith("\n"):
                key, first, last = line.split()
                self.acknowledged[key] = Receipt(int(first), int(last))

    def killed_after(self, acknowledged: int) -> Acknowledged:
        eventually(lambda: len(self.acknowledged) >= acknowledged)
        assert self._process.poll() is None, "it ended before it could be killed"
        self._process.kill()
        return self.outcome(ended_by=-signal.SIGKILL)

    def outcome(self, ended_by: int = 0) -> Acknowledged:
        assert self._process.wait(timeout=BY_AND_BY) == ended_by
        self._reading.join()
        assert self._process.stdout is not None
        self._process.stdout.close()
        return self.acknowledged


class WebServer:
    """`tracker serve`, as an operator starts it, in a process group of its own."""

    def __init__(self, **settings: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TRACKER_")}
        # One name for all, as behind a load balancer: it stands on pages, in what is to be cited.
        environment |= {"TRACKER_PUBLIC_URL": "https://registre.exemple.test"}
        environment |= {"TRACKER_PORT": str(self.port), **settings}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tracker", "serve"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def get(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Status 0: nobody answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, headers, answer.read()
        except (OSError, HTTPException):
            return 0, {}, b""
        finally:
            connection.close()

    def health(self) -> dict[str, Any]:
        status, _, body = self.get("/health")
        found: dict[str, Any] = json.loads(body) if status else {"status": "no answer"}
        return found

    def shows(self, position: int) -> bool:
        return self.get("/")[1].get("x-board-position") == str(position)

    def kill(self) -> None:
        """All its processes at once, as when the machine's memory is short."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=BY_AND_BY)


@contextmanager
def web_server(**settings: str) -> Iterator[WebServer]:
    server = WebServer(**settings)
    try:
        yield server
    finally:
        server.stop()


class Clients:
    """Sixteen people at forms, in this process; whoever gets no answer sends the same again."""

    def __init__(self, url: str, name: str) -> None:
        self._ledger = Ledger(url, patience=1.0)
        self.application = Application(self._ledger)
        self.acknowledged: Acknowledged = {}
        self._name, self._done = name, threading.Event()
        self._pool = ThreadPoolExecutor(16)
        self._running: list[Any] = []

    def start(self) -> None:
        self._running = [self._pool.submit(self._send, client) for client in range(16)]

    def _send(self, client: int) -> None:
        number = 0
        while not self._done.is_set():
            key = f"{self._name}/{client}/{number}"
            try:
                self.acknowledged[key] = submit(self.application, key, client)
            except Exception:  # noqa: BLE001 - whatever a person sees, they send the form again
                time.sleep(0.1)
            else:
                number += 1

    def have_sent(self, more: int) -> None:
        """Returns once `more` further commands were acknowledged."""
        until = len(self.acknowledged) + more
        eventually(lambda: len(self.acknowledged) >= until)

    def stop(self) -> Acknowledged:
        self._done.set()
        for each in self._running:
            each.result(timeout=BY_AND_BY)
        self._pool.shutdown()
        self._ledger.close()
        return self.acknowledged


@pytest.fixture
def url(postgres: Server) -> Iterator[str]:
    with installed(postgres) as url:
        ledger = Ledger(url)
        set_the_scene(Application(ledger))
        ledger.close()
        yield url


def check_everything(url: str, *acknowledged: Acknowledged) -> int:
    together: Acknowledged = {}
    for each in acknowledged:
        # Whoever sends a command again is told the same positions, whoever answers.
        for key in together.keys() & each.keys():
            assert (together[key].first, together[key].last) == (each[key].first, each[key].last)
        together |= each
    counted = notes(url)
    assert [key for key in together if counted[key] != 1] == []
    assert [note for note, times in counted.items() if times != 1] == []
    return check(url, together)


def reaches(url: str, position: int) -> bool:
    with psycopg.connect(url, autocommit=True) as connection:
        return projecting.progress(connection).position == position


# ---- the tests


def test_a_server_killed_in_the_middle_of_two_hundred_commands_loses_none(url: str) -> None:
    outcomes = []
    for kill_after in (40, 300):
        server = SubmittingServer(url, "forms", clients=200, most=1_000)
        outcomes.append(server.killed_after(kill_after))
    # Started once more, it is sent everything again: what was recorded, and what was not.
    everything = SubmittingServer(url, "forms", clients=200, most=2).outcome()
    head = check_everything(url, *outcomes, everything)
    assert len(everything) == 400
    assert reaches(url, head)


def test_postgresql_killed_under_load_loses_nothing_and_comes_back(tmp_path: Path) -> None:
    with ExitStack() as stack:
        stack.callback(_remove_cluster, tmp_path)
        database = stack.enter_context(EmbeddedPostgres(tmp_path))
        server = stack.enter_context(web_server(TRACKER_DATA_DIR=str(tmp_path)))
        eventually(lambda: server.health()["status"] == "ready")
        clients = Clients(database.url, "forms")
        set_the_scene(clients.application)
        clients.start()
        try:
            clients.have_sent(100)
            for victim in ("postmaster", "a child"):
                before = _ages_of_connections(database)
                _kill_postgres(database, victim)
                # Nobody lifts a finger: the server that uses it starts it again.
                clients.have_sent(100)
                assert not before & _ages_of_connections(database), "nothing was killed"
        finally:
            acknowledged = clients.stop()
        head = check_everything(database.url, acknowledged)
        eventually(lambda: server.shows(head))
        eventually(lambda: server.health()["status"] == "ready")


def _kill_postgres(database: EmbeddedPostgres, victim: str) -> None:
    """The postmaster, or a process of it: PostgreSQL then ends all others and recovers."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        query = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
        children = [pid for (pid,) in connection.execute(query)]
        (data,) = connection.execute("SHOW data_directory").fetchone() or ("",)
        postmaster = int(Path(data, "postmaster.pid").read_text().split()[0])
    os.kill(postmaster if victim == "postmaster" else children[0], signal.SIGKILL)


def _ages_of_connections(database: EmbeddedPostgres) -> set[object]:
    with psycopg.connect(database.url, autocommit=True) as connection:
        query = "SELECT backend_start FROM pg_stat_activity WHERE backend_type = 'client backend'"
        return {started for (started,) in connection.execute(query)}


def _remove_cluster(data_dir: Path) -> None:
    # For root it is kept elsewhere, where pytest does not clean up.
    for link in data_dir.glob("postgres-*"):
        if link.is_symlink():
            shutil.rmtree(link.resolve(), ignore_errors=True)


def test_two_servers_on_one_database_record_each_command_once(url: str) -> None:
    first = SubmittingServer(url, "forms", clients=40, most=1_000)
    # The same people behind another load balancer: every command reaches both.
    second = SubmittingServer(url, "forms", clients=40, most=8)
    killed = first.killed_after(120)
    outcome = second.outcome()
    head = check_everything(url, killed, outcome)
    assert len(outcome) == 320
    assert killed.keys() & outcome.keys()
    assert reaches(url, head)


def test_two_web_servers_show_the_same_and_one_succeeds_the_other(url: str) -> None:
    with web_server(TRACKER_DATABASE_URL=url) as first, ExitStack() as stack:
        eventually(lambda: first.health()["status"] == "ready")
        second = stack.enter_context(web_server(TRACKER_DATABASE_URL=url))
        eventually(lambda: second.health()["status"] == "ready")
        clients = Clients(url, "forms")
        clients.start()
        try:
            clients.have_sent(60)
            first.kill()  # the one that was there first leads
            clients.have_sent(60)
        finally:
            acknowledged = clients.stop()
        with psycopg.connect(url) as connection:
            (head,) = connection.execute("SELECT position FROM ledger.head").fetchone() or (0,)
        eventually(lambda: second.shows(head), within=10)
        third = stack.enter_context(web_server(TRACKER_DATABASE_URL=url))
        eventually(lambda: third.shows(head))
        for path in ("/", "/en/commitments/2026-001", "/journal", "/donnees/tableau.csv"):
            answers = [server.get(path) for server in (second, third)]
            assert [status for status, _, _ in answers] == [200, 200]
            assert len({headers["etag"] for _, headers, _ in answers}) == 1, path
        assert check_everything(url, acknowledged) == head
