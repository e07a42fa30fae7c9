"""The demonstration as its own processes: what is served, and how it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest

from tracker.ledger import Ledger


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def demo(database_url: str, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts `tracker demo` on the test's database; whatever still runs at the end is killed."""
    environment = os.environ | {
        "TRACKER_DATABASE_URL": database_url,
        "TRACKER_DATA_DIR": str(tmp_path),
        "TRACKER_PORT": str(_free_port()),
    }
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tracker", "demo"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        _wait_until_ready(f"http://127.0.0.1:{environment['TRACKER_PORT']}/health", process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _wait_until_ready(url: str, process: subprocess.Popen[str]) -> None:
    give_up_at = time.monotonic() + 90
    while time.monotonic() < give_up_at and process.poll() is None:
        try:
            with urlopen(url, timeout=5) as answer:
                assert json.load(answer)["status"] == "ready"
                return
        except OSError:  # refused, reset, or not ready yet
            time.sleep(0.1)
    process.kill()
    pytest.fail(f"The demo did not come up:\n{process.communicate()[0]}")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_demonstration_loads_once_serves_and_ends_cleanly(
    demo: Callable[[], subprocess.Popen[str]], ledger: Ledger
) -> None:
    first = demo()
    first.send_signal(signal.SIGTERM)
    said = first.communicate(timeout=60)[0]
    assert first.returncode == 0, said
    assert "exercice-keleya: 164 events recorded" in said
    assert "aige-osc-2024-07-16: 14 events recorded, the last at position 178" in said
    assert "The board is at http://127.0.0.1:" in said
    assert "Traceback" not in said
    assert ledger.head().demonstration
    second = demo()
    second.send_signal(signal.SIGINT)
    said = second.communicate(timeout=60)[0]
    assert second.returncode == 0, said
    assert said.count("nothing new") == 2
    assert "Traceback" not in said
    assert ledger.head().position == 178


def test_sigterm_during_a_load_ends_it_and_says_so_by_its_code(
    database_url: str, ledger: Ledger
) -> None:
    command = [sys.executable, "-m", "tracker", "load", "--demonstration", "exercice-keleya"]
    environment = os.environ | {"TRACKER_DATABASE_URL": database_url}
    with (
        psycopg.connect(database_url, autocommit=True) as hold,
        subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process,
    ):
        # The lock of loads, so that this one waits where it can be met.
        hold.execute("SELECT pg_advisory_lock(7306003)")
        waiting = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while not hold.execute(waiting).fetchall() and process.poll() is None:
            time.sleep(0.02)
        process.terminate()
        said = process.communicate(timeout=60)[1]
    assert (process.returncode, said) == (143, "")
    assert ledger.head().position == 0
