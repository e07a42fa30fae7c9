"""Rule 2: only an owner declares, only another organisation assesses. Rule 7: in a true capacity.

The table is run twice, with the two sides exchanged: what binds the electoral body binds civil
society. That nobody but the secretariat's organisation acts as secretariat is the working side's to
say (web/): the domain does not know which organisation that is.
"""

from typing import Any

import pytest
from msgspec import structs

from domain import commands as c
from domain import events as e
from domain import refusals as r
from domain.values import AttributionOutcome, Author, Capacity, Status
from tests.domain.acts import ask
from tests.domain.cast import COMMISSION, OBSERVATORY, SECRETARIAT, YOUTH, acting_as
from tests.domain.situations import SOME_DAY, before, parties
from tests.domain.storytelling import assessed, challenged, disputed, given, made

Table = dict[str, type[r.Refusal] | None]
RECORDED = None

OWNER_ONLY: Table = {
    "owner": RECORDED,
    "co-owner": RECORDED,
    "owner as assessor": r.NotAnOwner,
    "owner as secretariat": r.NotAnOwner,
    "other as owner": r.NotAnOwner,
    "other as assessor": r.NotAnOwner,
    "secretariat": r.NotAnOwner,
}
OWNER_OR_SECRETARIAT: Table = {
    "owner": RECORDED,
    "co-owner": RECORDED,
    "owner as assessor": r.NeitherOwnerNorSecretariat,
    "owner as secretariat": RECORDED,
    "other as owner": r.CapacityUnfounded,
    "other as assessor": r.NeitherOwnerNorSecretariat,
    "secretariat": RECORDED,
}
ANYBODY_AS_WHAT_IT_IS: Table = {
    "owner": RECORDED,
    "co-owner": RECORDED,
    "owner as assessor": r.CapacityUnfounded,
    "owner as secretariat": RECORDED,
    "other as owner": r.CapacityUnfounded,
    "other as assessor": RECORDED,
    "secretariat": RECORDED,
}
THE_ASSESSOR_ONLY: Table = {
    "owner": r.NotTheAssessor,
    "co-owner": r.NotTheAssessor,
    "owner as assessor": r.NotTheAssessor,
    "owner as secretariat": r.NotTheAssessor,
    "other as owner": r.CapacityUnfounded,
    "other as assessor": RECORDED,
    "other as secretariat": r.CapacityUnfounded,
    "another as assessor": r.NotTheAssessor,
    "secretariat": r.NotTheAssessor,
}
MAY: dict[type[c.Command], Table] = {
    c.AcknowledgeCommitment: OWNER_ONLY,
    c.DisputeAttribution: OWNER_ONLY,
    c.SettleAttribution: {
        "owner": r.NotTheSecretariat,
        "co-owner": r.NotTheSecretariat,
        "owner as assessor": r.NotTheSecretariat,
        "other as owner": r.NotTheSecretariat,
        "other as assessor": r.NotTheSecretariat,
        "secretariat": RECORDED,
    },
    c.CorrectWording: OWNER_OR_SECRETARIAT,
    c.SetDueDate: OWNER_OR_SECRETARIAT,
    c.MoveDueDate: OWNER_OR_SECRETARIAT,
    c.PlanMilestone: OWNER_OR_SECRETARIAT,
    c.ReachMilestone: OWNER_ONLY,
    c.DeclareProgress: OWNER_ONLY,
    c.AssessProgress: {
        "owner": r.OwnersDoNotAssess,
        "co-owner": r.OwnersDoNotAssess,
        "owner as assessor": r.OwnersDoNotAssess,
        "owner as secretariat": r.OwnersDoNotAssess,
        "other as owner": r.CapacityUnfounded,
        "other as assessor": RECORDED,
        "another as assessor": RECORDED,
        "secretariat": r.CapacityUnfounded,
    },
    c.ChallengeAssessment: OWNER_ONLY,
    c.MaintainAssessment: THE_ASSESSOR_ONLY,
    c.ReviseAssessment: THE_ASSESSOR_ONLY,
    c.PublishReply: OWNER_ONLY,
    c.AddEvidence: ANYBODY_AS_WHAT_IT_IS,
    c.WithdrawEvidence: {
        "owner": r.NotTheProvider,
        "co-owner": r.NotTheProvider,
        "other as owner": r.CapacityUnfounded,
        "other as assessor": RECORDED,
        "other as secretariat": RECORDED,
        "another as assessor": r.NotTheProvider,
        "secretariat": r.NotTheProvider,
    },
    c.WithdrawCommitment: OWNER_ONLY,
}


@pytest.mark.parametrize(
    ("owner", "other"), [(COMMISSION, OBSERVATORY), (OBSERVATORY, COMMISSION)], ids=["emb", "cso"]
)
@pytest.mark.parametrize(
    ("kind", "who"), [(kind, who) for kind, table in MAY.items() for who in table]
)
def test_the_same_rules_bind_both_sides(
    kind: type[c.Command], who: str, owner: Author, other: Author
) -> None:
    party = parties(owner, other)
    by, refusal = party[who], MAY[kind][who]
    outcome = given(*before(kind, party)).when(ask(kind), by=by)
    assert type(outcome.refusal) is (refusal or type(None)), outcome.refusal or outcome.event


