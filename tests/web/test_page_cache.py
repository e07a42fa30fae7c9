"""A public page is made once for each moment, and then sent from memory, to everybody the same."""

import asyncio
import gzip
from collections.abc import Callable, Iterator
from typing import Any

import brotli
import pytest

from tests.web.cached_board import Board, field
from web.asgi import Answer
from web.negotiation import VARY
from web.page_cache import LONGEST_QUERY

HTMX = {"hx-request": "true"}


@pytest.fixture
def board() -> Iterator[Board]:
    with asyncio.Runner() as runner:
        yield Board(runner)


@pytest.mark.parametrize(
    ("accepted", "decompress"),
    [("br", brotli.decompress), ("gzip", gzip.decompress), ("identity", bytes)],
)
def test_a_hit_sends_the_very_bytes_that_the_first_reader_got(
    board: Board, accepted: str, decompress: Callable[[bytes], bytes]
) -> None:
    first = board.get("/?status=stalled", accept_encoding=accepted)
    page = decompress(first.body)
    assert page == board.site.text(board.site.asked[0])
    assert board.get("/?status=stalled", accept_encoding=accepted) == first
    assert board.made == 1
    assert int(field(first, "content-length")) == len(first.body)
    assert ("content-encoding" in str(first.headers)) == (accepted != "identity")
    statistics = board.cache.statistics()
    assert (statistics["hits"], statistics["misses"], statistics["pages"]) == (1, 1, 1)


def test_every_page_says_what_it_shows_and_how_it_may_be_kept(board: Board) -> None:
    board.site.headers.append((b"content-language", b"en"))
    answer = board.get("/")
    assert field(answer, "content-type") == "text/html; charset=utf-8"
    assert field(answer, "x-board-position") == "5"
    assert field(answer, "cache-control") == "public, no-cache"
    assert field(answer, "vary") == VARY[1].decode()
    assert field(answer, "x-policy") == "strict"
    assert field(answer, "content-language") == "en"


def test_each_encoding_has_a_strong_tag_of_its_own_even_if_the_site_had_one(board: Board) -> None:
    board.site.headers += [(b"etag", b'W/"site"'), (b"content-length", b"1"), (b"vary", b"cookie")]
    tags = {field(board.get("/", accept_encoding=each), "etag") for each in ("br", "gzip", "")}
    assert len(tags) == 3
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)


def test_a_reader_who_holds_the_page_is_told_so_without_it(board: Board) -> None:
    tag = field(board.get("/", accept_encoding="br"), "etag")
    for held in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = board.get("/", accept_encoding="br", if_none_match=held)
        assert (answer.status, answer.body, field(answer, "etag")) == (304, b"", tag)
        assert field(answer, "x-policy") == "strict"
        assert (
            not {b"content-type", b"content-length", b"content-encoding"}
            & dict(answer.headers).keys()
        )
    assert board.get("/", accept_encoding="gzip", if_none_match=tag).status == 200
    assert board.get("/", accept_encoding="br", if_none_match='"other"').status == 200


def test_head_gets_the_headers_of_get_and_the_site_is_asked_for_the_page(board: Board) -> None:
    head = board.get("/", "HEAD", accept_encoding="br")
    whole = board.get("/", accept_encoding="br")
    assert (head.status, head.headers, head.body) == (200, whole.headers, b"")
    assert [scope["method"] for scope in board.site.asked] == ["GET"]
    assert board.get("/", "HEAD", if_none_match="*").status == 304


def test_an_encoding_that_the_reader_refuses_is_not_sent(board: Board) -> None:
    assert field(board.get("/", accept_encoding="br;q=0, gzip"), "content-encoding") == "gzip"
    plain = board.get("/", accept_encoding="br;q=0, gzip;q=0")
    assert b"content-encoding" not in dict(plain.headers)


def test_one_hundred_readers_of_a_new_page_wait_for_one_render(board: Board) -> None:
    answers = board.get_at_once(*(["/?owner=aige"] * 50 + ["/?q=&owner=aige"] * 50))
    assert board.made == 1
    assert all(answer == answers[0] for answer in answers)
    assert isinstance(answers[0], Answer)


def test_a_failing_render_reaches_everyone_who_waits_and_is_tried_anew_after(board: Board) -> None:
    board.site.failure = ValueError("no such column")
    answers = board.get_at_once(*["/"] * 20)
    assert board.made == 1
    assert [str(answer) for answer in answers] == ["no such column"] * 20
    board.site.failure = None
    assert board.get("/").status == 200


