"""A record in which everything happens: random acts by those who may and those who may not, each
decided by the domain, so that only what can be recorded is recorded. One seed is one record.

Organisations are fictional. One framework is real as far as the software can tell, the other is an
exercise; they share nothing but two organisations.
"""

import random
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from domain import commands as c
from domain import commitment, framework, meeting
from domain import events as e
from domain.commitment import Commitment
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
from tests.domain.acts import ask, decide
from tracker.ledger import Ledger

FIRST_RECORDED = datetime(2024, 1, 10, 9, tzinfo=UTC)
ORGANISATIONS = tuple(UUID(int=number) for number in range(1, 8))
SECRETARIAT = Author(ORGANISATIONS[0], Capacity.secretariat)
REAL, EXERCISE = UUID(int=101), UUID(int=102)
MEETINGS = tuple(UUID(int=number) for number in range(201, 205))

_NAMES = (
    ("Commission électorale de Kéléya, fictive", "Fictional electoral commission of Kéléya"),
    ("Réseau fictif des veilleurs", "Fictional network of watchers"),
    ("Observatoire fictif", "Fictional observatory"),
    ("Jeunes de Tombola, fictifs", ""),
    ("مرصد خيالي", "Fictional watch <&>"),
    ("ߖߊߡߊ ߕߐ߯ߟߐ", ""),
    ("L'Association « d'exercice »", "“Exercise” association"),
)
_TOPICS = (
    Topic("fichier-electoral", Wording(fr="Le fichier électoral", en="The voter register")),
    Topic("calendrier", Wording(fr="Le calendrier des opérations")),
    Topic("observation", Wording(fr="L'observation", en="Election observation")),
)
_STATEMENTS = (
    Wording(fr="Publier la liste électorale de Kéléya.", en="Publish the voter roll of Kéléya."),
    Wording(fr="Former les agents des bureaux de vote"),
    Wording(en="Observe every polling station & report <within a week>"),
    Wording(fr="نشر القائمة الانتخابية قبل الاقتراع", en="Publish the list before the vote"),
    Wording(fr="ߞߊ߬ ߛߙߋߦߊ ߟߊߞߏߟߐ߲߫ ߞߍ߫ : l'éducation des électrices"),
    Wording(fr="Sensibiliser l'électorat\nà la paix " + "et au calme " * 20),
)
_TEXTS = (
    "Constaté sur place.",
    "D'après le procès-verbal : « fait ».",
    "Vu le <b>rapport</b> & lu.",
)
_DUE_EVENT = Wording(fr="Avant la présidentielle", en="Before the presidential election")


class Recorded(NamedTuple):
    """An event and when the ledger is to say that it took it."""

    event: e.Event
    at: datetime


def lively_record(seed: int = 20240716, acts: int = 400) -> list[Recorded]:
    """The setting, then `acts` further events, some minutes or days apart."""
    return _Telling(seed).tell(acts)


def record(database_url: str, told: Iterable[Recorded]) -> int:
    """Appends `told` to an empty demonstration ledger, or to one that was; returns the position."""
    ledger, last = Ledger(database_url), 0
    try:
        ledger.mark_demonstration()
        for at, together in groupby(told, key=lambda each: each.at):
            last = ledger.append_many([each.event for each in together], recorded_at=at)
    finally:
        ledger.close()
    return last


