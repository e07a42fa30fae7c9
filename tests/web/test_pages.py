"""What readers find on the public pages other than the board."""

import re
from collections.abc import Iterator
from datetime import date

import pytest

from domain.admission import EVIDENCED
from domain.policies import REPLY_DAYS, SILENCE_DAYS
from tests.conftest import Server
from tests.web.fictional_promises import fictional_record
from tests.web.public_site import PublicSite, in_order, published, words
from web.visit import Language, NotInRecord, QueryRefused
from web.words import FLAGS, word

LANGUAGES: tuple[Language, ...] = ("fr", "en")


@pytest.fixture(scope="module")
def site(postgres: Server) -> Iterator[PublicSite]:
    with published(postgres, fictional_record()) as site:
        yield site


# Meetings, topics, organisations


def test_a_topic_without_commitment_is_shown_as_such(site: PublicSite) -> None:
    missing = "Aucun engagement enregistré sur ce thème."
    meeting = words(site.page("meeting", slug="keleya-2025-01-16"))
    assert in_order(meeting, "Fichier électoral", "EX-2025-001", "Nouvelle loi électorale", missing)
    assert meeting.count(missing) == 1
    assert in_order(words(site.page("topics")), "Nouvelle loi électorale", missing)
    assert missing in words(site.page("topic", slug="loi"))


def test_a_meeting_tells_who_was_there_and_where_it_is_known_from(site: PublicSite) -> None:
    html = site.page("meeting", slug="keleya-2025-01-16")
    text = words(html)
    assert in_order(text, "16 janvier 2025", "Maison des associations", "CEK, OCK, RFK")
    assert in_order(text, "La presse locale", "Communiqué de l'Observatoire", "20 janvier 2025")
    assert in_order(html, 'href="/acteurs/cek"', "Compte rendu du 16 janvier", "<p>L’état du")
    empty = words(site.page("meeting", slug="doulaba-2025-02-11"))
    assert "Aucun thème n'a été enregistré pour cette réunion." in empty


def test_lists_keep_exercises_apart_and_last(site: PublicSite) -> None:
    assert in_order(words(site.page("meetings")), "Doulaba", "Exercice (données", "Kéléya")
    assert in_order(words(site.page("stakeholders")), "CED", "Exercice (données", "CEK")
    assert in_order(words(site.page("topics")), "Aucun thème", "Exercice (données", "Fichier")


def test_a_scorecard_counts_what_cannot_be_measured_apart(site: PublicSite) -> None:
    commission = words(site.page("stakeholder", slug="cek"))
    assert "4 engagements mesurables, dont 2 en retard." in commission
    assert "%" not in commission
    observatory = words(site.page("stakeholder", slug="ock"))
    assert "1 engagement, non mesurable." in observatory
    assert in_order(observatory, "Ce qu'elle évalue", "EX-2025-001", "Non tenu")


def test_what_is_only_declared_is_never_scored_as_verified(site: PublicSite) -> None:
    before = site.page("stakeholder", slug="cek", as_of=date(2025, 3, 31))
    row = re.search(r"Tenu</b></th><td>(\d+)</td><td>(\d+)</td>", before)
    assert row is not None
    assert row.groups() == ("1", "1")
    after = site.page("stakeholder", slug="cek")
    row = re.search(r"Tenu</b></th><td>(\d+)</td><td>(\d+)</td>", after)
    assert row is not None
    assert row.groups() == ("1", "0")


def test_late_commitments_come_first_on_an_organisations_page(site: PublicSite) -> None:
    text = words(site.page("stakeholder", slug="cek"))
    assert in_order(text, "Ses engagements", "EX-2025-007", "EX-2025-001", "EX-2025-006")


# Journal and method


def test_paging_through_the_journal_shows_every_position_once(site: PublicSite) -> None:
    seen: list[int] = []
    query: dict[str, str] = {}
    while True:
        html = site.page("journal", query=query)
        seen += [int(found) for found in re.findall(r'<li class="entry" id="p(\d+)"', html)]
        following = re.search(r'rel="next" href="/journal\?before=(\d+)"', html)
        if following is None:
            break
        query = {"before": following[1]}
    assert seen == list(range(site.position, 0, -1))
    assert 'rel="prev" href="/journal"' in html


def test_a_journal_entry_leads_to_what_it_is_about(site: PublicSite) -> None:
    html = site.page("journal", query={"before": "30"})
    for address in (
        "/reunions/keleya-2025-01-16",
        "/acteurs/cek",
        "/engagements/2025-001/versions/1",
    ):
        assert f'href="{address}"' in html


@pytest.mark.parametrize("before", ["0", "-3", "abc", "1.5", "٣", "9" * 19, "1" * 40, "+2"])
def test_an_odd_position_is_refused(site: PublicSite, before: str) -> None:
    with pytest.raises(QueryRefused) as refused:
        site.page("journal", query={"before": before})
    assert (refused.value.parameter, refused.value.value) == ("before", before)


def test_a_position_beyond_the_last_starts_at_the_last(site: PublicSite) -> None:
    html = site.page("journal", query={"before": "9000000000000000000"})
    assert f'id="p{site.position}"' in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_method_states_the_constants_the_rules_use(
    site: PublicSite, language: Language
) -> None:
    text = words(site.page("method", language))
    for number, unit in ((SILENCE_DAYS, "jours"), (REPLY_DAYS, "jours"), (30, "jours")):
        assert f"{number} {unit if language == 'fr' else 'days'}" in text
    sentence = next(
        part for part in text.split(". ") if "“Stalled”" in part or "« À l'arrêt »" in part
    )
    for status in EVIDENCED:
        assert word(status, language).replace("’", "'") in sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_method_explains_every_flag(site: PublicSite, language: Language) -> None:
    html = site.page("method", language)
    flags = re.findall(r'<dt><span class="f[^"]*">[^<]+</span></dt><dd>[^<]+</dd>', html)
    assert len(flags) == len(FLAGS)


# What the record does not hold


@pytest.mark.parametrize(
    ("route", "named"),
    [
        ("commitment", {"reference": "2030-001"}),
        ("commitment", {"reference": "'; DROP TABLE board; --"}),
        ("meeting", {"slug": "nulle-part"}),
        ("stakeholder", {"slug": "personne"}),
        ("topic", {"slug": "rien"}),
    ],
)
def test_what_the_record_does_not_hold_is_not_found(
    site: PublicSite, route: str, named: dict[str, str]
) -> None:
    with pytest.raises(NotInRecord) as refused:
        site.html(site.visit(route, "fr", None, None, **named))
    assert refused.value.kind == route
