"""A board made by hand: a few organisations of Kéléya (fictional) and what they promised."""

import html
import re
from datetime import UTC, date, datetime
from functools import cache
from itertools import count
from typing import Any, cast
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
import pytest

from domain.commitment import Assessment, Commitment, Declaration
from domain.policies import Basis, Standing, board_status
from domain.values import Due, DueKind, Measure, StakeholderKind, Status, Wording
from projections import board, board_counts, search, status_over_time
from projections.board import BoardRow
from projections.board_counts import Counts
from projections.feed import Moment, Reading
from projections.meetings import MeetingRow
from projections.stakeholders import FrameworkRow, StakeholderRow
from projections.status_over_time import DayOfBoard
from projections.topics import TopicRow
from web.directory import Directory
from web.pages import board as board_page
from web.rendering import Renderer
from web.visit import Language, Visit

TODAY = date(2026, 11, 23)


def known_as(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, name)


def organisation(slug: str, short_name: str, name: str) -> StakeholderRow:
    kind = StakeholderKind.cso
    return StakeholderRow(known_as(slug), slug, Wording(fr=name), short_name, kind, True, ())


KELEYA = FrameworkRow(
    known_as("keleya"),
    "keleya",
    Wording(fr="Cadre de Kéléya (fictif)", en="Kéléya framework (fictional)"),
    Wording(fr="Un cadre d'exercice."),
    True,
)
REAL = FrameworkRow(
    known_as("real"), "cadre", Wording(fr="Cadre de concertation"), Wording(fr="Un cadre."), False
)
CEK = organisation("cek", "CEK", "Commission électorale de Kéléya (fictive)")
OCK = organisation("ock", "OCK", "Observatoire citoyen de Kéléya (fictif)")
RFK = organisation("rfk", "RFK", "Réseau des femmes de Kéléya (fictif)")
MEETING = MeetingRow(
    known_as("meeting"),
    KELEYA.id,
    "2026-01-20",
    date(2026, 1, 20),
    Wording(fr="Réunion de janvier"),
    "Kéléya",
    (),
    None,
    None,
    None,
    OCK.id,
)
TOPIC = TopicRow(
    KELEYA.id, "fichier", Wording(fr="Fichier électoral", en="Voter register"), (MEETING.id,)
)


def directory(*frameworks: FrameworkRow) -> Directory:
    return Directory(
        stakeholders={row.id: row for row in (CEK, OCK, RFK)},
        frameworks={row.id: row for row in frameworks or (REAL, KELEYA)},
        meetings={MEETING.id: MEETING},
        topics={TOPIC.slug: TOPIC},
    )


def visit(
    language: Language = "fr",
    query: dict[str, str] | None = None,
    *,
    fragment: bool = False,
    as_of: date | None = None,
    day: date = TODAY,
    position: int = 214,
    names: Directory | None = None,
) -> Visit:
    return Visit(
        route="board",
        language=language,
        path_values={},
        query=query or {},
        fragment=fragment,
        moment=Moment(position, as_of or day),
        recorded_at=datetime(2026, 11, 23, 9, 5, tzinfo=UTC) if position else None,
        as_of=as_of,
        reading=cast(Reading, None),
        directory=names or directory(),
        public_url="https://registre.exemple.test",
    )


def due(on: date) -> Due:
    return Due(kind=DueKind.fixed, on=on)


def declared(status: Status, on: date = date(2026, 3, 1)) -> Declaration:
    return Declaration(status, on, CEK.id)


def assessed(
    status: Status, by: StakeholderRow = OCK, number: int = 1, **changes: Any
) -> Assessment:
    return Assessment(number, by.id, status, date(2026, 4, 1), date(2026, 4, 8), **changes)


_positions = count(1_000)


def row(number: int = 1, position: int | None = None, **changes: Any) -> BoardRow:
    """A commitment of the commission, measurable, acknowledged, with recent news and no date.

    Each has a position of its own, as in a ledger: a commitment at a position is written once.
    """
    commitment = Commitment(
        id=known_as(f"commitment {number}"),
        version=1,
        reference=f"EX-2026-{number:03d}",
        framework=KELEYA.id,
        meeting=MEETING.id,
        topics=("fichier",),
        owners=(CEK.id,),
        made_to=(),
        made_on=date(2026, 1, 20),
        statement=Wording(fr="Publier le fichier électoral provisoire", en="Publish the register"),
        measure=Measure(True, Wording(fr="Le fichier est publié.")),
        due=Due(),
        acknowledged=True,
        last_news_on=date(2026, 11, 1),
    )
    changed_at = datetime(2026, 11, 12, 8, tzinfo=UTC)
    changed = msgspec.structs.replace(commitment, **changes)
    return BoardRow(changed, next(_positions) if position is None else position, changed_at)


class Shown:
    """What the board's queries answer, in place of a database, and what they were asked."""

    def __init__(self, *rows: BoardRow, **counted: Any) -> None:
        self.rows, self.counted = rows, counted
        self.asked: list[board.Filter] = []
        self.found: tuple[UUID, ...] = ()
        self.days: tuple[DayOfBoard, ...] = ()
        self.searched: list[str] = []

    def counts(self, _: object, __: object, filter: board.Filter, offers: object = None) -> Counts:
        self.asked.append(filter)
        return counts_of(*self.rows, **self.counted)

    def page(self, _: object, __: object, filter: board.Filter, *___: object) -> Any:
        self.asked.append(filter)
        return self.rows[: board.ROWS_A_PAGE]

    def matching(self, _: object, __: object, text: str) -> tuple[UUID, ...]:
        self.searched.append(text)
        return self.found

    def use(self, patch: pytest.MonkeyPatch) -> "Shown":
        patch.setattr(board_counts, "counts", self.counts)
        patch.setattr(board, "rows", self.page)
        patch.setattr(search, "matching", self.matching)
        patch.setattr(status_over_time, "series", lambda *_: self.days)
        return self


def counts_of(*rows: BoardRow, **counted: Any) -> Counts:
    standings: dict[tuple[Standing, Basis], int] = {}
    for each in rows:
        status = board_status(each.commitment)
        key = (status.standing, status.basis)
        standings[key] = standings.get(key, 0) + 1
    counts = Counts(
        total=len(rows),
        standings=standings,
        owners={CEK.id: len(rows)} if rows else {},
        topics={"fichier": len(rows)} if rows else {},
        meetings={MEETING.id: len(rows)} if rows else {},
        overdue=0,
        silent=0,
        contested=0,
        not_measurable=0,
    )
    return msgspec.structs.replace(counts, **counted)


@cache
def _renderer() -> Renderer:
    return Renderer()


def html_of(visit: Visit) -> str:
    return _renderer().render(visit, board_page.show(visit)).decode()


def text_of(visit: Visit) -> str:
    """The board as a reader without images reads it, its spaces and apostrophes made plain."""
    text = re.sub(r"<[^>]+>", " ", html_of(visit))
    return " ".join(html.unescape(text).replace("’", "'").split())
