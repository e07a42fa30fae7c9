"""What the page cache does as the record grows, memory fills and the database goes away."""

import asyncio
import gc
import random
import tracemalloc
from collections.abc import Iterator

import pytest

from projections.feed import Moment
from tests.web.cached_board import TODAY, TOMORROW, YESTERDAY, Board, field
from web.asgi import Answer, Scope

LAST_WEEK = f"/?asof={YESTERDAY}"


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def board(runner: asyncio.Runner) -> Board:
    return Board(runner)


def test_a_new_position_and_a_new_day_make_the_page_anew(board: Board) -> None:
    before = board.get("/")
    held = board.cache.statistics()["bytes"]
    board.moment = Moment(6, TODAY)
    after = board.get("/")
    assert (field(after, "x-board-position"), after.body != before.body) == ("6", True)
    board.moment = Moment(6, TOMORROW)
    assert board.get("/").body not in (before.body, after.body)
    assert board.get("/", if_none_match=field(before, "etag")).status == 200
    assert [scope["state"]["moment"].position for scope in board.site.asked] == [5, 6, 6]
    assert board.cache.statistics()["pages"] == 1
    assert abs(board.cache.statistics()["bytes"] - held) < 200


def test_the_page_of_a_past_day_survives_new_events(board: Board) -> None:
    board.past[YESTERDAY] = 3
    page = board.get(LAST_WEEK)
    assert field(page, "x-board-position") == "3"
    for position in (6, 7):
        board.moment = Moment(position, TOMORROW)
        assert [board.get(LAST_WEEK) for _ in range(3)] == [page] * 3
    assert board.made == 1
    assert board.looked_up == 3  # once for each moment: the other hits are the quick ones


def test_the_page_of_a_past_day_whose_position_is_unknown_is_made_for_each_moment(
    board: Board,
) -> None:
    for position in (5, 5, 6, 6):
        board.moment = Moment(position, TODAY)
        board.get(LAST_WEEK)
    assert board.made == 2


def test_a_position_that_rendering_made_known_files_the_page_at_once(board: Board) -> None:
    def learn(scope: Scope) -> bytes:
        board.past[YESTERDAY] = 3
        return b"as of yesterday"

    board.site.body = learn
    board.site.headers.append((b"x-board-position", b"3"))
    for position in (5, 6):
        board.moment = Moment(position, TODAY)
        assert field(board.get(LAST_WEEK), "x-board-position") == "3"
    assert board.made == 1


def test_a_page_that_shows_another_position_than_the_past_days_is_not_filed_under_it(
    board: Board,
) -> None:
    board.past[YESTERDAY] = 4
    board.site.headers.append((b"x-board-position", b"3"))
    board.get(LAST_WEEK)
    board.moment = Moment(6, TODAY)
    board.get(LAST_WEEK)
    assert board.made == 2


def test_today_goes_on_even_when_it_is_asked_for_by_its_date(board: Board) -> None:
    board.past |= {TODAY: 5, TOMORROW: 5}
    for day in (TODAY, TOMORROW):
        before = board.get(f"/?asof={day}")
        board.moment = Moment(board.moment.position + 1, TODAY)
        assert board.get(f"/?asof={day}") != before


def test_a_new_edition_forgets_the_past_as_well(board: Board) -> None:
    board.past[YESTERDAY] = 3
    text = board.get(LAST_WEEK).body
    board.edition = 1
    assert board.cache.statistics()["pages"] == 1
    assert board.get(LAST_WEEK).body != text
    assert board.cache.statistics()["pages"] == 1


def test_what_was_read_before_a_redaction_is_neither_kept_nor_served_after_it(
    board: Board,
) -> None:
    async def story() -> tuple[Answer, Answer]:
        gate = board.site.gate = asyncio.Event()
        before = asyncio.create_task(board.ask("/"))
        await asyncio.sleep(0.01)
        board.site.gate, board.edition = None, 1
        after = await board.ask("/")
        gate.set()
        return await before, after

    board.site.body = lambda scope: b"%d" % id(scope)
    before, after = board.runner.run(story())
    assert (board.made, before.body != after.body) == (2, True)
    assert board.get("/").body == after.body


