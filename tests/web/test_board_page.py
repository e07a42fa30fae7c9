"""What the board asks of the record, and what it says."""

from datetime import date

import pytest

from domain.policies import Basis, Standing
from domain.values import Due, DueKind, Status, Wording
from projections.status_over_time import DayOfBoard
from tests.web.hand_built import (
    CEK,
    KELEYA,
    OCK,
    RFK,
    Shown,
    assessed,
    declared,
    directory,
    due,
    html_of,
    row,
    text_of,
    visit,
)
from web.visit import Language

# The sentence


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "fr",
            "3 engagements, 2 tenus (dont 1 non vérifié), 1 en retard, 1 contesté. "
            "État au 23 novembre 2026, position 214.",
        ),
        (
            "en",
            "3 commitments, 2 fulfilled (1 unverified), 1 overdue, 1 contested. "
            "As of 23 November 2026, position 214.",
        ),
    ],
)
def test_the_board_says_its_state_in_words(
    monkeypatch: pytest.MonkeyPatch, language: Language, sentence: str
) -> None:
    kept = row(1, declared=declared(Status.fulfilled), assessments=(assessed(Status.fulfilled),))
    said = row(2, declared=declared(Status.fulfilled))
    Shown(kept, said, row(3), overdue=1, contested=1).use(monkeypatch)
    assert sentence in text_of(visit(language))


def test_the_board_says_when_nothing_was_assessed(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(row(1), row(2, declared=declared(Status.in_progress))).use(monkeypatch)
    text = text_of(visit())
    assert "2 engagements, aucun encore évalué. État au" in text
    assert "Non commencé" not in text


def test_a_filtered_board_says_that_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(row()).use(monkeypatch)
    text = text_of(visit(query={"owner": "cek", "late": "1"}))
    assert "1 engagement correspond à ces filtres" in text
    assert "Filtrer (2)" in text
    assert "Tout retirer" in text


def test_no_result_says_what_it_means_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown().use(monkeypatch)
    text = text_of(visit(query={"q": "introuvable"}))
    assert "Cela ne dit pas que rien n'a été promis" in text
    assert "Voir tous les engagements" in text
    empty = text_of(visit(position=0))
    assert "Aucun engagement n'est encore enregistré." in empty
    assert "Le registre est vide." in empty
    past = text_of(visit(as_of=date(2020, 1, 1)))
    assert "Aucun engagement n'était enregistré à cette date." in past


def test_an_empty_record_still_has_a_board(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown().use(monkeypatch)
    names = directory(KELEYA)
    text = text_of(visit(names=names))
    assert "Pour essayer l'outil sur des données fictives : Cadre de Kéléya" in text


# Frameworks


def test_exercises_are_offered_but_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(row()).use(monkeypatch)
    text = text_of(visit())
    assert "Données d'exercice." not in text
    assert "Pour essayer l'outil sur des données fictives : Cadre de Kéléya" in text
    exercise = text_of(visit(query={"framework": "keleya"}))
    assert "Données d'exercice. Ces organisations et ces engagements sont fictifs." in exercise
    assert "Autre cadre de concertation : Cadre de concertation" in exercise


# The rows


def test_a_row_shows_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(row(declared=declared(Status.fulfilled), assessments=(assessed(Status.stalled),))).use(
        monkeypatch
    )
    text = text_of(visit())
    assert "EX-2026-001 Publier le fichier électoral provisoire CEK" in text
    assert "Tenu À l'arrêt OCK Écart modifié le 12 nov. 2026" in text


def test_assessors_who_differ_are_never_averaged(monkeypatch: pytest.MonkeyPatch) -> None:
    two = (assessed(Status.fulfilled), assessed(Status.stalled, RFK, 2))
    Shown(row(assessments=two)).use(monkeypatch)
    assert "Pas encore déclaré Évaluations divergentes 1 à l'arrêt, 1 tenu" in text_of(visit())


def test_assessors_who_agree_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    two = (assessed(Status.fulfilled), assessed(Status.fulfilled, RFK, 2))
    Shown(row(assessments=two)).use(monkeypatch)
    assert "Tenu 2 organisations" in text_of(visit())


def test_a_withdrawn_commitment_reads_as_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(row(declared=declared(Status.in_progress), withdrawn_on=date(2026, 5, 1))).use(
        monkeypatch
    )
    assert "Sans date Retiré Pas encore évalué" in text_of(visit())


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (due(date(2026, 12, 5)), "5 déc. 2026 dans 12 jours"),
        (due(date(2026, 11, 24)), "24 nov. 2026 dans 1 jour Pas"),
        (due(date(2026, 11, 23)), "23 nov. 2026 aujourd'hui"),
        (due(date(2026, 10, 14)), "14 oct. 2026 dépassée de 40 jours"),
        (Due(), "Sans date"),
        (
            Due(kind=DueKind.event, event=Wording(fr="avant la présidentielle")),
            "avant la présidentielle",
        ),
    ],
)
def test_a_due_date_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, when: Due, said: str
) -> None:
    Shown(row(due=when)).use(monkeypatch)
    assert said in text_of(visit())


def test_what_is_concluded_is_not_counted_down(monkeypatch: pytest.MonkeyPatch) -> None:
    past = due(date(2026, 10, 14))
    Shown(row(due=past, assessments=(assessed(Status.not_fulfilled),))).use(monkeypatch)
    assert "14 oct. 2026 Pas encore déclaré Non tenu" in text_of(visit())


def test_a_row_leads_to_its_commitment_in_the_language_of_the_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Shown(row()).use(monkeypatch)
    assert '<a href="/engagements/EX-2026-001">Publier' in html_of(visit())
    assert '<a href="/en/commitments/EX-2026-001">Publish' in html_of(visit("en"))


# Pictures and downloads


def test_the_bar_has_its_equal_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(row(1), row(2, declared=declared(Status.fulfilled))).use(monkeypatch)
    html = html_of(visit())
    bar = html[html.index('<svg class="bar" aria-hidden="true">') : html.index("</svg>")]
    assert bar.count("<a ") == bar.count('tabindex="-1"') == 2
    assert bar.count('class="hatched"') == 1
    text = text_of(visit())
    assert "Tenu 1 dont 1 non vérifié Pas encore évalué 1" in text


def test_the_past_of_the_board_has_its_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Shown(row()).use(monkeypatch)
    kept = (Standing.fulfilled, Basis.assessed)
    said = (Standing.fulfilled, Basis.declared)
    shown.days = (
        DayOfBoard(date(2026, 7, 16), {said: 2}),
        DayOfBoard(date(2026, 11, 23), {said: 1, kept: 1}),
    )
    text = text_of(visit())
    assert "Jour Tenu Tenu déclaré, non vérifié 16 juil. 2026 0 2 23 nov. 2026 1 1" in text
    assert '<svg class="area"' in html_of(visit())


def test_downloads_keep_the_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(row()).use(monkeypatch)
    html = html_of(visit("en", {"owner": "cek"}))
    assert '<a href="/en/data/board.csv?owner=cek">CSV</a>' in html


def test_owners_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(row(owners=(CEK.id, OCK.id))).use(monkeypatch)
    assert "provisoire CEK, OCK Sans date" in text_of(visit())
