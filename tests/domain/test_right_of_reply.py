"""Rule 9: each assessment opens a right of reply; a challenge stays open until it is answered."""

from datetime import date, timedelta

import pytest

from domain import commands as c
from domain import events as e
from domain import refusals as r
from domain.policies import is_contested
from domain.values import AttributionOutcome, Author, Capacity, Status
from tests.domain.acts import ask
from tests.domain.cast import (
    COMMISSION,
    NETWORK,
    OBSERVATORY,
    REPORT,
    SCAN,
    SECRETARIAT,
    TODAY,
    YOUTH,
    acting_as,
)
from tests.domain.storytelling import (
    assessed,
    challenged,
    disputed,
    given,
    happened,
    made,
    withdrawn,
)

SOME_DAY = date(2024, 9, 1)
ASSESSED = (made(), assessed(1, Status.stalled, SOME_DAY, REPORT))
CHALLENGED = (*ASSESSED, challenged(1, SOME_DAY))
MAINTAINED = (*CHALLENGED, happened(e.AssessmentMaintained, OBSERVATORY, SOME_DAY, assessment=1))


def test_a_reply_is_expected_seven_days_after_the_assessment_is_published() -> None:
    """From publication: what was seen a month ago would leave no time to reply."""
    month_ago = TODAY - timedelta(days=30)
    story = given(made()).when(ask(c.AssessProgress, month_ago), by=OBSERVATORY)
    story.therefore(e.ProgressAssessed, occurred_on=month_ago, reply_expected_on=date(2025, 3, 8))


def test_the_number_of_days_is_a_setting() -> None:
    story = given(made()).when(ask(c.AssessProgress), by=OBSERVATORY, reply_days=21)
    story.therefore(e.ProgressAssessed, reply_expected_on=date(2025, 3, 22))


def test_assessments_are_numbered_and_stay_readable() -> None:
    story = given(*ASSESSED).when(ask(c.AssessProgress), by=YOUTH)
    state = story.therefore(e.ProgressAssessed, assessment=2, rationale="Vu sur place.").state
    assert [assessment.number for assessment in state.assessments] == [1, 2]


def test_the_owner_challenges_an_assessment() -> None:
    challenge = ask(c.ChallengeAssessment, reason="Le fichier est publié.", evidence=(SCAN,))
    story = given(*ASSESSED).when(challenge, by=COMMISSION)
    state = story.therefore(
        e.AssessmentChallenged, assessment=1, reason="Le fichier est publié."
    ).state
    assert is_contested(state)
    assert state.assessments[0].answered


def test_challenging_needs_a_reason() -> None:
    given(*ASSESSED).when(ask(c.ChallengeAssessment, reason=""), by=COMMISSION).refused(
        r.TextEmpty,
        fr="Le motif est vide. Écrivez au moins quelques mots.",
        en="The reason is empty. Write at least a few words.",
    )


def test_the_day_a_reply_was_expected_closes_nothing() -> None:
    years_later = TODAY + timedelta(days=900)
    for kind, recorded in (
        (c.ChallengeAssessment, e.AssessmentChallenged),
        (c.PublishReply, e.ReplyPublished),
    ):
        story = given(*ASSESSED).when(ask(kind, years_later), by=COMMISSION, today=years_later)
        story.therefore(recorded, assessment=1)


def test_a_challenged_assessment_is_not_challenged_again() -> None:
    given(*CHALLENGED).when(ask(c.ChallengeAssessment), by=COMMISSION).refused(
        r.ChallengeAlreadyOpen,
        fr="Cette évaluation est déjà contestée. L'évaluateur doit d'abord la maintenir ou la "
        "réviser.",
        en="This assessment is already challenged. Its assessor must first maintain or revise it.",
    )


def test_a_maintained_assessment_is_not_challenged_again() -> None:
    given(*MAINTAINED).when(ask(c.ChallengeAssessment), by=COMMISSION).refused(
        r.AssessmentAlreadyMaintained,
        fr="L'évaluateur a déjà maintenu cette évaluation après contestation. Publiez plutôt une "
        "réponse : elle paraîtra à côté.",
        en="The assessor has already maintained this assessment after a challenge. Publish a reply "
        "instead: it will stand beside it.",
    )


def test_but_it_can_be_replied_to() -> None:
    given(*MAINTAINED).when(ask(c.PublishReply), by=COMMISSION).therefore(e.ReplyPublished)


@pytest.mark.parametrize("kind", [c.ChallengeAssessment, c.PublishReply])
def test_an_assessment_that_does_not_exist_is_not_answered(kind: type[c.Command]) -> None:
    given(*ASSESSED).when(ask(kind, assessment=4), by=COMMISSION).refused(
        r.AssessmentUnknown,
        fr="L'évaluation 4 n'existe pas dans cet engagement. Choisissez-en une autre.",
        en="Assessment 4 does not exist in this commitment. Choose another.",
    )


@pytest.mark.parametrize("kind", [c.MaintainAssessment, c.ReviseAssessment])
def test_an_assessment_that_does_not_exist_is_not_maintained(kind: type[c.Command]) -> None:
    outcome = given(*CHALLENGED).when(ask(kind, assessment=4), by=OBSERVATORY)
    assert isinstance(outcome.refusal, r.AssessmentUnknown)


