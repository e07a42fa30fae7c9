"""A visit leaves no trace in the browser, and no other server hears of it."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Request

from tests.end_to_end.conftest import Demonstration
from web.visit import Language

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

LISTEN = """
window.violations = []
addEventListener("securitypolicyviolation", each => violations.push(
  `${each.violatedDirective}: ${each.blockedURI}`))
"""
LEFT_BEHIND = """async () => [
  ...window.violations,
  ...Object.keys(localStorage), ...Object.keys(sessionStorage),
  ...await caches.keys(), ...(await indexedDB.databases()).map(each => each.name),
  ...(await navigator.serviceWorker.getRegistrations()).map(each => each.scope)]"""


def _failures(request: Request) -> list[str]:
    """A request that the browser gave up because we had left its page already is no failure."""
    if request.failure == "net::ERR_ABORTED":
        return []
    return [f"{request.url} failed: {request.failure}"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_browser_asks_nothing_of_another_host_and_keeps_nothing(
    browser: Browser, demonstration: Demonstration, language: Language
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(LISTEN)
    requested: list[str] = []
    complaints: list[str] = []

    def remember(request: Request) -> None:
        requested.append(request.url)

    context.on("request", remember)
    context.on("requestfailed", lambda failed: complaints.extend(_failures(failed)))
    context.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    page = context.new_page()
    for address in demonstration.every_page(language):
        response = page.goto(address)
        assert response is not None
        assert response.status == 200, address
        assert (page.evaluate(LEFT_BEHIND), complaints) == ([], []), address
    # What htmx does by itself.
    page.goto(demonstration.exercise(language))
    page.locator("[id='late=1']").click()
    page.wait_for_url("**late=1**")
    page.go_back()
    page.wait_for_url(demonstration.exercise(language))
    kept: list[Any] = page.evaluate(LEFT_BEHIND)
    assert (kept, complaints, context.cookies()) == ([], [], [])
    elsewhere = [url for url in requested if not url.startswith(f"{demonstration.url}/")]
    assert elsewhere == []
    assert len(requested) > 50
    context.close()
