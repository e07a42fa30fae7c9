"""Every public address, asked of the whole application: pages, errors, headers, health."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import quote

import pytest

from tests.conftest import Server
from tests.lively_record import lively_record, record
from tests.projections.telling import installed
from tests.web.served_site import DOWNLOADS, LANGUAGES, Reply, Site, served
from web.addresses import PUBLIC
from web.visit import Language

HEAD = 409

both_languages = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(scope="module")
def site(postgres: Server) -> Iterator[Site]:
    """The lively record, served. Tests only read it."""
    with installed(postgres) as url:
        record(url, lively_record())
        with served(url) as site:
            assert site.services.watch.wait_for(HEAD, timeout=30)
            yield site


def pages(site: Site, language: Language) -> dict[str, Reply]:
    found = {address: site.get(address) for address in site.every_address(language)}
    wrong = {address: reply.status for address, reply in found.items() if reply.status != 200}
    assert not wrong
    return found


def is_page(reply: Reply) -> bool:
    return reply.headers["content-type"] == "text/html; charset=utf-8"


def in_house_style(reply: Reply, language: Language) -> bool:
    """A whole page in the reader's language, with a way back, that names nothing internal."""
    return (
        is_page(reply)
        and reply.headers["content-language"] == language
        and f'<html lang="{language}">' in reply.text
        and ('href="/en/"' if language == "en" else 'href="/"') in reply.text
        and not re.search(r"Traceback|psycopg|litestar|File \"|SELECT ", reply.text)
    )


# ---- pages


@both_languages
def test_every_public_address_is_a_page_in_its_language(site: Site, language: Language) -> None:
    for address, reply in pages(site, language).items():
        assert reply.headers["content-language"] == language, address
        assert reply.position == HEAD, address
        if is_page(reply):
            assert f'<html lang="{language}">' in reply.text, address


@both_languages
def test_every_page_leads_to_itself_in_the_other_language(site: Site, language: Language) -> None:
    other: Language = "en" if language == "fr" else "fr"
    replies = [reply for reply in pages(site, language).values() if is_page(reply)]
    for reply in replies:
        (address,) = re.findall(f'<[^>]*hreflang="{other}"[^>]* href="([^"]+)"', reply.text)
        there = site.get(unescape(address))
        assert (there.status, there.headers["content-language"]) == (200, other)


@both_languages
def test_every_answer_tells_browsers_to_distrust_everything_but_us(
    site: Site, language: Language
) -> None:
    prefix = "/en" if language == "en" else ""
    errors = (f"{prefix}/nix", "/?nix=1", f"{prefix}/journal?before=0", "/health", "/health/live")
    for address in (*site.every_address(language), *errors):
        headers = site.get(address).headers
        assert headers["content-security-policy"].startswith("default-src 'none'"), address
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "max-age=63072000" in headers["strict-transport-security"]
        assert "set-cookie" not in headers
        is_data = "/donnees/" in address or "/data/" in address
        assert headers.get("access-control-allow-origin") == ("*" if is_data else None)


def test_no_page_names_an_account_an_address_or_another_host(site: Site) -> None:
    for language in LANGUAGES:
        for address, reply in pages(site, language).items():
            assert b"192.0.2.1" not in reply.body
            hosts = set(re.findall(r'(?:src|action)="(?:https?:)?//([^/"]+)', reply.text))
            assert not hosts, (address, hosts)


@both_languages
def test_a_page_the_reader_holds_is_not_sent_again(site: Site, language: Language) -> None:
    for address, reply in pages(site, language).items():
        tag = reply.headers["etag"]
        for held in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = site.get(address, if_none_match=held)
            assert (again.status, again.raw, again.headers["etag"]) == (304, b"", tag), address
        assert site.get(address, if_none_match='"other"').status == 200
        assert reply.headers["cache-control"] == "public, no-cache"


@both_languages
def test_a_page_is_the_same_in_every_encoding(site: Site, language: Language) -> None:
    for address, plain in pages(site, language).items():
        for coding in ("br", "gzip"):
            packed = site.get(address, accept_encoding=coding)
            assert packed.headers["content-encoding"] == coding, address
            assert packed.body == plain.body
            assert int(packed.headers["content-length"]) == len(packed.raw) < len(plain.raw)
            assert packed.headers["etag"] != plain.headers["etag"]
            assert "Accept-Encoding" in packed.headers["vary"]


