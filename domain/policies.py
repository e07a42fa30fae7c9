"""What is derived from a commitment and never stored. A day is always an argument.

board_status() is the method published at /methode.
"""

from collections import Counter, defaultdict
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from domain.commitment import Assessment, Commitment, fulfilled_since
from domain.values import DueKind, Status

SILENCE_DAYS = 90
"""Days without news from the owner after which the board says so."""

REPLY_DAYS = 7
"""Days the owner is given to reply to an assessment (rule 9); deciding takes it as an argument."""


class Standing(StrEnum):
    """What the board shows first: a status, or the reason why there is none."""

    not_started = "not_started"
    in_progress = "in_progress"
    stalled = "stalled"
    partially_fulfilled = "partially_fulfilled"
    fulfilled = "fulfilled"
    not_fulfilled = "not_fulfilled"
    divergent = "divergent"
    withdrawn = "withdrawn"
    unknown = "unknown"


class Basis(StrEnum):
    """On whose word the board status rests."""

    assessed = "assessed"
    declared = "declared"
    nobody = "nobody"


class BoardStatus(Struct, frozen=True):
    """`assessors` counts the organisations behind an assessed status; `breakdown` lists every
    status they gave, in the order of the scale, with how many gave it."""

    standing: Standing
    basis: Basis
    assessors: int = 0
    breakdown: tuple[tuple[Status, int], ...] = ()


VERDICTS = frozenset({Status.fulfilled, Status.not_fulfilled})
"""Assessments after which nothing is left to assess."""

CONCLUDED = frozenset({Standing.fulfilled, Standing.not_fulfilled, Standing.withdrawn})


def current_assessments(commitment: Commitment) -> tuple[Assessment, ...]:
    """The latest assessment of each organisation, by the day it speaks of, then by number.

    An organisation that last spoke before a withdrawal, of a commitment on its way, no longer
    counts: that commitment stands no more. A verdict does: otherwise an owner found to have failed
    could withdraw and be found to have withdrawn. What an organisation said before it became an
    owner does not count: it would be assessing itself.
    """
    return tuple(given[-1] for given in _assessments_that_count(commitment))


def _assessments_that_count(commitment: Commitment) -> list[list[Assessment]]:
    """Those of each organisation, in the order of the days they speak of, then of number."""
    given: defaultdict[UUID, list[Assessment]] = defaultdict(list)
    for assessment in sorted(commitment.assessments, key=lambda each: (each.on, each.number)):
        if assessment.assessor not in commitment.owners:
            given[assessment.assessor].append(assessment)
    withdrawn = commitment.withdrawn_on
    return [
        voice
        for voice in given.values()
        if withdrawn is None or voice[-1].on >= withdrawn or voice[-1].status in VERDICTS
    ]


def board_status(commitment: Commitment) -> BoardStatus:
    """The published method (rule 10): assessments first, never averaged; then the owner's word."""
    current = current_assessments(commitment)
    if current:
        counted = Counter(assessment.status for assessment in current)
        breakdown = tuple((status, counted[status]) for status in Status if counted[status])
        agreed = len(breakdown) == 1
        standing = Standing(breakdown[0][0].value) if agreed else Standing.divergent
        return BoardStatus(standing, Basis.assessed, len(current), breakdown)
    if commitment.withdrawn_on is not None:
        return BoardStatus(Standing.withdrawn, Basis.declared)
    if commitment.declared is not None:
        return BoardStatus(Standing(commitment.declared.status.value), Basis.declared)
    return BoardStatus(Standing.unknown, Basis.nobody)


def is_concluded(commitment: Commitment) -> bool:
    """Nothing more is awaited: fulfilled, not fulfilled or withdrawn."""
    return board_status(commitment).standing in CONCLUDED


def is_contested(commitment: Commitment) -> bool:
    """An assessment is challenged and its assessor has not answered yet."""
    return any(assessment.challenged for assessment in commitment.assessments)


def is_awaiting_acknowledgement(commitment: Commitment) -> bool:
    """No owner has acknowledged it, disputed it or, which settles the question, withdrawn it."""
    heard = commitment.acknowledged or commitment.disputed_by is not None
    return not heard and commitment.withdrawn_on is None


def due_on(commitment: Commitment) -> date | None:
    """The fixed due date; None when it depends on an event or is open."""
    return commitment.due.on if commitment.due.kind is DueKind.fixed else None


def is_past_due(commitment: Commitment, on: date) -> bool:
    """Dates are compared, not instants: a commitment due today is past due tomorrow."""
    due = due_on(commitment)
    return due is not None and due < on


def is_overdue(commitment: Commitment, on: date) -> bool:
    return is_past_due(commitment, on) and not is_concluded(commitment)


def fulfilled_on(commitment: Commitment) -> date | None:
    """The earliest day anybody whose word counts gives for fulfilment; None if not fulfilled.

    An assessor may look months after the fact, or look again, so the date of its latest assessment
    alone would make a punctual owner late.
    """
    if board_status(commitment).standing is not Standing.fulfilled:
        return None
    days = [fulfilled_since(given) for given in _assessments_that_count(commitment)]
    days.append(commitment.declared_fulfilled_on)
    return min((day for day in days if day is not None), default=None)


def is_fulfilled_late(commitment: Commitment) -> bool:
    fulfilled, due = fulfilled_on(commitment), due_on(commitment)
    return fulfilled is not None and due is not None and fulfilled > due


def days_of_silence(commitment: Commitment, on: date) -> int:
    """Days since the owner last gave news; 0 while none is awaited."""
    return max(0, (on - commitment.last_news_on).days) if is_news_awaited(commitment) else 0


def is_news_awaited(commitment: Commitment) -> bool:
    """Whether the owner could break a silence: not once all is concluded, and not before an owner
    has been heard at all. Of an organisation that nobody has asked yet, "no news for 860 days"
    would read as a reproach."""
    return not is_concluded(commitment) and not is_awaiting_acknowledgement(commitment)


def is_silent(commitment: Commitment, on: date) -> bool:
    return days_of_silence(commitment, on) >= SILENCE_DAYS


def silent_since(on: date) -> date:
    """The last day of news that makes a commitment silent on the day `on`."""
    return on - timedelta(days=SILENCE_DAYS)


def has_evidence(commitment: Commitment) -> bool:
    return any(not piece.withdrawn for piece in commitment.evidence)


def is_due_without_evidence(commitment: Commitment, on: date) -> bool:
    withdrawn = commitment.withdrawn_on is not None
    return is_past_due(commitment, on) and not withdrawn and not has_evidence(commitment)


def assessors_disagree(commitment: Commitment) -> bool:
    return board_status(commitment).standing is Standing.divergent


def lanes_differ(commitment: Commitment) -> bool:
    """The owner says one thing, at least one assessor another (« Écart »)."""
    declared = commitment.declared
    return declared is not None and any(
        assessment.status is not declared.status for assessment in current_assessments(commitment)
    )
