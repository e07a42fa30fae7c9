"""One method for each use case: read the state, let the domain decide, record what it says."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any, Protocol
from uuid import UUID, uuid4, uuid5

from eventsourcing.application import AggregateNotFoundError
from eventsourcing.persistence import IntegrityError
from msgspec import Struct

from domain import commands as c
from domain import commitment, framework, lane_decisions, meeting, stakeholder
from domain import commitment_decisions as decisions
from domain.commitment import Commitment
from domain.events import Event
from domain.policies import REPLY_DAYS
from domain.refusals import (
    RecordChangedMeanwhile,
    RecordUnknown,
    ReferenceTaken,
    Refusal,
    SlugTaken,
)
from domain.values import Author
from tracker.ledger import ClaimTaken, Receipt

# How often a command that did not say which version it had seen is decided anew when another one
# was recorded in between. Sixteen writers on one commitment pass with room to spare.
_ATTEMPTS = 40

_IDENTITIES = UUID("6a0f2f5e-31c9-5d2f-9d7e-0d7c2f6f8a11")


class Submission(Struct, frozen=True, kw_only=True):
    """How a command comes in.

    `key` is the same when the same form is sent again: it is then recorded once. `seen_version`
    is the version the author had before their eyes; None when it does not matter.
    `recorded_at` is for demonstration ledgers only, and refused by any other.
    """

    by: Author
    key: str | None = None
    seen_version: int | None = None
    recorded_at: datetime | None = None


def identity(key: str) -> UUID:
    """What a command that begins a record under this key makes the record's identity."""
    return uuid5(_IDENTITIES, key)


Decision = Callable[..., Event]
Projector = Callable[[Any, Any], Any]


def _today() -> date:
    return datetime.now(UTC).date()


class Record(Protocol):
    """What the use cases ask of a ledger. tracker/rehearsal.py has one that only remembers."""

    def record(
        self,
        events: Sequence[Event],
        *,
        command_key: str | None,
        claims: Sequence[str] = (),
        recorded_at: datetime | None = None,
    ) -> Receipt: ...

    def replay(self, originator_id: UUID, projector_func: Projector) -> Any: ...

    def receipt(self, command_key: str) -> Receipt | None: ...

    def holds(self, originator_id: UUID) -> bool: ...


