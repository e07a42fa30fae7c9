"""What changed between two wordings, word by word, for <ins> and <del>."""

import re
from difflib import SequenceMatcher
from enum import StrEnum

from msgspec import Struct

# Punctuation stands alone, so that an added comma does not mark the word before it.
_PIECE = re.compile(r"\w+|[^\w\s]|\s+")


class Change(StrEnum):
    same = "same"
    removed = "removed"
    added = "added"


class Part(Struct, frozen=True):
    change: Change
    text: str


def difference(before: str, after: str) -> tuple[Part, ...]:
    """`after` against `before`: joined, all but the added parts give `before`, all but the removed
    ones give `after`. What was removed stands before what replaced it."""
    parts: list[Part] = []
    for old, new in _steps(_PIECE.findall(before), _PIECE.findall(after)):
        if old == new:
            parts.append(Part(Change.same, old))
            continue
        if old:
            parts.append(Part(Change.removed, old))
        if new:
            parts.append(Part(Change.added, new))
    return tuple(parts)


def _steps(old: list[str], new: list[str]) -> list[tuple[str, str]]:
    """Pairs of texts, equal or changed in turn."""
    steps: list[tuple[str, str]] = []
    # difflib's handling of frequent words (autojunk) stays on: without it, a long text of one word
    # repeated takes minutes to compare; with it, such a text reads as replaced as a whole.
    for _, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        step = ("".join(old[i:j]), "".join(new[k:m]))
        # Two changed words keep the space between them: it would cut one change into two.
        if len(steps) > 1 and steps[-1][0] == steps[-1][1] and steps[-1][0].isspace():
            (gap, _), (removed, added) = steps.pop(), steps.pop()
            step = (removed + gap + step[0], added + gap + step[1])
        steps.append(step)
    return steps
