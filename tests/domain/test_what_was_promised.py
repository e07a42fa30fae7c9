"""Rule 1: a correction is an event with a reason. Rule 5: measurable by a criterion, or not.

Also what a commitment is made of, and its milestones.
"""

from datetime import date

import pytest
from msgspec.structs import replace

from domain import commands as c
from domain import events as e
from domain import refusals as r
from domain.values import Author, Due, DueKind, Measure, Wording
from tests.domain.acts import ask
from tests.domain.cast import (
    COMMISSION,
    DUE_ON,
    FRAMEWORK,
    MADE_ON,
    MEASURED,
    NETWORK,
    OBSERVATORY,
    REGISTER,
    REPORT,
    SECRETARIAT,
    TODAY,
    YOUTH,
    by_day,
)
from tests.domain.storytelling import given, happened, made, withdrawn

PUBLISHED = Wording(fr="Publier le fichier électoral.")


def _planned(number: int) -> e.MilestonePlanned:
    title = Wording(fr="Recensement fini")
    return happened(e.MilestonePlanned, COMMISSION, MADE_ON, milestone=number, title=title)


def test_a_commitment_says_who_promised_what_to_whom_and_by_when() -> None:
    ask_for = ask(
        c.MakeCommitment,
        MADE_ON,
        owners=(COMMISSION.organisation, NETWORK.organisation),
        made_to=(OBSERVATORY.organisation,),
        topics=("fichier-electoral",),
        due=by_day(DUE_ON),
        source=REPORT,
    )
    given().when(ask_for, by=SECRETARIAT).therefore(
        e.CommitmentMade,
        reference="2024-001",
        framework=FRAMEWORK,
        owners=(COMMISSION.organisation, NETWORK.organisation),
        made_to=(OBSERVATORY.organisation,),
        topics=("fichier-electoral",),
        statement=REGISTER,
        measure=MEASURED,
        due=by_day(DUE_ON),
        source=REPORT,
    )


def test_what_is_named_twice_is_recorded_once() -> None:
    twice = ask(
        c.MakeCommitment,
        made_to=(OBSERVATORY.organisation, YOUTH.organisation, OBSERVATORY.organisation),
        topics=("fichier", "loi", "fichier"),
    )
    given().when(twice, by=COMMISSION).therefore(
        e.CommitmentMade,
        made_to=(OBSERVATORY.organisation, YOUTH.organisation),
        topics=("fichier", "loi"),
    )


def test_the_number_of_a_piece_of_evidence_is_the_domains_to_give() -> None:
    story = given().when(ask(c.MakeCommitment, source=replace(REPORT, number=9)), by=COMMISSION)
    story.therefore(e.CommitmentMade, source=REPORT)


def test_a_commitment_has_an_owner() -> None:
    given().when(ask(c.MakeCommitment, owners=()), by=SECRETARIAT).refused(
        r.OwnerMissing,
        fr="Un engagement a au moins un porteur. Indiquez l'organisation qui l'a pris.",
        en="A commitment has at least one owner. Name the organisation that made it.",
    )


def test_an_owner_is_named_once() -> None:
    given().when(
        ask(c.MakeCommitment, owners=(COMMISSION.organisation,) * 2), by=SECRETARIAT
    ).refused(
        r.OwnerRepeated,
        fr="La même organisation est indiquée deux fois. Ne la gardez qu'une fois.",
        en="The same organisation is named twice. Keep it once.",
    )


@pytest.mark.parametrize("reference", ["", "3", "2024-3", "24-003", "2024-003 ", "20٢٤-٠٠٣"])
def test_a_reference_is_a_year_and_a_number(reference: str) -> None:
    given().when(ask(c.MakeCommitment, reference=reference), by=COMMISSION).refused(
        r.ReferenceMalformed,
        fr=f"« {reference} » n'est pas une référence. Écrivez l'année et un numéro, comme "
        "2024-003.",
        en=f"“{reference}” is not a reference. Write the year and a number, such as 2024-003.",
    )


def test_a_topic_is_named_by_what_can_stand_in_an_address() -> None:
    given().when(ask(c.MakeCommitment, topics=("Loi électorale",)), by=COMMISSION).refused(
        r.SlugMalformed,
        fr="« Loi électorale » ne peut pas servir d'adresse. N'employez que des lettres sans "
        "accent, des chiffres et des traits d'union, 80 signes au plus.",
        en="“Loi électorale” cannot be used in an address. Use only plain lower-case letters, "
        "digits and hyphens, 80 at most.",
    )


def test_a_commitment_says_something() -> None:
    given().when(ask(c.MakeCommitment, statement=Wording(fr=" ", en="\n")), by=COMMISSION).refused(
        r.TextEmpty,
        fr="Le texte de l'engagement est vide. Écrivez au moins quelques mots.",
        en="The text of the commitment is empty. Write at least a few words.",
    )


def test_a_commitment_is_no_longer_than_a_paragraph() -> None:
    given().when(ask(c.MakeCommitment, statement=Wording(fr="a" * 1_001)), by=COMMISSION).refused(
        r.TextTooLong,
        fr="Le texte de l'engagement compte 1001 caractères, pour 1000 au plus. Raccourcissez le "
        "texte.",
        en="The text of the commitment has 1001 characters and may have 1000 at most. Shorten the "
        "text.",
    )


