"""What an organisation asks to have recorded: one command for each decision."""

from datetime import date
from uuid import UUID

from msgspec import Struct

from domain.values import (
    AttributionOutcome,
    Due,
    Evidence,
    Measure,
    StakeholderKind,
    Status,
    Topic,
    Wording,
)


class Command(Struct, frozen=True, kw_only=True):
    """`occurred_on` is the day of the fact, not of its recording."""

    occurred_on: date


class EstablishFramework(Command, frozen=True, kw_only=True):
    slug: str
    name: Wording
    description: Wording
    exercise: bool = False


class AdmitStakeholder(Command, frozen=True, kw_only=True):
    stakeholder: UUID


class RegisterStakeholder(Command, frozen=True, kw_only=True):
    slug: str
    name: Wording
    short_name: str
    kind: StakeholderKind
    exercise: bool = False


class HoldMeeting(Command, frozen=True, kw_only=True):
    framework: UUID
    slug: str
    title: Wording
    venue: str
    attendance: tuple[UUID, ...] = ()
    summary: Wording | None = None
    attendance_note: Wording | None = None
    source: Evidence | None = None


class DiscussTopic(Command, frozen=True, kw_only=True):
    topic: Topic


class PublishMinutes(Command, frozen=True, kw_only=True):
    minutes: Evidence


class MakeCommitment(Command, frozen=True, kw_only=True):
    reference: str
    framework: UUID
    owners: tuple[UUID, ...]
    statement: Wording
    measure: Measure
    due: Due = Due()
    meeting: UUID | None = None
    made_to: tuple[UUID, ...] = ()
    topics: tuple[str, ...] = ()
    source: Evidence | None = None


class AcknowledgeCommitment(Command, frozen=True, kw_only=True):
    pass


class DisputeAttribution(Command, frozen=True, kw_only=True):
    reason: str


class SettleAttribution(Command, frozen=True, kw_only=True):
    outcome: AttributionOutcome
    reason: str
    owners: tuple[UUID, ...] = ()


class CorrectWording(Command, frozen=True, kw_only=True):
    statement: Wording
    measure: Measure
    reason: str


class SetDueDate(Command, frozen=True, kw_only=True):
    due: Due


class MoveDueDate(Command, frozen=True, kw_only=True):
    due: Due
    reason: str


class PlanMilestone(Command, frozen=True, kw_only=True):
    title: Wording
    due_on: date | None = None


class ReachMilestone(Command, frozen=True, kw_only=True):
    milestone: int
    evidence: tuple[Evidence, ...] = ()


class DeclareProgress(Command, frozen=True, kw_only=True):
    status: Status
    note: str
    evidence: tuple[Evidence, ...] = ()


class AssessProgress(Command, frozen=True, kw_only=True):
    status: Status
    rationale: str
    evidence: tuple[Evidence, ...] = ()


class ChallengeAssessment(Command, frozen=True, kw_only=True):
    assessment: int
    reason: str
    evidence: tuple[Evidence, ...] = ()


class MaintainAssessment(Command, frozen=True, kw_only=True):
    assessment: int
    reason: str


class ReviseAssessment(Command, frozen=True, kw_only=True):
    assessment: int
    status: Status
    rationale: str
    evidence: tuple[Evidence, ...] = ()


class PublishReply(Command, frozen=True, kw_only=True):
    assessment: int
    text: str
    evidence: tuple[Evidence, ...] = ()


class AddEvidence(Command, frozen=True, kw_only=True):
    evidence: Evidence
    note: str = ""


class WithdrawEvidence(Command, frozen=True, kw_only=True):
    number: int
    reason: str


class WithdrawCommitment(Command, frozen=True, kw_only=True):
    reason: str
