"""The words that the tests of the domain are told in: given, when, therefore or refused.

    given(made()).when(ask(c.DeclareProgress), by=COMMISSION).therefore(e.ProgressDeclared)

The organisations are fictional. The commission owns the commitment unless a test says otherwise.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Self, TypeVar
from uuid import UUID

import msgspec
from hypothesis import settings
from msgspec import structs

from domain import commands as c
from domain import (
    commitment,
    commitment_decisions,
    framework,
    lane_decisions,
    meeting,
    stakeholder,
)
from domain import events as e
from domain.refusals import Refusal
from domain.values import (
    AttributionOutcome,
    Author,
    Capacity,
    Due,
    DueKind,
    Evidence,
    EvidenceKind,
    Measure,
    StakeholderKind,
    Status,
    Topic,
    Wording,
)

# On shared cores a deadline is a coin toss; the number of examples bounds the time instead.
UNHURRIED = settings(deadline=None, print_blob=True)

RECORD = UUID(int=100)
FRAMEWORK = UUID(int=101)

COMMISSION = Author(UUID(int=1), Capacity.owner)
NETWORK = Author(UUID(int=2), Capacity.owner)
OBSERVATORY = Author(UUID(int=3), Capacity.assessor)
YOUTH = Author(UUID(int=4), Capacity.assessor)
SECRETARIAT = Author(UUID(int=5), Capacity.secretariat)

MADE_ON = date(2024, 7, 16)
DUE_ON = date(2024, 12, 31)
TODAY = date(2025, 3, 1)

REGISTER = Wording(fr="Finaliser le fichier électoral.", en="Finish the voter register.")
MEASURED = Measure(True, Wording(fr="Le fichier est publié.", en="The register is published."))
REPORT = Evidence(
    kind=EvidenceKind.link,
    title="Compte rendu",
    seen_on=MADE_ON,
    url="https://exemple.test/compte-rendu",
)
SCAN = Evidence(
    kind=EvidenceKind.document,
    title="Procès-verbal",
    seen_on=MADE_ON,
    sha256="ab" * 32,
    media_type="application/pdf",
    size=1_024,
)


def acting_as(who: Author, capacity: Capacity) -> Author:
    return Author(who.organisation, capacity)


def by_day(day: date) -> Due:
    return Due(kind=DueKind.fixed, on=day)


BEFORE_THE_ELECTION = Due(kind=DueKind.event, event=Wording(fr="Avant la présidentielle"))
OPEN = Due()
BY_YEARS_END = by_day(DUE_ON)


# What happened. given() numbers the events and their evidence.

_E = TypeVar("_E", bound=e.Recorded)
_SAID = {"reason": "Un motif.", "note": "Une note.", "rationale": "Un constat.", "text": "Réponse."}


def happened(kind: type[_E], by: Author, on: date, /, **said: Any) -> _E:
    """An event, with something in each free text that the test does not care about."""
    defaults: dict[str, Any] = _SAID | {"reply_expected_on": on + timedelta(days=7)}
    wanted = {field.name for field in structs.fields(kind) if field.required}
    return kind(
        originator_id=RECORD,
        originator_version=0,
        occurred_on=on,
        recorded_by=by.organisation,
        capacity=by.capacity,
        **({name: text for name, text in defaults.items() if name in wanted} | said),
    )


def made(
    by: Author = COMMISSION,
    on: date = MADE_ON,
    owners: tuple[Author, ...] = (COMMISSION,),
    due: Due = BY_YEARS_END,
) -> e.CommitmentMade:
    return happened(
        e.CommitmentMade,
        by,
        on,
        reference="2024-001",
        framework=FRAMEWORK,
        owners=tuple(owner.organisation for owner in owners),
        statement=REGISTER,
        measure=MEASURED,
        due=due,
    )


def declared(
    status: Status, on: date, *evidence: Evidence, by: Author = COMMISSION
) -> e.ProgressDeclared:
    return happened(e.ProgressDeclared, by, on, status=status, evidence=evidence)


def assessed(
    number: int, status: Status, on: date, *evidence: Evidence, by: Author = OBSERVATORY
) -> e.ProgressAssessed:
    return happened(e.ProgressAssessed, by, on, assessment=number, status=status, evidence=evidence)


def challenged(number: int, on: date, by: Author = COMMISSION) -> e.AssessmentChallenged:
    return happened(e.AssessmentChallenged, by, on, assessment=number)


def disputed(on: date = MADE_ON, by: Author = COMMISSION) -> e.AttributionDisputed:
    return happened(e.AttributionDisputed, by, on)


def withdrawn(on: date, by: Author = COMMISSION) -> e.CommitmentWithdrawn:
    return happened(e.CommitmentWithdrawn, by, on)


def told(*events: e.Recorded) -> commitment.Commitment:
    """The commitment to which `events` happened."""
    state = given(*events).state
    assert isinstance(state, commitment.Commitment)
    return state


# What is asked.

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


# Therefore.

_REBUILD: dict[str, Callable[[None, Any], Any]] = {
    "commitment": commitment.rebuild,
    "framework": framework.rebuild,
    "meeting": meeting.rebuild,
    "stakeholder": stakeholder.rebuild,
}
_DECISIONS: dict[str, Callable[..., e.Event]] = {
    name: decision
    for module in (framework, stakeholder, meeting, commitment_decisions, lane_decisions)
    for name, decision in vars(module).items()
    if getattr(decision, "__module__", "") == module.__name__ and not name.startswith("_")
}

_MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}


def in_words(language: str) -> Callable[[object], str]:
    """Dates as a reader of `language` sees them: 16 juillet 2024, 16 July 2024."""

    def write(fact: object) -> str:
        if not isinstance(fact, date):
            return str(fact)
        day = "1er" if fact.day == 1 and language == "fr" else str(fact.day)
        return f"{day} {_MONTHS[language].split()[fact.month - 1]} {fact.year}"

    return write


def verb(command: c.Command) -> str:
    """A command and its decision share their name: MoveDueDate, move_due_date()."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(command).__name__).lower()


