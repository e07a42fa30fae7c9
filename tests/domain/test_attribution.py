"""Rule 8: whoever a commitment is ascribed to acknowledges it, or disputes that it is theirs."""

from datetime import date

import pytest

from domain import commands as c
from domain import events as e
from domain import refusals as r
from domain.policies import Basis, Standing, board_status, is_awaiting_acknowledgement
from domain.values import AttributionOutcome, Author, Capacity, Status
from tests.domain.acts import ask
from tests.domain.cast import (
    COMMISSION,
    NETWORK,
    OBSERVATORY,
    REPORT,
    SECRETARIAT,
    TODAY,
    YOUTH,
    acting_as,
)
from tests.domain.storytelling import (
    assessed,
    declared,
    disputed,
    given,
    happened,
    made,
    told,
    withdrawn,
)

SOME_DAY = date(2024, 9, 1)
BOTH = (COMMISSION, NETWORK)
acknowledged = happened(e.CommitmentAcknowledged, COMMISSION, SOME_DAY)


def _settled(outcome: AttributionOutcome, *owners: Author) -> e.AttributionSettled:
    return happened(
        e.AttributionSettled,
        SECRETARIAT,
        SOME_DAY,
        outcome=outcome,
        owners=tuple(owner.organisation for owner in owners),
    )


CONFIRMED = _settled(AttributionOutcome.confirmed, COMMISSION)
GIVEN_TO_YOUTH = _settled(AttributionOutcome.reassigned, YOUTH)


@pytest.mark.parametrize("by", [SECRETARIAT, OBSERVATORY])
def test_what_another_organisation_recorded_awaits_its_owner(by: Author) -> None:
    assert is_awaiting_acknowledgement(told(made(by)))


def test_what_the_owner_recorded_itself_awaits_nobody() -> None:
    assert not is_awaiting_acknowledgement(told(made(COMMISSION)))


def test_it_awaits_its_owner_until_the_owner_acknowledges() -> None:
    story = given(made(SECRETARIAT)).when(ask(c.AcknowledgeCommitment), by=COMMISSION)
    assert not is_awaiting_acknowledgement(story.therefore(e.CommitmentAcknowledged).state)


def test_or_until_the_owner_disputes_the_attribution_which_is_then_shown() -> None:
    story = given(made(SECRETARIAT)).when(ask(c.DisputeAttribution), by=COMMISSION)
    state = story.therefore(e.AttributionDisputed, reason="Ce n'est pas nous.").state
    assert not is_awaiting_acknowledgement(state)
    assert state.disputed_by == COMMISSION.organisation


def test_a_withdrawn_commitment_awaits_nothing() -> None:
    story = given(made(SECRETARIAT), withdrawn(SOME_DAY))
    assert not is_awaiting_acknowledgement(story.state)
    refusal = story.when(ask(c.AcknowledgeCommitment), by=COMMISSION).refusal
    assert isinstance(refusal, r.CommitmentAlreadyWithdrawn)


@pytest.mark.parametrize("history", [[made()], [made(SECRETARIAT), acknowledged]])
def test_a_commitment_is_acknowledged_once(history: list[e.Recorded]) -> None:
    given(*history).when(ask(c.AcknowledgeCommitment), by=COMMISSION).refused(
        r.CommitmentAlreadyAcknowledged,
        fr="Le porteur a déjà reconnu cet engagement. Il n'y a rien d'autre à faire.",
        en="The owner has already acknowledged this commitment. There is nothing more to do.",
    )


def test_an_attribution_is_disputed_once_at_a_time() -> None:
    given(made(SECRETARIAT), disputed()).when(ask(c.DisputeAttribution), by=COMMISSION).refused(
        r.AttributionAlreadyDisputed,
        fr="L'attribution de cet engagement est déjà contestée. Le secrétariat doit d'abord "
        "trancher.",
        en="The attribution of this commitment is already disputed. The secretariat must settle "
        "it.",
    )


def test_disputing_needs_a_reason() -> None:
    given(made(SECRETARIAT)).when(ask(c.DisputeAttribution, reason=""), by=COMMISSION).refused(
        r.TextEmpty,
        fr="Le motif est vide. Écrivez au moins quelques mots.",
        en="The reason is empty. Write at least a few words.",
    )


def test_an_owner_that_acknowledged_can_still_dispute() -> None:
    story = given(made(SECRETARIAT), acknowledged)
    story.when(ask(c.DisputeAttribution), by=COMMISSION).therefore(e.AttributionDisputed)


def test_acknowledging_ends_the_owners_own_dispute() -> None:
    story = given(made(SECRETARIAT), acknowledged, disputed())
    story = story.when(ask(c.AcknowledgeCommitment), by=COMMISSION).therefore(
        e.CommitmentAcknowledged
    )
    assert story.state.disputed_by is None


def test_a_co_owner_does_not_end_the_dispute_of_another() -> None:
    story = given(made(SECRETARIAT, owners=BOTH), disputed(by=NETWORK))
    story.when(ask(c.AcknowledgeCommitment), by=COMMISSION).refused(
        r.AttributionAlreadyDisputed,
        fr="L'attribution de cet engagement est déjà contestée. Le secrétariat doit d'abord "
        "trancher.",
        en="The attribution of this commitment is already disputed. The secretariat must settle "
        "it.",
    )
    story.when(ask(c.AcknowledgeCommitment), by=NETWORK).therefore(e.CommitmentAcknowledged)


