"""The page of one commitment, and each of its versions."""

import re
from collections.abc import Iterator
from datetime import date

import pytest

from tests.conftest import Server
from tests.web.fictional_promises import REGISTER, fictional_record
from tests.web.public_site import PUBLIC_URL, PublicSite, in_order, published, words
from web.visit import NotInRecord


@pytest.fixture(scope="module")
def site(postgres: Server) -> Iterator[PublicSite]:
    with published(postgres, fictional_record()) as site:
        yield site


def lanes(html: str) -> str:
    return words(html[html.index('<section class="axis"') : html.index('id="evidence"')])


def test_reference_and_permanent_link_come_before_the_promise(site: PublicSite) -> None:
    html = site.page("commitment", reference=REGISTER)
    assert in_order(html, f'href="/engagements/{REGISTER}"', f"{REGISTER}/versions/19", "<h1")
    text = words(html)
    assert in_order(text, "Afficher les listes", "Porteur", "Envers", "Pris le", "Source")
    assert in_order(text, "Échéance", "Critère", "42 communes", "Ce que chacun en dit")


def test_a_disputed_attribution_is_said_before_the_promise(site: PublicSite) -> None:
    text = words(site.page("commitment", reference="EX-2025-004"))
    assert in_order(text, "Attribution contestée.", "Nous ne nous sommes pas engagés.", "Former")


def test_a_commitment_nobody_acknowledged_says_so_before_the_promise(site: PublicSite) -> None:
    text = words(site.page("commitment", reference="EX-2025-003"))
    assert in_order(text, "En attente de reconnaissance par le porteur.", "OCK", "Prêter des")
    assert "En attente" not in words(site.page("commitment", reference="EX-2025-006"))


def test_every_due_date_there_was_is_shown_with_its_reason(site: PublicSite) -> None:
    text = words(site.page("commitment", reference=REGISTER))
    assert in_order(
        text,
        "31 décembre 2025 dépassée de 17 jours",
        "30 juin 2025 annoncée le 16 janvier 2025",
        "15 septembre 2025 changée le 20 juin 2025 par CEK",
        "Douze communes n'ont pas transmis leur liste.",
        "31 décembre 2025 changée le 1er septembre 2025",
        "Le scrutin est reporté.",
    )


def test_what_cannot_be_measured_says_so(site: PublicSite) -> None:
    text = words(site.page("commitment", reference="EX-2025-002"))
    assert in_order(text, "Critère", "Non mesurable", "compté à part")


def test_the_lanes_are_newest_first_with_the_due_date_between(site: PublicSite) -> None:
    assert in_order(
        lanes(site.page("commitment", reference=REGISTER)),
        "12 janvier 2026",
        "31 décembre 2025 Échéance",
        "2 octobre 2025",
        "Le porteur déclare",
        "Une autre organisation évalue",
        "3 juillet 2025",
        "10 avril 2025",
        "16 janvier 2025 Engagement pris",
    )


def test_challenge_reply_and_revision_stand_under_what_they_answer(site: PublicSite) -> None:
    text = lanes(site.page("commitment", reference=REGISTER))
    assert in_order(
        text,
        "À l'arrêt OCK",
        "révisée le 25 juillet 2025",
        "Réponse du porteur, CEK, le 8 juillet 2025",
        "Contestée par CEK, le porteur, le 9 juillet 2025",
        "Révisée par OCK, l'évaluateur, le 25 juillet 2025 En cours",
        "attendue au plus tard le 1er août 2025 ; aucune n'a été publiée.",
        "10 avril 2025",
    )
    late = lanes(site.page("commitment", reference="EX-2025-006"))
    assert in_order(late, "Tenu RFK", "Contestée par CEK", "Maintenue par RFK")


def test_an_unanswered_challenge_and_an_awaited_reply_are_said(site: PublicSite) -> None:
    assert "Contestation ouverte" in lanes(site.page("commitment", reference=REGISTER))
    waiting = lanes(site.page("commitment", reference="2025-001"))
    assert "Réponse du porteur attendue au plus tard le 23 janvier 2026." in waiting


