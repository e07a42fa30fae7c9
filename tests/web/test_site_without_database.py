"""A database that is away, a board that stopped: readers get what there is, and are told so."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from msgspec.structs import replace

from projections.feed import Batch, Writing
from projections.registry import EVERY
from tests.conftest import Server
from tests.lively_record import lively_record, record
from tests.projections.telling import installed
from tests.web.served_site import LANGUAGES, Reply, Site, served
from tests.web.test_site import in_house_style
from tracker import projecting
from tracker.projecting import SCHEMA, Follower, progress
from web import public_pages

TOLD = lively_record(seed=4, acts=60)
SOON = 10.0


@pytest.fixture
def url(postgres: Server) -> Iterator[str]:
    with installed(postgres) as url:
        yield url


def eventually(holds: Callable[[], bool], within: float = SOON) -> bool:
    give_up_at = time.monotonic() + within
    while not holds():
        if time.monotonic() > give_up_at:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def away(postgres: Server, url: str) -> Iterator[None]:
    """The database refuses every connection, and those there were are ended."""
    name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    with psycopg.connect(postgres.url, autocommit=True) as connection:

        def allow(answer: bool) -> None:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {answer}".encode())

        allow(False)
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
        try:
            yield
        finally:
            allow(True)


# ---- the database is away


def test_readers_keep_the_pages_there_are_and_the_site_recovers_by_itself(
    postgres: Server, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = record(url, TOLD)
    with served(url) as site:
        assert site.services.watch.wait_for(head, timeout=20)
        kept = {address: site.get(address) for address in ("/", "/en/journal", "/acteurs")}
        began = time.monotonic()
        with away(postgres, url):
            for address, reply in kept.items():
                assert site.get(address) == reply
                unchanged = site.get(address, if_none_match=reply.headers["etag"])
                assert unchanged.status == 304
            assert site.get("/health/live").status == 200
            french, english, unready = site.get_all(
                "/reunions", "/en/commitments/2024-001", "/health/ready"
            )
            _check_says_come_back(french, "fr")
            _check_says_come_back(english, "en")
            assert (unready.status, unready.data["status"]) == (503, "database unreachable")
            assert unready.headers["retry-after"]
            # The day changes; the page of the day before is the best there is.
            tomorrow = public_pages.today() + timedelta(days=1)
            monkeypatch.setattr(public_pages, "today", lambda: tomorrow)
            assert site.get("/").body == kept["/"].body
            time.sleep(max(0.0, began + 9 - time.monotonic()))
        # However long it was away: nobody is told for minutes more that it is.
        assert eventually(lambda: site.get("/reunions").status == 200, within=6)
        assert eventually(lambda: site.get("/health").status == 200)
        assert record(url, lively_record(seed=4, acts=62)[head:]) == head + 2
        assert site.services.watch.wait_for(head + 2, timeout=SOON)
        assert site.get("/journal").position == head + 2


def _check_says_come_back(reply: Reply, language: Any) -> None:
    assert reply.status == 503
    assert int(reply.headers["retry-after"]) > 0
    assert in_house_style(reply, language)
    assert reply.headers["cache-control"] == "no-store"


def test_a_site_whose_replica_is_away_is_not_ready(postgres: Server, url: str) -> None:
    head = record(url, TOLD)
    with (
        installed(postgres) as elsewhere,
        served(url, read_database_url=elsewhere) as site,
        away(postgres, elsewhere),
    ):
        assert eventually(lambda: site.get("/health").status == 503)
        report = site.get("/health").data
        assert (report["status"], report["ledger_position"]) == ("board unreachable", head)


# ---- the tables are behind the moment to show


def test_a_page_is_never_made_of_tables_that_do_not_reach_its_moment(url: str) -> None:
    head = record(url, TOLD)
    with served(url) as site:
        watch = site.services.watch
        assert watch.wait_for(head, timeout=20)
        # As after a crash that took the follower's last batches back, or on a replica that lags.
        watch._progress = replace(watch.progress, position=head + 2)
        for address in ("/", "/acteurs?asof=2024-03-01"):
            _check_says_come_back(site.get(address), "fr")
        record(url, lively_record(seed=4, acts=62)[head:])
        assert eventually(lambda: site.get("/").status == 200)
        assert site.get("/").position == head + 2


def test_what_a_rebuild_removes_is_gone_from_memory_too(url: str) -> None:
    head = record(url, TOLD)
    with served(url) as site:
        assert site.services.watch.wait_for(head, timeout=20)
        assert "Observatoire fictif" in site.get("/acteurs/organisation-2").text
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                f"UPDATE {SCHEMA}.stakeholders SET name_fr = 'Nom retiré' WHERE slug = %s".encode(),
                ("organisation-2",),
            )
            connection.execute(f"UPDATE {SCHEMA}.tracking SET edition = edition + 1".encode())
            connection.execute("NOTIFY board")
        assert eventually(lambda: site.services.watch.progress.edition == 1)
        for address in ("/acteurs/organisation-2", "/acteurs"):
            text = site.get(address).text
            assert "Nom retiré" in text
            assert "Observatoire fictif" not in text


# ---- a projection that raises


class Stumbling:
    name, tables = "stumbling", ""
    on = len(TOLD) + 1

    def apply(self, cursor: Writing, batch: Batch) -> None:
        if batch.entries[-1].position >= self.on:
            raise ZeroDivisionError


def test_a_board_that_stopped_says_so_and_since_when(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as faulty:
        faulty.setattr("tracker.bootstrap.Follower", _stumbling_follower)
        head = record(url, TOLD)
        with served(url) as site:
            assert site.services.watch.wait_for(head, timeout=20)
            before = site.get("/").text
            assert "n’est plus à jour depuis" not in before
            record(url, lively_record(seed=4, acts=62)[head:])
            assert eventually(lambda: site.services.watch.progress.failed_position == head + 1)
            _check_stopped(site, head)
    # Mended and started again, it goes on where it stopped, and nothing is said any more.
    with served(url) as site:
        assert site.services.watch.wait_for(head + 2, timeout=20)
        assert eventually(lambda: site.get("/health").data["status"] == "ready")
        assert "n’est plus à jour depuis" not in site.get("/").text


def _stumbling_follower(url: str) -> Follower:
    return Follower(url, (*EVERY, Stumbling()))


def _check_stopped(site: Site, head: int) -> None:
    reply = site.get("/health")
    report = reply.data
    assert (reply.status, report["status"]) == (503, "board stopped")
    assert (report["board_position"], report["failed_position"]) == (head, head + 1)
    assert report["lag_events"] == 2
    failed_at = site.services.watch.progress.failed_at
    assert failed_at is not None
    for language in LANGUAGES:
        page = site.get("/" if language == "fr" else "/en/")
        assert (page.status, page.position) == (200, head)
        assert failed_at.strftime("%H") in page.text
    assert "n’est plus à jour depuis" in site.get("/").text
    assert "out of date since" in site.get("/en/").text or "stale" in site.get("/en/").text


def test_a_board_that_nobody_leads_is_not_ready(url: str) -> None:
    """As when a rebuild has mended the tables and the server that had stopped was left running."""
    head = record(url, TOLD)
    with served(url) as site:
        assert site.services.watch.wait_for(head, timeout=20)
        site.services.follower.stop()
        minutes_ago = datetime.now(UTC) - timedelta(minutes=3)
        later = lively_record(seed=4, acts=62)[head:]
        record(url, [each._replace(at=minutes_ago) for each in later])
        reply = site.get("/health")
        assert (reply.status, reply.data["status"]) == (503, "board behind")
        assert site.get("/").status == 200


def test_how_long_an_event_has_been_waiting_is_told_in_seconds(url: str) -> None:
    """Not the age of the last event shown, which may be a quiet month."""
    head = record(url, TOLD)
    with served(url) as site:
        assert site.services.watch.wait_for(head, timeout=20)
        site.services.follower.stop()
        recently = datetime.now(UTC) - timedelta(seconds=30)
        later = lively_record(seed=4, acts=62)[head:]
        record(url, [each._replace(at=recently) for each in later])
        report = site.get("/health").data
        assert report["lag_events"] == 2
        assert 30 <= report["lag_seconds"] < 60
        with psycopg.connect(url, autocommit=True) as connection:
            projecting.catch_up(connection)
            assert progress(connection).position == head + 2
        assert eventually(lambda: site.get("/health").data["lag_events"] == 0)