def test_every_act_on_a_commitment_is_in_the_table() -> None:
    elsewhere = {
        c.EstablishFramework,
        c.AdmitStakeholder,
        c.RegisterStakeholder,
        c.HoldMeeting,
        c.DiscussTopic,
        c.PublishMinutes,
        c.MakeCommitment,
    }
    assert set(MAY) == set(c.Command.__subclasses__()) - elsewhere


def test_another_organisation_does_not_declare() -> None:
    given(made()).when(ask(c.DeclareProgress), by=OBSERVATORY).refused(
        r.NotAnOwner,
        fr="Seul le porteur de l'engagement peut faire cela. Une autre organisation peut évaluer "
        "l'engagement ou ajouter une preuve.",
        en="Only the owner of the commitment can do this. Another organisation can assess the "
        "commitment or add evidence.",
    )


def test_an_owner_does_not_assess_its_own_commitment_whatever_it_calls_itself() -> None:
    for capacity in Capacity:
        given(made()).when(ask(c.AssessProgress), by=acting_as(COMMISSION, capacity)).refused(
            r.OwnersDoNotAssess,
            fr="Le porteur n'évalue pas son propre engagement. Déclarez plutôt où il en est ; les "
            "autres organisations évaluent.",
            en="The owner does not assess its own commitment. Declare its progress instead; other "
            "organisations assess.",
        )


def test_a_capacity_that_is_not_true_is_refused() -> None:
    given(made()).when(ask(c.AddEvidence), by=acting_as(OBSERVATORY, Capacity.owner)).refused(
        r.CapacityUnfounded,
        fr="La qualité indiquée ne correspond pas à cette organisation pour cet engagement. "
        "Choisissez « porteur » pour ses propres engagements, « évaluateur » pour ceux des autres.",
        en="The stated capacity does not fit this organisation for this commitment. Choose “owner” "
        "for its own commitments, “assessor” for those of others.",
    )


def test_only_the_owner_or_the_secretariat_moves_a_due_date() -> None:
    given(made()).when(ask(c.MoveDueDate), by=OBSERVATORY).refused(
        r.NeitherOwnerNorSecretariat,
        fr="Seuls le porteur ou le secrétariat peuvent faire cela. Adressez votre demande à l'un "
        "d'eux.",
        en="Only the owner or the secretariat can do this. Send your request to one of them.",
    )


def test_only_the_secretariat_settles_an_attribution() -> None:
    given(made(SECRETARIAT), disputed()).when(ask(c.SettleAttribution), by=COMMISSION).refused(
        r.NotTheSecretariat,
        fr="Seul le secrétariat du cadre de concertation peut faire cela. Adressez-lui votre "
        "demande.",
        en="Only the secretariat of the consultation framework can do this. Send it your request.",
    )


def test_an_assessor_does_not_pose_as_owner_to_look_like_news_from_the_owner() -> None:
    story = given(made(), assessed(1, Status.in_progress, SOME_DAY), challenged(1, SOME_DAY))
    outcome = story.when(ask(c.MaintainAssessment), by=acting_as(OBSERVATORY, Capacity.owner))
    assert isinstance(outcome.refusal, r.CapacityUnfounded)


@pytest.mark.parametrize("by", [COMMISSION, OBSERVATORY, SECRETARIAT])
def test_anybody_records_a_commitment_in_its_true_capacity(by: Author) -> None:
    given().when(ask(c.MakeCommitment), by=by).therefore(e.CommitmentMade)


@pytest.mark.parametrize(
    "by", [acting_as(OBSERVATORY, Capacity.owner), acting_as(COMMISSION, Capacity.assessor)]
)
def test_nobody_records_a_commitment_in_a_false_capacity(by: Author) -> None:
    outcome = given().when(ask(c.MakeCommitment), by=by)
    assert isinstance(outcome.refusal, r.CapacityUnfounded)


def test_every_event_names_an_organisation_and_its_capacity_and_never_a_person() -> None:
    said: dict[str, Any] = {field.name: field.type for field in structs.fields(e.Recorded)}
    assert set(said) == {
        "originator_id",
        "originator_version",
        "occurred_on",
        "recorded_by",
        "capacity",
    }
    for kind in e.CommitmentEvent.__subclasses__():
        names = {field.name for field in structs.fields(kind)}
        assert not names & {"account", "user", "person", "email", "ip", "address", "phone"}, kind


def test_settling_by_reassignment_gives_the_rights_of_the_owner_to_the_new_owner_alone() -> None:
    story = given(made(SECRETARIAT), disputed())
    outcome = AttributionOutcome.reassigned
    settle = ask(c.SettleAttribution, outcome=outcome, owners=(YOUTH.organisation,))
    story = story.when(settle, by=SECRETARIAT).therefore(e.AttributionSettled)
    youth = acting_as(YOUTH, Capacity.owner)
    story.when(ask(c.DeclareProgress), by=youth).therefore(e.ProgressDeclared)
    assert isinstance(story.when(ask(c.DeclareProgress), by=COMMISSION).refusal, r.NotAnOwner)
    commission = acting_as(COMMISSION, Capacity.assessor)
    story.when(ask(c.AssessProgress), by=commission).therefore(e.ProgressAssessed)
