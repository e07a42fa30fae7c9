"""Which bytes does a request ask for? (RFC 9110, sections 8.8, 12.5 and 13.1; htmx 4 headers)"""

import gzip
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import parse_qsl

import brotli
from msgspec import Struct

from web.asgi import Answer, RawHeaders

BR, GZIP, IDENTITY = 0, 1, 2
"""Places in what encoded() gives."""

# All that wants_fragment() reads: a proxy that knew less would answer a reload with a fragment.
VARY = (
    b"vary",
    b"HX-Request, HX-Request-Type, HX-Boosted, HX-History-Restore-Request, Accept-Encoding",
)

_LONGEST_ACCEPT = 256
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_QUALITY = re.compile(rb"q=(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)
_ENTITY_TAG = re.compile(rb'(?:W/)?("[^"]*")')


class Variant(Struct, frozen=True):
    """A page in one encoding, ready to send: whole (200), or unchanged since the reader got it
    (304)."""

    etag: bytes
    whole: Answer
    unchanged: Answer


def canonical_query(sent: bytes, known: AbstractSet[str]) -> tuple[dict[str, str], list[str]]:
    """The parameters that say something, sorted by name, and the names of those to refuse: not in
    `known`, or given twice. Values lose the blanks around them; bytes that are no UTF-8 become
    U+FFFD."""
    query: dict[str, str] = {}
    refused: list[str] = []
    text = sent.decode("utf-8", "replace")
    for name, value in sorted(parse_qsl(text, keep_blank_values=True)):
        said = value.strip()
        if name not in known or (said and name in query):
            refused.append(name)
        elif said:
            query[name] = said
    return query, refused


def day_asked(query: Mapping[str, str]) -> date | None:
    """The day of `asof`, where it is one in full: 2024-07-16."""
    # The pattern first: fromisoformat alone also takes 20240716 and 2024-W29-2.
    if not _DAY.fullmatch(query.get("asof", "")):
        return None
    try:
        return date.fromisoformat(query["asof"])
    except ValueError:
        return None


def wants_fragment(headers: Mapping[bytes, bytes]) -> bool:
    """htmx asks for a part of the page. Boosted links, the back button and hx-select need all."""
    return (
        headers.get(b"hx-request") == b"true"
        and headers.get(b"hx-request-type") != b"full"
        and b"hx-boosted" not in headers
        and b"hx-history-restore-request" not in headers
    )


def preferred(accept_encoding: bytes) -> int:
    """BR, GZIP or IDENTITY. The reader's weights decide, then the size; identity where nothing
    suits, since unreadable bytes help less than bytes that were not asked for."""
    # No browser sends as much: remembering it would let strangers fill memory.
    if len(accept_encoding) > _LONGEST_ACCEPT:
        return IDENTITY
    return _remembered_preference(accept_encoding)


@lru_cache(maxsize=512)
def _remembered_preference(accept_encoding: bytes) -> int:
    weights: dict[bytes, float] = {}
    for item in accept_encoding.lower().split(b","):
        coding, _, parameter = (part.strip() for part in item.partition(b";"))
        if not parameter:
            weights[coding] = 1.0
        else:
            # A weight that cannot be read is taken as a refusal: the safe side is fewer encodings.
            weights[coding] = float(parameter[2:]) if _QUALITY.fullmatch(parameter) else 0.0
    others = weights.get(b"*", 0.0)
    br = weights.get(b"br", others)
    gz = weights.get(b"gzip", weights.get(b"x-gzip", others))
    # Identity is acceptable unless refused, but whoever names an encoding wants it used.
    identity = weights.get(b"identity", 0.0)
    if max(br, gz, identity) == 0.0:
        return IDENTITY
    return max((br, 2, BR), (gz, 1, GZIP), (identity, 0, IDENTITY))[2]


def names(if_none_match: bytes, etag: bytes) -> bool:
    """Whether the reader says it holds `etag`, compared weakly as section 13.1.2 asks."""
    if if_none_match == etag or if_none_match.strip() == b"*":
        return True
    return etag in _ENTITY_TAG.findall(if_none_match)


def encoded(body: bytes) -> tuple[bytes, bytes, bytes]:
    """`body` in br, gzip and identity; where compressing gains nothing, `body` itself."""
    # Without a time of its own, gzip gives the same bytes, thus the same ETag, in every process.
    shorter = brotli.compress(body, quality=5), gzip.compress(body, 6, mtime=0)
    br, gz = (each if len(each) < len(body) else body for each in shorter)
    return br, gz, body


def variants(bodies: tuple[bytes, bytes, bytes], headers: RawHeaders) -> tuple[Variant, ...]:
    """What encoded() gave, with the `headers` of the page and those of each encoding."""
    made = []
    for body, coding in zip(bodies, (b"br", b"gzip", b""), strict=True):
        etag = _etag(body)
        shared = (*headers, VARY, (b"etag", etag))
        encoding = () if body is bodies[IDENTITY] else ((b"content-encoding", coding),)
        whole = (*shared, *encoding, (b"content-length", b"%d" % len(body)))
        unchanged = tuple(pair for pair in shared if pair[0] != b"content-type")
        made.append(Variant(etag, Answer(200, whole, body), Answer(304, unchanged, b"")))
    return tuple(made)


def tightened(variant: Variant, body: bytes) -> Variant:
    """The brotli variant of `body` in the fewest bytes. Takes a tenth of a second for a long page,
    without holding up other threads."""
    packed = brotli.compress(body, quality=11)
    if len(packed) >= len(variant.whole.body):
        return variant
    etag = _etag(packed)
    changed = {b"etag": etag, b"content-length": b"%d" % len(packed)}
    whole, unchanged = (
        tuple((name, changed.get(name, value)) for name, value in answer.headers)
        for answer in (variant.whole, variant.unchanged)
    )
    return Variant(etag, Answer(200, whole, packed), Answer(304, unchanged, b""))


def _etag(body: bytes) -> bytes:
    return b'"' + urlsafe_b64encode(blake2b(body, digest_size=15).digest()) + b'"'


def chosen(offered: tuple[Variant, ...], headers: Mapping[bytes, bytes]) -> Answer:
    """What a reader who sends `headers` gets of a page that variants() gave."""
    variant = offered[preferred(headers.get(b"accept-encoding", b""))]
    held = headers.get(b"if-none-match")
    if held is not None and names(held, variant.etag):
        return variant.unchanged
    return variant.whole
