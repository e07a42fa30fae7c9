"""What owners declare, what others assess, and what each answers the other."""

from datetime import date, timedelta

from domain import commands as c
from domain import events as e
from domain import refusals as r
from domain.admission import (
    check_assessor,
    check_capacity,
    check_fact,
    check_owner,
    check_party,
    check_standing,
    check_status,
    header,
    numbered,
)
from domain.commitment import Assessment, Commitment
from domain.policies import REPLY_DAYS
from domain.values import Author, checked_text


def declare_progress(
    state: Commitment, command: c.DeclareProgress, today: date, by: Author
) -> e.ProgressDeclared:
    check_owner(state, by)
    check_standing(state)
    if state.disputed_by is not None:
        raise r.AttributionUnderDispute()
    check_fact(state, command.occurred_on, today)
    check_status(state, command.status, command.evidence, command.occurred_on)
    return e.ProgressDeclared(
        **header(state, command, by),
        status=command.status,
        note=checked_text(command.note, "note"),
        evidence=numbered(state, command.evidence, today),
    )


def assess_progress(
    state: Commitment,
    command: c.AssessProgress,
    today: date,
    by: Author,
    reply_days: int = REPLY_DAYS,
) -> e.ProgressAssessed:
    """Opens a right of reply of `reply_days` days, counted from today: the day it is published."""
    check_assessor(state, by)
    check_fact(state, command.occurred_on, today)
    own = [a for a in state.assessments if a.assessor == by.organisation]
    if any(assessment.challenged for assessment in own):
        raise r.ChallengeAwaitsAnswer()
    rationale = checked_text(command.rationale, "rationale")
    check_status(state, command.status, command.evidence, command.occurred_on)
    return e.ProgressAssessed(
        **header(state, command, by),
        assessment=len(state.assessments) + 1,
        status=command.status,
        rationale=rationale,
        reply_expected_on=today + timedelta(days=reply_days),
        evidence=numbered(state, command.evidence, today),
    )


def challenge_assessment(
    state: Commitment, command: c.ChallengeAssessment, today: date, by: Author
) -> e.AssessmentChallenged:
    check_owner(state, by)
    check_fact(state, command.occurred_on, today)
    assessment = _assessment(state, command.assessment)
    if assessment.challenged:
        raise r.ChallengeAlreadyOpen()
    if assessment.maintained:
        raise r.AssessmentAlreadyMaintained()
    return e.AssessmentChallenged(
        **header(state, command, by),
        assessment=command.assessment,
        reason=checked_text(command.reason, "reason"),
        evidence=numbered(state, command.evidence, today),
    )


def maintain_assessment(
    state: Commitment, command: c.MaintainAssessment, today: date, by: Author
) -> e.AssessmentMaintained:
    _challenged_assessment(state, command.assessment, by)
    # An assessor that has since become an owner can still end the challenge, so that none stays
    # open for ever; but it can no longer assess.
    check_party(state.owners, by)
    check_fact(state, command.occurred_on, today)
    return e.AssessmentMaintained(
        **header(state, command, by),
        assessment=command.assessment,
        reason=checked_text(command.reason, "reason"),
    )


def revise_assessment(
    state: Commitment,
    command: c.ReviseAssessment,
    today: date,
    by: Author,
    reply_days: int = REPLY_DAYS,
) -> e.AssessmentRevised:
    _challenged_assessment(state, command.assessment, by)
    check_assessor(state, by)
    check_fact(state, command.occurred_on, today)
    rationale = checked_text(command.rationale, "rationale")
    check_status(state, command.status, command.evidence, command.occurred_on)
    return e.AssessmentRevised(
        **header(state, command, by),
        assessment=command.assessment,
        status=command.status,
        rationale=rationale,
        reply_expected_on=today + timedelta(days=reply_days),
        evidence=numbered(state, command.evidence, today),
    )


def publish_reply(
    state: Commitment, command: c.PublishReply, today: date, by: Author
) -> e.ReplyPublished:
    """Always open to the owner, after a withdrawal and after the day a reply was expected too."""
    check_owner(state, by)
    check_fact(state, command.occurred_on, today)
    assessment = _assessment(state, command.assessment)
    return e.ReplyPublished(
        **header(state, command, by),
        assessment=assessment.number,
        text=checked_text(command.text, "reply"),
        evidence=numbered(state, command.evidence, today),
    )


def add_evidence(
    state: Commitment, command: c.AddEvidence, today: date, by: Author
) -> e.EvidenceAdded:
    check_capacity(state.owners, by)
    check_fact(state, command.occurred_on, today)
    return e.EvidenceAdded(
        **header(state, command, by),
        evidence=numbered(state, (command.evidence,), today)[0],
        note=checked_text(command.note, "note") if command.note.strip() else "",
    )


def withdraw_evidence(
    state: Commitment, command: c.WithdrawEvidence, today: date, by: Author
) -> e.EvidenceWithdrawn:
    """Withdrawn evidence no longer counts; it stays readable, with the reason."""
    check_fact(state, command.occurred_on, today)
    piece = next((p for p in state.evidence if p.number == command.number), None)
    if piece is None:
        raise r.EvidenceUnknown(number=command.number)
    if piece.provider != by.organisation:
        raise r.NotTheProvider()
    check_capacity(state.owners, by)
    if piece.withdrawn:
        raise r.EvidenceAlreadyWithdrawn(number=command.number)
    return e.EvidenceWithdrawn(
        **header(state, command, by),
        number=command.number,
        reason=checked_text(command.reason, "reason"),
    )


def _assessment(state: Commitment, number: int) -> Assessment:
    assessment = state.assessment(number)
    if assessment is None:
        raise r.AssessmentUnknown(assessment=number)
    return assessment


def _challenged_assessment(state: Commitment, number: int, by: Author) -> Assessment:
    assessment = _assessment(state, number)
    if assessment.assessor != by.organisation:
        raise r.NotTheAssessor()
    if not assessment.challenged:
        raise r.ChallengeNotOpen()
    return assessment
