"""The values that events and commands are made of. Each one refuses what cannot be true."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Self
from urllib.parse import urlsplit
from uuid import UUID

from msgspec import Meta, Struct, structs

from domain.refusals import (
    CriterionMissing,
    DateMissing,
    EvidenceUnidentified,
    LinkUnsafe,
    ReferenceMalformed,
    SlugMalformed,
    TextEmpty,
    TextTooLong,
    TextUnprintable,
)

FREE_TEXT = "free_text"
"""Marks a field whose text may have to be removed by law: tracker/serialization.py salts it."""

Text = Annotated[str, Meta(extra={FREE_TEXT: True})]

NAME_LENGTH = 200
STATEMENT_LENGTH = 1_000
NOTE_LENGTH = 5_000

# [0-9], not \d: \d takes the digits of every script, so that two references could look the same.
_REFERENCE = re.compile(r"(?:[A-Z]{1,6}-)?(?:19|20)[0-9]{2}-[0-9]{3,6}")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,63}/[a-z0-9][a-z0-9.+-]{0,127}")
# Explicit embeddings, overrides and isolates can make a sentence read differently from what is
# stored, so a published promise could be forged by display alone. Plain Arabic or N'Ko needs none.
_DIRECTION_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
# Letters and symbols of Unicode that show nothing: a rationale made of them says nothing.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# More than any writing needs (UAX 15, stream-safe text). Longer runs cover the lines around them,
# and take a second to normalise.
_MARKS_IN_A_ROW = 30


class Language(StrEnum):
    fr = "fr"
    en = "en"


class Status(StrEnum):
    """The one scale of both lanes."""

    not_started = "not_started"
    in_progress = "in_progress"
    stalled = "stalled"
    partially_fulfilled = "partially_fulfilled"
    fulfilled = "fulfilled"
    not_fulfilled = "not_fulfilled"


class Capacity(StrEnum):
    """In what quality an organisation records an event."""

    owner = "owner"
    assessor = "assessor"
    secretariat = "secretariat"


class StakeholderKind(StrEnum):
    emb = "emb"
    cso = "cso"
    government = "government"
    party = "party"
    media = "media"
    observer = "observer"
    partner = "partner"


class AttributionOutcome(StrEnum):
    confirmed = "confirmed"
    reassigned = "reassigned"


class DueKind(StrEnum):
    fixed = "fixed"
    event = "event"
    open = "open"


class EvidenceKind(StrEnum):
    document = "document"
    link = "link"


class Author(Struct, frozen=True):
    """Who records, and in what capacity: an organisation, never a person."""

    organisation: UUID
    capacity: Capacity


class Wording(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A public text in French, in English, or in both. At least one is there."""

    fr: Text = ""
    en: Text = ""

    def in_language(self, language: str) -> tuple[str, str]:
        """The text for a reader of `language`, and the language it is really in."""
        preferred, other = (self.fr, self.en) if language == "fr" else (self.en, self.fr)
        if preferred:
            return preferred, language
        return other, "en" if language == "fr" else "fr"

    def checked(self, field: str, limit: int) -> Self:
        """The same wording, normalised. Raises TextEmpty, TextTooLong or TextUnprintable."""
        if not self.fr.strip() and not self.en.strip():
            raise TextEmpty(field=field)
        return structs.replace(
            self,
            fr=checked_text(self.fr, field, limit) if self.fr.strip() else "",
            en=checked_text(self.en, field, limit) if self.en.strip() else "",
        )