def test_a_challenge_stays_open_until_the_assessor_maintains() -> None:
    story = given(*CHALLENGED)
    assert is_contested(story.state)
    story = story.when(ask(c.MaintainAssessment, reason="Rien de neuf."), by=OBSERVATORY).therefore(
        e.AssessmentMaintained, assessment=1, reason="Rien de neuf."
    )
    assert not is_contested(story.state)
    assert story.state.assessments[0].status is Status.stalled


def test_or_revises_which_opens_a_new_right_of_reply() -> None:
    revise = ask(c.ReviseAssessment, status=Status.in_progress)
    story = (
        given(*CHALLENGED)
        .when(revise, by=OBSERVATORY)
        .therefore(e.AssessmentRevised, assessment=1, reply_expected_on=date(2025, 3, 8))
    )
    [assessment] = story.state.assessments
    assert (assessment.status, assessment.on) == (Status.in_progress, TODAY)
    assert not is_contested(story.state)
    assert not assessment.answered
    story.when(ask(c.ChallengeAssessment), by=COMMISSION).therefore(e.AssessmentChallenged)


def test_a_revision_may_come_with_another_number_of_days() -> None:
    story = given(*CHALLENGED).when(ask(c.ReviseAssessment), by=OBSERVATORY, reply_days=1)
    story.therefore(e.AssessmentRevised, reply_expected_on=date(2025, 3, 2))


def test_a_reply_does_not_close_a_challenge() -> None:
    story = given(*CHALLENGED).when(ask(c.PublishReply), by=COMMISSION)
    assert is_contested(story.therefore(e.ReplyPublished).state)


@pytest.mark.parametrize("by", [COMMISSION, YOUTH, SECRETARIAT])
@pytest.mark.parametrize("kind", [c.MaintainAssessment, c.ReviseAssessment])
def test_nobody_else_answers_for_the_assessor(kind: type[c.Command], by: Author) -> None:
    given(*CHALLENGED).when(ask(kind), by=by).refused(
        r.NotTheAssessor,
        fr="Seule l'organisation qui a fait cette évaluation peut la maintenir ou la réviser. Une "
        "autre peut publier sa propre évaluation.",
        en="Only the organisation that made this assessment can maintain or revise it. Another can "
        "publish an assessment of its own.",
    )


@pytest.mark.parametrize("history", [ASSESSED, MAINTAINED])
@pytest.mark.parametrize("kind", [c.MaintainAssessment, c.ReviseAssessment])
def test_there_is_nothing_to_maintain_or_revise_without_an_open_challenge(
    kind: type[c.Command], history: tuple[e.Recorded, ...]
) -> None:
    given(*history).when(ask(kind), by=OBSERVATORY).refused(
        r.ChallengeNotOpen,
        fr="Cette évaluation n'est pas contestée : il n'y a rien à maintenir ni à réviser.",
        en="This assessment is not challenged: there is nothing to maintain or revise.",
    )


def test_an_assessor_answers_a_challenge_before_it_assesses_again() -> None:
    """Otherwise a new assessment would bury the challenge to the old one."""
    given(*CHALLENGED).when(ask(c.AssessProgress), by=OBSERVATORY).refused(
        r.ChallengeAwaitsAnswer,
        fr="Votre évaluation précédente est contestée. Maintenez-la ou révisez-la avant d'en "
        "publier une nouvelle.",
        en="Your earlier assessment is challenged. Maintain or revise it before you publish a new "
        "one.",
    )


def test_the_challenge_to_one_assessor_does_not_stop_another() -> None:
    given(*CHALLENGED).when(ask(c.AssessProgress), by=YOUTH).therefore(e.ProgressAssessed)


@pytest.mark.parametrize("text", ["", "\u200b"])
def test_a_reply_says_something(text: str) -> None:
    given(*ASSESSED).when(ask(c.PublishReply, text=text), by=COMMISSION).refused(
        r.TextEmpty,
        fr="La réponse est vide. Écrivez au moins quelques mots.",
        en="The reply is empty. Write at least a few words.",
    )


def test_a_co_owner_replies_too_and_more_than_once() -> None:
    story = given(made(owners=(COMMISSION, NETWORK)), *ASSESSED[1:])
    for by in (COMMISSION, NETWORK, COMMISSION):
        story = story.when(ask(c.PublishReply), by=by).therefore(e.ReplyPublished)


def test_the_right_of_reply_outlives_the_commitment() -> None:
    story = given(*ASSESSED, withdrawn(SOME_DAY))
    story.when(ask(c.PublishReply), by=COMMISSION).therefore(e.ReplyPublished)
    story.when(ask(c.ChallengeAssessment), by=COMMISSION).therefore(e.AssessmentChallenged)


def test_no_challenge_stays_open_for_ever_when_the_assessor_becomes_the_owner() -> None:
    """It can still end the challenge by maintaining, but no longer assess (rule 2)."""
    story = given(
        made(SECRETARIAT),
        assessed(1, Status.stalled, SOME_DAY, REPORT),
        challenged(1, SOME_DAY),
        disputed(SOME_DAY),
        happened(
            e.AttributionSettled,
            SECRETARIAT,
            SOME_DAY,
            outcome=AttributionOutcome.reassigned,
            owners=(OBSERVATORY.organisation,),
        ),
    )
    now_owner = acting_as(OBSERVATORY, Capacity.owner)
    revised = story.when(ask(c.ReviseAssessment), by=now_owner)
    assert isinstance(revised.refusal, r.OwnersDoNotAssess)
    story = story.when(ask(c.MaintainAssessment), by=now_owner).therefore(e.AssessmentMaintained)
    assert not is_contested(story.state)
