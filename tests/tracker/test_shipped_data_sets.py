"""The data sets that come with the software: the real one, word for word, and the exercise."""

import tomllib
from datetime import date
from uuid import UUID

import pytest

from domain import events as e
from tests.tracker.exercise_board import recorded_by_heart
from tests.tracker.small_data_set import paths_in
from tracker.data_files import read_data_set
from tracker.loading import names_of_shipped, shipped
from tracker.toml_lines import lines_of

# ---- the shipped data sets


@pytest.mark.parametrize("name", names_of_shipped())
def test_every_value_of_a_shipped_file_has_its_line(name: str) -> None:
    for path in (shipped() / name).glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        lines = lines_of(text)
        assert set(lines) >= paths_in(tomllib.loads(text))
        for place, line in lines.items():
            if place[-1] in {"reference", "act", "slug"}:
                assert str(place[-1]) in text.splitlines()[line - 1]


def test_both_data_sets_are_shipped() -> None:
    assert names_of_shipped() == ["aige-osc-2024-07-16", "exercice-keleya"]


# ---- the real data set: nothing beyond its source


ORGANISATIONS = {
    "tenue-du-registre": "Tenue du registre public des engagements",
    "aige": "Autorité Indépendante de Gestion des Élections",
    "wanep-mali": "WANEP-Mali",
}

TOPICS = [
    "La représentation locale de l'AIGE",
    "La tenue de l'élection présidentielle",
    "La supervision des élections",
    "La nouvelle loi électorale",
]

EMAM = "(suivi, atténuation et réduction des violences liées aux élections)"
COMMITMENTS = {
    "2024-001": (
        "aige",
        "Finaliser le fichier électoral, travail présenté le 16 juillet 2024 comme en cours, étape "
        "par étape.",
        "Le fichier électoral est finalisé.",
    ),
    "2024-002": (
        "aige",
        "Renforcer les capacités de l'institution, travail présenté le 16 juillet 2024 comme en "
        "cours.",
        None,
    ),
    "2024-003": (
        "wanep-mali",
        f"Contribuer activement au suivi des élections par le projet EMAM {EMAM}.",
        None,
    ),
    "2024-004": (
        "wanep-mali",
        f"Contribuer activement à la sensibilisation des électeurs par le projet EMAM {EMAM}.",
        None,
    ),
    "2024-005": (
        "wanep-mali",
        "Promouvoir la paix et la démocratie avec toutes les parties prenantes.",
        None,
    ),
}

MEETING = {
    "title": "Rencontre d'échanges sur les activités du cadre de concertation AIGE – société "
    "civile",
    "venue": "CICB, Bamako",
    "attendance_note": "Étaient aussi présents des responsables d'ONG, des associations "
    "influentes, des organes de contrôle et de veille électorale, et la presse.",
    "summary": "La rencontre s'est tenue alors que l'activité politique reprenait, après la levée "
    "de la suspension des partis et des associations politiques.\n\n"
    "Le président de l'AIGE a présenté les avancées : les capacités de l'institution sont "
    "renforcées, et le fichier électoral est finalisé étape par étape.\n\n"
    "Les organisations de la société civile ont salué ces avancées et insisté sur un climat social "
    "apaisé, pour des élections transparentes et crédibles. WANEP-Mali s'est dit encouragé par "
    "les engagements pris, et prêt à contribuer activement au suivi des élections et à la "
    "sensibilisation des électeurs par son projet EMAM, et à promouvoir la paix et la démocratie "
    "avec toutes les parties prenantes.\n\n"
    "Source : communiqué de presse du secrétariat national de WANEP-Mali après la réunion.",
}


def _real() -> list[e.Event]:
    return recorded_by_heart("aige-osc-2024-07-16")


def test_the_real_data_set_says_nothing_beyond_its_source() -> None:
    """Everything it asserts, word for word: see docs/decisions/0003-the-first-data.md."""
    slugs: dict[UUID, str] = {}
    topics, commitments = [], {}
    for event in _real():
        match event:
            case e.StakeholderRegistered():
                slugs[event.originator_id] = event.slug
                assert ORGANISATIONS[event.slug] == event.name.fr
            case e.FrameworkEstablished():
                assert event.name.fr == "Cadre de concertation AIGE – société civile"
                assert event.description.fr == (
                    "Le cadre où se concertent l'Autorité Indépendante de Gestion des Élections "
                    "(AIGE) du Mali et les organisations de la société civile."
                )
            case e.MeetingHeld():
                _check_meeting(event, slugs)
            case e.TopicDiscussed():
                topics.append(event.topic.title.fr)
            case e.CommitmentMade():
                commitments[event.reference] = event
            case _:
                pytest.fail(f"{type(event).__name__} says something that the source does not")
    assert topics == TOPICS
    assert list(commitments) == list(COMMITMENTS)
    for reference, made in commitments.items():
        _check_commitment(made, slugs, *COMMITMENTS[reference])


def _check_meeting(event: e.MeetingHeld, slugs: dict[UUID, str]) -> None:
    assert event.occurred_on == date(2024, 7, 16)
    assert [slugs[id] for id in event.attendance] == ["aige", "wanep-mali"]
    assert event.summary is not None
    assert event.attendance_note is not None
    assert event.source is None
    assert {
        "title": event.title.fr,
        "venue": event.venue,
        "attendance_note": event.attendance_note.fr,
        "summary": event.summary.fr,
    } == MEETING


def _check_commitment(
    made: e.CommitmentMade,
    slugs: dict[UUID, str],
    owner: str,
    statement: str,
    criterion: str | None,
) -> None:
    assert [slugs[id] for id in made.owners] == [owner]
    assert made.statement.fr == statement
    assert (made.measure.criterion.fr if made.measure.criterion else None) == criterion
    assert made.occurred_on == date(2024, 7, 16)
    assert (made.due.on, made.due.event, made.topics, made.made_to, made.source) == (
        None,
        None,
        (),
        (),
        None,
    )


def test_nobody_of_the_real_data_set_is_said_to_have_recorded_it() -> None:
    events = _real()
    keeper = events[0].originator_id
    assert isinstance(events[0], e.StakeholderRegistered)
    assert events[0].slug == "tenue-du-registre"
    assert {event.recorded_by for event in events} == {keeper}
    assert {event.capacity.value for event in events} == {"secretariat"}


def test_every_text_of_the_real_data_set_is_in_both_languages() -> None:
    for file in read_data_set(shipped() / "aige-osc-2024-07-16").files:
        for path in paths_in(file.raw):
            if path[-1] == "fr":
                assert file.within((*path[:-1], "en"))


def test_the_real_data_set_names_no_person() -> None:
    for file in read_data_set(shipped() / "aige-osc-2024-07-16").files:
        assert "Cissé" not in file.path.read_text(encoding="utf-8")
