"""What holds for every public page, whatever the record contains."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from jinja2 import Environment
from msgspec import structs

from tests.conftest import Server
from tests.web.fictional_promises import fictional_record
from tests.web.public_site import PUBLIC_URL, PublicSite, published
from web.addresses import EVERYWHERE, PUBLIC
from web.error_words import by_status
from web.rendering import Renderer
from web.translations import english
from web.visit import Language

LANGUAGES: tuple[Language, ...] = ("fr", "en")
MOMENTS = (None, date(2025, 7, 9), date(2025, 1, 5))
"""Now, a past day, and a day on which nothing had been recorded yet."""

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta"}
CLOSED_BY_HTML = {"li", "td", "th", "tr", "p", "dt", "dd", "option", "tbody", "thead"}


class Structure(HTMLParser):
    """Headings, ids, links and tables of a page; `faults` are what no page may have."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.faults: list[str] = []
        self._open: list[str] = []
        self._tables: list[set[str]] = []
        self.feed(html)
        if left := [tag for tag in self._open if tag not in CLOSED_BY_HTML]:
            self.faults.append(f"never closed: {left}")

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        told: dict[str, Any] = dict(pairs)
        if tag not in VOID:
            self._open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "table":
            self._tables.append(set())
        elif tag in {"caption", "th"} and self._tables:
            self._tables[-1].add(tag)
        if tag == "th" and "scope" not in told:
            self.faults.append("a heading cell without scope")
        if "id" in told:
            self.ids[told["id"]] += 1
        if tag == "a" and "href" in told:
            self.links.append(told["href"])
        # The Content-Security-Policy would drop both without a word.
        if "style" in told or any(name.startswith("on") for name in told):
            self.faults.append(f"inline style or script on <{tag}>")
        if tag == "script" and "src" not in told:
            self.faults.append("an inline script")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._tables.pop() != {"caption", "th"}:
            self.faults.append("a table without caption or headings")
        if tag not in self._open:
            self.faults.append(f"</{tag}> closes nothing")
            return
        while self._open and self._open[-1] != tag:
            skipped = self._open.pop()
            if skipped not in CLOSED_BY_HTML:
                self.faults.append(f"<{skipped}> is open at </{tag}>")
        self._open.pop()


@pytest.fixture(scope="module")
def site(postgres: Server) -> Iterator[PublicSite]:
    with published(postgres, fictional_record()) as site:
        yield site


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("as_of", MOMENTS)
def test_every_page_is_well_formed(
    site: PublicSite, language: Language, as_of: date | None
) -> None:
    for visit in site.every_visit(language, as_of):
        where = f"{visit.route} {visit.path_values}"
        html = site.html(visit)
        page = Structure(html)
        assert not page.faults, where
        assert page.headings.count(1) == 1, where
        assert page.headings[0] == 1, where
        steps = zip(page.headings, page.headings[1:], strict=False)
        assert all(after <= before + 1 for before, after in steps), (where, page.headings)
        assert {id for id, n in page.ids.items() if n > 1} == set(), where
        assert "None" not in html, where


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("as_of", MOMENTS)
def test_every_link_leads_to_a_public_address(
    site: PublicSite, language: Language, as_of: date | None
) -> None:
    patterns = [
        (re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), {*route.parameters, *EVERYWHERE})
        for route in PUBLIC.values()
        for path in (route.fr, route.en)
    ]
    for visit in site.every_visit(language, as_of):
        page = Structure(site.html(visit))
        for link in page.links:
            if link.startswith("#"):
                assert link[1:] in page.ids, (visit.route, link)
                continue
            parts = urlsplit(link.removeprefix(PUBLIC_URL))
            if parts.netloc:
                assert parts.netloc == "exemple.test", link
                continue
            known = [names for pattern, names in patterns if pattern.fullmatch(parts.path)]
            assert known, (visit.route, link)
            assert parse_qs(parts.query).keys() <= known[0], (visit.route, link)


def test_a_page_of_the_past_never_leaves_its_day_by_itself(site: PublicSite) -> None:
    as_of = date(2025, 7, 9)
    for visit in site.every_visit("fr", as_of):
        today = site.html(visit).split("Revenir à aujourd")[0].rpartition('href="')[2].split('"')[0]
        for link in Structure(site.html(visit)).links:
            inside = link.startswith("/") and link != today
            assert not inside or "asof=2025-07-09" in link, (visit.route, link)


def test_what_people_wrote_is_never_taken_for_html(postgres: Server) -> None:
    told = [
        each._replace(event=_hostile(each.event)) if hasattr(each.event, "reason") else each
        for each in fictional_record()
    ]
    with published(postgres, told) as site:
        for visit in site.every_visit("fr"):
            html = site.html(visit)
            assert "<script>alert" not in html
            assert not Structure(html).faults


def _hostile(event: Any) -> Any:
    return structs.replace(event, reason="<script>alert(1)</script> & « ‹b› »\n\n{{ 7 * 7 }} %(x)s")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", [404, 409, 422, 500, 503])
def test_every_error_has_a_page_with_ways_out(language: Language, status: int) -> None:
    title, sentences = by_status(language, status)
    html = Renderer().render_error(language, status, title, sentences).decode()
    page = Structure(html)
    assert not page.faults
    assert page.headings == [1]
    assert str(status) in html
    home = "/" if language == "fr" else "/en/"
    assert home in page.links
    assert f'<html lang="{language}">' in html


def test_every_message_of_every_template_has_its_english() -> None:
    environment: Any = Environment(
        extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True
    )
    catalogue = english()
    for template in (files("web") / "templates").iterdir():
        for line, _, found in environment.extract_translations(template.read_text("utf-8")):
            message = found if isinstance(found, str) else next(m for m in found if m)
            known = catalogue.get(message)
            assert getattr(known, "string", ""), f"{template.name}:{line}: {message}"
