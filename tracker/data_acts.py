"""What is done to a commitment, as a data set writes it: one struct for each act.

Its name there, the use case's in tracker/application.py and the decision's in domain/ are the same.
"""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from domain import commands as c
from domain.values import AttributionOutcome, Capacity, Status
from tracker.data_values import Dated, DueTable, EvidenceTable, Words, measure, pieces

Identify = Callable[[str, str], UUID]
"""The identity of the organisation that a slug, found under a key, names."""


class Act(Dated, frozen=True, kw_only=True, tag_field="act"):
    """The tag is the name of the use case. `capacity` is worked out when it is left out."""

    by: str
    capacity: Capacity | None = None

    def command(self, identify: Identify) -> c.Command:
        raise NotImplementedError


class Acknowledge(Act, frozen=True, kw_only=True, tag="acknowledge_commitment"):
    def command(self, identify: Identify) -> c.Command:
        return c.AcknowledgeCommitment(occurred_on=self.on)


class DisputeAttribution(Act, frozen=True, kw_only=True, tag="dispute_attribution"):
    reason: str

    def command(self, identify: Identify) -> c.Command:
        return c.DisputeAttribution(occurred_on=self.on, reason=self.reason)


class SettleAttribution(Act, frozen=True, kw_only=True, tag="settle_attribution"):
    outcome: AttributionOutcome
    reason: str
    owners: tuple[str, ...] = ()

    def command(self, identify: Identify) -> c.Command:
        owners = tuple(identify(owner, "owners") for owner in self.owners)
        return c.SettleAttribution(
            occurred_on=self.on, outcome=self.outcome, reason=self.reason, owners=owners
        )


class CorrectWording(Act, frozen=True, kw_only=True, tag="correct_wording"):
    statement: Words
    reason: str
    criterion: Words | None = None
    measurable: bool = True

    def __post_init__(self) -> None:
        measure(self.criterion, self.measurable)

    def command(self, identify: Identify) -> c.Command:
        return c.CorrectWording(
            occurred_on=self.on,
            statement=self.statement.wording(),
            measure=measure(self.criterion, self.measurable),
            reason=self.reason,
        )


class SetDueDate(Act, frozen=True, kw_only=True, tag="set_due_date"):
    due: DueTable

    def command(self, identify: Identify) -> c.Command:
        return c.SetDueDate(occurred_on=self.on, due=self.due.due())


class MoveDueDate(Act, frozen=True, kw_only=True, tag="move_due_date"):
    due: DueTable
    reason: str

    def command(self, identify: Identify) -> c.Command:
        return c.MoveDueDate(occurred_on=self.on, due=self.due.due(), reason=self.reason)


class PlanMilestone(Act, frozen=True, kw_only=True, tag="plan_milestone"):
    title: Words
    due_on: date | None = None

    def command(self, identify: Identify) -> c.Command:
        return c.PlanMilestone(occurred_on=self.on, title=self.title.wording(), due_on=self.due_on)


class ReachMilestone(Act, frozen=True, kw_only=True, tag="reach_milestone"):
    milestone: int
    evidence: tuple[EvidenceTable, ...] = ()

    def command(self, identify: Identify) -> c.Command:
        return c.ReachMilestone(
            occurred_on=self.on, milestone=self.milestone, evidence=pieces(self.evidence)
        )


class DeclareProgress(Act, frozen=True, kw_only=True, tag="declare_progress"):
    status: Status
    note: str
    evidence: tuple[EvidenceTable, ...] = ()

    def command(self, identify: Identify) -> c.Command:
        return c.DeclareProgress(
            occurred_on=self.on,
            status=self.status,
            note=self.note,
            evidence=pieces(self.evidence),
        )


class AssessProgress(Act, frozen=True, kw_only=True, tag="assess_progress"):
    status: Status
    rationale: str
    evidence: tuple[EvidenceTable, ...] = ()

    def command(self, identify: Identify) -> c.Command:
        return c.AssessProgress(
            occurred_on=self.on,
            status=self.status,
            rationale=self.rationale,
            evidence=pieces(self.evidence),
        )


class ChallengeAssessment(Act, frozen=True, kw_only=True, tag="challenge_assessment"):
    assessment: int
    reason: str
    evidence: tuple[EvidenceTable, ...] = ()

    def command(self, identify: Identify) -> c.Command:
        return c.ChallengeAssessment(
            occurred_on=self.on,
            assessment=self.assessment,
            reason=self.reason,
            evidence=pieces(self.evidence),
        )


class MaintainAssessment(Act, frozen=True, kw_only=True, tag="maintain_assessment"):
    assessment: int
    reason: str

    def command(self, identify: Identify) -> c.Command:
        return c.MaintainAssessment(
            occurred_on=self.on, assessment=self.assessment, reason=self.reason
        )


class ReviseAssessment(Act, frozen=True, kw_only=True, tag="revise_assessment"):
    assessment: int
    status: Status
    rationale: str
    evidence: tuple[EvidenceTable, ...] = ()

    def command(self, identify: Identify) -> c.Command:
        return c.ReviseAssessment(
            occurred_on=self.on,
            assessment=self.assessment,
            status=self.status,
            rationale=self.rationale,
            evidence=pieces(self.evidence),
        )


class PublishReply(Act, frozen=True, kw_only=True, tag="publish_reply"):
    assessment: int
    text: str
    evidence: tuple[EvidenceTable, ...] = ()

    def command(self, identify: Identify) -> c.Command:
        return c.PublishReply(
            occurred_on=self.on,
            assessment=self.assessment,
            text=self.text,
            evidence=pieces(self.evidence),
        )


class AddEvidence(Act, frozen=True, kw_only=True, tag="add_evidence"):
    evidence: EvidenceTable
    note: str = ""

    def command(self, identify: Identify) -> c.Command:
        return c.AddEvidence(occurred_on=self.on, evidence=self.evidence.evidence(), note=self.note)


class WithdrawEvidence(Act, frozen=True, kw_only=True, tag="withdraw_evidence"):
    number: int
    reason: str

    def command(self, identify: Identify) -> c.Command:
        return c.WithdrawEvidence(occurred_on=self.on, number=self.number, reason=self.reason)


class WithdrawCommitment(Act, frozen=True, kw_only=True, tag="withdraw_commitment"):
    reason: str

    def command(self, identify: Identify) -> c.Command:
        return c.WithdrawCommitment(occurred_on=self.on, reason=self.reason)


AnyAct = (
    Acknowledge
    | DisputeAttribution
    | SettleAttribution
    | CorrectWording
    | SetDueDate
    | MoveDueDate
    | PlanMilestone
    | ReachMilestone
    | DeclareProgress
    | AssessProgress
    | ChallengeAssessment
    | MaintainAssessment
    | ReviseAssessment
    | PublishReply
    | AddEvidence
    | WithdrawEvidence
    | WithdrawCommitment
)
