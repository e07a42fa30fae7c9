"""The geometry of the board's pictures."""

import re
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.policies import Basis, Standing
from projections.status_over_time import DayOfBoard
from web import pictures
from web.pictures import HEIGHT, MOST_ROWS, MOST_STEPS, WIDTH

FIRST = date(2026, 1, 1)
KEPT = (Standing.fulfilled, Basis.assessed)
SAID = (Standing.fulfilled, Basis.declared)
UNKNOWN = (Standing.unknown, Basis.nobody)

standings = st.dictionaries(
    st.sampled_from(pictures.LAYERS), st.integers(1, 20_000), min_size=1, max_size=15
)


def percent(text: str) -> float:
    return float(text.removesuffix("%"))


@given(standings)
def test_the_bar_is_filled_from_end_to_end(
    counted: dict[tuple[Standing, Basis], int],
) -> None:
    x = 0.0
    for segment in pictures.segments(counted):
        assert abs(percent(segment.x) - x) < 0.2
        assert percent(segment.width) > 0.3, "the rarest status can still be seen"
        x = percent(segment.x) + percent(segment.width)
    assert abs(x - 100) < 0.2


def test_a_status_is_hatched_as_far_as_nobody_verified_it() -> None:
    (segment,) = pictures.segments({KEPT: 1, SAID: 3})
    assert (segment.n, segment.x, segment.width) == (4, "0%", "100%")
    assert (segment.hatched_x, segment.hatched_width) == ("25%", "75%")
    (verified,) = pictures.segments({KEPT: 2})
    assert verified.hatched_width == ""


def test_the_bar_keeps_one_order() -> None:
    counted = {UNKNOWN: 1, (Standing.withdrawn, Basis.declared): 1, KEPT: 1}
    found = [segment.standing for segment in pictures.segments(counted)]
    assert found == [Standing.fulfilled, Standing.withdrawn, Standing.unknown]


def test_an_empty_board_has_no_bar() -> None:
    assert pictures.segments({}) == ()


def test_a_board_of_one_day_has_no_past() -> None:
    today = DayOfBoard(FIRST, {UNKNOWN: 5})
    assert pictures.trend((), FIRST) is None
    assert pictures.trend((today,), FIRST) is None


def test_what_is_assessed_lies_on_the_ground_and_what_is_declared_on_it() -> None:
    days = (DayOfBoard(FIRST, {KEPT: 1, SAID: 1, UNKNOWN: 2}), DayOfBoard(date(2026, 1, 2), {}))
    trend = pictures.trend(days, date(2026, 1, 2))
    assert trend is not None
    # Drawn from the back to the front, each down to the ground.
    drawn = [(layer.standing, layer.hatched) for layer in trend.layers]
    assert drawn == [
        (Standing.unknown, False),
        (Standing.fulfilled, False),
        (Standing.fulfilled, True),
        (Standing.fulfilled, False),
    ]
    assert trend.layers[0].path == f"M0 {HEIGHT}V0H{WIDTH // 2}V{HEIGHT}H{WIDTH}V{HEIGHT}"
    assert trend.layers[3].path.startswith(f"M0 {HEIGHT}V{HEIGHT * 3 // 4}H")


def test_nothing_is_hatched_where_nothing_is_merely_declared() -> None:
    days = (DayOfBoard(FIRST, {KEPT: 1}), DayOfBoard(date(2026, 2, 1), {KEPT: 2, UNKNOWN: 1}))
    trend = pictures.trend(days, date(2026, 2, 1))
    assert trend is not None
    assert not any(layer.hatched for layer in trend.layers)


@given(st.lists(standings, min_size=2, max_size=70))
def test_a_long_past_is_drawn_in_few_steps_that_stay_in_the_picture(
    past: list[dict[tuple[Standing, Basis], int]],
) -> None:
    days = tuple(DayOfBoard(FIRST + timedelta(days=3 * n), each) for n, each in enumerate(past))
    trend = pictures.trend(days, days[-1].day)
    assert trend is not None
    for layer in trend.layers:
        assert len(re.findall("V", layer.path)) <= MOST_STEPS + 1
        assert all(0 <= int(x) <= WIDTH for x in re.findall(r"H(\d+)", layer.path))
        assert all(0 <= int(y) <= HEIGHT for y in re.findall(r"V(\d+)", layer.path))
    assert len(trend.days) <= MOST_ROWS
    assert trend.days[0][0] == days[0].day
    assert trend.days[-1] == (days[-1].day, tuple(past[-1].get(c, 0) for c in trend.columns))
