"""What may happen to a commitment itself: who owns it, what it says, when it is due.

Every decision is (state, command, today, by) -> event, or a refusal. The two lanes, what owners
declare and others assess, are in lane_decisions.py.
"""

from datetime import date
from uuid import UUID

from domain import commands as c
from domain import events as e
from domain import refusals as r
from domain.admission import (
    check_capacity,
    check_fact,
    check_occurred,
    check_owner,
    check_owner_or_secretariat,
    check_plausible,
    check_standing,
    checked_due,
    header,
    numbered,
    once,
    seen,
)
from domain.commitment import Commitment
from domain.values import (
    NAME_LENGTH,
    STATEMENT_LENGTH,
    AttributionOutcome,
    Author,
    Capacity,
    Due,
    DueKind,
    checked_reference,
    checked_slug,
    checked_text,
)


def make_commitment(
    id: UUID, command: c.MakeCommitment, today: date, by: Author
) -> e.CommitmentMade:
    """`id` is fresh; that the reference is free is the ledger's to say (a claim)."""
    check_occurred(command.occurred_on, today)
    _check_owners(command.owners)
    check_capacity(command.owners, by)
    return e.CommitmentMade(
        originator_id=id,
        originator_version=1,
        occurred_on=command.occurred_on,
        recorded_by=by.organisation,
        capacity=by.capacity,
        reference=checked_reference(command.reference),
        framework=command.framework,
        meeting=command.meeting,
        owners=command.owners,
        made_to=once(command.made_to),
        topics=once(checked_slug(topic) for topic in command.topics),
        statement=command.statement.checked("statement", STATEMENT_LENGTH),
        measure=command.measure.checked(),
        due=checked_due(command.due, command.occurred_on),
        source=seen(command.source, today) if command.source else None,
    )


def acknowledge_commitment(
    state: Commitment, command: c.AcknowledgeCommitment, today: date, by: Author
) -> e.CommitmentAcknowledged:
    check_owner(state, by)
    check_standing(state)
    check_fact(state, command.occurred_on, today)
    # Acknowledging ends the owner's own dispute, never a co-owner's; without one, a second time
    # says nothing new.
    if state.disputed_by not in {None, by.organisation}:
        raise r.AttributionAlreadyDisputed()
    if state.acknowledged and state.disputed_by is None:
        raise r.CommitmentAlreadyAcknowledged()
    return e.CommitmentAcknowledged(**header(state, command, by))


def dispute_attribution(
    state: Commitment, command: c.DisputeAttribution, today: date, by: Author
) -> e.AttributionDisputed:
    check_owner(state, by)
    check_standing(state)
    check_fact(state, command.occurred_on, today)
    if state.disputed_by is not None:
        raise r.AttributionAlreadyDisputed()
    reason = checked_text(command.reason, "reason")
    return e.AttributionDisputed(**header(state, command, by), reason=reason)


def settle_attribution(
    state: Commitment, command: c.SettleAttribution, today: date, by: Author
) -> e.AttributionSettled:
    if by.capacity is not Capacity.secretariat:
        raise r.NotTheSecretariat()
    check_standing(state)
    check_fact(state, command.occurred_on, today)
    if state.disputed_by is None:
        raise r.AttributionNotDisputed()
    owners = state.owners
    if command.outcome is AttributionOutcome.reassigned:
        _check_owners(command.owners)
        owners = command.owners
        if set(owners) == set(state.owners):
            raise r.OwnersUnchanged()
    return e.AttributionSettled(
        **header(state, command, by),
        outcome=command.outcome,
        owners=owners,
        reason=checked_text(command.reason, "reason"),
    )


def correct_wording(
    state: Commitment, command: c.CorrectWording, today: date, by: Author
) -> e.WordingCorrected:
    check_owner_or_secretariat(state, by)
    check_standing(state)
    check_fact(state, command.occurred_on, today)
    statement = command.statement.checked("statement", STATEMENT_LENGTH)
    measure = command.measure.checked()
    if (statement, measure) == (state.statement, state.measure):
        raise r.WordingUnchanged()
    return e.WordingCorrected(
        **header(state, command, by),
        statement=statement,
        measure=measure,
        reason=checked_text(command.reason, "reason"),
    )


def set_due_date(state: Commitment, command: c.SetDueDate, today: date, by: Author) -> e.DueDateSet:
    """For a commitment that has none yet; afterwards a date only moves, with a reason."""
    due = _new_due(state, command.due, command, today, by)
    if state.due.kind is not DueKind.open:
        raise r.DueAlreadySet()
    return e.DueDateSet(**header(state, command, by), due=due)


def move_due_date(
    state: Commitment, command: c.MoveDueDate, today: date, by: Author
) -> e.DueDateMoved:
    due = _new_due(state, command.due, command, today, by)
    if state.due.kind is DueKind.open:
        raise r.DueNotSet()
    return e.DueDateMoved(
        **header(state, command, by),
        previous=state.due,
        due=due,
        reason=checked_text(command.reason, "reason"),
    )


def plan_milestone(
    state: Commitment, command: c.PlanMilestone, today: date, by: Author
) -> e.MilestonePlanned:
    check_owner_or_secretariat(state, by)
    check_standing(state)
    check_fact(state, command.occurred_on, today)
    if command.due_on is not None:
        check_plausible(command.due_on)
        if command.due_on < state.made_on:
            raise r.DueBeforeCommitment(due_on=command.due_on, made_on=state.made_on)
    return e.MilestonePlanned(
        **header(state, command, by),
        milestone=len(state.milestones) + 1,
        title=command.title.checked("title", NAME_LENGTH),
        due_on=command.due_on,
    )


def reach_milestone(
    state: Commitment, command: c.ReachMilestone, today: date, by: Author
) -> e.MilestoneReached:
    check_owner(state, by)
    check_standing(state)
    check_fact(state, command.occurred_on, today)
    milestone = next((m for m in state.milestones if m.number == command.milestone), None)
    if milestone is None:
        raise r.MilestoneUnknown(milestone=command.milestone)
    if milestone.reached_on is not None:
        raise r.MilestoneAlreadyReached(milestone=command.milestone)
    return e.MilestoneReached(
        **header(state, command, by),
        milestone=command.milestone,
        evidence=numbered(state, command.evidence, today),
    )


def withdraw_commitment(
    state: Commitment, command: c.WithdrawCommitment, today: date, by: Author
) -> e.CommitmentWithdrawn:
    check_owner(state, by)
    check_standing(state)
    # Nothing changes any more after a withdrawal: the dispute would stay on the page for ever.
    if state.disputed_by is not None:
        raise r.AttributionUnderDispute()
    check_fact(state, command.occurred_on, today)
    reason = checked_text(command.reason, "reason")
    return e.CommitmentWithdrawn(**header(state, command, by), reason=reason)


def _new_due(state: Commitment, due: Due, command: c.Command, today: date, by: Author) -> Due:
    check_owner_or_secretariat(state, by)
    check_standing(state)
    check_fact(state, command.occurred_on, today)
    due = checked_due(due, state.made_on)
    if due == state.due:
        raise r.DueUnchanged()
    return due


def _check_owners(owners: tuple[UUID, ...]) -> None:
    if not owners:
        raise r.OwnerMissing()
    if len(set(owners)) < len(owners):
        raise r.OwnerRepeated()
