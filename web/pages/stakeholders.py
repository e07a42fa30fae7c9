"""Organisations: what each one promised, what became of it, and what it says of others."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from msgspec import Struct, field

from domain.policies import Basis, Standing, board_status, current_assessments, is_overdue
from domain.values import Status
from projections import board, board_counts
from projections.board import ROWS_A_PAGE, BoardRow, Filter, Sort
from projections.scorecards import Scorecard, scorecards
from projections.stakeholders import StakeholderRow
from web import pictures
from web.visit import NotInRecord, Page, Visit

ASSESSMENTS_SOUGHT_IN = 2_000
"""Commitments. No read model knows who assesses: in larger frameworks reading each commitment for
its assessors would hold up the page, which then says that it does not list them."""


class Score(Struct):
    """One organisation's commitments: the measurable ones by standing and on whose word it rests;
    `not_measurable` are counted apart (rule 5) and in none of the other figures."""

    measurable: int = 0
    not_measurable: int = 0
    overdue: int = 0
    standings: Counter[tuple[Standing, Basis]] = field(default_factory=Counter)


class Line(Struct, frozen=True):
    """`unverified` of the `n` commitments have this status on the owner's word alone."""

    standing: Standing
    n: int
    unverified: int


class Assessed(Struct, frozen=True):
    """What the organisation last said of a commitment of somebody else."""

    row: BoardRow
    status: Status


def show_all(visit: Visit) -> Page:
    everyone = tuple(visit.directory.stakeholders.values())
    return Page(
        "stakeholders.html",
        {
            "real": [each for each in everyone if not each.exercise],
            "rehearsed": [each for each in everyone if each.exercise],
            "cards": scorecards(visit.reading, visit.moment),
            "no_card": Scorecard(),
            "Standing": Standing,
        },
    )


def show(visit: Visit) -> Page:
    slug = visit.path_values["slug"]
    found = visit.directory.stakeholder_named(slug)
    if found is None:
        raise NotInRecord("stakeholder", slug)
    frameworks = found.frameworks or tuple(visit.directory.frameworks)
    own = (
        board.every_row(
            visit.reading,
            visit.moment,
            Filter(frameworks=frameworks, owner=found.id),
            Sort.due,
        )
        if frameworks
        else ()
    )
    card = score(own, visit)
    return Page(
        "stakeholder.html",
        {
            "organisation_row": found,
            "exercise": found.exercise,
            "frameworks": [visit.directory.frameworks[each] for each in found.frameworks],
            "score": card,
            "lines": lines(card),
            "segments": pictures.segments(card.standings),
            "choose": lambda standing: _on_board(visit, found) | {"status": standing.value},
            "rows": own[:ROWS_A_PAGE],
            "total": len(own),
            "all_of_them": _on_board(visit, found),
            "assessed": _assessed_by(visit, found),
        },
    )


def score(rows: Iterable[BoardRow], visit: Visit) -> Score:
    card = Score()
    for row in rows:
        commitment = row.commitment
        if not commitment.measure.measurable:
            card.not_measurable += 1
            continue
        status = board_status(commitment)
        card.measurable += 1
        card.overdue += is_overdue(commitment, visit.moment.day)
        # A withdrawal is the owner's to make: nobody else could verify it.
        withdrawn = status.standing is Standing.withdrawn
        card.standings[status.standing, Basis.nobody if withdrawn else status.basis] += 1
    return card


def lines(card: Score) -> list[Line]:
    """The score by status, in the order of every picture."""
    counted = ((each, [card.standings[each, basis] for basis in Basis]) for each in pictures.ORDER)
    return [
        Line(each, sum(n), card.standings[each, Basis.declared]) for each, n in counted if sum(n)
    ]


def _on_board(visit: Visit, organisation: StakeholderRow) -> dict[str, str | None]:
    """The board narrowed to the organisation. Exercises are never on the board unless named."""
    frameworks = [visit.directory.frameworks[each] for each in organisation.frameworks]
    rehearsed = next((each.slug for each in frameworks if each.exercise), None)
    return {"owner": organisation.slug, "framework": rehearsed}


def _assessed_by(visit: Visit, organisation: StakeholderRow) -> list[Assessed] | None:
    """The latest first; None when the frameworks are too large to look."""
    if not organisation.frameworks:
        return []
    around = Filter(frameworks=organisation.frameworks)
    if board_counts.counts(visit.reading, visit.moment, around).total > ASSESSMENTS_SOUGHT_IN:
        return None
    rows = board.every_row(visit.reading, visit.moment, around, Sort.changed)
    return [Assessed(row, said) for row in rows if (said := _said(row, organisation.id))]


def _said(row: BoardRow, organisation: UUID) -> Status | None:
    return next(
        (
            each.status
            for each in current_assessments(row.commitment)
            if each.assessor == organisation
        ),
        None,
    )
