"""What templates can call, in one language: addresses, names, words, dates and numbers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

from markupsafe import Markup, escape

from domain import policies
from domain.values import Wording
from projections.stakeholders import StakeholderRow
from web import addresses, pictures, typesetting, words
from web.assets import asset_path
from web.visit import Language, Visit
from web.words import Raised

Query = dict[str, str | None]

# Macros are imported without context, so that Jinja compiles and runs them once; what they need to
# know of the reader is here for the time of one rendering.
_visiting: ContextVar[Visit | None] = ContextVar("visiting", default=None)


@contextmanager
def rendering_for(visit: Visit | None) -> Iterator[None]:
    """Within it, templates write for this visit; an error page has none."""
    token = _visiting.set(visit)
    try:
        yield
    finally:
        _visiting.reset(token)


def current_visit() -> Visit:
    visit = _visiting.get()
    assert visit is not None, "this is written on pages of the record only"
    return visit


class TemplateFunctions:
    """The functions and filters of the templates of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.other_language: Language = "en" if language == "fr" else "fr"

    def functions(self) -> dict[str, Any]:
        return {
            "language": self.language,
            "other_language": self.other_language,
            "link": self.link,
            "go": self.go,
            "switch_language": self.switch_language,
            "today": self.today,
            "asset": asset_path,
            "stakeholder": stakeholder,
            "short_name": self.short_name,
            "word": self.word,
            "flags_of": words.flags,
            "flag_words": self.flag_words,
            "policies": policies,
            "pictures": pictures,
            "Lane": words.Lane,
        }

    def filters(self) -> dict[str, Callable[..., object]]:
        # Filters are called directly, functions through Jinja's checks: what is written often is
        # a filter.
        return {
            "day": self.day,
            "short_day": self.short_day,
            "instant": self.instant,
            "number": self.number,
            "typeset": self.typeset,
            "paragraphs": self.paragraphs,
            "wording": self.wording,
            "plain": self.plain,
        }

    def link(self, name: str, query: Query | None = None, /, **values: str) -> str:
        """The address of a public page; a reader of the past stays on the day looked at."""
        return _address(name, self.language, tuple(values.items()), _asked(query))

    def go(self, query: Query) -> Markup:
        """The attributes of a link to another state of the board, followed by htmx where it runs.
        Its target is set once, on #board."""
        return _go(self.language, _asked(query))

    def switch_language(self) -> str:
        """This page in the other language; an error page has none, so the board stands for it."""
        visit = _visiting.get()
        if visit is None:
            return addresses.address("board", self.other_language)
        values = tuple(visit.path_values.items())
        return _address(visit.route, self.other_language, values, _asked({**visit.query}))

    def today(self) -> str:
        """This page as the record stands now."""
        visit = current_visit()
        return self.link(visit.route, {**visit.query, "asof": None}, **visit.path_values)

    def short_name(self, identity: UUID) -> str:
        row = stakeholder(identity)
        if row is not None:
            return row.short_name
        return words.UNREGISTERED[0 if self.language == "fr" else 1]

    def word(self, value: StrEnum) -> str:
        return words.word(value, self.language)

    def flag_words(self, raised: Raised, short: bool = False) -> str:
        return words.flag_words(raised, self.language, short)

    def day(self, on: date) -> str:
        return typesetting.day(on, self.language)

    def short_day(self, on: date) -> str:
        return typesetting.short_day(on, self.language)

    def instant(self, at: datetime) -> str:
        return typesetting.instant(at, self.language)

    def number(self, value: int) -> str:
        return typesetting.number(value, self.language)

    def typeset(self, text: str) -> str:
        """Typeset and still safe: what was escaped stays escaped, what was not will be."""
        typeset = typesetting.typeset(text, self.language)
        # Only what came in safe goes out safe: setting type adds no markup.
        return Markup(typeset) if isinstance(text, Markup) else typeset  # noqa: S704

    def paragraphs(self, text: str) -> Markup:
        lines = (escape(self.typeset(line)) for line in typesetting.paragraphs(text))
        return Markup("").join(Markup("<p>%s</p>") % line for line in lines)

    def wording(self, wording: Wording | str | None, limit: int = 0) -> Markup | str:
        """The text, marked with its language when that is not the reader's; cut at `limit`."""
        text = self.plain(wording)
        if limit:
            text = typesetting.shortened(text, limit)
        if not isinstance(wording, Wording):
            return text
        if wording.in_language(self.language)[1] == self.language:
            return text
        return Markup('<span lang="%s">%s</span>') % (self.other_language, text)

    def plain(self, wording: Wording | str | None) -> str:
        """A wording as text, for titles and attributes, where its language cannot be marked."""
        if not isinstance(wording, Wording):
            return wording or ""
        text, written_in = wording.in_language(self.language)
        return typesetting.typeset(text, "fr" if written_in == "fr" else "en")


def stakeholder(identity: UUID) -> StakeholderRow | None:
    """None for an organisation that was registered after the moment looked at: an event may name
    its recorder before the record does."""
    return current_visit().directory.stakeholders.get(identity)


Items = tuple[tuple[str, str | None], ...]


def _asked(query: Query | None) -> Items:
    """The query with the day looked at, unless it says another or, with None, today."""
    visit = _visiting.get()
    if visit is None or visit.as_of is None:
        return tuple(query.items()) if query else ()
    return tuple(({"asof": visit.as_of.isoformat()} | (query or {})).items())


@lru_cache(8_192)
def _address(
    name: str, language: Language, values: tuple[tuple[str, str], ...], query: Items
) -> str:
    return addresses.address(name, language, dict(values), dict(query))


@lru_cache(8_192)
def _go(language: Language, query: Items) -> Markup:
    return Markup('href="{0}" hx-get="{0}"').format(_address("board", language, (), query))