def decide(state: Any, command: c.Command, today: date, by: Author, **settings: Any) -> e.Event:
    """What the domain decides about `command`; RECORD is made where there is no state yet."""
    return _DECISIONS[verb(command)](
        RECORD if state is None else state, command, today, by, **settings
    )


class Story:
    def __init__(self, events: list[Any]) -> None:
        self.events = events
        self.state: Any = _REBUILD[events[0].subject](None, events) if events else None

    def when(
        self, command: c.Command, by: Author, today: date = TODAY, **settings: Any
    ) -> "Outcome":
        return Outcome(self, command, by, today, settings)


class Outcome:
    def __init__(
        self, story: Story, command: c.Command, by: Author, today: date, settings: dict[str, Any]
    ) -> None:
        self.story, self.command, self.by = story, command, by
        self.event: e.Event | None = None
        self.refusal: Refusal | None = None
        try:
            self.event = decide(story.state, command, today, by, **settings)
        except Refusal as refusal:
            self.refusal = refusal

    def therefore(self, kind: type[e.Recorded], /, **said: object) -> Story:
        """Exactly this was recorded, truly headed, and the story goes on with it."""
        event = self.event
        assert event is not None, self.refusal
        assert type(event) is kind
        assert {name: getattr(event, name) for name in said} == said
        head = (event.originator_id, event.originator_version, event.occurred_on)
        assert head == (RECORD, len(self.story.events) + 1, self.command.occurred_on)
        assert Author(event.recorded_by, event.capacity) == self.by
        assert msgspec.json.decode(msgspec.json.encode(event), type=e.Event) == event
        story = Story([*self.story.events, event])
        assert story.state.version == event.originator_version
        return story

    def refused(self, kind: type[Refusal], fr: str, en: str) -> Self:
        """Nothing was recorded, and this is the whole sentence that people read."""
        assert self.event is None, f"recorded: {self.event}"
        assert type(self.refusal) is kind, repr(self.refusal)
        assert self.refusal.sentence("fr", in_words("fr")) == fr
        assert self.refusal.sentence("en", in_words("en")) == en
        return self


def given(*events: e.Recorded) -> Story:
    """These events happened, in this order."""
    held, numbered = 0, []
    for version, event in enumerate(events, start=1):
        pieces: tuple[Evidence, ...] | Evidence = getattr(event, "evidence", ())
        several = pieces if isinstance(pieces, tuple) else (pieces,)
        counted = tuple(
            structs.replace(piece, number=held + index)
            for index, piece in enumerate(several, start=1)
        )
        held += len(counted)
        changes: dict[str, Any] = {"originator_version": version}
        if counted:
            changes["evidence"] = counted if isinstance(pieces, tuple) else counted[0]
        numbered.append(structs.replace(event, **changes))
    return Story(numbered)
