"""A page that stays in memory is packed again, in fewer bytes, behind the readers' backs."""

import asyncio
from collections.abc import Iterator
from random import Random

import brotli
import pytest

from projections.feed import Moment
from tests.web.cached_board import Board, field
from web import page_cache
from web.asgi import Scope

WORDS = "engagement porteur échéance déclaré évalué preuve contestation réunion thème".split()
TEXT = " ".join(Random(1).choices(WORDS, k=4_000)).encode()


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Iterator[Board]:
    monkeypatch.setattr(page_cache, "_STAYS_AFTER", 0.0)
    with asyncio.Runner() as runner:
        board = Board(runner)
        board.site.body = lambda scope: TEXT
        yield board


def _let_it_work(board: Board) -> None:
    async def until_done() -> None:
        await asyncio.gather(*board.cache._tightening)

    board.runner.run(asyncio.wait_for(until_done(), 30))


def test_a_page_that_stays_becomes_smaller_and_reads_the_same(board: Board) -> None:
    first = board.get("/", accept_encoding="br")
    _let_it_work(board)
    later = board.get("/", accept_encoding="br")
    assert len(later.body) < len(first.body)
    assert brotli.decompress(later.body) == brotli.decompress(first.body) == TEXT
    assert int(field(later, "content-length")) == len(later.body)
    assert field(later, "etag") != field(first, "etag")
    assert board.get("/", accept_encoding="br", if_none_match=field(later, "etag")).status == 304
    assert board.get("/", accept_encoding="identity").body == TEXT
    assert board.made == 1
    assert board.cache.held_bytes == sum(kept.size for kept in board.cache._pages.values())


def test_a_page_that_an_event_replaced_meanwhile_is_left_alone(board: Board) -> None:
    def changing(scope: Scope) -> bytes:
        return TEXT + str(board.made).encode()

    board.site.body = changing
    board.get("/", accept_encoding="br")
    board.moment = Moment(6, board.moment.day)
    board.get("/", accept_encoding="br")
    _let_it_work(board)
    assert brotli.decompress(board.get("/", accept_encoding="br").body) == TEXT + b"2"
    assert board.cache.statistics()["pages"] == 1