@both_languages
def test_head_is_the_page_without_its_body(site: Site, language: Language) -> None:
    prefix = "/en" if language == "en" else ""
    others = (f"{prefix}/nix", "/?nix=1", "/health/live")
    for address in (*site.every_address(language), *others):
        whole, head = site.get(address), site.ask("HEAD", address)
        assert (head.status, head.raw) == (whole.status, b""), address
        assert head.headers == whole.headers, address


def test_asking_twice_gives_the_same_bytes_whether_they_were_kept_or_not(site: Site) -> None:
    for language in LANGUAGES:
        kept = pages(site, language)
        site.restart()
        for address, reply in pages(site, language).items():
            assert reply == kept[address], address


def test_the_order_and_spelling_of_a_query_do_not_change_the_page(site: Site) -> None:
    whole = site.get("/?owner=organisation-1&topic=calendrier")
    spellings = (
        "/?topic=calendrier&owner=organisation-1",
        "/?topic=calendrier&owner=organisation-1&q=&late=",
        "/?topic=%63alendrier&owner=+organisation-1+",
        "/?&&topic=calendrier&owner=organisation-1&",
    )
    assert {site.get(each).body for each in spellings} == {whole.body}


def test_a_language_answers_with_and_without_its_last_slash(site: Site) -> None:
    assert site.get("/en").body == site.get("/en/").body


def test_downloads_are_files_with_names(site: Site) -> None:
    for language in LANGUAGES:
        for name in DOWNLOADS:
            reply = site.get(PUBLIC[name].path(language))
            assert reply.headers["content-disposition"].startswith("attachment; filename=")
            assert f"position-{HEAD}" in reply.headers["content-disposition"]


def test_static_files_may_be_kept_for_ever(site: Site) -> None:
    found = re.findall(r'"(/static/[^"]+)"', site.get("/").text)
    assert len(found) >= 3
    for address in found:
        reply = site.get(address)
        assert reply.status == 200
        assert "immutable" in reply.headers["cache-control"]
        packed = site.get(address, accept_encoding="gzip, br")
        assert (packed.headers["content-encoding"], packed.body) == ("br", reply.body)
        assert site.ask("HEAD", address).status == 200


# ---- what is not there, what is not understood


MISSING = (
    "/nix",
    "/engagements",
    "/engagements/2031-001",
    "/engagements/2024-001/versions/999",
    "/engagements/2024-001/versions/01",
    "/engagements/2024-001/versions/-1",
    "/engagements/2024-001/versions/x",
    "/engagements/" + "9" * 1_500,
    "/reunions/nulle-part",
    "/acteurs/personne",
    "/themes/rien",
    "/acteurs/" + quote("<script>alert(1)</script>"),
    "/acteurs/" + quote("مرصد"),
    "/donnees/tableau.xlsx",
    "/static/autre.css",
    "/health/nix",
    "//exemple.test/",
    "/../etc/passwd",
    "/%00",
    "/acteurs/%00",
    "/engagements/2024-001%00",
    "/engagements/2024-001%0A",
    "/engagements/%E2%80%AE2024-001",
)


@pytest.mark.parametrize("address", MISSING, ids=lambda address: str(address)[:40])
def test_what_the_record_does_not_hold_is_a_404_in_house_style(site: Site, address: str) -> None:
    reply = site.get(address)
    assert reply.status == 404
    assert in_house_style(reply, "fr")
    assert "<script>alert" not in reply.text
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "address",
    ["/en/nix", "/en/commitments/2031-001", "/en/stakeholders/nobody", "/en/themes", "/en/%00"],
)
def test_an_english_address_that_leads_nowhere_says_so_in_english(site: Site, address: str) -> None:
    reply = site.get(address)
    assert reply.status == 404
    assert in_house_style(reply, "en")


