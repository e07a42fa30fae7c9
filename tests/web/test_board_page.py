"""What the board asks of the record, and what it says."""

import html as entities
import re
from datetime import date

import pytest

from domain.policies import Basis, Standing
from domain.values import Due, DueKind, Status, Wording
from projections.board import ROWS_A_PAGE, Sort
from projections.status_over_time import DayOfBoard
from tests.web.hand_built import (
    CEK,
    KELEYA,
    MEETING,
    OCK,
    REAL,
    RFK,
    Shown,
    assessed,
    declared,
    directory,
    due,
    known_as,
    row,
    visit,
)
from web.board_filter import asked
from web.pages import board
from web.rendering import Renderer
from web.visit import Language, QueryRefused, Visit

RENDERER = Renderer()


def read(visit: Visit) -> str:
    """The page as a reader without images reads it, its spaces made plain."""
    html = RENDERER.render(visit, board.show(visit)).decode()
    text = re.sub(r"<[^>]+>", " ", html)
    return " ".join(entities.unescape(text).replace("’", "'").split())


def markup(visit: Visit) -> str:
    return RENDERER.render(visit, board.show(visit)).decode()


# The query


def test_the_default_board_looks_at_real_frameworks_only() -> None:
    filter, sort, page = asked(visit())
    assert filter.frameworks == (REAL.id,)
    assert (filter.narrows, sort, page) == (False, Sort.changed, 1)


