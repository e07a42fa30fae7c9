"""The board's query, understood: the page and the downloads read it the same way."""

import unicodedata
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from domain.policies import Standing
from projections import search
from projections.board import Filter, Sort
from web.visit import QueryRefused, Visit

Row = TypeVar("Row")
Member = TypeVar("Member", bound=StrEnum)


def asked(visit: Visit) -> tuple[Filter, Sort, int]:
    """The query as a filter, an order and a page, which counts from 1. Raises QueryRefused."""
    directory = visit.directory
    owner = _named(visit, "owner", directory.stakeholder_named)
    topic = _named(visit, "topic", directory.topics.get)
    meeting = _named(visit, "meeting", directory.meeting_named)
    filter = Filter(
        frameworks=_frameworks(visit),
        standing=_member(visit, "status", Standing),
        owner=owner.id if owner else None,
        topic=topic.slug if topic else None,
        meeting=meeting.id if meeting else None,
        overdue=_switched(visit, "late"),
        silent=_switched(visit, "silent"),
        contested=_switched(visit, "contested"),
        matching=_matching(visit),
    )
    return filter, _member(visit, "sort", Sort) or Sort.changed, _page(visit)


def _frameworks(visit: Visit) -> tuple[UUID, ...]:
    framework = _named(visit, "framework", visit.directory.framework_named)
    return (framework.id,) if framework else visit.directory.real_frameworks()


def _named(visit: Visit, name: str, find: Callable[[str], Row | None]) -> Row | None:
    if name not in visit.query:
        return None
    found = find(visit.query[name])
    if found is None:
        raise QueryRefused(name, visit.query[name])
    return found


def _member(visit: Visit, name: str, scale: type[Member]) -> Member | None:
    if name not in visit.query:
        return None
    try:
        return scale(visit.query[name])
    except ValueError:
        raise QueryRefused(name, visit.query[name]) from None


def _switched(visit: Visit, name: str) -> bool:
    if visit.query.get(name, "1") != "1":
        raise QueryRefused(name, visit.query[name])
    return name in visit.query


def _page(visit: Visit) -> int:
    page = visit.query.get("page", "1")
    # isdecimal alone would let the digits of other scripts through, and int() reads them.
    if not (page.isascii() and page.isdecimal() and len(page) < 7 and int(page) >= 1):
        raise QueryRefused("page", page)
    return int(page)


def _matching(visit: Visit) -> tuple[UUID, ...] | None:
    text = visit.query.get("q", "").strip()
    if not text:
        return None
    if len(text) > search.QUERY_LENGTH:
        raise QueryRefused("q", text, "too long")
    # PostgreSQL takes no NUL, and nothing that cannot be seen is worth looking for.
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise QueryRefused("q", text, "unprintable")
    return search.matching(visit.reading, visit.moment, text)