NOT_UNDERSTOOD = (
    "nix=1",
    "status=excellent",
    "status=in_progress&status=stalled",
    "owner=nobody",
    "topic=rien",
    "meeting=jamais",
    "framework=ailleurs",
    "late=yes",
    "silent=2",
    "contested=true",
    "sort=price",
    "page=0",
    "page=-1",
    "page=2.5",
    "page=٣",
    "page=999999",
    "page=" + "9" * 50,
    "q=" + "x" * 201,
    "q=%00",
    "q=a%0Ab",
    "q=a%1Bb",
    "asof=hier",
    "asof=2024-13-01",
    "asof=2024-02-30",
    "asof=20240716",
    "asof=2024-W29-2",
    "asof=2024-7-16",
    "asof=0000-00-00",
    "asof=0001-01-01",
    "asof=９９９９-01-01",
    "asof=9999-12-31",
    "asof=2024-07-16T00:00",
    "asof=2024-07-16&asof=2024-07-17",
    "q=" + "é" * 3_000,
    "&" * 3_000,
    "a=b&" * 700,
)


@both_languages
@pytest.mark.parametrize("query", NOT_UNDERSTOOD, ids=lambda query: str(query)[:40])
def test_a_query_that_is_not_understood_is_refused_with_a_reason(
    site: Site, language: Language, query: str
) -> None:
    address = PUBLIC["board"].path(language)
    reply = site.get(f"{address}?{quote(query, safe='=&%')}")
    assert reply.status == 422
    assert in_house_style(reply, language)
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("before", ["0", "-1", "x", "1e3", "01", "9" * 19, "9" * 30, "١"])
def test_the_journal_refuses_what_is_no_position(site: Site, before: str) -> None:
    assert site.get(f"/journal?before={quote(before)}").status == 422


def test_a_parameter_belongs_to_its_page(site: Site) -> None:
    assert site.get("/acteurs?owner=organisation-1").status == 422
    assert site.get("/donnees/tableau.csv?owner=organisation-1").status == 200
    assert site.get("/donnees/tableau.csv?before=3").status == 422


def test_what_was_sent_comes_back_escaped(site: Site) -> None:
    hostile = quote("<img src=x onerror=alert(1)>\"'")
    for address in (f"/?q={hostile}", f"/?{hostile}=1", f"/?owner={hostile}", f"/?asof={hostile}"):
        reply = site.get(address)
        assert reply.status in {200, 422}
        assert "<img src=x" not in reply.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_public_addresses_take_nothing(site: Site, method: str) -> None:
    for language in LANGUAGES:
        for route in ("board", "stakeholders", "journal"):
            reply = site.ask(method, PUBLIC[route].path(language))
            assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD")
            assert in_house_style(reply, language)


def test_links_that_networks_tagged_lead_to_the_page_itself(site: Site) -> None:
    reply = site.get("/engagements/2024-001?utm_source=x&fbclid=y&asof=2024-05-01")
    assert reply.status == 302
    assert reply.headers["location"] == "/engagements/2024-001?asof=2024-05-01"
    assert site.get("//exemple.test/?utm_source=x").headers.get("location", "/")[:2] != "//"


# ---- the fragment that replaces a part of the page


def test_a_fragment_is_a_part_of_the_page_and_filed_apart(site: Site) -> None:
    fragment = site.get("/?late=1", hx_request="true")
    whole = site.get("/?late=1")
    assert "<html" not in fragment.text
    assert "<html" in whole.text
    assert site.get("/?late=1", hx_request="true").body == fragment.body
    assert "HX-Request" in fragment.headers["vary"]
    for header in ("hx_boosted", "hx_history_restore_request"):
        assert site.get("/?late=1", hx_request="true", **{header: "true"}).body == whole.body


# ---- health


def test_a_healthy_site_says_so(site: Site) -> None:
    assert site.get("/health/live").data == {"status": "live"}
    for address in ("/health", "/health/ready"):
        reply = site.get(address)
        assert reply.status == 200
        report = reply.data
        assert report["status"] == "ready"
        assert report["board_position"] == report["ledger_position"] == HEAD
        assert (report["lag_events"], report["lag_seconds"]) == (0, 0.0)
        assert report["page_cache"]["hits"] >= 0
        assert reply.headers["cache-control"] == "no-store"
