"""Which bytes does a request ask for?"""

import gzip
import random

import brotli
import pytest

from web.negotiation import (
    BR,
    GZIP,
    IDENTITY,
    VARY,
    canonical_query,
    day_asked,
    encoded,
    names,
    preferred,
    variants,
    wants_fragment,
)

KNOWN = frozenset({"status", "owner", "q", "asof"})


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (b"", IDENTITY),
        (b"br", BR),
        (b"gzip, deflate, br, zstd", BR),
        (b"gzip, deflate", GZIP),
        (b"x-gzip", GZIP),
        (b"BR;Q=1.0", BR),
        (b"deflate, zstd", IDENTITY),
        (b"*", BR),
        (b"br;q=0, *", GZIP),
        (b"br;q=0", IDENTITY),
        (b"br;q=0.0, gzip;q=0.000", IDENTITY),
        (b"br;q=0.5, gzip;q=0.8", GZIP),
        (b"br;q=0.001", BR),
        (b"gzip;q=0.5, identity", IDENTITY),
        (b"identity;q=0.5, gzip;q=0.5", GZIP),
        (b"identity;q=0, *;q=0", IDENTITY),
        (b"br;q=2", IDENTITY),
        (b"br;q=nan, gzip", GZIP),
        (b"br;level=5, gzip", GZIP),
        (b",,;q=1,\xff", IDENTITY),
        (b"br," + b" " * 300, IDENTITY),
    ],
)
def test_the_readers_weights_choose_the_encoding(accept: bytes, expected: int) -> None:
    assert preferred(accept) == expected


@pytest.mark.parametrize(
    ("header", "holds_it"),
    [
        (b'"tag"', True),
        (b'W/"tag"', True),
        (b'"other", W/"tag" , "third"', True),
        (b"*", True),
        (b" * ", True),
        (b'"a,b", "tag"', True),
        (b'"other"', False),
        (b"tag", False),
        (b'"tag', False),
        (b"", False),
        (b'"*"', False),
    ],
)
def test_entity_tags_are_compared_weakly(header: bytes, holds_it: bool) -> None:
    assert names(header, b'"tag"') is holds_it


@pytest.mark.parametrize(
    ("headers", "fragment"),
    [
        ({}, False),
        ({b"hx-request": b"true"}, True),
        ({b"hx-request": b"true", b"hx-request-type": b"partial"}, True),
        ({b"hx-request": b"true", b"hx-request-type": b"full"}, False),
        ({b"hx-request": b"true", b"hx-boosted": b"true"}, False),
        ({b"hx-request": b"true", b"hx-history-restore-request": b"true"}, False),
        ({b"hx-request": b"false"}, False),
    ],
)
def test_htmx_gets_a_fragment_only_where_it_swaps_one(
    headers: dict[bytes, bytes], fragment: bool
) -> None:
    assert wants_fragment(headers) is fragment
    # A header that decides and is not named here makes shared caches mix fragments and pages.
    assert {name.decode() for name in headers} <= set(VARY[1].decode().lower().split(", "))


def test_parameters_are_sorted_and_empty_ones_say_nothing() -> None:
    query, refused = canonical_query(b"status=stalled&q=&owner=aige&asof=%20", KNOWN)
    assert (list(query.items()), refused) == ([("owner", "aige"), ("status", "stalled")], [])


def test_spellings_of_one_value_are_one_value() -> None:
    spellings = (b"q=d%C3%A9lai+long", b"%71=d%c3%a9lai%20long", "q=délai long".encode())
    assert [canonical_query(each, KNOWN) for each in spellings] == [({"q": "délai long"}, [])] * 3


def test_unknown_and_repeated_parameters_are_refused_by_name() -> None:
    sent = b"utm_source=x&status=stalled&fbclid=&owner=aige&status=fulfilled"
    assert canonical_query(sent, KNOWN)[1] == ["fbclid", "status", "utm_source"]


def test_bytes_that_are_no_text_do_no_harm() -> None:
    assert canonical_query(b"q=%FF%00&q2=\xff", KNOWN) == ({"q": "\ufffd\x00"}, ["q2"])


@pytest.mark.parametrize("asof", ["", "20240716", "2024-W29-2", "2024-02-30", "٢٠٢٤-07-16", "hier"])
def test_only_a_day_written_in_full_is_a_day(asof: str) -> None:
    assert day_asked({"asof": asof}) is None
    assert str(day_asked({"asof": "2024-07-16"})) == "2024-07-16"


def test_every_encoding_holds_the_same_page_and_the_same_page_has_the_same_bytes() -> None:
    body = "<p>Tenu hors délai</p>".encode() * 500
    br, gz, identity = encoded(body)
    assert brotli.decompress(br) == gzip.decompress(gz) == identity == body
    # In bytes 4 to 7 gzip would tell when: another second or process, another ETag.
    assert gz[4:8] == b"\0\0\0\0"


def test_what_compression_would_lengthen_is_sent_as_it_is() -> None:
    noise = random.Random(1).randbytes(400)
    made = variants(encoded(noise), ())
    assert [each.whole.body for each in made] == [noise] * 3
    assert all(b"content-encoding" not in dict(each.whole.headers) for each in made)
    assert len({each.etag for each in made}) == 1
