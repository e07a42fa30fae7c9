"""Every public address, once: the router, the page cache, the language switch and the links in the
templates all read this table. What each address shows is in web/routes.py."""

import re
from urllib.parse import quote, urlencode

from msgspec import Struct

from web.page_cache import CachedRoute
from web.visit import Language

EVERYWHERE = ("asof",)
"""Parameters of every page."""


class PublicAddress(Struct, frozen=True):
    """`paths` are patterns in each language; a name in braces is one segment. `parameters` are the
    query parameters the page knows besides those of every page."""

    name: str
    fr: str
    en: str
    parameters: tuple[str, ...] = ()

    def path(self, language: Language, **values: str) -> str:
        pattern = self.fr if language == "fr" else self.en
        return pattern.format(**{name: quote(value, safe="") for name, value in values.items()})


BOARD_PARAMETERS = (
    "framework",
    "status",
    "owner",
    "topic",
    "meeting",
    "late",
    "silent",
    "contested",
    "q",
    "sort",
    "page",
)

PUBLIC: dict[str, PublicAddress] = {
    route.name: route
    for route in (
        PublicAddress("board", "/", "/en/", BOARD_PARAMETERS),
        PublicAddress(
            "commitment",
            "/engagements/{reference}",
            "/en/commitments/{reference}",
        ),
        PublicAddress(
            "version",
            "/engagements/{reference}/versions/{version}",
            "/en/commitments/{reference}/versions/{version}",
        ),
        PublicAddress("meetings", "/reunions", "/en/meetings"),
        PublicAddress("meeting", "/reunions/{slug}", "/en/meetings/{slug}"),
        PublicAddress("stakeholders", "/acteurs", "/en/stakeholders"),
        PublicAddress("stakeholder", "/acteurs/{slug}", "/en/stakeholders/{slug}"),
        PublicAddress("topics", "/themes", "/en/topics"),
        PublicAddress("topic", "/themes/{slug}", "/en/topics/{slug}"),
        PublicAddress("journal", "/journal", "/en/journal", ("before",)),
        PublicAddress("method", "/methode", "/en/method"),
        PublicAddress("data", "/donnees", "/en/data"),
        PublicAddress(
            "board_csv",
            "/donnees/tableau.csv",
            "/en/data/board.csv",
            BOARD_PARAMETERS,
        ),
        PublicAddress(
            "board_json",
            "/donnees/tableau.json",
            "/en/data/board.json",
            BOARD_PARAMETERS,
        ),
    )
}


class PublicPaths:
    """Finds the public page at a path, for the page cache."""

    def __init__(self) -> None:
        self._cached = {
            route.name: CachedRoute(frozenset({*route.parameters, *EVERYWHERE}))
            for route in PUBLIC.values()
        }
        patterns = [
            (pattern, route.name) for route in PUBLIC.values() for pattern in (route.fr, route.en)
        ]
        # A language's home answers with and without its last slash.
        patterns.append(("/en", "board"))
        self._fixed = {pattern: name for pattern, name in patterns if "{" not in pattern}
        self._open = [
            (re.compile(re.sub(r"\{\w+\}", "[^/]+", pattern)), name)
            for pattern, name in patterns
            if "{" in pattern
        ]

    def cached(self, path: str) -> CachedRoute | None:
        name = self._fixed.get(path)
        if name is None:
            name = next((n for pattern, n in self._open if pattern.fullmatch(path)), None)
        return self._cached[name] if name is not None else None


def address(
    name: str,
    language: Language,
    values: dict[str, str] | None = None,
    query: dict[str, str | None] | None = None,
) -> str:
    """The path and query of a public page; empty parameters are left out, the rest sorted, so that
    one state of a page has one address."""
    path = PUBLIC[name].path(language, **(values or {}))
    kept = sorted((key, value) for key, value in (query or {}).items() if value)
    return f"{path}?{urlencode(kept)}" if kept else path
