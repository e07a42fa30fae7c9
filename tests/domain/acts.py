"""What is asked of the domain, and what it decides: one acceptable command of each type."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from msgspec import structs

from domain import commands as c
from domain import commitment_decisions, framework, lane_decisions, meeting, stakeholder
from domain import events as e
from domain.values import AttributionOutcome, Author, StakeholderKind, Status, Topic, Wording
from tests.domain.cast import (
    COMMISSION,
    FRAMEWORK,
    MEASURED,
    RECORD,
    REGISTER,
    REPORT,
    SCAN,
    TODAY,
    by_day,
)

_C = TypeVar("_C", bound=c.Command)
_FACT: dict[str, Any] = {"occurred_on": TODAY}
EXAMPLES: dict[type[c.Command], c.Command] = {
    type(example): example
    for example in (
        c.EstablishFramework(**_FACT, slug="cadre", name=REGISTER, description=REGISTER),
        c.AdmitStakeholder(**_FACT, stakeholder=COMMISSION.organisation),
        c.RegisterStakeholder(
            **_FACT, slug="cek", name=REGISTER, short_name="CEK", kind=StakeholderKind.emb
        ),
        c.HoldMeeting(**_FACT, framework=FRAMEWORK, slug="reunion", title=REGISTER, venue="Kéléya"),
        c.DiscussTopic(**_FACT, topic=Topic("fichier", REGISTER)),
        c.PublishMinutes(**_FACT, minutes=SCAN),
        c.MakeCommitment(
            **_FACT,
            reference="2024-001",
            framework=FRAMEWORK,
            owners=(COMMISSION.organisation,),
            statement=REGISTER,
            measure=MEASURED,
        ),
        c.AcknowledgeCommitment(**_FACT),
        c.DisputeAttribution(**_FACT, reason="Ce n'est pas nous."),
        c.SettleAttribution(**_FACT, outcome=AttributionOutcome.confirmed, reason="Vu le PV."),
        c.CorrectWording(
            **_FACT, statement=Wording(fr="Publier le fichier."), measure=MEASURED, reason="PV."
        ),
        c.SetDueDate(**_FACT, due=by_day(date(2025, 6, 30))),
        c.MoveDueDate(**_FACT, due=by_day(date(2025, 6, 30)), reason="Crédits tardifs."),
        c.PlanMilestone(**_FACT, title=Wording(fr="Recensement fini")),
        c.ReachMilestone(**_FACT, milestone=1),
        c.DeclareProgress(**_FACT, status=Status.in_progress, note="Nous avançons."),
        c.AssessProgress(**_FACT, status=Status.in_progress, rationale="Vu sur place."),
        c.ChallengeAssessment(**_FACT, assessment=1, reason="C'est inexact."),
        c.MaintainAssessment(**_FACT, assessment=1, reason="Rien de neuf."),
        c.ReviseAssessment(
            **_FACT, assessment=1, status=Status.in_progress, rationale="Pièces lues."
        ),
        c.PublishReply(**_FACT, assessment=1, text="Voici ce qui est fait."),
        c.AddEvidence(**_FACT, evidence=REPORT),
        c.WithdrawEvidence(**_FACT, number=1, reason="Mauvais fichier."),
        c.WithdrawCommitment(**_FACT, reason="Nous y renonçons."),
    )
}
"""One acceptable command of each type; a test changes what it is about."""


def ask(kind: type[_C], on: date = TODAY, /, **changes: Any) -> _C:
    example = EXAMPLES[kind]
    assert isinstance(example, kind)
    return structs.replace(example, occurred_on=on, **changes)


_DECISIONS: dict[str, Callable[..., e.Event]] = {
    name: decision
    for module in (framework, stakeholder, meeting, commitment_decisions, lane_decisions)
    for name, decision in vars(module).items()
    if getattr(decision, "__module__", "") == module.__name__ and not name.startswith("_")
}


def verb(command: c.Command) -> str:
    """A command and its decision share their name: MoveDueDate, move_due_date()."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(command).__name__).lower()


def decide(state: Any, command: c.Command, today: date, by: Author, **settings: Any) -> e.Event:
    """What the domain decides about `command`; RECORD is made where there is no state yet."""
    return _DECISIONS[verb(command)](
        RECORD if state is None else state, command, today, by, **settings
    )