def test_an_empty_lane_is_not_a_status(site: PublicSite) -> None:
    html = site.page("commitment", reference="EX-2025-003")
    assert html.count('<span class="none">') >= 2
    assert "Cela ne veut pas dire que rien n'est fait." in lanes(html)
    assert "Non commencé" not in words(html)


def test_withdrawn_evidence_stays_with_the_reason(site: PublicSite) -> None:
    html = site.page("commitment", reference=REGISTER)
    assert re.search(r"<s>\s*<a [^>]*>Témoignages recueillis</a>", html)
    assert "Retirée le 20 août 2025 : Deux témoins ont demandé le retrait." in words(html)


def test_a_corrected_wording_is_shown_as_a_difference(site: PublicSite) -> None:
    html = site.page("commitment", reference=REGISTER)
    assert "<del>" in html
    assert "[retiré : trente][ajouté : quarante] jours avant le scrutin." in words(html)
    english = words(site.page("commitment", "en", reference=REGISTER))
    assert "[removed: the communes thirty][added: every commune forty] days before" in english


def test_a_late_recording_is_shown(site: PublicSite) -> None:
    text = words(site.page("commitment", reference=REGISTER))
    assert in_order(text, "Historique", "enregistré le 24 mars 2025", "(67 jours après)")
    assert "(67 days later)" in words(site.page("commitment", "en", reference=REGISTER))
    assert "(enregistré 189 jours après)" in lanes(site.page("commitment", reference="EX-2025-006"))


def test_the_citation_names_version_and_position(site: PublicSite) -> None:
    html = site.page("commitment", reference="EX-2025-005")
    address = f"{PUBLIC_URL}/engagements/EX-2025-005/versions/2"
    assert in_order(html, "Citer cette page", f'href="{address}"', "<blockquote>", address)
    assert re.search(r"version 2, enregistrée le 2 mai 2025, position \d+\.", words(html))


# Its versions


def test_a_version_is_the_page_at_its_position_and_on_its_day(site: PublicSite) -> None:
    first = site.page("version", reference=REGISTER, version="1")
    text = words(first)
    assert "Version 1 sur 19 de cet engagement" in text
    assert "trente jours avant le scrutin" in text
    assert "quarante jours" not in text
    assert "30 juin 2025 dans 98 jours" in text
    assert "18 événements l'ont changé depuis." in text
    assert f"/engagements/{REGISTER}/versions/2" in first


def test_a_version_says_what_its_event_changed(site: PublicSite) -> None:
    html = site.page("version", reference=REGISTER, version="3")
    assert in_order(words(html), "Ce que cette version a apporté", "a corrigé la rédaction")
    banner = html[html.index('class="banner version"') : html.index("</aside>")]
    assert "<ins>" in banner
    assert in_order(banner, f"{REGISTER}/versions/2", f"{REGISTER}/versions/4")


def test_the_last_version_says_that_nothing_changed_since(site: PublicSite) -> None:
    text = words(site.page("version", reference=REGISTER, version="19"))
    assert "Rien ne l'a changé depuis : c'est la version en vigueur." in text
    assert "Version suivante" not in text


@pytest.mark.parametrize("version", ["0", "20", "04", "٤", "-1", "abc", "1 "])
def test_a_version_that_never_was_is_not_found(site: PublicSite, version: str) -> None:
    with pytest.raises(NotInRecord) as refused:
        site.page("version", reference=REGISTER, version=version)
    assert (refused.value.kind, refused.value.name) == ("version", version)


def test_a_page_of_the_past_knows_nothing_of_what_came_later(site: PublicSite) -> None:
    on = date(2025, 7, 9)
    html = site.page("commitment", as_of=on, reference=REGISTER)
    text = words(html)
    assert "tel qu'il était à la fin du 9 juillet 2025" in text
    assert "25 juillet" not in text
    assert 'href="/acteurs/cek?asof=2025-07-09"' in html
    assert f'href="{PUBLIC_URL}/engagements/{REGISTER}/versions/11"' in html
    with pytest.raises(NotInRecord):
        site.page("version", as_of=on, reference=REGISTER, version="12")