def test_the_first_reader_may_leave_without_failing_the_others(board: Board) -> None:
    async def story() -> Answer:
        board.site.gate = asyncio.Event()
        first, second = (asyncio.create_task(board.ask("/")) for _ in range(2))
        await asyncio.sleep(0.01)
        first.cancel()
        board.site.gate.set()
        return await second

    assert board.runner.run(story()).status == 200
    assert board.made == 1


@pytest.mark.parametrize("status", [301, 404, 422, 451, 500, 503])
def test_only_pages_are_kept_other_answers_are_sent_as_they_are(board: Board, status: int) -> None:
    board.site.status = status
    answer = board.get("/", accept_encoding="br")
    assert (answer.status, answer.body) == (status, board.site.text(board.site.asked[0]))
    head = board.get("/", "HEAD")
    assert (head.status, head.body, board.made) == (status, b"", 2)
    assert board.cache.statistics()["bytes"] == 0


@pytest.mark.parametrize("control", [b"no-store", b"private, max-age=5"])
def test_a_page_that_the_site_wants_kept_nowhere_is_not_kept_here(
    board: Board, control: bytes
) -> None:
    board.site.headers.append((b"cache-control", control))
    assert field(board.get("/"), "cache-control") == control.decode()
    board.get("/")
    assert board.made == 2


def test_a_public_page_that_sets_a_cookie_is_a_mistake_that_is_heard_of(board: Board) -> None:
    board.site.headers.append((b"set-cookie", b"session=1"))
    with pytest.raises(RuntimeError, match="cookie"):
        board.get("/")


def test_what_the_site_says_of_keeping_its_page_stands(board: Board) -> None:
    board.site.headers.append((b"cache-control", b"public, max-age=60"))
    assert field(board.get("/"), "cache-control") == "public, max-age=60"


@pytest.mark.parametrize("query", ["utm_source=x", "status=a&status=b", "Status=a", "fbclid="])
def test_unknown_and_repeated_parameters_are_left_to_the_site_with_a_mark(
    board: Board, query: str
) -> None:
    board.site.status = 422
    assert [board.get(f"/?{query}").status for _ in range(2)] == [422, 422]
    state: dict[str, Any] = board.site.asked[1]["state"]
    assert state["unknown_parameters"] == [query.partition("=")[0]]
    assert state["a"] == 1


def test_a_query_longer_than_any_of_ours_is_left_to_the_site_with_a_mark(board: Board) -> None:
    for _ in range(2):
        board.get("/?q=" + "x" * (LONGEST_QUERY - 1))
    assert [scope["state"]["query_too_long"] for scope in board.site.asked] == [True, True]


def test_every_spelling_of_an_address_is_one_page(board: Board) -> None:
    page = board.get("/?status=b&owner=a").body
    for query in ("owner=a&status=b", "owner=%61&status=b&q=", "&status=+b+&&owner=a&asof"):
        assert board.get(f"/?{query}").body == page
    assert board.made == 1
    assert board.site.asked[0]["query_string"] == b"owner=a&status=b"


def test_nothing_of_a_reader_reaches_the_page_of_all_readers(board: Board) -> None:
    board.get("/?q=%41", cookie="secret", host="evil.example", x_forwarded_for="1.2.3.4")
    (asked,) = board.site.asked
    assert (asked["headers"], asked["client"], asked["query_string"]) == ([], None, b"q=A")


def test_what_is_no_public_page_passes_untouched(board: Board) -> None:
    for address, method in (("/espace/x", "GET"), ("/", "POST"), ("/", "OPTIONS"), ("/", "PUT")):
        board.get(address, method, cookie="session=1", accept_encoding="br")
    assert [scope["method"] for scope in board.site.asked] == ["GET", "POST", "OPTIONS", "PUT"]
    assert all((b"cookie", b"session=1") in scope["headers"] for scope in board.site.asked)
    assert all(scope["state"] == {"a": 1} for scope in board.site.asked)


def test_a_fragment_and_its_page_are_never_mistaken_for_each_other(board: Board) -> None:
    board.site.body = lambda scope: b"part" if scope["state"]["fragment"] else b"the whole page"
    for _ in range(2):
        assert board.get("/", **HTMX).body == b"part"
        assert board.get("/").body == b"the whole page"
        for name in ("hx-boosted", "hx-history-restore-request"):
            assert board.get("/", **HTMX, **{name: "true"}).body == b"the whole page"
    assert board.made == 2
    assert board.site.asked[0]["headers"] == [(b"hx-request", b"true")]
