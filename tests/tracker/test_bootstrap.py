"""What is wired in tracker/bootstrap.py, as far as only the wiring can be wrong."""

import os
import signal
import time
from pathlib import Path

import psycopg
import pytest

from tracker import bootstrap
from tracker.settings import Settings


def _postmaster(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("SHOW data_directory").fetchone()
        assert found is not None
        return int(Path(found[0], "postmaster.pid").read_text().splitlines()[0])


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def test_an_embedded_postgresql_that_is_killed_comes_back_by_itself(tmp_path: Path) -> None:
    with bootstrap.database(Settings(data_dir=tmp_path / "data")) as url:
        killed = _postmaster(url)
        os.kill(killed, signal.SIGKILL)
        give_up_at = time.monotonic() + 60
        while not _answers(url):
            assert time.monotonic() < give_up_at, "it did not come back within a minute"
            time.sleep(0.2)
        assert _postmaster(url) != killed


def test_a_database_that_does_not_answer_is_said_in_one_sentence_without_its_password() -> None:
    settings = Settings(database_url="postgresql://someone:secret@127.0.0.1:1/nothing")
    with pytest.raises(bootstrap.DatabaseUnreachable) as refused, bootstrap.database(settings):
        pass
    assert "TRACKER_DATABASE_URL" in str(refused.value)
    assert "secret" not in str(refused.value)
