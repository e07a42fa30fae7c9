"""?asof= on every page: what was cited on a day reads the same for ever."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from tests.conftest import Server
from tests.lively_record import lively_record, record
from tests.projections.telling import installed
from tests.web.served_site import LANGUAGES, Reply, Site, served
from tracker.projecting import SCHEMA, rebuild
from web import public_pages

TOLD = lively_record(seed=11, acts=140)
EARLIER = 100
"""Events that the record holds at first; the others come later."""

CITED = [TOLD[position].at.date() for position in (25, 50, 80)]
BEFORE_EVERYTHING = date(2023, 6, 1)
BY_AND_BY = 20.0


def cited(site: Site, day: date) -> dict[str, Reply]:
    """Every page that there was on that day."""
    addresses = [a for language in LANGUAGES for a in site.every_address(language)]
    replies = {address: site.get(f"{address}?asof={day}") for address in addresses}
    assert {reply.status for reply in replies.values()} <= {200, 404}
    return {address: reply for address, reply in replies.items() if reply.status == 200}


@pytest.fixture(scope="module")
def url(postgres: Server) -> Iterator[str]:
    with installed(postgres) as url:
        record(url, TOLD[:EARLIER])
        yield url


@pytest.fixture(scope="module")
def site(url: str) -> Iterator[Site]:
    with served(url) as site:
        assert site.services.watch.wait_for(EARLIER, timeout=BY_AND_BY)
        yield site


def test_a_cited_page_never_changes_by_one_byte(site: Site, url: str) -> None:
    first = {day: cited(site, day) for day in CITED}
    assert all(len(pages) > 40 for pages in first.values())

    head = record(url, TOLD[EARLIER:])
    assert site.services.watch.wait_for(head, timeout=BY_AND_BY)
    _check_unchanged(site, first)
    site.restart()
    _check_unchanged(site, first)

    rebuild(url)
    site.services.watch.wait_for(head + 1, timeout=0.5)
    _check_unchanged(site, first)
    site.restart()
    _check_unchanged(site, first)


def _check_unchanged(site: Site, first: dict[date, dict[str, Reply]]) -> None:
    for day, pages in first.items():
        ends = sum(told.at.date() <= day for told in TOLD)
        for address, reply in pages.items():
            again = site.get(f"{address}?asof={day}")
            assert again.body == reply.body, (address, day)
            assert again.headers == reply.headers, (address, day)
            assert again.position == ends


def test_a_cited_page_is_the_same_in_another_process(site: Site, url: str) -> None:
    with served(url) as other:
        for address in site.every_address("fr")[:20]:
            here, there = (each.get(f"{address}?asof={CITED[0]}") for each in (site, other))
            assert here.body == there.body


def test_where_the_database_is_set_up_does_not_show(site: Site, url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        (name,) = connection.execute("SELECT current_database()").fetchone() or ("",)
        connection.execute(f"ALTER DATABASE {name} SET timezone TO 'Pacific/Kiritimati'".encode())
        with served(url) as elsewhere:
            for address in site.every_address("en")[:30]:
                for query in ("", f"?asof={CITED[1]}"):
                    here, there = (each.get(address + query) for each in (site, elsewhere))
                    assert here.body == there.body, address
        connection.execute(f"ALTER DATABASE {name} RESET timezone".encode())


def test_a_past_page_says_that_it_is_one_and_todays_does_not(site: Site) -> None:
    past, today = site.get(f"/?asof={CITED[1]}").text, site.get("/").text
    assert "tel qu’il était à la fin du" in past
    assert "tel qu’il était à la fin du" not in today


def test_links_of_a_past_page_stay_in_the_past(site: Site) -> None:
    text = site.get(f"/acteurs?asof={CITED[1]}").text
    assert f'href="/acteurs/organisation-1?asof={CITED[1]}"' in text


def test_today_and_nothing_are_the_same_page(site: Site) -> None:
    now = site.get("/")
    today = public_pages.today()
    for query in (f"asof={today}", "asof=", "asof=+"):
        assert site.get(f"/?{query}").body == now.body


def test_tomorrow_has_not_come_yet(site: Site) -> None:
    tomorrow = public_pages.today() + timedelta(days=1)
    reply = site.get(f"/?asof={tomorrow}")
    assert reply.status == 422
    assert str(tomorrow) in reply.text


def test_before_the_first_event_the_record_is_empty(site: Site) -> None:
    for day in (BEFORE_EVERYTHING, date(1900, 1, 1)):
        for address, reply in cited(site, day).items():
            assert reply.position == 0, address
        assert site.get(f"/engagements/2024-001?asof={day}").status == 404


def test_a_day_without_events_reads_as_the_one_before(site: Site) -> None:
    days = {told.at.date() for told in TOLD}
    quiet = next(
        day
        for day in (TOLD[40].at.date() + timedelta(n) for n in range(60))
        if day not in days and day - timedelta(1) in days
    )
    reply, before = (site.get(f"/journal?asof={day}") for day in (quiet, quiet - timedelta(1)))
    assert reply.position == before.position


def test_an_event_of_today_is_not_in_yesterday(site: Site, url: str) -> None:
    """The day that goes on has no page of its own past yet; the one before has."""
    yesterday = public_pages.today() - timedelta(days=1)
    before = site.get(f"/journal?asof={yesterday}")
    with psycopg.connect(url) as connection:
        found = connection.execute(
            f"SELECT max(position) FROM {SCHEMA}.journal WHERE recorded_at < %s".encode(),
            (datetime.combine(yesterday + timedelta(1), datetime.min.time(), UTC),),
        ).fetchone()
    assert found == (before.position,)