@pytest.mark.parametrize("kind", [c.DeclareProgress, c.WithdrawCommitment])
def test_whoever_disputes_an_attribution_does_not_act_on_it_as_owner(
    kind: type[c.Command],
) -> None:
    given(made(SECRETARIAT), disputed()).when(ask(kind), by=COMMISSION).refused(
        r.AttributionUnderDispute,
        fr="L'attribution de cet engagement est contestée. Reconnaissez-le d'abord, ou attendez "
        "que le secrétariat tranche.",
        en="The attribution of this commitment is disputed. Acknowledge it first, or wait for the "
        "secretariat to settle it.",
    )


def test_the_secretariat_confirms_an_attribution() -> None:
    settle = ask(c.SettleAttribution, reason="Le procès-verbal le dit.")
    decided = given(made(SECRETARIAT), disputed()).when(settle, by=SECRETARIAT)
    story = decided.therefore(
        e.AttributionSettled,
        outcome=AttributionOutcome.confirmed,
        owners=(COMMISSION.organisation,),
        reason="Le procès-verbal le dit.",
    )
    assert not is_awaiting_acknowledgement(story.state)
    assert story.state.disputed_by is None


def test_the_secretariat_gives_the_commitment_to_another_owner_who_is_then_awaited() -> None:
    settle = ask(
        c.SettleAttribution, outcome=AttributionOutcome.reassigned, owners=(YOUTH.organisation,)
    )
    story = given(made(SECRETARIAT), disputed()).when(settle, by=SECRETARIAT)
    state = story.therefore(e.AttributionSettled, owners=(YOUTH.organisation,)).state
    assert is_awaiting_acknowledgement(state)
    assert state.owners == (YOUTH.organisation,)


def test_there_is_nothing_to_settle_without_a_dispute() -> None:
    given(made(SECRETARIAT)).when(ask(c.SettleAttribution), by=SECRETARIAT).refused(
        r.AttributionNotDisputed,
        fr="L'attribution de cet engagement n'est pas contestée : il n'y a rien à trancher.",
        en="The attribution of this commitment is not disputed: there is nothing to settle.",
    )


@pytest.mark.parametrize("owners", [BOTH, tuple(reversed(BOTH))])
def test_reassigning_names_somebody_else(owners: tuple[Author, ...]) -> None:
    settle = ask(
        c.SettleAttribution,
        outcome=AttributionOutcome.reassigned,
        owners=tuple(owner.organisation for owner in owners),
    )
    given(made(SECRETARIAT, owners=BOTH), disputed()).when(settle, by=SECRETARIAT).refused(
        r.OwnersUnchanged,
        fr="Réattribuer demande un autre porteur. Indiquez-le, ou confirmez l'attribution.",
        en="Reassigning needs another owner. Name it, or confirm the attribution.",
    )


def test_reassigning_names_somebody_at_all() -> None:
    settle = ask(c.SettleAttribution, outcome=AttributionOutcome.reassigned, owners=())
    outcome = given(made(SECRETARIAT), disputed()).when(settle, by=SECRETARIAT)
    assert isinstance(outcome.refusal, r.OwnerMissing)


def test_settling_needs_a_reason() -> None:
    story = given(made(SECRETARIAT), disputed())
    outcome = story.when(ask(c.SettleAttribution, reason="\t"), by=SECRETARIAT)
    assert isinstance(outcome.refusal, r.TextEmpty)


def test_a_confirmed_attribution_can_be_disputed_again() -> None:
    story = given(made(SECRETARIAT), disputed(), CONFIRMED)
    story.when(ask(c.DisputeAttribution), by=COMMISSION).therefore(e.AttributionDisputed)


def test_what_a_former_owner_declared_is_not_the_word_of_the_new_one() -> None:
    story = given(
        made(SECRETARIAT),
        declared(Status.in_progress, SOME_DAY),
        disputed(SOME_DAY),
        GIVEN_TO_YOUTH,
    )
    status = board_status(story.state)
    assert (status.standing, status.basis) == (Standing.unknown, Basis.nobody)
    youth = acting_as(YOUTH, Capacity.owner)
    story = story.when(ask(c.DeclareProgress, status=Status.not_started), by=youth).therefore(
        e.ProgressDeclared
    )
    assert board_status(story.state).standing is Standing.not_started


def test_what_a_remaining_co_owner_declared_still_stands() -> None:
    state = told(
        made(SECRETARIAT, owners=BOTH),
        declared(Status.in_progress, SOME_DAY, by=NETWORK),
        declared(Status.fulfilled, TODAY, REPORT),
        disputed(TODAY),
        _settled(AttributionOutcome.reassigned, NETWORK),
    )
    assert board_status(state).standing is Standing.in_progress
    assert state.declared_fulfilled_on is None


def test_what_an_organisation_assessed_before_it_became_owner_no_longer_counts() -> None:
    """Otherwise the board would show an owner's verdict on itself as an assessment (rule 2)."""
    state = told(
        made(SECRETARIAT),
        assessed(1, Status.fulfilled, SOME_DAY, REPORT, by=YOUTH),
        assessed(2, Status.stalled, SOME_DAY, REPORT, by=OBSERVATORY),
        disputed(SOME_DAY),
        GIVEN_TO_YOUTH,
    )
    assert board_status(state).breakdown == ((Status.stalled, 1),)
