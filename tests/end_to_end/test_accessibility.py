"""axe-core finds nothing on any public page."""

from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.end_to_end.conftest import Demonstration
from web.visit import Language

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

PHONE, DESKTOP = 360, 1280

Scheme = Literal["light", "dark"]
SCHEMES: dict[Scheme, dict[str, Any]] = {
    "light": {},
    # The stylesheets give it other colours and nothing else, so the rules about colours are asked.
    "dark": {"runOnly": ["cat.color"]},
}


def violations(page: Page, options: dict[str, Any]) -> list[str]:
    """What axe-core finds: the rule, and the elements that break it."""
    found: list[dict[str, Any]] = page.evaluate(
        """async options => (await axe.run(options)).violations.map(each => (
            {id: each.id, nodes: each.nodes.map(node => node.target.join(" "))}))""",
        {"resultTypes": ["violations"], **options},
    )
    return [f"{each['id']}: {each['nodes']}" for each in found]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_axe_finds_nothing_on_any_page_in_either_colour_scheme(
    browser: Browser, demonstration: Demonstration, language: Language
) -> None:
    both = {
        demonstration.exercise(language),
        demonstration.at("commitment", language, reference="EX-2024-001"),
    }
    pages = [*demonstration.telling_pages(language), demonstration.url + "/nowhere"]
    assert both <= set(pages)
    axe = Axe().axe_script
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    found = []
    for address in pages:
        page.set_viewport_size({"width": DESKTOP, "height": 900})
        page.goto(address)
        page.evaluate(axe)
        # What is folded is read too.
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        for width in (DESKTOP, PHONE) if address in both else (DESKTOP,):
            page.set_viewport_size({"width": width, "height": 740})
            for scheme, options in SCHEMES.items():
                page.emulate_media(color_scheme=scheme)
                found += [
                    f"{address} ({scheme}, {width}): {each}" for each in violations(page, options)
                ]
    context.close()
    assert found == [], "\n".join(found)
