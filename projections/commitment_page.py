"""What was promised, and what became of it?

The page is a fold of the commitment's own history up to the moment: some tens of events, read by
key. It needs no table of its own, and it cannot disagree with the history shown under it.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, field

from domain import events as e
from domain.values import Due, Evidence, Status, Wording
from projections import board
from projections.board import BoardRow
from projections.feed import Moment, Reading
from projections.history import HistoryEntry, history


class Answer(Struct):
    """What stands under an assessment: a challenge, a reply, or the assessor's maintaining."""

    kind: str  # "challenge", "reply", "maintained" or "revised"
    on: date
    by: UUID
    text: str
    evidence: tuple[Evidence, ...]
    status: Status | None = None  # the new status, for "revised"
    version: int = 0


class DeclaredEntry(Struct):
    """An entry of the left lane. `withdrawal` stands for a status when the owner withdrew."""

    status: Status | None
    on: date
    by: UUID
    text: str
    evidence: tuple[Evidence, ...]
    recorded_at: datetime
    version: int
    withdrawal: bool = False


class AssessedEntry(Struct):
    """An entry of the right lane, in its first wording; revisions are among the answers."""

    number: int
    status: Status
    on: date
    by: UUID
    text: str
    evidence: tuple[Evidence, ...]
    recorded_at: datetime
    version: int
    reply_expected_on: date
    challenged: bool = False
    answered: bool = False
    answers: list[Answer] = field(default_factory=list)


class EvidenceEntry(Struct):
    """One piece of evidence, who provided it and, if so, why it was withdrawn."""

    evidence: Evidence
    provider: UUID
    on: date
    withdrawn_on: date | None = None
    withdrawn_because: str = ""


class DueEntry(Struct):
    due: Due
    on: date
    by: UUID
    reason: str


class WordingEntry(Struct):
    """A wording the commitment had; `reason` says why it replaced the one before."""

    statement: Wording
    on: date
    by: UUID
    reason: str


class CommitmentPage(Struct):
    """Lanes are newest first, by the day spoken of; due dates and wordings oldest first."""

    row: BoardRow
    made: e.CommitmentMade
    history: tuple[HistoryEntry, ...]
    declared: list[DeclaredEntry] = field(default_factory=list)
    assessed: list[AssessedEntry] = field(default_factory=list)
    evidence: list[EvidenceEntry] = field(default_factory=list)
    dues: list[DueEntry] = field(default_factory=list)
    wordings: list[WordingEntry] = field(default_factory=list)
    disputes: list[HistoryEntry] = field(default_factory=list)


def commitment_page(reading: Reading, moment: Moment, reference: str) -> CommitmentPage | None:
    """The page of the commitment `reference`, or None when the record does not know it."""
    row = board.row(reading, moment, reference)
    if row is None:
        return None
    happened = history(reading, moment, row.commitment.id)
    made = happened[0].event
    assert isinstance(made, e.CommitmentMade)
    page = CommitmentPage(row=row, made=made, history=happened)
    for entry in happened:
        fold = _FOLD.get(type(entry.event))
        if fold is not None:
            fold(page, entry, entry.event)
        for piece in getattr(entry.event, "evidence", ()) if fold is not _evidence_added else ():
            page.evidence.append(
                EvidenceEntry(piece, entry.event.recorded_by, entry.event.occurred_on)
            )
    page.declared.sort(key=lambda each: (each.on, each.version), reverse=True)
    page.assessed.sort(key=lambda each: (each.on, each.version), reverse=True)
    return page


def _made(page: CommitmentPage, entry: HistoryEntry, event: e.CommitmentMade) -> None:
    page.dues.append(DueEntry(event.due, event.occurred_on, event.recorded_by, ""))
    page.wordings.append(WordingEntry(event.statement, event.occurred_on, event.recorded_by, ""))


def _reworded(page: CommitmentPage, entry: HistoryEntry, event: e.WordingCorrected) -> None:
    page.wordings.append(
        WordingEntry(event.statement, event.occurred_on, event.recorded_by, event.reason)
    )


def _due_set(page: CommitmentPage, entry: HistoryEntry, event: e.DueDateSet) -> None:
    page.dues.append(DueEntry(event.due, event.occurred_on, event.recorded_by, ""))


