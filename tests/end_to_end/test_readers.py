"""What readers do, on a phone and at a desk, in French and in English, as they would do it."""

import re
from collections.abc import Iterator

import pytest
from msgspec import Struct
from playwright.sync_api import Browser, Locator, Page, Request, ViewportSize, expect

from tests.end_to_end.conftest import Demonstration
from web.visit import Language

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}

in_both_languages = pytest.mark.parametrize("language", ["fr", "en"])
on_both_sizes = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
with_and_without_scripts = pytest.mark.parametrize(
    "scripts", [True, False], ids=["scripts", "no-scripts"]
)

MOVED = "EX-2024-001"
"""A commitment with a long history."""


class Words(Struct, frozen=True):
    """What is looked for on the page."""

    exercise: str
    promise: str
    remove: str
    search: str
    current_version: str
    meeting: str
    organisation: str
    today: str
    skip: str
    navigation: tuple[str, ...]


WORDS: dict[Language, Words] = {
    "fr": Words(
        exercise="Cadre de concertation de Kéléya (exercice)",
        promise="Publier la liste électorale révisée dans toutes les communes de Kéléya.",
        remove="Retirer le filtre",
        search="liste electorale",
        current_version="Lire la version en vigueur",
        meeting="Première concertation de Kéléya (exercice)",
        organisation="Commission électorale de Kéléya (fictive)",
        today="Revenir à aujourd’hui",
        skip="Aller au contenu",
        navigation=("Engagements", "Réunions", "Acteurs", "Thèmes", "English"),
    ),
    "en": Words(
        exercise="Kéléya consultation framework (exercise)",
        promise="Publish the revised voter list in every commune of Kéléya.",
        remove="Remove the filter",
        search="voter list",
        current_version="Read the current version",
        meeting="First Kéléya consultation (exercise)",
        organisation="Kéléya Electoral Commission (fictional)",
        today="Back to today",
        skip="Skip to content",
        navigation=("Commitments", "Meetings", "Stakeholders", "Topics", "Français"),
    ),
}


class Reader(Struct, frozen=True):
    """One tab, and what is seen of the board in it."""

    page: Page

    @property
    def rows(self) -> Locator:
        return self.page.locator(".board tbody tr")

    def total(self) -> int:
        """The number in the sentence above the board."""
        found = re.match(r"\d+", self.page.locator(".lead").inner_text())
        return int(found[0]) if found else 0

    def sees(self, n: int) -> None:
        """Waits until the sentence and the rows say that there are `n` commitments."""
        expect(self.page.locator(".lead")).to_have_text(re.compile(rf"^{n}\b"))
        expect(self.rows).to_have_count(n)

    def unfold_filters(self) -> None:
        """On a phone they are folded; at a desk there is nothing to unfold."""
        summary = self.page.locator(".filters > summary")
        if summary.is_visible() and not self.page.locator(".filters[open]").count():
            summary.click()
        expect(self.page.locator("#q")).to_be_visible()

    def choose(self, facet: str) -> int:
        """Follows the link of a facet; gives the number it announced and holds the board to it."""
        self.unfold_filters()
        link = self.page.locator(f"[id='{facet}']")
        announced = int(link.locator("b").inner_text())
        link.click()
        expect(self.page).to_have_url(re.compile(re.escape(facet)))
        self.sees(announced)
        return announced


@pytest.fixture
def opened(browser: Browser) -> Iterator[list[Page]]:
    """Pages to close at the end, with their contexts."""
    pages: list[Page] = []
    yield pages
    for page in pages:
        page.context.close()


