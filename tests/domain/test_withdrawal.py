"""An owner may withdraw its commitment: once, for a reason, and without taking anything back."""

from datetime import date, timedelta

import pytest

from domain import commands as c
from domain import events as e
from domain import refusals as r
from domain.policies import Basis, Standing, board_status, is_concluded
from domain.values import Status
from tests.domain.acts import ask
from tests.domain.cast import COMMISSION, MADE_ON, NETWORK, OBSERVATORY, REPORT, TODAY, acting_as
from tests.domain.storytelling import assessed, declared, given, happened, made, told, withdrawn

SOME_DAY = date(2024, 9, 1)
EARLIER, NEXT_DAY = SOME_DAY - timedelta(days=1), SOME_DAY + timedelta(days=1)


def test_the_owner_withdraws_for_a_reason() -> None:
    withdraw = ask(c.WithdrawCommitment, reason="Le projet est abandonné.")
    story = given(made()).when(withdraw, by=COMMISSION)
    state = story.therefore(e.CommitmentWithdrawn, reason="Le projet est abandonné.").state
    assert state.withdrawn_on == TODAY
    assert board_status(state).standing is Standing.withdrawn
    assert is_concluded(state)


def test_withdrawing_needs_a_reason() -> None:
    given(made()).when(ask(c.WithdrawCommitment, reason=""), by=COMMISSION).refused(
        r.TextEmpty,
        fr="Le motif est vide. Écrivez au moins quelques mots.",
        en="The reason is empty. Write at least a few words.",
    )


def test_a_co_owner_may_withdraw_too() -> None:
    story = given(made(owners=(COMMISSION, NETWORK)))
    story.when(ask(c.WithdrawCommitment), by=NETWORK).therefore(e.CommitmentWithdrawn)


@pytest.mark.parametrize(
    "kind",
    [
        c.WithdrawCommitment,
        c.DeclareProgress,
        c.ReachMilestone,
        c.PlanMilestone,
        c.CorrectWording,
        c.SetDueDate,
        c.MoveDueDate,
        c.AcknowledgeCommitment,
        c.DisputeAttribution,
    ],
)
def test_after_that_the_owner_changes_nothing(kind: type[c.Command]) -> None:
    given(made(), withdrawn(SOME_DAY)).when(ask(kind), by=COMMISSION).refused(
        r.CommitmentAlreadyWithdrawn,
        fr="Cet engagement a été retiré le 1er septembre 2024 : son porteur ne peut plus rien y "
        "changer. S'il le reprend, enregistrez un nouvel engagement.",
        en="This commitment was withdrawn on 1 September 2024: its owner can change nothing in it "
        "any more. If it is taken up again, record a new commitment.",
    )


def test_a_withdrawn_commitment_cannot_be_declared_fulfilled() -> None:
    declare = ask(c.DeclareProgress, status=Status.fulfilled, evidence=(REPORT,))
    outcome = given(made(), withdrawn(SOME_DAY)).when(declare, by=COMMISSION)
    assert isinstance(outcome.refusal, r.CommitmentAlreadyWithdrawn)


def test_others_still_assess_and_anybody_still_brings_evidence() -> None:
    story = given(made(), withdrawn(SOME_DAY))
    story.when(ask(c.AssessProgress), by=OBSERVATORY).therefore(e.ProgressAssessed)
    story.when(ask(c.AddEvidence), by=OBSERVATORY).therefore(e.EvidenceAdded)
    story.when(ask(c.AddEvidence), by=COMMISSION).therefore(e.EvidenceAdded)


def test_what_was_said_before_stays_in_the_record() -> None:
    story = given(
        made(),
        declared(Status.in_progress, EARLIER),
        assessed(1, Status.stalled, EARLIER, REPORT),
        withdrawn(SOME_DAY),
    )
    assert len(story.events) == 4
    assert story.state.declared.status is Status.in_progress
    assert story.state.assessments[0].status is Status.stalled


def test_an_assessment_from_before_the_withdrawal_no_longer_decides_the_board() -> None:
    state = told(made(), assessed(1, Status.in_progress, EARLIER), withdrawn(SOME_DAY))
    status = board_status(state)
    assert (status.standing, status.basis, status.assessors) == (
        Standing.withdrawn,
        Basis.declared,
        0,
    )


@pytest.mark.parametrize("day", [SOME_DAY, NEXT_DAY])
def test_an_assessment_of_the_withdrawal_decides_the_board(day: date) -> None:
    state = told(made(), withdrawn(SOME_DAY), assessed(1, Status.not_fulfilled, day, REPORT))
    status = board_status(state)
    assert (status.standing, status.basis) == (Standing.not_fulfilled, Basis.assessed)


def test_a_withdrawal_recorded_late_is_judged_by_its_own_day() -> None:
    state = told(made(), assessed(1, Status.not_fulfilled, NEXT_DAY, REPORT), withdrawn(SOME_DAY))
    assert board_status(state).standing is Standing.not_fulfilled


def test_another_organisation_cannot_withdraw_it() -> None:
    story = given(made())
    outcome = story.when(ask(c.WithdrawCommitment), by=OBSERVATORY)
    assert isinstance(outcome.refusal, r.NotAnOwner)
    posing = acting_as(OBSERVATORY, COMMISSION.capacity)
    assert isinstance(story.when(ask(c.WithdrawCommitment), by=posing).refusal, r.NotAnOwner)


def test_evidence_can_still_be_withdrawn_by_who_gave_it() -> None:
    story = given(
        made(),
        happened(e.EvidenceAdded, OBSERVATORY, MADE_ON, evidence=REPORT),
        withdrawn(SOME_DAY),
    )
    story.when(ask(c.WithdrawEvidence), by=OBSERVATORY).therefore(e.EvidenceWithdrawn)


@pytest.mark.parametrize("verdict", [Status.fulfilled, Status.not_fulfilled])
def test_withdrawing_does_not_erase_a_verdict(verdict: Status) -> None:
    state = told(made(), assessed(1, verdict, EARLIER), withdrawn(SOME_DAY))
    assert board_status(state).standing is Standing(verdict.value)
    assert board_status(state).basis is Basis.assessed


def test_a_verdict_taken_back_before_the_withdrawal_does_not_come_back_with_it() -> None:
    before = EARLIER - timedelta(days=1)
    state = told(
        made(),
        assessed(1, Status.not_fulfilled, before),
        assessed(2, Status.in_progress, EARLIER),
        withdrawn(SOME_DAY),
    )
    assert board_status(state).standing is Standing.withdrawn
