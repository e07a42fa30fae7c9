"""The board's filters: what its address may ask, and the links from one state to another."""

import pytest

from domain.policies import Standing
from domain.values import Status, Wording
from projections.board import ROWS_A_PAGE, Sort
from tests.web.hand_built import (
    CEK,
    KELEYA,
    MEETING,
    REAL,
    Shown,
    assessed,
    directory,
    html_of,
    known_as,
    row,
    text_of,
    visit,
)
from web.board_filter import asked
from web.pages import board
from web.visit import QueryRefused

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
    assert "Page 2 sur 2" in text_of(visit(query={"page": "2"}))
    with pytest.raises(QueryRefused):
        board.show(visit(query={"page": "3"}))


# The links


def test_a_filter_is_a_link_that_another_press_takes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(row(), overdue=1).use(monkeypatch)
    on = html_of(visit(query={"owner": "cek", "page": "1"}))
    to = '<a href="/" hx-get="/" id="owner=cek" aria-current="true">CEK <b>1</b>'
    assert to in on
    both = "/?late=1&amp;owner=cek"
    assert f'<a href="{both}" hx-get="{both}" id="late=1">En retard <b>1</b>' in on


def test_a_chosen_filter_stays_to_be_taken_away_where_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Shown().use(monkeypatch)
    html = html_of(visit(query={"late": "1"}))
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
    html = html_of(visit(names=names))
    assert html.index('id="topic=theme-39"') < html.index("12 autres")
    assert html.index("12 autres") < html.index('id="topic=theme-38"')
    assert 'id="topic=theme-26"' not in html
    assert '<a href="/themes">Voir toute la liste</a>' in html
    chosen = html_of(visit(query={"topic": "theme-1"}, names=names))
    assert chosen.index('id="topic=theme-1" aria-current') < chosen.index("12 autres")


def test_every_status_stays_on_offer_when_one_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Shown(row(1), row(2, assessments=(assessed(Status.fulfilled),))).use(monkeypatch)
    html = html_of(visit(query={"status": "fulfilled"}))
    assert [filter.standing for filter in shown.asked[:2]] == [None, Standing.fulfilled]
    legend = html[html.index('<ul class="legend">') :]
    assert legend.index(">Tenu <b>1</b>") < legend.index(">Pas encore évalué <b>1</b>")


def test_a_search_form_keeps_the_other_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(row()).use(monkeypatch)
    html = html_of(visit(query={"owner": "cek", "q": "fichier", "page": "1"}))
    form = html[html.index("<form") : html.index("</form>")]
    assert '<input type="hidden" name="owner" value="cek">' in form
    assert 'name="q" maxlength="200" value="fichier"' in form
    assert "page" not in form