@in_both_languages
@on_both_sizes
@with_and_without_scripts
def test_a_reader_finds_a_commitment_follows_what_it_refers_to_and_comes_back(
    browser: Browser,
    demonstration: Demonstration,
    opened: list[Page],
    language: Language,
    size: ViewportSize,
    scripts: bool,
) -> None:
    words = WORDS[language]
    page = browser.new_page(viewport=size, java_script_enabled=scripts)
    opened.append(page)
    reader = Reader(page)

    page.goto(demonstration.at("board", language))
    page.get_by_role("link", name=words.exercise).click()
    expect(page.locator("h1")).to_have_text(words.exercise)
    everything = reader.total()
    reader.sees(everything)

    late = reader.choose("late=1")
    assert 0 < late < everything
    page.get_by_role("link", name=words.remove).click()
    reader.sees(everything)

    legend = page.locator(".legend a", has=page.locator(".s.fulfilled")).locator("b").last
    kept = int(legend.inner_text())
    page.locator(".bar a[href*='status=fulfilled'] rect.fulfilled").click()
    expect(page).to_have_url(re.compile("status=fulfilled"))
    reader.sees(kept)
    page.get_by_role("link", name=words.remove).click()
    reader.sees(everything)

    owned = reader.choose("owner=commission-keleya")
    reader.unfold_filters()
    page.locator("#q").fill(words.search)
    page.locator("#q").press("Enter")
    expect(page).to_have_url(re.compile("q="))
    expect(page.locator(".applied a")).to_have_count(3)
    assert 1 < reader.total() < owned
    page.locator("[id='sort=reference']").click()
    expect(page.locator("[id='sort=reference']")).to_have_attribute("aria-current", "true")
    references = reader.rows.locator("td:first-child > small").all_inner_texts()
    assert references == sorted(references)
    assert MOVED in references
    board = page.url

    page.get_by_role("link", name=words.promise).click()
    expect(page.locator("h1")).to_have_text(words.promise)
    page.locator(".history").get_by_role("link", name="Version 3", exact=True).click()
    expect(page).to_have_url(demonstration.at("version", language, reference=MOVED, version="3"))
    expect(page.locator(".banner.version")).to_be_visible()
    page.get_by_role("link", name=words.current_version).click()
    expect(page).to_have_url(demonstration.at("commitment", language, reference=MOVED))
    page.locator(".facts").get_by_role("link", name=words.meeting).click()
    expect(page.locator("h1")).to_have_text(words.meeting)
    expect(reader.rows.filter(has_text=MOVED)).to_have_count(1)
    page.locator(".facts").get_by_role("link", name="CEK").first.click()
    expect(page.locator("h1")).to_have_text(words.organisation)

    for _ in range(5):
        page.go_back()
    expect(page).to_have_url(board)
    reader.sees(len(references))


@in_both_languages
def test_the_other_language_says_the_same_page(
    browser: Browser, demonstration: Demonstration, opened: list[Page], language: Language
) -> None:
    page = browser.new_page(viewport=PHONE, java_script_enabled=False)
    opened.append(page)
    other: Language = "en" if language == "fr" else "fr"
    here = demonstration.telling_pages(language)
    there = demonstration.telling_pages(other)
    for address, expected in zip(here, there, strict=True):
        page.goto(address)
        page.locator("#language").click()
        expect(page).to_have_url(re.compile(f"^{re.escape(expected.split('?')[0])}([?]|$)"))
        assert _asked(page.url) == _asked(expected)
        expect(page.locator("html")).to_have_attribute("lang", other)
    # With htmx the link follows the filters, though the top of the page stays.
    page = browser.new_page(viewport=DESK)
    opened.append(page)
    page.goto(demonstration.exercise(language))
    late = Reader(page).choose("late=1")
    page.locator("#language").click()
    expect(page.locator("html")).to_have_attribute("lang", other)
    Reader(page).sees(late)


def _asked(address: str) -> list[str]:
    return sorted(address.partition("?")[2].split("&"))


@in_both_languages
@on_both_sizes
@with_and_without_scripts
def test_a_past_day_is_asked_for_by_a_form_and_never_mistaken_for_today(
    browser: Browser,
    demonstration: Demonstration,
    opened: list[Page],
    language: Language,
    size: ViewportSize,
    scripts: bool,
) -> None:
    words = WORDS[language]
    page = browser.new_page(viewport=size, java_script_enabled=scripts)
    opened.append(page)
    reader = Reader(page)
    page.goto(demonstration.exercise(language))
    now = reader.total()
    banner = page.locator(".banner.past")
    expect(banner).to_have_count(0)

    page.locator("#asof").fill("2025-01-15")
    page.locator("#past button").click()
    expect(banner).to_contain_text("2025")
    expect(page).to_have_url(re.compile("asof=2025-01-15"))
    then = reader.total()
    assert 0 < then < now
    reader.sees(then)
    page.get_by_role("link", name=words.promise).click()
    expect(page.locator("h1")).to_have_text(words.promise)
    expect(banner).to_be_visible()
    page.go_back()
    banner.get_by_role("link", name=words.today).click()
    expect(banner).to_have_count(0)
    reader.sees(now)


@on_both_sizes
def test_htmx_swaps_the_results_alone_keeps_the_focus_and_the_history(
    browser: Browser, demonstration: Demonstration, opened: list[Page], size: ViewportSize
) -> None:
    page = browser.new_page(viewport=size)
    opened.append(page)
    reader = Reader(page)
    page.goto(demonstration.exercise("fr"))
    everything = reader.total()
    page.evaluate(
        "window.before = ['.top', '#q', '.lead'].map(each => document.querySelector(each))"
    )
    asked: list[Request] = []

    def remember(request: Request) -> None:
        # Chromium fetches the icon again for each address, and that is all.
        if not request.url.endswith(".svg"):
            asked.append(request)

    page.on("request", remember)

    late = reader.choose("late=1")
    assert [each.headers.get("hx-request") for each in asked] == ["true"]
    # The same elements: what was typed stays, and the live region is one that is listened to.
    assert page.evaluate("window.before.every(each => each.isConnected)")
    expect(page.locator(".lead")).to_have_attribute("role", "status")
    focused = page.locator("[id='late=1']")
    expect(focused).to_be_focused()
    expect(focused).to_be_in_viewport()
    expect(focused).to_have_attribute("aria-current", "true")
    late_address = page.url

    page.locator("#q").fill(reader.rows.last.locator("small").first.inner_text())
    page.locator("#q").press("Enter")
    expect(page).to_have_url(re.compile("q=EX"))
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator(".applied a")).to_have_count(3)
    reader.sees(1)
    assert [each.headers.get("hx-request") for each in asked] == ["true", "true"]
    assert page.evaluate("window.before.every(each => each.isConnected)")

    page.go_back()
    expect(page).to_have_url(late_address)
    reader.sees(late)
    expect(page.locator("#q")).to_have_value("")
    page.go_back()
    expect(page).to_have_url(demonstration.exercise("fr"))
    reader.sees(everything)
    expect(page.locator(".area")).to_have_count(1)
    page.go_forward()
    expect(page).to_have_url(late_address)
    reader.sees(late)
    page.reload()
    reader.sees(late)