class Due(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When a commitment is due: on a date, before a named event, or at no stated time."""

    kind: DueKind = DueKind.open
    on: date | None = None
    event: Wording | None = None

    def checked(self) -> Self:
        """The same due, its event's name normalised. Raises DateMissing or TextEmpty."""
        if self.kind is DueKind.fixed and self.on is None:
            raise DateMissing(field="due")
        event = self.event
        if self.kind is DueKind.event:
            event = (event or Wording()).checked("due_event", NAME_LENGTH)
        return structs.replace(
            self,
            on=self.on if self.kind is DueKind.fixed else None,
            event=event if self.kind is DueKind.event else None,
        )


class Evidence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A document, named by the SHA-256 of its bytes, or a link with the day it was seen.

    `number` counts the evidence of one commitment from 1; the domain assigns it.
    """

    kind: EvidenceKind
    title: Text
    seen_on: date
    url: Text = ""
    sha256: str = ""
    media_type: str = ""
    size: int = 0
    number: int = 0

    def checked(self) -> Self:
        """The same evidence, normalised. Raises LinkUnsafe, EvidenceUnidentified or Text…"""
        title = checked_text(self.title, "evidence_title", NAME_LENGTH)
        if self.kind is EvidenceKind.link:
            link = checked_link(self.url)
            return structs.replace(self, title=title, url=link, sha256="", media_type="", size=0)
        if (
            not re.fullmatch(r"[0-9a-f]{64}", self.sha256)
            or not _MEDIA_TYPE.fullmatch(self.media_type)
            or self.size < 1
        ):
            raise EvidenceUnidentified()
        return structs.replace(self, title=title, url="")


class Topic(Struct, frozen=True):
    slug: Text
    title: Wording


class Measure(Struct, frozen=True, omit_defaults=True):
    """Whether a commitment can be measured and, if so, by what criterion (rule 5)."""

    measurable: bool
    criterion: Wording | None = None

    def checked(self) -> Self:
        """The same measure, normalised. Raises CriterionMissing."""
        if not self.measurable:
            return structs.replace(self, criterion=None)
        if self.criterion is None or not (self.criterion.fr.strip() or self.criterion.en.strip()):
            raise CriterionMissing()
        return structs.replace(self, criterion=self.criterion.checked("criterion", NOTE_LENGTH))


def checked_text(text: str, field: str, limit: int = NOTE_LENGTH) -> str:
    """`text` in Unicode NFC with its outer white space removed.

    Raises TextEmpty (nothing that shows), TextTooLong (more than `limit` characters) or
    TextUnprintable (control characters other than a line break, characters that reverse the
    direction of reading, a pile of accents on one letter).
    """
    # Length first: normalising a megabyte to then refuse it would be work done for an attacker.
    if len(text) > 4 * limit:
        raise TextTooLong(field=field, limit=limit, length=len(text))
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    for character in _unprintable(text):
        raise TextUnprintable(field=field, character=f"U+{ord(character):04X}")
    text = unicodedata.normalize("NFC", text)
    if not any(unicodedata.category(c)[0] in "LNPS" and c not in _BLANKS for c in text):
        raise TextEmpty(field=field)
    if len(text) > limit:
        raise TextTooLong(field=field, limit=limit, length=len(text))
    return text


def _unprintable(text: str) -> Iterator[str]:
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > _MARKS_IN_A_ROW or character in _DIRECTION_CONTROLS or _is_control(character):
            yield character


def _is_control(character: str) -> bool:
    # Code points that will never be characters are refused; those of a later Unicode than this
    # Python knows are not: a phone newer than the server has emoji the server has not heard of.
    code = ord(character)
    never = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return never or (character not in "\n\t" and unicodedata.category(character) in {"Cc", "Cs"})


def checked_link(url: str) -> str:
    """An absolute http(s) address of at most 2,000 characters. Raises LinkUnsafe."""
    url = url.strip()
    # Before parsing, because urlsplit() keeps what it parsed. A browser reads "\" as "/", Python
    # does not: they would disagree on which site this is.
    if len(url) > 2_000 or any(c.isspace() or c == "\\" for c in url) or any(_unprintable(url)):
        raise LinkUnsafe()
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise LinkUnsafe() from None
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None:
        raise LinkUnsafe()
    return url


def checked_reference(reference: str) -> str:
    """A public reference such as 2024-003 or EX-2024-003. Raises ReferenceMalformed."""
    if not _REFERENCE.fullmatch(reference):
        raise ReferenceMalformed(reference=reference[:40])
    return reference


def checked_slug(slug: str) -> str:
    """A name for an address: a-z, 0-9 and single hyphens, at most 80. Raises SlugMalformed."""
    if len(slug) > 80 or not _SLUG.fullmatch(slug):
        raise SlugMalformed(slug=slug[:40])
    return slug
