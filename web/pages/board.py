"""The board: where does every commitment stand?"""

from math import ceil
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from domain.policies import Basis, Standing
from domain.values import Wording
from projections import board, board_counts, search, status_over_time
from projections.board import ROWS_A_PAGE, Filter
from projections.board_counts import Counts
from projections.stakeholders import FrameworkRow
from web import facets, pictures, words
from web.board_filter import asked
from web.facets import Query
from web.visit import Page, QueryRefused, Visit


class Legend(Struct, frozen=True):
    """One status in the legend of the bar, which is also its filter."""

    standing: Standing
    n: int
    unverified: int
    query: Query
    chosen: bool


class Applied(Struct, frozen=True):
    """One filter that is on; `query` is the board without it."""

    name: str
    label: str | Wording
    query: Query


def show(visit: Visit) -> Page:
    filter, sort, page = asked(visit)
    # The bar and its legend offer every status, also when one of them is chosen.
    everywhere = _counts(visit, replace(filter, standing=None))
    counts = _counts(visit, filter) if filter.standing else everywhere
    pages = max(1, ceil(counts.total / ROWS_A_PAGE))
    if page > pages:
        raise QueryRefused("page", visit.query["page"], "beyond the last")
    return Page(
        template="board.html",
        fragment="_board_results.html",
        context={
            "counts": counts,
            "assessed": sum(
                n for (_, basis), n in counts.standings.items() if basis is Basis.assessed
            ),
            "fulfilled": _legend(visit, filter, counts, Standing.fulfilled),
            "segments": pictures.segments(everywhere.standings),
            "legend": [
                _legend(visit, filter, everywhere, standing)
                for standing in pictures.ORDER
                if everywhere.of(standing) or filter.standing is standing
            ],
            "choose": lambda standing: facets.kept(visit) | {"status": standing.value},
            "trend": None if visit.fragment else _trend(visit, filter),
            "facets": facets.facets(visit, counts),
            "applied": _applied(visit, filter),
            "cut_at": search.MOST_FOUND if _is_cut(filter) else 0,
            "rows": board.rows(visit.reading, visit.moment, filter, sort, page),
            "sort": sort,
            "query": facets.kept(visit),
            "page": page,
            "pages": pages,
            **_frameworks(visit, filter),
        },
    )


def _counts(visit: Visit, filter: Filter) -> Counts:
    return board_counts.counts(visit.reading, visit.moment, filter, visit.directory.offers)


def _legend(visit: Visit, filter: Filter, counts: Counts, standing: Standing) -> Legend:
    chosen = filter.standing is standing
    query = facets.kept(visit) | {"status": None if chosen else standing.value}
    unverified = counts.standings.get((standing, Basis.declared), 0)
    return Legend(standing, counts.of(standing), unverified, query, chosen)


def _trend(visit: Visit, filter: Filter) -> pictures.Trend | None:
    # It tells of the whole board, so that choosing a filter moves nothing but what is filtered.
    series = status_over_time.series(visit.reading, visit.moment, filter.frameworks)
    return pictures.trend(series, visit.moment.day)


def _frameworks(visit: Visit, filter: Filter) -> dict[str, Any]:
    chosen = [visit.directory.frameworks[each] for each in filter.frameworks]
    others: list[FrameworkRow] = [
        each for each in visit.directory.frameworks.values() if each not in chosen
    ]
    return {
        "frameworks": chosen,
        "other_frameworks": others,
        "exercise": any(each.exercise for each in chosen),
    }


def _is_cut(filter: Filter) -> bool:
    return filter.matching is not None and len(filter.matching) >= search.MOST_FOUND


def _applied(visit: Visit, filter: Filter) -> list[Applied]:
    """The filters that are on, in the order of the page."""
    directory, language = visit.directory, visit.language
    labels: dict[str, str | Wording | None] = {
        "q": visit.query.get("q") if filter.matching is not None else None,
        "status": words.word(filter.standing, language) if filter.standing else None,
        "owner": directory.stakeholders[filter.owner].short_name if filter.owner else None,
        "topic": directory.topics[filter.topic].title if filter.topic else None,
        "meeting": directory.meetings[filter.meeting].title if filter.meeting else None,
    }
    switches = {"late": filter.overdue, "silent": filter.silent, "contested": filter.contested}
    labels |= {n: words.switch_words(n, language) if on else None for n, on in switches.items()}
    return [
        Applied(name, label, facets.kept(visit) | {name: None})
        for name, label in labels.items()
        if label is not None
    ]
