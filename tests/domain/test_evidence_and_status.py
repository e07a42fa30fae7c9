"""Rule 3: assessments have a rationale, four statuses have evidence. Rule 4: no « Non tenu » early.

Both lanes keep the same rules, so every table here is run in both.
"""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from domain import commands as c
from domain import events as e
from domain import refusals as r
from domain.policies import has_evidence
from domain.values import Author, Due, Evidence, Status
from tests.domain.acts import ask
from tests.domain.cast import (
    BEFORE_THE_ELECTION,
    COMMISSION,
    DUE_ON,
    NETWORK,
    OBSERVATORY,
    OPEN,
    REPORT,
    SCAN,
    TODAY,
)
from tests.domain.storytelling import (
    Outcome,
    Story,
    assessed,
    challenged,
    declared,
    given,
    happened,
    made,
    told,
    withdrawn,
)

UNPROVEN = (Status.not_started, Status.in_progress)
PROVEN = (Status.stalled, Status.partially_fulfilled, Status.fulfilled, Status.not_fulfilled)


def _declares(story: Story, status: Status, on: date, *evidence: Evidence) -> Outcome:
    return story.when(ask(c.DeclareProgress, on, status=status, evidence=evidence), by=COMMISSION)


def _assesses(story: Story, status: Status, on: date, *evidence: Evidence) -> Outcome:
    return story.when(ask(c.AssessProgress, on, status=status, evidence=evidence), by=OBSERVATORY)


def _revises(story: Story, status: Status, on: date, *evidence: Evidence) -> Outcome:
    disputed = given(
        *story.events, assessed(1, Status.in_progress, on, by=OBSERVATORY), challenged(1, on)
    )
    return disputed.when(
        ask(c.ReviseAssessment, on, status=status, evidence=evidence), by=OBSERVATORY
    )


Says = Callable[..., Outcome]
in_every_lane = pytest.mark.parametrize("says", [_declares, _assesses, _revises])


@in_every_lane
@pytest.mark.parametrize("status", PROVEN)
def test_a_status_that_claims_something_needs_evidence(says: Says, status: Status) -> None:
    says(given(made()), status, TODAY).refused(
        r.EvidenceMissing,
        fr="Ce statut demande au moins une preuve : un document, ou un lien avec la date à "
        "laquelle il a été consulté. Ajoutez-la, ou choisissez « En cours ».",
        en="This status needs at least one piece of evidence: a document, or a link with the date "
        "it was seen. Add it, or choose “In progress”.",
    )


@in_every_lane
@pytest.mark.parametrize("status", PROVEN)
def test_the_same_status_with_evidence_is_recorded(says: Says, status: Status) -> None:
    event = says(given(made()), status, TODAY, REPORT).event
    assert event is not None
    assert isinstance(event, e.ProgressDeclared | e.ProgressAssessed | e.AssessmentRevised)
    assert event.status is status
    assert [piece.title for piece in event.evidence] == ["Compte rendu"]


@in_every_lane
@pytest.mark.parametrize("status", UNPROVEN)
def test_to_have_begun_or_not_needs_no_evidence(says: Says, status: Status) -> None:
    assert says(given(made()), status, TODAY).event is not None


def test_the_two_lists_of_statuses_are_the_whole_scale() -> None:
    assert set(UNPROVEN) | set(PROVEN) == set(Status)


@in_every_lane
def test_evidence_that_somebody_gave_earlier_does_not_stand_for_new_evidence(says: Says) -> None:
    story = given(made(), happened(e.EvidenceAdded, COMMISSION, TODAY, evidence=REPORT))
    assert isinstance(says(story, Status.fulfilled, TODAY).refusal, r.EvidenceMissing)


@pytest.mark.parametrize("rationale", ["", " \n\t ", "\u200b", "\u3164\u2800"])
def test_an_assessment_needs_a_rationale_that_can_be_read(rationale: str) -> None:
    given(made()).when(ask(c.AssessProgress, rationale=rationale), by=OBSERVATORY).refused(
        r.TextEmpty,
        fr="La justification est vide. Écrivez au moins quelques mots.",
        en="The rationale is empty. Write at least a few words.",
    )


def test_a_revised_assessment_needs_a_rationale_of_its_own() -> None:
    story = given(made(), assessed(1, Status.in_progress, TODAY), challenged(1, TODAY))
    story.when(ask(c.ReviseAssessment, rationale=" "), by=OBSERVATORY).refused(
        r.TextEmpty,
        fr="La justification est vide. Écrivez au moins quelques mots.",
        en="The rationale is empty. Write at least a few words.",
    )


def test_a_declaration_needs_a_note() -> None:
    given(made()).when(ask(c.DeclareProgress, note=""), by=COMMISSION).refused(
        r.TextEmpty,
        fr="La note est vide. Écrivez au moins quelques mots.",
        en="The note is empty. Write at least a few words.",
    )


@in_every_lane
def test_not_fulfilled_is_not_said_before_the_due_date(says: Says) -> None:
    says(given(made()), Status.not_fulfilled, DUE_ON - timedelta(days=1), REPORT).refused(
        r.NotDueYet,
        fr="« Non tenu » ne peut pas être dit avant l'échéance, sauf si le porteur a retiré son "
        "engagement. Choisissez « À l'arrêt » si plus rien n'avance.",
        en="“Not fulfilled” cannot be said before the due date, unless the owner withdrew the "
        "commitment. Choose “Stalled” if nothing moves any more.",
    )


