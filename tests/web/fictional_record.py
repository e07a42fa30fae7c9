"""A small record in which each kind of event happens once at least, told as stories.

Every organisation is invented. The promises are in fictional_promises.py.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from domain import events as e
from domain.values import (
    Capacity,
    Due,
    DueKind,
    Evidence,
    EvidenceKind,
    StakeholderKind,
    Topic,
    Wording,
)

OWNER, ASSESSOR, SECRETARIAT = Capacity.owner, Capacity.assessor, Capacity.secretariat
TODAY = date(2026, 1, 17)
FIRST_DAY = date(2025, 1, 6)


class Recorded(NamedTuple):
    """An event and when the ledger is to say that it took it."""

    event: e.Event
    at: datetime


def known_as(name: str) -> UUID:
    return uuid5(UUID(int=0), name)


def wording(fr: str, en: str = "") -> Wording:
    return Wording(fr=fr, en=en)


def fixed(day: date) -> Due:
    return Due(kind=DueKind.fixed, on=day)


def link(title: str, seen_on: date, number: int = 0) -> Evidence:
    url = f"https://exemple.test/{number}"
    return Evidence(kind=EvidenceKind.link, title=title, url=url, seen_on=seen_on, number=number)


def document(title: str, seen_on: date, number: int = 0) -> Evidence:
    return Evidence(
        kind=EvidenceKind.document,
        title=title,
        seen_on=seen_on,
        sha256="ab" * 32,
        media_type="application/pdf",
        size=214_000,
        number=number,
    )


class Story:
    """Events in the order they are told; `recorded` puts them in the order of their recording."""

    def __init__(self) -> None:
        self._told: list[tuple[date, e.Event]] = []
        self._versions: dict[str, int] = {}

    def tell(
        self,
        event_type: Any,
        subject: str,
        on: date,
        by: str,
        capacity: Capacity,
        late: date | None = None,
        **facts: Any,
    ) -> None:
        """What happened on the day `on`, recorded that day or on the day `late`."""
        self._versions[subject] = self._versions.get(subject, 0) + 1
        event = event_type(
            originator_id=known_as(subject),
            originator_version=self._versions[subject],
            occurred_on=on,
            recorded_by=known_as(by),
            capacity=capacity,
            **facts,
        )
        self._told.append((late or on, event))

    def recorded(self) -> list[Recorded]:
        in_order = sorted(self._told, key=lambda told: told[0])
        return [
            Recorded(event, datetime(day.year, day.month, day.day, 9, tzinfo=UTC) + minutes(n))
            for day, together in groupby(in_order, key=lambda told: told[0])
            for n, (_, event) in enumerate(together)
        ]


def minutes(n: int) -> timedelta:
    return timedelta(minutes=n)


ORGANISATIONS = (
    ("OCK", "cso", "Observatoire citoyen de Kéléya (fictif)", "Kéléya Observatory (fictional)"),
    ("CEK", "emb", "Commission électorale de Kéléya (fictive)", "Kéléya Commission (fictional)"),
    ("RFK", "cso", "Réseau des femmes de Kéléya (fictif)", "Kéléya Women (fictional)"),
    ("MAK", "government", "Ministère de Kéléya (fictif)", "Kéléya Ministry (fictional)"),
    ("CED", "emb", "Commission électorale de Doulaba (fictive)", "Doulaba Commission (fictional)"),
    ("UCD", "cso", "Union citoyenne de Doulaba (fictive)", "Doulaba Union (fictional)"),
)


def set_the_scene(story: Story) -> None:
    for short, kind, fr, en in ORGANISATIONS:
        story.tell(
            e.StakeholderRegistered,
            short,
            FIRST_DAY,
            "OCK",
            SECRETARIAT,
            slug=short.lower(),
            name=wording(fr, en),
            short_name=short,
            kind=StakeholderKind(kind),
            exercise=short.endswith("K"),
        )
    for place, secretariat in (("Kéléya", "OCK"), ("Doulaba", "UCD")):
        story.tell(
            e.FrameworkEstablished,
            place,
            FIRST_DAY,
            secretariat,
            SECRETARIAT,
            slug=place.lower().replace("é", "e"),
            name=wording(f"Cadre de {place} (fictif)", f"{place} framework (fictional)"),
            description=wording("Un cadre inventé.", "An invented framework."),
            exercise=place == "Kéléya",
        )
        for member, *_ in ORGANISATIONS:
            if member.endswith("K") == (place == "Kéléya"):
                story.tell(
                    e.StakeholderAdmitted,
                    place,
                    FIRST_DAY,
                    secretariat,
                    SECRETARIAT,
                    stakeholder=known_as(member),
                )


def hold_meetings(story: Story) -> None:
    kelei, day = "réunion de Kéléya", date(2025, 1, 16)
    story.tell(
        e.MeetingHeld,
        kelei,
        day,
        "OCK",
        SECRETARIAT,
        framework=known_as("Kéléya"),
        slug="keleya-2025-01-16",
        title=wording("Réunion de lancement", "Launch meeting"),
        venue="Maison des associations, Kéléya",
        attendance=(known_as("CEK"), known_as("OCK"), known_as("RFK")),
        attendance_note=wording("La presse locale assistait à la réunion."),
        summary=wording("L'état du fichier a été présenté.\nDes questions ont été posées."),
        source=link("Communiqué de l'Observatoire", date(2025, 1, 20)),
    )
    for slug, fr, en in (
        ("fichier", "Fichier électoral", "Voter register"),
        ("observation", "Observation du scrutin", "Election observation"),
        ("loi", "Nouvelle loi électorale", "New electoral law"),
    ):
        topic = Topic(slug, wording(fr, en))
        place = known_as("Kéléya")
        story.tell(e.TopicDiscussed, kelei, day, "OCK", SECRETARIAT, framework=place, topic=topic)
    minutes_of_it = document("Compte rendu du 16 janvier", date(2025, 2, 3))
    story.tell(
        e.MinutesPublished, kelei, date(2025, 2, 3), "OCK", SECRETARIAT, minutes=minutes_of_it
    )
    story.tell(
        e.MeetingHeld,
        "réunion de Doulaba",
        date(2025, 2, 11),
        "UCD",
        SECRETARIAT,
        framework=known_as("Doulaba"),
        slug="doulaba-2025-02-11",
        title=wording("Réunion d'échange"),
        venue="Doulaba",
        attendance=(known_as("CED"), known_as("UCD")),
    )
