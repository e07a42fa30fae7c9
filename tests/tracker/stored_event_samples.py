"""One event of every class, as tests/stored_events/ holds it. Fictional, and with every kind of
field filled at least once.

The payloads there were written once and are never written again. For a new class or a new version
add its event here, run `python -m tests.tracker.stored_event_samples`, which writes the payloads
that are missing, and commit both. The event of a retired tag becomes what its upcast makes of it.
"""

from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from domain import events as e
from domain.values import (
    AttributionOutcome,
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
from tracker.serialization import encode

PAYLOADS = Path(__file__).parents[1] / "stored_events"
MANIFEST = PAYLOADS / "SHA256SUMS"

FRAMEWORK, COMMISSION, OBSERVATORY, MEETING, COMMITMENT = (
    UUID(f"0b7a3c52-4e19-4c55-9d0a-00000000000{number}") for number in range(1, 6)
)

STATEMENT = Wording(
    fr="Publier la liste des bureaux de vote de Kéléya.",
    en="Publish the list of polling stations of Kéléya.",
)
MEASURE = Measure(measurable=True, criterion=Wording(fr="La liste est affichée en mairie."))
FIXED = Due(kind=DueKind.fixed, on=date(2024, 12, 31))
BEFORE_THE_VOTE = Due(kind=DueKind.event, event=Wording(fr="avant le vote", en="before the vote"))
LINK = Evidence(
    kind=EvidenceKind.link,
    title="Communiqué « Bureaux de vote »",
    url="https://example.org/communiqué?n=1&m=2",
    seen_on=date(2024, 7, 17),
    number=1,
)
SCAN = Evidence(
    kind=EvidenceKind.document,
    title="Liste affichée",
    sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    media_type="application/pdf",
    size=48_213,
    seen_on=date(2024, 8, 2),
    number=2,
)


def _by(who: UUID, capacity: Capacity, of: UUID, version: int, on: date) -> dict[str, Any]:
    return {
        "originator_id": of,
        "originator_version": version,
        "occurred_on": on,
        "recorded_by": who,
        "capacity": capacity,
    }


def _owner(version: int, on: date = date(2024, 9, 1)) -> dict[str, Any]:
    return _by(COMMISSION, Capacity.owner, COMMITMENT, version, on)


def _assessor(version: int, on: date = date(2025, 1, 10)) -> dict[str, Any]:
    return _by(OBSERVATORY, Capacity.assessor, COMMITMENT, version, on)


def _secretariat(of: UUID, version: int = 1) -> dict[str, Any]:
    return _by(OBSERVATORY, Capacity.secretariat, of, version, date(2024, 7, 16))


_SAMPLES: tuple[e.Event, ...] = (
    e.FrameworkEstablished(
        **_secretariat(FRAMEWORK),
        slug="exercice-keleya",
        name=Wording(fr="Cadre de concertation de Kéléya (exercice)"),
        description=Wording(fr="Données d'exercice.", en="Exercise data."),
        exercise=True,
    ),
    e.StakeholderAdmitted(**_secretariat(FRAMEWORK, 2), stakeholder=COMMISSION),
    e.StakeholderRegistered(
        **_secretariat(COMMISSION),
        slug="commission-keleya",
        name=Wording(fr="Commission électorale de Kéléya, fictive"),
        short_name="CEK",
        kind=StakeholderKind.emb,
        exercise=True,
    ),
    e.MeetingHeld(
        **_secretariat(MEETING),
        framework=FRAMEWORK,
        slug="2024-07-16",
        title=Wording(fr="Rencontre d'échange", en="Exchange meeting"),
        venue="Salle des fêtes, Kéléya",
        attendance=(COMMISSION, OBSERVATORY),
        summary=Wording(fr="Les travaux avancent."),
        attendance_note=Wording(en="The press was there."),
        source=LINK,
    ),
    e.TopicDiscussed(
        **_secretariat(MEETING, 2),
        framework=FRAMEWORK,
        topic=Topic(slug="bureaux-de-vote", title=Wording(fr="Bureaux de vote")),
    ),
    e.MinutesPublished(**_secretariat(MEETING, 3), minutes=SCAN),
    e.CommitmentMade(
        **_secretariat(COMMITMENT),
        reference="EX-2024-001",
        framework=FRAMEWORK,
        owners=(COMMISSION,),
        statement=STATEMENT,
        measure=MEASURE,
        due=BEFORE_THE_VOTE,
        meeting=MEETING,
        made_to=(OBSERVATORY,),
        topics=("bureaux-de-vote", "accès"),
        source=LINK,
    ),
    e.CommitmentAcknowledged(**_owner(2)),
    e.AttributionDisputed(**_owner(3), reason="La mairie s'y est engagée, pas nous."),
    e.AttributionSettled(
        **_secretariat(COMMITMENT, 4),
        outcome=AttributionOutcome.confirmed,
        owners=(COMMISSION,),
        reason="Le procès-verbal nomme la commission.",
    ),
    e.WordingCorrected(
        **_secretariat(COMMITMENT, 5),
        statement=STATEMENT,
        measure=Measure(measurable=False),
        reason="Accord donné en séance.",
    ),
    e.DueDateSet(**_owner(6), due=FIXED),
    e.DueDateMoved(**_owner(7), previous=FIXED, due=Due(), reason="Pas de date\nde vote fixée."),
    e.MilestonePlanned(
        **_owner(8), milestone=1, title=Wording(fr="Relevé des salles"), due_on=date(2024, 10, 1)
    ),
    e.MilestoneReached(**_owner(9), milestone=1, evidence=(SCAN,)),
    e.ProgressDeclared(
        **_owner(10), status=Status.fulfilled, note="Affichée partout.", evidence=(LINK, SCAN)
    ),
    e.ProgressAssessed(
        **_assessor(11),
        assessment=1,
        status=Status.partially_fulfilled,
        rationale="Trois mairies sur cinq, vues le 9.",
        reply_expected_on=date(2025, 1, 17),
        evidence=(SCAN,),
    ),
    e.AssessmentChallenged(**_owner(12), assessment=1, reason="Cinq sur cinq.", evidence=(LINK,)),
    e.AssessmentMaintained(**_assessor(13), assessment=1, reason="Deux salles étaient fermées."),
    e.AssessmentRevised(
        **_assessor(14),
        assessment=1,
        status=Status.fulfilled,
        rationale='Revu le 20 : "cinq sur cinq" \\ ߒߞߏ 🗳',
        reply_expected_on=date(2025, 1, 27),
        evidence=(SCAN,),
    ),
    e.ReplyPublished(**_owner(15), assessment=1, text="Merci de la visite.", evidence=(LINK,)),
    e.EvidenceAdded(**_assessor(16), evidence=SCAN, note="Photographiée sur place."),
    e.EvidenceWithdrawn(**_assessor(17), number=2, reason="Illisible."),
    e.CommitmentWithdrawn(**_owner(18), reason="Le vote est reporté sans date."),
)

EXPECTED: dict[str, e.Event] = {str(each.__struct_config__.tag): each for each in _SAMPLES}
"""Every tag ever written -> what its stored payload is read as."""


def line_of(payload: Path) -> str:
    """What MANIFEST says of a payload, as sha256sum writes it."""
    return f"{sha256(payload.read_bytes()).hexdigest()}  {payload.name}\n"


def _write_what_is_missing() -> None:
    for tag, event in EXPECTED.items():
        payload = PAYLOADS / f"{tag}.json"
        if not payload.exists():
            payload.write_bytes(encode(event))
            with MANIFEST.open("a") as manifest:
                manifest.write(line_of(payload))


if __name__ == "__main__":
    _write_what_is_missing()
