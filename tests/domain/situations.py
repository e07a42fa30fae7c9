"""For each act on a commitment, a situation in which nothing but its author or its day is wrong."""

from datetime import date

from domain import commands as c
from domain import events as e
from domain.values import AttributionOutcome, Author, Capacity, Status
from tests.domain.acts import ask
from tests.domain.cast import (
    BEFORE_THE_ELECTION,
    COMMISSION,
    MADE_ON,
    NETWORK,
    OBSERVATORY,
    OPEN,
    REPORT,
    SECRETARIAT,
    YOUTH,
    acting_as,
)
from tests.domain.storytelling import assessed, challenged, disputed, happened, made

SOME_DAY = date(2024, 9, 1)
ANSWERS = {c.ChallengeAssessment, c.PublishReply, c.MaintainAssessment, c.ReviseAssessment}
ANSWERS_TO_A_CHALLENGE = {c.MaintainAssessment, c.ReviseAssessment}


def parties(owner: Author, other: Author) -> dict[str, Author]:
    """Who there is, in true and in false capacities. The commitment has `owner` and a co-owner."""
    owner, other = acting_as(owner, Capacity.owner), acting_as(other, Capacity.assessor)
    return {
        "owner": owner,
        "co-owner": NETWORK,
        "owner as assessor": acting_as(owner, Capacity.assessor),
        "owner as secretariat": acting_as(owner, Capacity.secretariat),
        "other as owner": acting_as(other, Capacity.owner),
        "other as assessor": other,
        "other as secretariat": acting_as(other, Capacity.secretariat),
        "another as assessor": YOUTH,
        "secretariat": SECRETARIAT,
    }


def before(kind: type[c.Command], party: dict[str, Author]) -> list[e.Recorded]:
    """What has to have happened before `kind`."""
    owner, other = party["owner"], party["other as assessor"]
    if kind is c.MakeCommitment:
        return []
    due = OPEN if kind is c.SetDueDate else BEFORE_THE_ELECTION
    history: list[e.Recorded] = [made(SECRETARIAT, owners=(owner, NETWORK), due=due)]
    if kind is c.SettleAttribution:
        history.append(disputed(by=owner))
    if kind is c.ReachMilestone:
        title = ask(c.PlanMilestone).title
        history.append(happened(e.MilestonePlanned, owner, MADE_ON, milestone=1, title=title))
    if kind in ANSWERS:
        history.append(assessed(1, Status.in_progress, SOME_DAY, by=other))
    if kind in ANSWERS_TO_A_CHALLENGE:
        history.append(challenged(1, SOME_DAY, by=owner))
    if kind is c.WithdrawEvidence:
        history.append(happened(e.EvidenceAdded, other, SOME_DAY, evidence=REPORT))
    return history


# What needs several acts in a row would hardly ever happen by chance.
IN_THE_LANES: list[tuple[c.Command, Author]] = [
    (ask(c.DeclareProgress, MADE_ON), COMMISSION),
    (ask(c.AssessProgress, MADE_ON), OBSERVATORY),
    (ask(c.AssessProgress, MADE_ON), YOUTH),
    (ask(c.ChallengeAssessment, MADE_ON), COMMISSION),
]
DISPUTED: list[tuple[c.Command, Author]] = [
    (ask(c.DisputeAttribution, MADE_ON), NETWORK),
    (ask(c.DisputeAttribution, MADE_ON), COMMISSION),
]
TO_AN_ASSESSOR = ask(
    c.SettleAttribution,
    MADE_ON,
    outcome=AttributionOutcome.reassigned,
    owners=(OBSERVATORY.organisation,),
)
HEAD_STARTS = [
    *(IN_THE_LANES[:length] for length in range(5)),
    DISPUTED,
    [*IN_THE_LANES, *DISPUTED, (TO_AN_ASSESSOR, SECRETARIAT)],
]