def test_without_a_database_the_page_of_an_earlier_moment_is_served(board: Board) -> None:
    before = board.get("/", accept_encoding="br")
    board.moment, board.site.status = Moment(6, TODAY), 503
    for _ in range(3):
        stale = board.get("/", accept_encoding="br")
        assert (stale, field(stale, "x-board-position")) == (before, "5")
    # The site waits for its database until it gives up: only one reader in two seconds pays that.
    assert board.made == 2
    assert board.cache.statistics()["stale_hits"] == 3
    assert board.get("/?q=never+seen").status == 503


def test_once_the_database_is_back_the_page_is_the_present_one_again(board: Board) -> None:
    board.get("/")
    board.moment, board.site.status = Moment(6, TODAY), 503
    board.get("/")
    board.site.status = 200
    board.cache._ask_again_at = 0.0  # two seconds later
    assert field(board.get("/"), "x-board-position") == "6"


def test_without_a_database_a_page_of_another_edition_is_not_served(board: Board) -> None:
    board.get("/")
    board.edition, board.site.status = 1, 503
    assert board.get("/").status == 503


def test_the_pages_unread_for_longest_go_first(runner: asyncio.Runner) -> None:
    board = Board(runner, capacity_bytes=100_000)
    board.site.body = lambda scope: random.Random(board.made).randbytes(4_000)
    board.get("/")
    for number in range(100):
        board.get(f"/{number}")
        board.get("/")
    assert board.made == 101
    board.get("/99")
    assert board.made == 101
    board.get("/0")
    assert board.made == 102


def test_one_huge_page_does_not_empty_the_cache(runner: asyncio.Runner) -> None:
    board = Board(runner, capacity_bytes=100_000)
    board.get("/")
    board.site.body = lambda scope: random.Random(1).randbytes(40_000)
    assert len(board.get("/huge", accept_encoding="br").body) == 40_000
    assert board.cache.statistics()["pages"] == 1


def test_no_load_makes_the_cache_hold_more_than_it_may(runner: asyncio.Runner) -> None:
    chance, capacity = random.Random(7), 1_000_000
    board = Board(runner, capacity)
    lengths = (0, 10, 1_500, 15_000)
    board.site.body = lambda scope: chance.randbytes(chance.choice(lengths)).hex().encode()
    board.get("/")
    tracemalloc.start()
    try:
        for _ in range(600):
            if chance.random() < 0.02:
                board.moment = Moment(board.moment.position + 1, TODAY)
            page, value, odd = (
                chance.randint(1, 40),
                chance.choice("ab") * 500,
                chance.randint(0, 40),
            )
            board.get(f"/{page}?q={value}{'&' * odd}")
            board.site.asked.clear()
            assert board.cache.statistics()["bytes"] <= capacity
        gc.collect()  # Python keeps thousands of freed tuples for the next ones
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert board.cache.statistics()["bytes"] > 0.8 * capacity
    # What is counted is what Python really holds.
    assert 0.5 * capacity < held < capacity


def test_odd_spellings_take_no_more_memory_than_is_counted(board: Board) -> None:
    board.get("/")
    page = board.cache.statistics()["bytes"]
    for number in range(1_000, 1_100):
        board.get("/?" + "&" * number)
    assert board.made == 1
    assert len(board.cache._known) == 8
    assert page + 8_000 < board.cache.statistics()["bytes"] < page + 12_000


def test_no_request_however_odd_raises_or_breaks_the_cache(board: Board) -> None:
    chance = random.Random(2024)
    pieces = "status owner asof q = & ; % %FF %00 + é 2026-11-22 \x00 * W/ br gzip q=0 , a : true"
    names = ["accept-encoding", "if-none-match", "hx-request", "hx-boosted", "cookie", "x"]

    def nonsense() -> str:
        return "".join(chance.choices([*pieces.split(" "), '"', " "], k=chance.randint(0, 12)))

    for _ in range(2_000):
        query, *values = (nonsense() for _ in range(4))
        headers = dict(zip(chance.sample(names, 3), values, strict=True))
        method = chance.choice(["GET", "HEAD"])
        answer = board.get(f"/?{query}", method, **headers)
        assert answer.status in (200, 304)
        assert answer.body or method == "HEAD" or answer.status == 304
    statistics = board.cache.statistics()
    assert statistics["bytes"] == sum(kept.size for kept in board.cache._pages.values())
