"""The state of one commitment, rebuilt from its events.

Rules and board read the same fold, so that what the board shows and what the rules allow cannot
drift apart.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from domain import events as e
from domain.values import (
    AttributionOutcome,
    Capacity,
    Due,
    Evidence,
    Measure,
    Status,
    Wording,
)


class Declaration(Struct, frozen=True, array_like=True):
    """What an owner said of its own commitment."""

    status: Status
    on: date
    by: UUID


class Assessment(Struct, frozen=True, array_like=True):
    """One assessment as it stands: revising changes status and date, never number or assessor."""

    number: int
    assessor: UUID
    status: Status
    on: date
    reply_expected_on: date
    challenged: bool = False
    maintained: bool = False
    answered: bool = False


class Milestone(Struct, frozen=True, array_like=True):
    number: int
    title: Wording
    due_on: date | None = None
    reached_on: date | None = None


class HeldEvidence(Struct, frozen=True, array_like=True):
    number: int
    provider: UUID
    withdrawn: bool = False


class Commitment(Struct, frozen=True, array_like=True):
    """What is known of a commitment after `version` events. Dates are dates of occurrence."""

    id: UUID
    version: int
    reference: str
    framework: UUID
    meeting: UUID | None
    topics: tuple[str, ...]
    owners: tuple[UUID, ...]
    made_to: tuple[UUID, ...]
    made_on: date
    statement: Wording
    measure: Measure
    due: Due
    acknowledged: bool
    last_news_on: date
    disputed_by: UUID | None = None
    times_postponed: int = 0
    declared: Declaration | None = None
    # Since when the owner has said "fulfilled" without taking it back.
    declared_fulfilled_on: date | None = None
    assessments: tuple[Assessment, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    evidence: tuple[HeldEvidence, ...] = ()
    withdrawn_on: date | None = None
    # In the order of recording, those of former owners too.
    declarations: tuple[Declaration, ...] = ()

    def assessment(self, number: int) -> Assessment | None:
        return next((a for a in self.assessments if a.number == number), None)


def evolve(state: Commitment | None, event: e.Event) -> Commitment:
    """The state after `event`. Never refuses: what is in the ledger has happened."""
    if isinstance(event, e.CommitmentMade):
        return _made(event)
    assert state is not None, "a commitment's first event is CommitmentMade"
    state = _EVOLVE[type(event)](state, event)
    news = event.capacity is Capacity.owner and event.occurred_on > state.last_news_on
    return replace(
        state,
        version=event.originator_version,
        last_news_on=event.occurred_on if news else state.last_news_on,
    )


def rebuild(state: Commitment | None, happened: Iterable[e.Event]) -> Commitment | None:
    """The state after all of `happened`; None when nothing did."""
    for event in happened:
        state = evolve(state, event)
    return state


def _made(event: e.CommitmentMade) -> Commitment:
    return Commitment(
        id=event.originator_id,
        version=event.originator_version,
        reference=event.reference,
        framework=event.framework,
        meeting=event.meeting,
        topics=event.topics,
        owners=event.owners,
        made_to=event.made_to,
        made_on=event.occurred_on,
        statement=event.statement,
        measure=event.measure,
        due=event.due,
        acknowledged=event.capacity is Capacity.owner and event.recorded_by in event.owners,
        last_news_on=event.occurred_on,
    )


def _held(
    before: tuple[HeldEvidence, ...], provider: UUID, added: Iterable[Evidence]
) -> tuple[HeldEvidence, ...]:
    return before + tuple(HeldEvidence(piece.number, provider) for piece in added)


def _acknowledged(state: Commitment, event: e.CommitmentAcknowledged) -> Commitment:
    return replace(state, acknowledged=True, disputed_by=None)


def _disputed(state: Commitment, event: e.AttributionDisputed) -> Commitment:
    return replace(state, disputed_by=event.recorded_by)


def _settled(state: Commitment, event: e.AttributionSettled) -> Commitment:
    # A new owner has not been heard yet; a confirmed one has, and its dispute stays in the history.
    confirmed = event.outcome is AttributionOutcome.confirmed
    state = replace(state, owners=event.owners, disputed_by=None, acknowledged=confirmed)
    return _with_the_owners_word(state)


def _reworded(state: Commitment, event: e.WordingCorrected) -> Commitment:
    return replace(state, statement=event.statement, measure=event.measure)


def _due_set(state: Commitment, event: e.DueDateSet) -> Commitment:
    return replace(state, due=event.due)


def _due_moved(state: Commitment, event: e.DueDateMoved) -> Commitment:
    before, after = event.previous.on, event.due.on
    # Giving up a date for an event or for no date at all is a postponement too; otherwise the
    # count could be kept low by moving a date away and back.
    later = before is not None and (after is None or after > before)
    return replace(state, due=event.due, times_postponed=state.times_postponed + later)


def _planned(state: Commitment, event: e.MilestonePlanned) -> Commitment:
    milestone = Milestone(event.milestone, event.title, event.due_on)
    return replace(state, milestones=(*state.milestones, milestone))


def _reached(state: Commitment, event: e.MilestoneReached) -> Commitment:
    return replace(
        state,
        milestones=tuple(
            replace(m, reached_on=event.occurred_on) if m.number == event.milestone else m
            for m in state.milestones
        ),
        evidence=_held(state.evidence, event.recorded_by, event.evidence),
    )


def _declared(state: Commitment, event: e.ProgressDeclared) -> Commitment:
    declaration = Declaration(event.status, event.occurred_on, event.recorded_by)
    state = replace(
        state,
        declarations=(*state.declarations, declaration),
        evidence=_held(state.evidence, event.recorded_by, event.evidence),
    )
    return _with_the_owners_word(state)


def _with_the_owners_word(state: Commitment) -> Commitment:
    # The status that counts is the one that was true last, not the one that was typed last: an old
    # fact recorded late must not push a newer one off the board. And it is the word of those who
    # own the commitment now: a new owner has declared nothing yet.
    said = [d for d in state.declarations if d.by in state.owners]
    said.sort(key=lambda declaration: declaration.on)
    return replace(
        state,
        declared=said[-1] if said else None,
        declared_fulfilled_on=fulfilled_since(said),
    )


def fulfilled_since(said: Sequence[Declaration | Assessment]) -> date | None:
    """Since when one side has said "fulfilled" without taking it back; `said` is in order of day.

    None if the last thing it said is something else.
    """
    since = None
    for entry in reversed(said):
        if entry.status is not Status.fulfilled:
            break
        since = entry.on
    return since


def _assessed(state: Commitment, event: e.ProgressAssessed) -> Commitment:
    assessment = Assessment(
        event.assessment,
        event.recorded_by,
        event.status,
        event.occurred_on,
        event.reply_expected_on,
    )
    return replace(
        state,
        assessments=(*state.assessments, assessment),
        evidence=_held(state.evidence, event.recorded_by, event.evidence),
    )


def _with_assessment(state: Commitment, number: int, **changes: Any) -> Commitment:
    return replace(
        state,
        assessments=tuple(
            replace(a, **changes) if a.number == number else a for a in state.assessments
        ),
    )


def _challenged(state: Commitment, event: e.AssessmentChallenged) -> Commitment:
    state = _with_assessment(state, event.assessment, challenged=True, answered=True)
    return replace(state, evidence=_held(state.evidence, event.recorded_by, event.evidence))


def _maintained(state: Commitment, event: e.AssessmentMaintained) -> Commitment:
    return _with_assessment(state, event.assessment, challenged=False, maintained=True)


def _revised(state: Commitment, event: e.AssessmentRevised) -> Commitment:
    # A revised assessment is a new statement: it opens a right of reply of its own.
    state = _with_assessment(
        state,
        event.assessment,
        status=event.status,
        on=event.occurred_on,
        reply_expected_on=event.reply_expected_on,
        challenged=False,
        answered=False,
    )
    return replace(state, evidence=_held(state.evidence, event.recorded_by, event.evidence))


def _replied(state: Commitment, event: e.ReplyPublished) -> Commitment:
    state = _with_assessment(state, event.assessment, answered=True)
    return replace(state, evidence=_held(state.evidence, event.recorded_by, event.evidence))


def _evidence_added(state: Commitment, event: e.EvidenceAdded) -> Commitment:
    return replace(state, evidence=_held(state.evidence, event.recorded_by, (event.evidence,)))


def _evidence_withdrawn(state: Commitment, event: e.EvidenceWithdrawn) -> Commitment:
    return replace(
        state,
        evidence=tuple(
            replace(piece, withdrawn=True) if piece.number == event.number else piece
            for piece in state.evidence
        ),
    )


def _withdrawn(state: Commitment, event: e.CommitmentWithdrawn) -> Commitment:
    return replace(state, withdrawn_on=event.occurred_on)


_EVOLVE: dict[type, Callable[[Commitment, Any], Commitment]] = {
    e.CommitmentAcknowledged: _acknowledged,
    e.AttributionDisputed: _disputed,
    e.AttributionSettled: _settled,
    e.WordingCorrected: _reworded,
    e.DueDateSet: _due_set,
    e.DueDateMoved: _due_moved,
    e.MilestonePlanned: _planned,
    e.MilestoneReached: _reached,
    e.ProgressDeclared: _declared,
    e.ProgressAssessed: _assessed,
    e.AssessmentChallenged: _challenged,
    e.AssessmentMaintained: _maintained,
    e.AssessmentRevised: _revised,
    e.ReplyPublished: _replied,
    e.EvidenceAdded: _evidence_added,
    e.EvidenceWithdrawn: _evidence_withdrawn,
    e.CommitmentWithdrawn: _withdrawn,
}
