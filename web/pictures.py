"""The geometry of the board's two pictures. Their marks are drawn in templates/_pictures.html.

What is declared but unverified is kept apart from what somebody assessed: it is hatched.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import accumulate
from typing import TypeVar

from msgspec import Struct

from domain.policies import Basis, Standing
from projections.status_over_time import DayOfBoard

Item = TypeVar("Item")

ORDER = (
    Standing.fulfilled,
    Standing.partially_fulfilled,
    Standing.in_progress,
    Standing.not_started,
    Standing.stalled,
    Standing.not_fulfilled,
    Standing.divergent,
    Standing.withdrawn,
    Standing.unknown,
)
"""From what is kept to what nobody spoke of: the order of every picture and of its legend."""

# In the area what was assessed lies on the ground, and what is only declared is heaped on it: one
# look tells how much of the board rests on nobody's word but the owner's.
LAYERS = tuple(
    (standing, basis)
    for basis in (Basis.assessed, Basis.declared, Basis.nobody)
    for standing in ORDER
)

# Small numbers: every digit of a path is sent to every phone.
WIDTH, HEIGHT = 300, 80
MOST_STEPS = 10
"""Days drawn at most: more would weigh on a slow line and show little more at this width."""

MOST_ROWS = 4
"""Days in the table under the picture."""

_THINNEST = 0.5
"""Percent. One commitment among thousands must still be seen and pointed at."""


class Segment(Struct, frozen=True):
    """One status in the summary bar, in percents of it. Its right-hand part, from `hatched_x` on,
    is declared and unverified; `hatched_width` is empty when nothing is."""

    standing: Standing
    n: int
    x: str
    width: str
    hatched_x: str = ""
    hatched_width: str = ""


class Layer(Struct, frozen=True):
    """One layer of the area, filled from its upper edge down to the ground: the next one is drawn
    over it. `hatched` lies over all that is declared."""

    standing: Standing
    path: str
    hatched: bool = False


class Trend(Struct, frozen=True):
    """`days` and `columns` are figures of the layers, for the table under the picture."""

    layers: tuple[Layer, ...]
    columns: tuple[tuple[Standing, Basis], ...]
    days: tuple[tuple[date, tuple[int, ...]], ...]
    first: date
    last: date
    most: int


def segments(standings: Mapping[tuple[Standing, Basis], int]) -> tuple[Segment, ...]:
    """The summary bar, left to right; nothing for an empty board."""
    counted = {each: sum(standings.get((each, b), 0) for b in Basis) for each in ORDER}
    total = sum(counted.values())
    widths = {each: max(_THINNEST, 100 * n / total) for each, n in counted.items() if n}
    scale = 100 / sum(widths.values()) if widths else 1
    found, x = [], 0.0
    for standing, share in widths.items():
        width = share * scale
        unverified = width * standings.get((standing, Basis.declared), 0) / counted[standing]
        hatch = (_percent(x + width - unverified), _percent(unverified)) if unverified else ("", "")
        found.append(Segment(standing, counted[standing], _percent(x), _percent(width), *hatch))
        x += width
    return tuple(found)


def _percent(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0") + "%"


def trend(series: Sequence[DayOfBoard], until: date) -> Trend | None:
    """The area of a board that has a past by the day `until`; None when it has none yet."""
    if not series or series[0].day >= until:
        return None
    chosen = _evenly(series, MOST_STEPS)
    columns = tuple(layer for layer in LAYERS if any(p.standings.get(layer) for p in chosen))
    figures = [tuple(point.standings.get(layer, 0) for layer in columns) for point in chosen]
    return Trend(
        layers=_layers(columns, figures, _starts(chosen, until)),
        columns=columns,
        days=tuple(_evenly([*zip((p.day for p in chosen), figures, strict=True)], MOST_ROWS)),
        first=chosen[0].day,
        last=until,
        most=max(sum(row) for row in figures),
    )


def _starts(points: Sequence[DayOfBoard], until: date) -> list[int]:
    # Each day is as wide as any other, the last one too: its state has just begun, and is seen.
    first, days = points[0].day, (until - points[0].day).days + 1
    return [round((point.day - first).days * WIDTH / days) for point in points]


def _layers(
    columns: Sequence[tuple[Standing, Basis]],
    figures: Sequence[Sequence[int]],
    starts: Sequence[int],
) -> tuple[Layer, ...]:
    """From the back to the front, that is from the top of the heap to the ground."""
    heaps = [list(accumulate(row)) for row in figures]
    most = max(heap[-1] for heap in heaps)
    layers: list[Layer] = []
    for depth, (standing, basis) in enumerate(columns):
        path = _outline(starts, [heap[depth] for heap in heaps], most)
        top_of_declared = basis is Basis.declared and columns[depth + 1 : depth + 2] in (
            (),
            ((Standing.unknown, Basis.nobody),),
        )
        if top_of_declared:
            # Drawn after every declared layer and before the first assessed one.
            assessed = sum(1 for _, each in columns[:depth] if each is Basis.assessed)
            layers.insert(assessed, Layer(standing, path, hatched=True))
        layers.append(Layer(standing, path))
    return tuple(reversed(layers))


def _outline(starts: Sequence[int], heights: Sequence[int], most: int) -> str:
    """The edge of one layer, in steps: between two days on record nothing changed."""
    path, at, level = f"M0 {HEIGHT}", 0, HEIGHT
    for start, height in zip(starts, heights, strict=True):
        y = HEIGHT - round(height * HEIGHT / most)
        if y != level:
            path += f"H{start}V{y}" if start != at else f"V{y}"
            at, level = start, y
    return f"{path}H{WIDTH}V{HEIGHT}"


def _evenly(found: Sequence[Item], most: int) -> list[Item]:
    """At most `most` of what was found, the first and the last always among them."""
    if len(found) <= most:
        return list(found)
    step = (len(found) - 1) / (most - 1)
    return [found[round(index * step)] for index in range(most)]
