"""A record of any size to measure with: fictional, and the same each time.

The mix follows what the exercise data set does: some ten events a commitment, half of them the
owner's, a third assessed by somebody, a few contested or withdrawn.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

from domain import events as e
from domain.values import (
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
from tracker.ledger import Ledger

_NAMES = UUID("5f0c1d0e-9f0a-5c55-8a52-2a4a5d1f0001")
_FIRST_DAY = date(2024, 1, 15)
_FIRST_RECORDED = datetime(2024, 1, 15, 12, tzinfo=UTC)
_EVENTS_EACH = 10
RECORDED_DAYS = 900

_VERBS = ("Publier", "Mettre à jour", "Former", "Installer", "Réviser", "Distribuer", "Contrôler")
_OBJECTS = (
    "la liste électorale de la région",
    "les agents des bureaux de vote",
    "le calendrier des opérations",
    "les centres d'inscription de la commune",
    "le guide de l'électeur en langues nationales",
    "la carte des bureaux de vote",
    "les comités de veille du cercle",
)
_PLACES = ("de Kéléya", "de Sanandougou", "de Tombola", "de Farakoro", "de Bélékoni", "de Nianzana")


def _id(name: str) -> UUID:
    return uuid5(_NAMES, name)


def populate(database_url: str, commitments: int = 20_000, organisations: int = 500) -> int:
    """Appends the population and returns how many events it has: about ten a commitment.

    The ledger is marked as a demonstration, so that the recording dates spread over RECORDED_DAYS
    and pages as of a past day have something to show.
    """
    ledger = Ledger(database_url)
    try:
        ledger.mark_demonstration()
        expected = commitments * _EVENTS_EACH + organisations
        happened, total = events(commitments, organisations), 0
        size = max(1, expected // RECORDED_DAYS)
        while batch := list(islice(happened, size)):
            day = min(total // size, RECORDED_DAYS)
            ledger.append_many(batch, recorded_at=_FIRST_RECORDED + timedelta(days=day))
            total += len(batch)
        return total
    finally:
        ledger.close()


def events(commitments: int, organisations: int) -> Iterator[e.Event]:
    """The population's events in an order in which they can have been recorded."""
    chance = random.Random(20_240_716)
    secretariat, framework = _id("organisation 0"), _id("framework")
    yield from _setting(organisations, secretariat, framework)
    lives = [
        _life(number, organisations, chance, secretariat, framework)
        for number in range(1, commitments + 1)
    ]
    # Interleaved: a thousand commitments live at the same time, as they would over the years.
    for start in range(0, len(lives), 1_000):
        yield from (
            event for round in zip(*lives[start : start + 1_000], strict=True) for event in round
        )


def _header(stream: UUID, version: int, on: date, by: UUID, capacity: Capacity) -> dict[str, Any]:
    return {
        "originator_id": stream,
        "originator_version": version,
        "occurred_on": on,
        "recorded_by": by,
        "capacity": capacity,
    }


def _setting(organisations: int, secretariat: UUID, framework: UUID) -> Iterator[e.Event]:
    for number in range(organisations):
        yield e.StakeholderRegistered(
            **_header(
                _id(f"organisation {number}"), 1, _FIRST_DAY, secretariat, Capacity.secretariat
            ),
            slug=f"organisation-{number}",
            name=Wording(fr=f"Organisation fictive numéro {number}"),
            short_name=f"ORG-{number}",
            kind=StakeholderKind.emb if number == 0 else StakeholderKind.cso,
        )
    yield e.FrameworkEstablished(
        **_header(framework, 1, _FIRST_DAY, secretariat, Capacity.secretariat),
        slug="population",
        name=Wording(fr="Cadre fictif de mesure"),
        description=Wording(fr="Des données fictives pour mesurer."),
    )
    for number in range(24):
        stream = _id(f"meeting {number}")
        day = _FIRST_DAY + timedelta(days=30 * number)
        yield e.MeetingHeld(
            **_header(stream, 1, day, secretariat, Capacity.secretariat),
            framework=framework,
            slug=f"reunion-{number}",
            title=Wording(fr=f"Réunion fictive numéro {number}"),
            venue="Salle fictive",
            attendance=(secretariat,),
        )
        yield e.TopicDiscussed(
            **_header(stream, 2, day, secretariat, Capacity.secretariat),
            framework=framework,
            topic=Topic(f"theme-{number}", Wording(fr=f"Thème fictif numéro {number}")),
        )


def _life(
    number: int, organisations: int, chance: random.Random, secretariat: UUID, framework: UUID
) -> list[e.Event]:
    stream = _id(f"commitment {number}")
    owner = _id(f"organisation {chance.randrange(organisations)}")
    meeting = chance.randrange(24)
    day = _FIRST_DAY + timedelta(days=30 * meeting)
    due = Due(kind=DueKind.fixed, on=day + timedelta(days=chance.randrange(30, 900)))
    statement = (
        f"{chance.choice(_VERBS)} {chance.choice(_OBJECTS)} {chance.choice(_PLACES)} avant la "
        f"tenue du prochain scrutin, opération numéro {number}"
    )
    life: list[e.Event] = [
        e.CommitmentMade(
            **_header(stream, 1, day, secretariat, Capacity.secretariat),
            reference=f"2024-{number:06}",
            framework=framework,
            owners=(owner,),
            statement=Wording(fr=statement),
            measure=Measure(True, Wording(fr="Le procès-verbal de l'opération est publié."))
            if chance.random() < 0.9
            else Measure(False),
            due=due,
            meeting=_id(f"meeting {meeting}"),
            topics=(f"theme-{meeting}",),
        ),
        e.CommitmentAcknowledged(**_header(stream, 2, day, owner, Capacity.owner)),
    ]
    while len(life) < _EVENTS_EACH:
        day = min(day + timedelta(days=chance.randrange(1, 60)), date(2026, 11, 1))
        life.append(_step(life, day, stream, owner, organisations, due, chance))
    return life


def _step(
    life: list[e.Event],
    day: date,
    stream: UUID,
    owner: UUID,
    organisations: int,
    due: Due,
    chance: random.Random,
) -> e.Event:
    version, drawn = len(life) + 1, chance.random()
    proof = Evidence(
        kind=EvidenceKind.link,
        title="Procès-verbal fictif",
        seen_on=day,
        url=f"https://exemple.example/{version}",
        number=version,
    )
    mine = _header(stream, version, day, owner, Capacity.owner)
    if drawn < 0.5:
        return e.ProgressDeclared(
            **mine,
            status=chance.choice(list(Status)[:5]),
            note="Les équipes ont rendu compte de l'avancement des opérations de la période.",
            evidence=(proof,),
        )
    if drawn < 0.75:
        assessor = _id(f"organisation {chance.randrange(organisations)}")
        number = sum(isinstance(event, e.ProgressAssessed) for event in life) + 1
        return e.ProgressAssessed(
            **_header(stream, version, day, assessor, Capacity.assessor),
            assessment=number,
            status=chance.choice(list(Status)[1:5]),
            rationale="Les observateurs ont constaté sur place l'état des opérations annoncées.",
            reply_expected_on=day + timedelta(days=7),
            evidence=(proof,),
        )
    if drawn < 0.85:
        moved = Due(kind=DueKind.fixed, on=day + timedelta(days=chance.randrange(30, 400)))
        return e.DueDateMoved(**mine, previous=due, due=moved, reason="Crues dans la zone.")
    return e.EvidenceAdded(**mine, evidence=proof)
