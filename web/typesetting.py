"""How text, dates and numbers are set in each language.

French sources are typed with ordinary spaces and straight apostrophes; the spaces that must not
break a line are put here, once, when a page is written.
"""

import re
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date

from web.visit import Language

NARROW = "\u202f"
WIDE = "\u00a0"

# In escaped text an apostrophe is an entity; both are the same character to a reader.
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])(?:'|&#39;)(?=[^\W_]|«)")
# The percent sign of “%(n)s”, in a message of the templates, is no percent sign.
_BEFORE_HIGH = re.compile(r"(?<=\S)[ \u00a0](?=[;!?]|%(?!\())")
_BEFORE_COLON = re.compile(r"(?<=\S) (?=[:»])")
_AFTER_QUOTE = re.compile(r"« (?=\S)")
_LOCALE = {"fr": "fr_FR", "en": "en_GB"}


def typeset(text: str, language: Language) -> str:
    """`text` with typographic apostrophes and, in French, its no-break spaces.

    Only spaces that are there are changed: no word or sign is added to what somebody wrote.
    """
    text = _APOSTROPHE.sub("’", text)
    if language == "fr":
        text = _BEFORE_HIGH.sub(NARROW, text)
        text = _BEFORE_COLON.sub(WIDE, text)
        text = _AFTER_QUOTE.sub("«" + WIDE, text)
    return text


@lru_cache(4_096)
def day(on: date, language: Language) -> str:
    """A day in full: 16 juillet 2024, 1er juillet 2024, 16 July 2024."""
    text = format_date(on, "d MMMM y", locale=_LOCALE[language])
    return text.replace("1 ", "1er ", 1) if language == "fr" and on.day == 1 else text


@lru_cache(4_096)
def short_day(on: date, language: Language) -> str:
    """A day for a narrow column: 16 juil. 2024, 16 Jul 2024. The year is always there."""
    text = format_date(on, "d MMM y", locale=_LOCALE[language])
    return text.replace("1 ", "1er ", 1) if language == "fr" and on.day == 1 else text


def instant(at: datetime, language: Language) -> str:
    """A day and a time of day. Africa/Bamako keeps UTC all year, so one clock serves everyone."""
    if language == "fr":
        return f"{day(at.date(), language)} à {at:%H}{WIDE}h{WIDE}{at:%M} UTC"
    return f"{day(at.date(), language)} at {at:%H:%M} UTC"


def number(value: int, language: Language) -> str:
    """12 345 with narrow no-break spaces in French, 12,345 in English."""
    text = f"{value:,}"
    return text.replace(",", NARROW) if language == "fr" else text


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text somebody typed: every line break ends one."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def shortened(text: str, limit: int) -> str:
    """`text` cut at a word and marked with an ellipsis when it is longer than `limit`."""
    if len(text) <= limit:
        return text
    space = text.rfind(" ", 0, limit)
    # A single word longer than half the limit is cut where it stands.
    return text[: space if space > limit // 2 else limit - 1].rstrip(" ,;:.") + "…"