@in_every_lane
@pytest.mark.parametrize("days", [0, 1, 30])
def test_not_fulfilled_can_be_said_from_the_due_date_on(says: Says, days: int) -> None:
    outcome = says(given(made()), Status.not_fulfilled, DUE_ON + timedelta(days), REPORT)
    assert outcome.event is not None


@in_every_lane
@pytest.mark.parametrize("due", [OPEN, BEFORE_THE_ELECTION])
def test_without_a_date_nothing_is_ever_past_due(says: Says, due: Due) -> None:
    outcome = says(given(made(due=due)), Status.not_fulfilled, TODAY, REPORT)
    assert isinstance(outcome.refusal, r.NotDueYet)


def test_after_a_withdrawal_not_fulfilled_can_be_said_before_the_due_date() -> None:
    early = DUE_ON - timedelta(days=60)
    story = given(made(), withdrawn(early))
    outcome = _assesses(story, Status.not_fulfilled, early + timedelta(days=1), REPORT)
    outcome.therefore(e.ProgressAssessed, status=Status.not_fulfilled)


def test_it_is_the_day_of_the_fact_that_is_compared_not_the_day_of_the_recording() -> None:
    outcome = _assesses(given(made()), Status.not_fulfilled, DUE_ON - timedelta(days=1), REPORT)
    assert DUE_ON < TODAY
    assert isinstance(outcome.refusal, r.NotDueYet)


def test_evidence_is_numbered_on_over_the_whole_commitment() -> None:
    story = given(made(), declared(Status.fulfilled, TODAY, REPORT, SCAN))
    story = _assesses(story, Status.fulfilled, TODAY, SCAN, REPORT).therefore(e.ProgressAssessed)
    assert [piece.number for piece in story.events[-1].evidence] == [3, 4]
    assert [piece.number for piece in story.state.evidence] == [1, 2, 3, 4]


def test_evidence_cannot_have_been_seen_tomorrow() -> None:
    tomorrow = Evidence(
        kind=REPORT.kind, title="Vidéo", seen_on=TODAY + timedelta(days=1), url=REPORT.url
    )
    given(made()).when(ask(c.AddEvidence, evidence=tomorrow), by=OBSERVATORY).refused(
        r.EvidenceSeenInFuture,
        fr="Une preuve ne peut pas avoir été consultée le 2 mars 2025, qui n'est pas encore "
        "arrivé. Donnez le jour où vous l'avez vue.",
        en="Evidence cannot have been seen on 2 March 2025, which has not come yet. Give the day "
        "on which you saw it.",
    )


def test_evidence_keeps_the_day_it_was_seen() -> None:
    story = given(made()).when(ask(c.AddEvidence, evidence=SCAN), by=OBSERVATORY)
    event = story.therefore(e.EvidenceAdded).events[-1]
    assert (event.evidence.seen_on, event.evidence.number) == (SCAN.seen_on, 1)


@pytest.mark.parametrize("by", [NETWORK, OBSERVATORY])
def test_only_the_organisation_that_gave_evidence_withdraws_it(by: Author) -> None:
    story = given(made(), declared(Status.fulfilled, TODAY, REPORT))
    story.when(ask(c.WithdrawEvidence), by=by).refused(
        r.NotTheProvider,
        fr="Seule l'organisation qui a versé cette preuve peut la retirer. Adressez-lui votre "
        "demande.",
        en="Only the organisation that added this evidence can withdraw it. Send it your request.",
    )


def test_withdrawn_evidence_stays_readable_but_counts_no_more() -> None:
    story = given(made(), declared(Status.fulfilled, TODAY, REPORT))
    story = story.when(ask(c.WithdrawEvidence), by=COMMISSION).therefore(
        e.EvidenceWithdrawn, number=1, reason="Mauvais fichier."
    )
    assert not has_evidence(story.state)
    assert story.events[1].evidence[0].title == "Compte rendu"


def test_evidence_is_withdrawn_once() -> None:
    story = given(
        made(),
        declared(Status.fulfilled, TODAY, REPORT),
        happened(e.EvidenceWithdrawn, COMMISSION, TODAY, number=1),
    )
    story.when(ask(c.WithdrawEvidence), by=COMMISSION).refused(
        r.EvidenceAlreadyWithdrawn,
        fr="La preuve 1 est déjà retirée. Il n'y a rien d'autre à faire.",
        en="Evidence 1 has already been withdrawn. There is nothing more to do.",
    )


def test_evidence_that_is_not_there_is_not_withdrawn() -> None:
    given(made()).when(ask(c.WithdrawEvidence, number=7), by=COMMISSION).refused(
        r.EvidenceUnknown,
        fr="La preuve 7 n'existe pas dans cet engagement. Choisissez-en une autre.",
        en="Evidence 7 does not exist in this commitment. Choose another.",
    )


def test_withdrawing_evidence_needs_a_reason() -> None:
    story = given(made(), declared(Status.fulfilled, TODAY, REPORT))
    story.when(ask(c.WithdrawEvidence, reason=""), by=COMMISSION).refused(
        r.TextEmpty,
        fr="Le motif est vide. Écrivez au moins quelques mots.",
        en="The reason is empty. Write at least a few words.",
    )


def test_evidence_of_a_reached_milestone_counts() -> None:
    planned = happened(
        e.MilestonePlanned, COMMISSION, TODAY, milestone=1, title=ask(c.PlanMilestone).title
    )
    story = given(made(), planned).when(ask(c.ReachMilestone, evidence=(SCAN,)), by=COMMISSION)
    assert has_evidence(story.therefore(e.MilestoneReached, milestone=1).state)
    assert not has_evidence(told(made(), planned))