class Application:
    """The use cases. Every method returns the Receipt of what was recorded and raises a Refusal
    when a rule forbids it; nothing is recorded then."""

    def __init__(
        self,
        ledger: Record,
        today: Callable[[], date] = _today,
        reply_days: int = REPLY_DAYS,
    ) -> None:
        self.ledger = ledger
        self._today = today
        self._reply_days = reply_days

    # Frameworks, stakeholders, meetings

    def establish_framework(self, command: c.EstablishFramework, how: Submission) -> Receipt:
        return self._begin(
            framework.establish_framework, command, how, f"slug:framework:{command.slug}"
        )

    def admit_stakeholder(self, id: UUID, command: c.AdmitStakeholder, how: Submission) -> Receipt:
        self._require(stakeholder.rebuild, command.stakeholder)
        return self._change(id, framework.rebuild, framework.admit_stakeholder, command, how)

    def register_stakeholder(self, command: c.RegisterStakeholder, how: Submission) -> Receipt:
        return self._begin(
            stakeholder.register_stakeholder, command, how, f"slug:stakeholder:{command.slug}"
        )

    def hold_meeting(self, command: c.HoldMeeting, how: Submission) -> Receipt:
        self._require(framework.rebuild, command.framework)
        self._require(stakeholder.rebuild, *command.attendance)
        return self._begin(meeting.hold_meeting, command, how, f"slug:meeting:{command.slug}")

    def discuss_topic(self, id: UUID, command: c.DiscussTopic, how: Submission) -> Receipt:
        return self._change(id, meeting.rebuild, meeting.discuss_topic, command, how)

    def publish_minutes(self, id: UUID, command: c.PublishMinutes, how: Submission) -> Receipt:
        return self._change(id, meeting.rebuild, meeting.publish_minutes, command, how)

    # Commitments

    def make_commitment(self, command: c.MakeCommitment, how: Submission) -> Receipt:
        self._require(framework.rebuild, command.framework)
        self._require(stakeholder.rebuild, *command.owners, *command.made_to)
        if command.meeting is not None:
            self._require(meeting.rebuild, command.meeting)
        return self._begin(
            decisions.make_commitment, command, how, f"reference:{command.reference}"
        )

    def acknowledge_commitment(
        self, id: UUID, command: c.AcknowledgeCommitment, how: Submission
    ) -> Receipt:
        return self._change_commitment(id, decisions.acknowledge_commitment, command, how)

    def dispute_attribution(
        self, id: UUID, command: c.DisputeAttribution, how: Submission
    ) -> Receipt:
        return self._change_commitment(id, decisions.dispute_attribution, command, how)

    def settle_attribution(
        self, id: UUID, command: c.SettleAttribution, how: Submission
    ) -> Receipt:
        self._require(stakeholder.rebuild, *command.owners)
        return self._change_commitment(id, decisions.settle_attribution, command, how)

    def correct_wording(self, id: UUID, command: c.CorrectWording, how: Submission) -> Receipt:
        return self._change_commitment(id, decisions.correct_wording, command, how)

    def set_due_date(self, id: UUID, command: c.SetDueDate, how: Submission) -> Receipt:
        return self._change_commitment(id, decisions.set_due_date, command, how)

    def move_due_date(self, id: UUID, command: c.MoveDueDate, how: Submission) -> Receipt:
        return self._change_commitment(id, decisions.move_due_date, command, how)

    def plan_milestone(self, id: UUID, command: c.PlanMilestone, how: Submission) -> Receipt:
        return self._change_commitment(id, decisions.plan_milestone, command, how)

    def reach_milestone(self, id: UUID, command: c.ReachMilestone, how: Submission) -> Receipt:
        return self._change_commitment(id, decisions.reach_milestone, command, how)

    def withdraw_commitment(
        self, id: UUID, command: c.WithdrawCommitment, how: Submission
    ) -> Receipt:
        return self._change_commitment(id, decisions.withdraw_commitment, command, how)

    def declare_progress(self, id: UUID, command: c.DeclareProgress, how: Submission) -> Receipt:
        return self._change_commitment(id, lane_decisions.declare_progress, command, how)

    def assess_progress(self, id: UUID, command: c.AssessProgress, how: Submission) -> Receipt:
        return self._change_commitment(
            id, lane_decisions.assess_progress, command, how, self._reply_days
        )

    def challenge_assessment(
        self, id: UUID, command: c.ChallengeAssessment, how: Submission
    ) -> Receipt:
        return self._change_commitment(id, lane_decisions.challenge_assessment, command, how)

    def maintain_assessment(
        self, id: UUID, command: c.MaintainAssessment, how: Submission
    ) -> Receipt:
        return self._change_commitment(id, lane_decisions.maintain_assessment, command, how)

    def revise_assessment(self, id: UUID, command: c.ReviseAssessment, how: Submission) -> Receipt:
        return self._change_commitment(
            id, lane_decisions.revise_assessment, command, how, self._reply_days
        )

    def publish_reply(self, id: UUID, command: c.PublishReply, how: Submission) -> Receipt:
        return self._change_commitment(id, lane_decisions.publish_reply, command, how)

    def add_evidence(self, id: UUID, command: c.AddEvidence, how: Submission) -> Receipt:
        return self._change_commitment(id, lane_decisions.add_evidence, command, how)

    def withdraw_evidence(self, id: UUID, command: c.WithdrawEvidence, how: Submission) -> Receipt:
        return self._change_commitment(id, lane_decisions.withdraw_evidence, command, how)

    # Reading

    def commitment(self, id: UUID) -> Commitment:
        """Raises RecordUnknown."""
        state: Commitment = self._state(id, commitment.rebuild)
        return state

    # How a command becomes events

    def _begin(self, decide: Decision, command: c.Command, how: Submission, claim: str) -> Receipt:
        # The identity follows from the key, so that a command sent twice means one record.
        id = identity(how.key) if how.key is not None else uuid4()
        event = decide(id, command, self._day(how), how.by)
        try:
            return self._record([event], how, [claim])
        except ClaimTaken as taken:
            kind, _, name = taken.key.rpartition(":")
            if kind == "reference":
                raise ReferenceTaken(reference=name) from taken
            raise SlugTaken(slug=name) from taken

    def _change_commitment(
        self, id: UUID, decide: Decision, command: c.Command, how: Submission, *settings: object
    ) -> Receipt:
        return self._change(id, commitment.rebuild, decide, command, how, *settings)

    def _change(
        self,
        id: UUID,
        rebuild: Projector,
        decide: Decision,
        command: c.Command,
        how: Submission,
        *settings: object,
    ) -> Receipt:
        for _ in range(_ATTEMPTS):
            state = self._state(id, rebuild)
            try:
                if how.seen_version not in (None, state.version):
                    raise RecordChangedMeanwhile()
                event = decide(state, command, self._day(how), how.by, *settings)
            except Refusal:
                # A command sent again gets its first answer: what it did itself, even a moment
                # ago, may be the reason to refuse it now. Hence asked after the state was read.
                repeated = self.ledger.receipt(how.key) if how.key is not None else None
                if repeated is None:
                    raise
                return repeated
            try:
                return self._record([event], how)
            except IntegrityError:
                continue
        raise RecordChangedMeanwhile()

    def _record(
        self, events: Sequence[Event], how: Submission, claims: Sequence[str] = ()
    ) -> Receipt:
        return self.ledger.record(
            events, command_key=how.key, claims=claims, recorded_at=how.recorded_at
        )

    def _state(self, id: UUID, rebuild: Projector) -> Any:
        try:
            return self._replayed(id, rebuild)
        except AggregateNotFoundError:
            raise RecordUnknown(record=str(id)) from None

    def _replayed(self, id: UUID, rebuild: Projector) -> Any:
        try:
            return self.ledger.replay(id, rebuild)
        except (AssertionError, KeyError):
            # The identity of a record of another kind.
            raise RecordUnknown(record=str(id)) from None

    def _require(self, rebuild: Projector, *ids: UUID) -> None:
        """Each must be a record of the kind that `rebuild` rebuilds: pages look it up as such."""
        for id in ids:
            if not self.ledger.holds(id):
                raise RecordUnknown(record=str(id))
            # A rehearsal may know that a record exists and nothing more.
            with suppress(AggregateNotFoundError):
                self._replayed(id, rebuild)

    def _day(self, how: Submission) -> date:
        return how.recorded_at.date() if how.recorded_at is not None else self._today()