def test_every_parameter_narrows(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Shown().use(monkeypatch)
    shown.found = (known_as("commitment 1"),)
    query = {"framework": "keleya", "status": "divergent", "owner": "cek", "topic": "fichier"}
    query |= {"meeting": "2026-01-20", "late": "1", "silent": "1", "contested": "1"}
    filter, sort, page = asked(visit(query=query | {"q": "été", "sort": "due", "page": "3"}))
    assert filter.frameworks == (KELEYA.id,)
    assert filter.standing is Standing.divergent
    assert (filter.owner, filter.topic, filter.meeting) == (CEK.id, "fichier", MEETING.id)
    assert filter.overdue
    assert filter.silent
    assert filter.contested
    assert filter.matching == shown.found
    assert shown.searched == ["été"]
    assert (sort, page) == (Sort.due, 3)


@pytest.mark.parametrize(
    "query",
    [
        {"framework": "autre"},
        {"status": "kept"},
        {"owner": "personne"},
        {"topic": "rien"},
        {"meeting": "1999-01-01"},
        {"late": "oui"},
        {"silent": "0"},
        {"contested": "2"},
        {"sort": "hasard"},
        {"page": "0"},
        {"page": "-1"},
        {"page": "deux"},
        {"page": "٣"},
        {"page": "99999999999999999999"},
        {"q": "a" * 201},
        {"q": "a\x00b"},
        {"q": "a\ud800"},
    ],
)
def test_a_value_that_is_not_understood_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(QueryRefused) as refused:
        asked(visit(query=query))
    assert refused.value.parameter in query


def test_blanks_are_no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Shown().use(monkeypatch)
    assert asked(visit(query={"q": "  "}))[0].matching is None
    assert shown.searched == []


def test_a_page_beyond_the_last_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(*(row(n) for n in range(1, ROWS_A_PAGE + 2))).use(monkeypatch)
    assert "Page 2 sur 2" in read(visit(query={"page": "2"}))
    with pytest.raises(QueryRefused):
        board.show(visit(query={"page": "3"}))


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
    assert sentence in read(visit(language))


def test_the_board_says_when_nothing_was_assessed(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(row(1), row(2, declared=declared(Status.in_progress))).use(monkeypatch)
    text = read(visit())
    assert "2 engagements, aucun encore évalué. État au" in text
    assert "Non commencé" not in text


def test_a_filtered_board_says_that_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(row()).use(monkeypatch)
    text = read(visit(query={"owner": "cek", "late": "1"}))
    assert "1 engagement correspond à ces filtres" in text
    assert "Filtrer (2)" in text
    assert "Tout retirer" in text


def test_no_result_says_what_it_means_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown().use(monkeypatch)
    text = read(visit(query={"q": "introuvable"}))
    assert "Cela ne dit pas que rien n'a été promis" in text
    assert "Voir tous les engagements" in text
    empty = read(visit(position=0))
    assert "Aucun engagement n'est encore enregistré." in empty
    assert "Le registre est vide." in empty
    past = read(visit(as_of=date(2020, 1, 1)))
    assert "Aucun engagement n'était enregistré à cette date." in past


def test_an_empty_record_still_has_a_board(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown().use(monkeypatch)
    names = directory(KELEYA)
    text = read(visit(names=names))
    assert "Pour essayer l'outil sur des données fictives : Cadre de Kéléya" in text


# Frameworks


def test_exercises_are_offered_but_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(row()).use(monkeypatch)
    text = read(visit())
    assert "Données d'exercice." not in text
    assert "Pour essayer l'outil sur des données fictives : Cadre de Kéléya" in text
    exercise = read(visit(query={"framework": "keleya"}))
    assert "Données d'exercice. Ces organisations et ces engagements sont fictifs." in exercise
    assert "Autre cadre de concertation : Cadre de concertation" in exercise


# The rows


def test_a_row_shows_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(row(declared=declared(Status.fulfilled), assessments=(assessed(Status.stalled),))).use(
        monkeypatch
    )
    text = read(visit())
    assert "EX-2026-001 Publier le fichier électoral provisoire CEK" in text
    assert "Tenu À l'arrêt OCK Écart modifié le 12 nov. 2026" in text


def test_assessors_who_differ_are_never_averaged(monkeypatch: pytest.MonkeyPatch) -> None:
    two = (assessed(Status.fulfilled), assessed(Status.stalled, RFK, 2))
    Shown(row(assessments=two)).use(monkeypatch)
    assert "Pas encore déclaré Évaluations divergentes 1 à l'arrêt, 1 tenu" in read(visit())


def test_assessors_who_agree_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    two = (assessed(Status.fulfilled), assessed(Status.fulfilled, RFK, 2))
    Shown(row(assessments=two)).use(monkeypatch)
    assert "Tenu 2 organisations" in read(visit())


def test_a_withdrawn_commitment_reads_as_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(row(declared=declared(Status.in_progress), withdrawn_on=date(2026, 5, 1))).use(
        monkeypatch
    )
    assert "Sans date Retiré Pas encore évalué" in read(visit())


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
    assert said in read(visit())


def test_what_is_concluded_is_not_counted_down(monkeypatch: pytest.MonkeyPatch) -> None:
    past = due(date(2026, 10, 14))
    Shown(row(due=past, assessments=(assessed(Status.not_fulfilled),))).use(monkeypatch)
    assert "14 oct. 2026 Pas encore déclaré Non tenu" in read(visit())


def test_a_row_leads_to_its_commitment_in_the_language_of_the_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Shown(row()).use(monkeypatch)
    assert '<a href="/engagements/EX-2026-001">Publier' in markup(visit())
    assert '<a href="/en/commitments/EX-2026-001">Publish' in markup(visit("en"))


# Filters and pictures


def test_a_filter_is_a_link_that_another_press_takes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(row(), overdue=1).use(monkeypatch)
    on = markup(visit(query={"owner": "cek", "page": "1"}))
    to = '<a href="/" hx-get="/" id="owner=cek" aria-current="true">CEK <b>1</b>'
    assert to in on
    both = "/?late=1&amp;owner=cek"
    assert f'<a href="{both}" hx-get="{both}" id="late=1">En retard <b>1</b>' in on


def test_a_chosen_filter_stays_to_be_taken_away_where_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Shown().use(monkeypatch)
    html = markup(visit(query={"late": "1"}))
    assert 'id="late=1" aria-current="true">En retard <b>0</b>' in html


def test_a_long_facet_is_folded_and_a_very_long_one_leads_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = directory()
    topics = {f"theme-{n}": n for n in range(1, 51)}
    for slug in topics:
        known = names.topics["fichier"]
        names.topics[slug] = type(known)(known.framework, slug, Wording(fr=slug), ())
    Shown(row(), topics=topics).use(monkeypatch)
    html = markup(visit(names=names))
    assert html.index('id="topic=theme-39"') < html.index("24 autres")
    assert html.index("24 autres") < html.index('id="topic=theme-38"')
    assert 'id="topic=theme-14"' not in html
    assert '<a href="/themes">Voir toute la liste</a>' in html
    chosen = markup(visit(query={"topic": "theme-1"}, names=names))
    assert chosen.index('id="topic=theme-1" aria-current') < chosen.index("24 autres")


def test_every_status_stays_on_offer_when_one_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Shown(row(1), row(2, assessments=(assessed(Status.fulfilled),))).use(monkeypatch)
    html = markup(visit(query={"status": "fulfilled"}))
    assert [filter.standing for filter in shown.asked[:2]] == [None, Standing.fulfilled]
    legend = html[html.index('<ul class="legend">') :]
    assert legend.index(">Tenu <b>1</b>") < legend.index(">Pas encore évalué <b>1</b>")


def test_the_bar_has_its_equal_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(row(1), row(2, declared=declared(Status.fulfilled))).use(monkeypatch)
    html = markup(visit())
    bar = html[html.index('<svg class="bar" aria-hidden="true">') : html.index("</svg>")]
    assert bar.count("<a ") == bar.count('tabindex="-1"') == 2
    assert bar.count('class="hatched"') == 1
    text = read(visit())
    assert "Tenu 1 dont 1 non vérifié Pas encore évalué 1" in text


def test_the_past_of_the_board_has_its_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Shown(row()).use(monkeypatch)
    kept = (Standing.fulfilled, Basis.assessed)
    said = (Standing.fulfilled, Basis.declared)
    shown.days = (
        DayOfBoard(date(2026, 7, 16), {said: 2}),
        DayOfBoard(date(2026, 11, 23), {said: 1, kept: 1}),
    )
    text = read(visit())
    assert "Jour Tenu Tenu déclaré, non vérifié 16 juil. 2026 0 2 23 nov. 2026 1 1" in text
    assert '<svg class="area"' in markup(visit())


def test_downloads_keep_the_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(row()).use(monkeypatch)
    html = markup(visit("en", {"owner": "cek"}))
    assert '<a href="/en/data/board.csv?owner=cek">CSV</a>' in html


def test_a_search_form_keeps_the_other_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(row()).use(monkeypatch)
    html = markup(visit(query={"owner": "cek", "q": "fichier", "page": "1"}))
    form = html[html.index("<form") : html.index("</form>")]
    assert '<input type="hidden" name="owner" value="cek">' in form
    assert 'name="q" maxlength="200" value="fichier"' in form
    assert "page" not in form


def test_owners_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(row(owners=(CEK.id, OCK.id))).use(monkeypatch)
    assert "provisoire CEK, OCK Sans date" in read(visit())
