"""The filters beside the board: what there is to choose from, and what was chosen.

Every choice is a link to another state of the board, which has its own address.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar
from uuid import UUID

from msgspec import Struct

from domain.values import Wording
from projections.board_counts import Counts
from web import words
from web.visit import Visit

SHOWN = 12
"""Values of a facet shown at once; the next ones stand behind a disclosure."""

FOLDED = 12
"""Values behind the disclosure. What is left has a page of its own, which lists everything."""

Query = dict[str, str | None]
Key = TypeVar("Key", UUID, str)


class Choice(Struct, frozen=True):
    """A link that adds one filter, or takes it away when it is `chosen`."""

    name: str
    value: str
    label: str | Wording
    n: int
    query: Query
    chosen: bool


class Facet(Struct, frozen=True):
    """`beyond` says how many values are not offered here at all."""

    name: str
    shown: tuple[Choice, ...]
    more: tuple[Choice, ...] = ()
    beyond: int = 0


def kept(visit: Visit) -> Query:
    """The query of a link that changes one filter: the others stay, the page starts again."""
    return {name: value for name, value in visit.query.items() if name not in ("asof", "page")}


def facets(visit: Visit, counts: Counts) -> tuple[Facet, ...]:
    """What the board can be narrowed to from here; a facet with nothing to choose is left out."""
    found = (
        _facet(visit, "", _switches(visit, counts)),
        _facet(visit, "owner", _owners(visit, counts)),
        _facet(visit, "topic", _topics(visit, counts)),
        _facet(visit, "meeting", _meetings(visit, counts)),
    )
    return tuple(facet for facet in found if facet.shown)


Value = tuple[str, str, str | Wording, int]
"""Parameter, its value, what it is called, how many commitments it leaves."""


def _switches(visit: Visit, counts: Counts) -> list[Value]:
    counted = {"late": counts.overdue, "silent": counts.silent, "contested": counts.contested}
    return [(name, "1", words.switch_words(name, visit.language), n) for name, n in counted.items()]


def _owners(visit: Visit, counts: Counts) -> list[Value]:
    rows = ((visit.directory.stakeholders[id], n) for id, n in _most_first(counts.owners))
    return [("owner", row.slug, row.short_name, n) for row, n in rows]


def _topics(visit: Visit, counts: Counts) -> list[Value]:
    # A commitment may name a topic that no meeting has discussed: it has no title and no page.
    known = visit.directory.topics
    found = ((known[slug], n) for slug, n in _most_first(counts.topics) if slug in known)
    return [("topic", row.slug, row.title, n) for row, n in found]


def _meetings(visit: Visit, counts: Counts) -> list[Value]:
    rows = ((visit.directory.meetings[id], n) for id, n in _most_first(counts.meetings))
    return [("meeting", row.slug, row.title, n) for row, n in rows]


def _facet(visit: Visit, facet: str, values: Iterable[Value]) -> Facet:
    # What is chosen is never hidden behind the disclosure.
    found = sorted(
        (each for each in values if each[3] or visit.query.get(each[0]) == each[1]),
        key=lambda each: visit.query.get(each[0]) != each[1],
    )
    # Only what is offered becomes a link: there can be hundreds of organisations.
    choices = []
    for name, value, label, n in found[: SHOWN + FOLDED]:
        chosen = visit.query.get(name) == value
        query = kept(visit) | {name: None if chosen else value}
        choices.append(Choice(name, value, label, n, query, chosen))
    return Facet(facet, tuple(choices[:SHOWN]), tuple(choices[SHOWN:]), len(found) - len(choices))


def _most_first(counted: Mapping[Key, int]) -> list[tuple[Key, int]]:
    # By number and then by key, so that one moment has one order; an UUID's own order is enough.
    return sorted(counted.items(), key=lambda each: (-each[1], each[0]))