def _due_moved(page: CommitmentPage, entry: HistoryEntry, event: e.DueDateMoved) -> None:
    page.dues.append(DueEntry(event.due, event.occurred_on, event.recorded_by, event.reason))


def _disputed(page: CommitmentPage, entry: HistoryEntry, event: e.Event) -> None:
    page.disputes.append(entry)


def _declared(page: CommitmentPage, entry: HistoryEntry, event: e.ProgressDeclared) -> None:
    page.declared.append(
        DeclaredEntry(
            event.status,
            event.occurred_on,
            event.recorded_by,
            event.note,
            event.evidence,
            entry.recorded_at,
            entry.version,
        )
    )


def _withdrawn(page: CommitmentPage, entry: HistoryEntry, event: e.CommitmentWithdrawn) -> None:
    page.declared.append(
        DeclaredEntry(
            None,
            event.occurred_on,
            event.recorded_by,
            event.reason,
            (),
            entry.recorded_at,
            entry.version,
            withdrawal=True,
        )
    )


def _assessed(page: CommitmentPage, entry: HistoryEntry, event: e.ProgressAssessed) -> None:
    page.assessed.append(
        AssessedEntry(
            event.assessment,
            event.status,
            event.occurred_on,
            event.recorded_by,
            event.rationale,
            event.evidence,
            entry.recorded_at,
            entry.version,
            event.reply_expected_on,
        )
    )


def _answer(
    page: CommitmentPage,
    entry: HistoryEntry,
    kind: str,
    text: str,
    status: Status | None = None,
) -> AssessedEntry:
    event: Any = entry.event
    assessment = next(each for each in page.assessed if each.number == event.assessment)
    assessment.answers.append(
        Answer(
            kind,
            event.occurred_on,
            event.recorded_by,
            text,
            getattr(event, "evidence", ()),
            status,
            entry.version,
        )
    )
    return assessment


def _challenged(page: CommitmentPage, entry: HistoryEntry, event: e.AssessmentChallenged) -> None:
    assessment = _answer(page, entry, "challenge", event.reason)
    assessment.challenged = assessment.answered = True


def _maintained(page: CommitmentPage, entry: HistoryEntry, event: e.AssessmentMaintained) -> None:
    _answer(page, entry, "maintained", event.reason).challenged = False


def _revised(page: CommitmentPage, entry: HistoryEntry, event: e.AssessmentRevised) -> None:
    assessment = _answer(page, entry, "revised", event.rationale, event.status)
    assessment.challenged = assessment.answered = False
    assessment.reply_expected_on = event.reply_expected_on


def _replied(page: CommitmentPage, entry: HistoryEntry, event: e.ReplyPublished) -> None:
    _answer(page, entry, "reply", event.text).answered = True


def _evidence_added(page: CommitmentPage, entry: HistoryEntry, event: e.EvidenceAdded) -> None:
    page.evidence.append(EvidenceEntry(event.evidence, event.recorded_by, event.occurred_on))


def _evidence_withdrawn(
    page: CommitmentPage, entry: HistoryEntry, event: e.EvidenceWithdrawn
) -> None:
    for held in page.evidence:
        if held.evidence.number == event.number:
            held.withdrawn_on, held.withdrawn_because = event.occurred_on, event.reason


_FOLD: dict[type, Callable[[CommitmentPage, HistoryEntry, Any], None]] = {
    e.CommitmentMade: _made,
    e.WordingCorrected: _reworded,
    e.DueDateSet: _due_set,
    e.DueDateMoved: _due_moved,
    e.AttributionDisputed: _disputed,
    e.AttributionSettled: _disputed,
    e.ProgressDeclared: _declared,
    e.CommitmentWithdrawn: _withdrawn,
    e.ProgressAssessed: _assessed,
    e.AssessmentChallenged: _challenged,
    e.AssessmentMaintained: _maintained,
    e.AssessmentRevised: _revised,
    e.ReplyPublished: _replied,
    e.EvidenceAdded: _evidence_added,
    e.EvidenceWithdrawn: _evidence_withdrawn,
}