FOCUSED = """() => {
  const it = document.activeElement, box = it.getBoundingClientRect(), style = getComputedStyle(it)
  return {
    words: it.innerText?.trim() ?? "", id: it.id,
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight
      && box.right > 0 && box.left < innerWidth,
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
  }}"""


@in_both_languages
@on_both_sizes
def test_the_board_is_read_and_filtered_by_keyboard_alone(
    browser: Browser,
    demonstration: Demonstration,
    opened: list[Page],
    language: Language,
    size: ViewportSize,
) -> None:
    words = WORDS[language]
    page = browser.new_page(viewport=size)
    opened.append(page)
    page.goto(demonstration.exercise(language))

    def tab() -> str:
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        assert focused["seen"], focused
        assert focused["outlined"], focused
        return str(focused["id"] or focused["words"])

    assert tab() == words.skip
    tab()  # the name of the site
    assert [tab() for _ in words.navigation] == [*words.navigation[:-1], "language"]

    page.goto(demonstration.exercise(language))
    assert tab() == words.skip
    page.keyboard.press("Enter")
    passed: list[str] = []
    while "late=1" not in passed:
        passed.append(tab())
        # The top of the page is behind, from the first on.
        expect(page.locator("#main :focus")).to_have_count(1)
        assert len(passed) < 40, passed
        if page.evaluate("document.activeElement.matches('.filters > summary')"):
            page.keyboard.press("Enter")
    assert len(set(passed)) == len(passed)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("late=1"))
    expect(page.locator("[id='late=1']")).to_be_focused()
    expect(page.locator(".applied a")).to_have_count(1)
    assert tab() == "silent=1"


@in_both_languages
def test_no_page_is_wider_than_a_phone_nor_than_a_screen_zoomed_to_twice_its_size(
    browser: Browser, demonstration: Demonstration, opened: list[Page], language: Language
) -> None:
    # A screen 1280 wide at 200 % is one 640 wide with two pixels for each.
    page = browser.new_page(device_scale_factor=2)
    opened.append(page)
    too_wide = []
    for address in [*demonstration.every_page(language), f"{demonstration.url}/en/nowhere"]:
        page.set_viewport_size(PHONE)
        page.goto(address)
        # What can be unfolded must fit too.
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        for width in (360, 640):
            page.set_viewport_size({"width": width, "height": 740})
            if found := page.evaluate(
                "document.scrollingElement.scrollWidth > innerWidth"
                " && document.scrollingElement.scrollWidth"
            ):
                too_wide.append(f"{address} is {found} wide in {width}")
    assert too_wide == [], "\n".join(too_wide)


@in_both_languages
@on_both_sizes
def test_paper_gets_the_matrix_with_references_and_its_date_and_no_navigation(
    browser: Browser,
    demonstration: Demonstration,
    opened: list[Page],
    language: Language,
    size: ViewportSize,
) -> None:
    page = browser.new_page(viewport=size)
    opened.append(page)
    reader = Reader(page)
    page.goto(demonstration.exercise(language))
    on_screen = page.locator("nav, form, .filters, .skip, .sort, .pictures, #language")
    page.emulate_media(media="print")
    for unwanted in on_screen.all():
        expect(unwanted).to_be_hidden()
    expect(page.locator(".board thead th")).to_have_count(6)
    for heading in page.locator(".board thead th").all():
        expect(heading).to_be_visible()
    references = reader.rows.locator("td:first-child > small")
    expect(references).to_have_count(reader.total())
    for reference in references.all():
        expect(reference).to_be_visible()
        expect(reference).to_have_text(re.compile(r"^EX-\d{4}-\d{3}$"))
    expect(page.locator(".lead span")).to_be_visible()
    expect(page.locator(".lead span")).to_have_text(re.compile(r"20\d\d.*position \d+"))

    paper = page.pdf(prefer_css_page_size=True)
    sheets = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
    assert sheets
    assert all(float(width) > float(height) for width, height in sheets)
