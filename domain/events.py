"""Every event of the ledger, in one closed union.

The tag is the stored name: it never changes and never names a module. An additive change is a field
with a default; a breaking change is a new tag and an entry in tracker/serialization.py's upcasts.
Every version ever written stays in tests/stored_events/.
"""

from datetime import date
from typing import ClassVar
from uuid import UUID

from msgspec import Struct

from domain.values import (
    AttributionOutcome,
    Capacity,
    Due,
    Evidence,
    Measure,
    StakeholderKind,
    Status,
    Text,
    Topic,
    Wording,
)


class Recorded(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """What every event says: which record it belongs to, when it happened, who recorded it.

    recorded_at is not here: the ledger sets it, in the order of positions, when it takes the event.
    """

    originator_id: UUID
    originator_version: int
    occurred_on: date
    recorded_by: UUID
    capacity: Capacity

    subject: ClassVar[str]


class FrameworkEvent(Recorded, frozen=True, kw_only=True, omit_defaults=True):
    subject: ClassVar[str] = "framework"


class StakeholderEvent(Recorded, frozen=True, kw_only=True, omit_defaults=True):
    subject: ClassVar[str] = "stakeholder"


class MeetingEvent(Recorded, frozen=True, kw_only=True, omit_defaults=True):
    subject: ClassVar[str] = "meeting"


class CommitmentEvent(Recorded, frozen=True, kw_only=True, omit_defaults=True):
    subject: ClassVar[str] = "commitment"


class FrameworkEstablished(
    FrameworkEvent, frozen=True, kw_only=True, tag="framework-established.v1"
):
    slug: Text
    name: Wording
    description: Wording
    exercise: bool = False


class StakeholderAdmitted(FrameworkEvent, frozen=True, kw_only=True, tag="stakeholder-admitted.v1"):
    stakeholder: UUID


class StakeholderRegistered(
    StakeholderEvent, frozen=True, kw_only=True, tag="stakeholder-registered.v1"
):
    slug: Text
    name: Wording
    short_name: Text
    kind: StakeholderKind
    exercise: bool = False


class MeetingHeld(MeetingEvent, frozen=True, kw_only=True, tag="meeting-held.v1"):
    framework: UUID
    slug: Text
    title: Wording
    venue: Text
    attendance: tuple[UUID, ...]
    summary: Wording | None = None
    attendance_note: Wording | None = None
    source: Evidence | None = None


class TopicDiscussed(MeetingEvent, frozen=True, kw_only=True, tag="topic-discussed.v1"):
    framework: UUID
    topic: Topic


class MinutesPublished(MeetingEvent, frozen=True, kw_only=True, tag="minutes-published.v1"):
    minutes: Evidence


class CommitmentMade(CommitmentEvent, frozen=True, kw_only=True, tag="commitment-made.v1"):
    reference: Text
    framework: UUID
    owners: tuple[UUID, ...]
    statement: Wording
    measure: Measure
    due: Due
    meeting: UUID | None = None
    made_to: tuple[UUID, ...] = ()
    topics: tuple[Text, ...] = ()
    source: Evidence | None = None


class CommitmentAcknowledged(
    CommitmentEvent, frozen=True, kw_only=True, tag="commitment-acknowledged.v1"
):
    pass


class AttributionDisputed(
    CommitmentEvent, frozen=True, kw_only=True, tag="attribution-disputed.v1"
):
    reason: Text


class AttributionSettled(CommitmentEvent, frozen=True, kw_only=True, tag="attribution-settled.v1"):
    outcome: AttributionOutcome
    owners: tuple[UUID, ...]
    reason: Text


class WordingCorrected(CommitmentEvent, frozen=True, kw_only=True, tag="wording-corrected.v1"):
    statement: Wording
    measure: Measure
    reason: Text


class DueDateSet(CommitmentEvent, frozen=True, kw_only=True, tag="due-date-set.v1"):
    due: Due


class DueDateMoved(CommitmentEvent, frozen=True, kw_only=True, tag="due-date-moved.v1"):
    previous: Due
    due: Due
    reason: Text


class MilestonePlanned(CommitmentEvent, frozen=True, kw_only=True, tag="milestone-planned.v1"):
    milestone: int
    title: Wording
    due_on: date | None = None


class MilestoneReached(CommitmentEvent, frozen=True, kw_only=True, tag="milestone-reached.v1"):
    milestone: int
    evidence: tuple[Evidence, ...] = ()


class ProgressDeclared(CommitmentEvent, frozen=True, kw_only=True, tag="progress-declared.v1"):
    status: Status
    note: Text
    evidence: tuple[Evidence, ...] = ()


class ProgressAssessed(CommitmentEvent, frozen=True, kw_only=True, tag="progress-assessed.v1"):
    assessment: int
    status: Status
    rationale: Text
    reply_expected_on: date
    evidence: tuple[Evidence, ...] = ()


class AssessmentChallenged(
    CommitmentEvent, frozen=True, kw_only=True, tag="assessment-challenged.v1"
):
    assessment: int
    reason: Text
    evidence: tuple[Evidence, ...] = ()


class AssessmentMaintained(
    CommitmentEvent, frozen=True, kw_only=True, tag="assessment-maintained.v1"
):
    assessment: int
    reason: Text


class AssessmentRevised(CommitmentEvent, frozen=True, kw_only=True, tag="assessment-revised.v1"):
    assessment: int
    status: Status
    rationale: Text
    reply_expected_on: date
    evidence: tuple[Evidence, ...] = ()


class ReplyPublished(CommitmentEvent, frozen=True, kw_only=True, tag="reply-published.v1"):
    assessment: int
    text: Text
    evidence: tuple[Evidence, ...] = ()


class EvidenceAdded(CommitmentEvent, frozen=True, kw_only=True, tag="evidence-added.v1"):
    evidence: Evidence
    note: Text = ""


class EvidenceWithdrawn(CommitmentEvent, frozen=True, kw_only=True, tag="evidence-withdrawn.v1"):
    number: int
    reason: Text


class CommitmentWithdrawn(
    CommitmentEvent, frozen=True, kw_only=True, tag="commitment-withdrawn.v1"
):
    reason: Text


Event = (
    FrameworkEstablished
    | StakeholderAdmitted
    | StakeholderRegistered
    | MeetingHeld
    | TopicDiscussed
    | MinutesPublished
    | CommitmentMade
    | CommitmentAcknowledged
    | AttributionDisputed
    | AttributionSettled
    | WordingCorrected
    | DueDateSet
    | DueDateMoved
    | MilestonePlanned
    | MilestoneReached
    | ProgressDeclared
    | ProgressAssessed
    | AssessmentChallenged
    | AssessmentMaintained
    | AssessmentRevised
    | ReplyPublished
    | EvidenceAdded
    | EvidenceWithdrawn
    | CommitmentWithdrawn
)