class _Telling:
    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.at = FIRST_RECORDED
        self.told: list[Recorded] = []
        self.states: dict[UUID, Any] = {}

    # The setting

    def tell(self, acts: int) -> list[Recorded]:
        self._set_the_scene()
        end = len(self.told) + acts
        while len(self.told) < end:
            if self.chance.random() < 0.6:
                self.at += timedelta(minutes=self.chance.choice((0, 7, 300, 1440, 4000)))
            self._anything()
        return self.told

    def _set_the_scene(self) -> None:
        for number, organisation in enumerate(ORGANISATIONS):
            fr, en = _NAMES[number]
            command = ask(
                c.RegisterStakeholder,
                self._day(),
                slug=f"organisation-{number}",
                name=Wording(fr=fr, en=en),
                short_name=f"Org. {number}",
                kind=list(StakeholderKind)[number],
                exercise=number > 4,
            )
            self._record(organisation, None, command, SECRETARIAT)
        for identity, slug in ((REAL, "concertation"), (EXERCISE, "exercice")):
            name = Wording(fr=f"Cadre de {slug}", en=f"Framework: {slug}")
            establish = ask(
                c.EstablishFramework,
                self._day(),
                slug=slug,
                name=name,
                description=name,
                exercise=identity == EXERCISE,
            )
            self._record(identity, framework.evolve, establish, SECRETARIAT)

    # One act

    def _anything(self) -> None:
        begun = [state for state in self.states.values() if isinstance(state, Commitment)]
        drawn = self.chance.random()
        if drawn < 0.05:
            self._about_a_meeting()
        elif drawn < 0.07:
            self._admit()
        elif len(begun) < 6 or drawn < 0.14:
            self._make(len(begun) + 1)
        else:
            # Few are busy and many are quiet, as in life.
            state = begun[min(int(self.chance.expovariate(0.2)), len(begun) - 1)]
            self._act_on(state)

    def _admit(self) -> None:
        identity = self.chance.choice((REAL, EXERCISE))
        command = ask(
            c.AdmitStakeholder, self._day(), stakeholder=self.chance.choice(ORGANISATIONS)
        )
        self._record(identity, framework.evolve, command, SECRETARIAT)

    def _about_a_meeting(self) -> None:
        identity = self.chance.choice(MEETINGS)
        if identity not in self.states:
            number = MEETINGS.index(identity)
            command: c.Command = ask(
                c.HoldMeeting,
                self._day(),
                framework=EXERCISE if number == 3 else REAL,
                slug=f"reunion-{number}",
                title=Wording(fr=f"Réunion numéro {number}", en=f"Meeting {number}"),
                attendance=tuple(self.chance.sample(ORGANISATIONS, 3)),
                summary=Wording(fr="On a parlé d'élections.") if number % 2 else None,
                source=self._evidence() if number == 2 else None,
            )
        elif self.chance.random() < 0.6:
            # A topic belongs to one framework: the board looks it up by its name alone.
            topic = self.chance.choice(_TOPICS)
            if self.states[identity].framework == EXERCISE:
                topic = Topic(f"exercice-{topic.slug}", topic.title)
            command = ask(c.DiscussTopic, self._day(), topic=topic)
        else:
            command = ask(c.PublishMinutes, self._day(), minutes=self._evidence())
        self._record(identity, meeting.evolve, command, SECRETARIAT)

    def _make(self, number: int) -> None:
        exercise = self.chance.random() < 0.2
        around = EXERCISE if exercise else REAL
        held = [m for m in MEETINGS if m in self.states and self.states[m].framework == around]
        owners = tuple(self.chance.sample(ORGANISATIONS, self.chance.choice((1, 1, 1, 2))))
        command = ask(
            c.MakeCommitment,
            self._day(back=20),
            reference=f"{'EX-' if exercise else ''}2024-{number:03}",
            framework=around,
            owners=owners,
            made_to=tuple(self.chance.sample(ORGANISATIONS, self.chance.choice((0, 2)))),
            statement=self.chance.choice(_STATEMENTS),
            measure=self._measure(),
            due=self._due(),
            meeting=self.chance.choice(held) if held and self.chance.random() < 0.7 else None,
            topics=tuple(each.slug for each in self.chance.sample(_TOPICS, 2)),
            source=self._evidence() if self.chance.random() < 0.3 else None,
        )
        by = self.chance.choice((SECRETARIAT, Author(owners[0], Capacity.owner)))
        self._record(UUID(int=1_000 + number), commitment.evolve, command, by)

    def _act_on(self, state: Commitment) -> None:
        kind, by, said = self.chance.choice(self._acts(state))
        if self.chance.random() < 0.03:
            by = Author(self.chance.choice(ORGANISATIONS), self.chance.choice(list(Capacity)))
        on = max(state.made_on, self._day(back=self.chance.choice((0, 0, 1, 12))))
        self._record(state.id, commitment.evolve, ask(kind, on, **said), by)

    def _acts(self, state: Commitment) -> list[tuple[type[c.Command], Author, dict[str, Any]]]:
        owner = Author(self.chance.choice(state.owners), Capacity.owner)
        others = [each for each in ORGANISATIONS if each not in state.owners]
        other = Author(self.chance.choice(others), Capacity.assessor)
        text, proofs = self.chance.choice(_TEXTS), self._proofs()
        status = self.chance.choice(list(Status))
        number = self.chance.randint(1, max(1, len(state.assessments)))
        given = state.assessment(number)
        assessor = Author(given.assessor, Capacity.assessor) if given else other
        piece = self.chance.randint(1, max(1, len(state.evidence)))
        held = next((each for each in state.evidence if each.number == piece), None)
        provider = self._truly(state, held.provider) if held else owner
        outcome = self.chance.choice(list(AttributionOutcome))
        wording = {"statement": self.chance.choice(_STATEMENTS), "measure": self._measure()}
        return [
            (c.AcknowledgeCommitment, owner, {}),
            (c.DisputeAttribution, owner, {"reason": text}),
            (
                c.SettleAttribution,
                SECRETARIAT,
                {"outcome": outcome, "owners": (self.chance.choice(others),), "reason": text},
            ),
            (c.CorrectWording, self.chance.choice((owner, SECRETARIAT)), wording),
            (c.SetDueDate, owner, {"due": self._due()}),
            (c.MoveDueDate, owner, {"due": self._due()}),
            (c.PlanMilestone, owner, {"title": self.chance.choice(_STATEMENTS)}),
            (
                c.ReachMilestone,
                owner,
                {"milestone": len(state.milestones), "evidence": proofs},
            ),
            *[(c.DeclareProgress, owner, {"status": status, "note": text, "evidence": proofs})] * 4,
            *[(c.AssessProgress, other, {"status": status, "evidence": proofs})] * 4,
            *[(c.ChallengeAssessment, owner, {"assessment": number, "evidence": proofs})] * 2,
            (c.MaintainAssessment, assessor, {"assessment": number, "reason": text}),
            (
                c.ReviseAssessment,
                assessor,
                {"assessment": number, "status": status, "evidence": proofs},
            ),
            (c.PublishReply, owner, {"assessment": number, "text": text, "evidence": proofs}),
            (
                c.AddEvidence,
                self.chance.choice((owner, other)),
                {"evidence": self._evidence(), "note": text},
            ),
            (c.WithdrawEvidence, provider, {"number": piece}),
            *[(c.WithdrawCommitment, owner, {"reason": text})] * (self.chance.random() < 0.15),
        ]

    # What is said

    def _truly(self, state: Commitment, organisation: UUID) -> Author:
        owns = organisation in state.owners
        return Author(organisation, Capacity.owner if owns else Capacity.assessor)

    def _day(self, back: int = 0) -> date:
        return self.at.date() - timedelta(days=back)

    def _due(self) -> Due:
        return self.chance.choice(
            (
                Due(),
                Due(kind=DueKind.event, event=_DUE_EVENT),
                Due(kind=DueKind.fixed, on=self._day() + timedelta(self.chance.randint(0, 40))),
                Due(kind=DueKind.fixed, on=self._day() + timedelta(self.chance.randint(30, 400))),
            )
        )

    def _measure(self) -> Measure:
        if self.chance.random() < 0.2:
            return Measure(False)
        return Measure(True, Wording(fr="La liste est affichée dans chaque mairie."))

    def _proofs(self) -> tuple[Evidence, ...]:
        return tuple(self._evidence() for _ in range(self.chance.choice((0, 1, 1, 2))))

    def _evidence(self) -> Evidence:
        number = self.chance.randrange(1_000_000)
        if self.chance.random() < 0.5:
            return Evidence(
                kind=EvidenceKind.link,
                title=f"Communiqué numéro {number}",
                seen_on=self._day(),
                url=f"https://exemple.example/{number}?lu=1&vu=2",
            )
        return Evidence(
            kind=EvidenceKind.document,
            title=f"Procès-verbal « {number} »",
            seen_on=self._day(),
            sha256=f"{number:064x}",
            media_type="application/pdf",
            size=number + 1,
        )

    def _record(
        self,
        identity: UUID,
        evolve: Callable[[Any, e.Event], Any] | None,
        command: c.Command,
        by: Author,
    ) -> None:
        """What the domain makes of it, if anything."""
        state = self.states.get(identity)
        try:
            event = decide(identity if state is None else state, command, self.at.date(), by)
        except Refusal:
            return
        if evolve is not None:
            self.states[identity] = evolve(state, event)
        self.told.append(Recorded(event, self.at))