@pytest.mark.parametrize("criterion", [None, Wording(), Wording(fr="  ")])
def test_a_measurable_commitment_says_by_what_criterion(criterion: Wording | None) -> None:
    measure = Measure(True, criterion)
    given().when(ask(c.MakeCommitment, measure=measure), by=COMMISSION).refused(
        r.CriterionMissing,
        fr="Un engagement mesurable doit dire à quoi l'on verra qu'il est tenu. Écrivez le "
        "critère, ou indiquez qu'il n'est pas mesurable.",
        en="A measurable commitment has to say how one will see that it is kept. Write the "
        "criterion, or say that it is not measurable.",
    )


def test_a_commitment_that_is_not_measurable_is_followed_without_a_criterion() -> None:
    unmeasured = Measure(False, Wording(fr="Restes d'un brouillon."))
    given().when(ask(c.MakeCommitment, measure=unmeasured), by=COMMISSION).therefore(
        e.CommitmentMade, measure=Measure(False)
    )


def test_a_correction_leaves_both_wordings_to_be_compared() -> None:
    correct = ask(c.CorrectWording, statement=PUBLISHED, reason="D'après le procès-verbal.")
    story = given(made()).when(correct, by=COMMISSION)
    after = story.therefore(
        e.WordingCorrected,
        statement=PUBLISHED,
        measure=MEASURED,
        reason="D'après le procès-verbal.",
    )
    assert (after.events[0].statement, after.events[1].statement) == (REGISTER, PUBLISHED)
    assert after.state.statement == PUBLISHED


def test_a_correction_needs_a_reason() -> None:
    given(made()).when(ask(c.CorrectWording, reason=" "), by=COMMISSION).refused(
        r.TextEmpty,
        fr="Le motif est vide. Écrivez au moins quelques mots.",
        en="The reason is empty. Write at least a few words.",
    )


def test_a_correction_changes_something() -> None:
    same = replace(REGISTER, fr=f"  {REGISTER.fr}\n")
    given(made()).when(ask(c.CorrectWording, statement=same), by=SECRETARIAT).refused(
        r.WordingUnchanged,
        fr="Le texte proposé est identique à celui qui est publié : il n'y a rien à corriger.",
        en="The proposed text is the one already published: there is nothing to correct.",
    )


def test_the_criterion_alone_can_be_corrected() -> None:
    measure = Measure(True, Wording(fr="Le fichier est audité."))
    correct = ask(c.CorrectWording, statement=REGISTER, measure=measure)
    given(made()).when(correct, by=COMMISSION).therefore(e.WordingCorrected, measure=measure)


def test_no_event_deletes_or_overwrites() -> None:
    for kind in e.Event.__args__:
        assert not any(word in kind.__name__ for word in ("Deleted", "Removed", "Replaced"))


def test_every_event_that_changes_what_was_said_carries_a_reason() -> None:
    for kind in (e.WordingCorrected, e.DueDateMoved, e.AttributionSettled, e.EvidenceWithdrawn):
        assert "reason" in kind.__struct_fields__


@pytest.mark.parametrize("by", [COMMISSION, SECRETARIAT])
def test_milestones_are_numbered_from_one(by: Author) -> None:
    outcome = given(made()).when(ask(c.PlanMilestone), by=by)
    story = outcome.therefore(e.MilestonePlanned, milestone=1)
    story.when(ask(c.PlanMilestone), by=by).therefore(e.MilestonePlanned, milestone=2)


def test_a_milestone_is_not_due_before_the_commitment() -> None:
    given(made()).when(ask(c.PlanMilestone, due_on=date(2024, 7, 1)), by=COMMISSION).refused(
        r.DueBeforeCommitment,
        fr="L'échéance du 1er juillet 2024 est antérieure à l'engagement, pris le 16 juillet "
        "2024. Donnez une date à partir du 16 juillet 2024.",
        en="The due date 1 July 2024 is before the commitment, made on 16 July 2024. Give a date "
        "from 16 July 2024 on.",
    )


def test_a_milestone_is_reached_on_the_day_of_the_fact() -> None:
    reach = ask(c.ReachMilestone, date(2024, 9, 1), milestone=2)
    outcome = given(made(), _planned(1), _planned(2)).when(reach, by=COMMISSION)
    state = outcome.therefore(e.MilestoneReached, milestone=2).state
    assert [milestone.reached_on for milestone in state.milestones] == [None, date(2024, 9, 1)]


def test_a_milestone_that_was_not_planned_is_not_reached() -> None:
    given(made(), _planned(1)).when(ask(c.ReachMilestone, milestone=2), by=COMMISSION).refused(
        r.MilestoneUnknown,
        fr="L'étape 2 n'existe pas dans cet engagement. Choisissez une étape prévue.",
        en="Milestone 2 does not exist in this commitment. Choose a planned one.",
    )


def test_a_milestone_is_reached_once() -> None:
    reached = happened(e.MilestoneReached, COMMISSION, MADE_ON, milestone=1)
    given(made(), _planned(1), reached).when(ask(c.ReachMilestone), by=COMMISSION).refused(
        r.MilestoneAlreadyReached,
        fr="L'étape 1 est déjà atteinte. Il n'y a rien d'autre à faire.",
        en="Milestone 1 has already been reached. There is nothing more to do.",
    )


def test_a_withdrawn_commitment_is_not_reworded() -> None:
    story = given(made(), withdrawn(TODAY))
    for kind in (c.CorrectWording, c.PlanMilestone, c.SetDueDate, c.MoveDueDate):
        refusal = story.when(ask(kind), by=SECRETARIAT).refusal
        assert isinstance(refusal, r.CommitmentAlreadyWithdrawn)


def test_a_due_without_a_kind_is_open() -> None:
    given().when(ask(c.MakeCommitment, due=Due()), by=COMMISSION).therefore(
        e.CommitmentMade, due=Due(kind=DueKind.open)
    )
