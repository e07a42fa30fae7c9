"""Links, documents, references and due dates refuse what cannot be true."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import replace

from domain import refusals as r
from domain.values import (
    Due,
    DueKind,
    Evidence,
    EvidenceKind,
    Measure,
    Wording,
    checked_link,
    checked_reference,
    checked_slug,
)
from tests.domain.cast import REPORT, SCAN, UNHURRIED

MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    "url",
    [
        "https://exemple.test/compte-rendu.pdf?page=2#haut",
        "http://exemple.test",
        "HTTPS://Exemple.TEST:8443/",
        "https://élections.exemple.test/fichier-électoral",
        "https://xn--lections-90a.exemple.test/",
        "https://[2001:db8::1]/",
        "  https://exemple.test/a\n",
        "https://web.archive.org/web/20240716000000/https://exemple.test/",
        "https://exemple.test/" + "a" * 1_978,
    ],
)
def test_a_complete_address_is_accepted(url: str) -> None:
    assert checked_link(url) == url.strip()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "exemple.test",
        "www.exemple.test/page",
        "//exemple.test/",
        "/engagements",
        "https:",
        "https://",
        "https:///chemin",
        "https:exemple.test",
        "javascript:alert(1)",
        "JavaScript://exemple.test/%0aalert(1)",
        "data:text/html,<b>x</b>",
        "file:///etc/passwd",
        "ftp://exemple.test/",
        "mailto:aige@exemple.test",
        "https://user@exemple.test/",
        "https://user:password@exemple.test/",
        "https://@exemple.test/",
        "https://exemple.test@autre.test/",
        "https://exemple.test/a b",
        "https://exem ple.test/",
        "https://exemple.test/\nX-Header: 1",
        "https://exemple.test/a\u2028b",
        "https://exemple.test/\u202efdp.exe",
        "https://exemple.test/\x7f",
        "https://exemple.test/\ud800",
        "https://exemple.test\\.autre.test/",
        "https://exemple.test\u2100autre.test/",
        "https://[::1",
        "https://[exemple.test]/",
        "https://exemple.test:99999/",
        "https://exemple.test:port/",
        "https://exemple.test/" + "a" * 1_980,
        "https://exemple.test/" + "a" * MEGABYTE,
    ],
    ids=lambda url: ascii(url[:40]),
)
def test_anything_else_is_not_a_link(url: str) -> None:
    with pytest.raises(r.LinkUnsafe):
        checked_link(url)


@UNHURRIED
@for_all(st.text(max_size=60) | st.text(max_size=40).map("https://exemple.test/{}".format))
def test_a_link_is_an_http_address_or_refused(url: str) -> None:
    try:
        link = checked_link(url)
    except r.LinkUnsafe:
        return
    assert link.lower().startswith(("http://", "https://"))
    assert not any(character.isspace() for character in link)
    assert checked_link(link) == link


def test_a_link_carries_nothing_of_a_document() -> None:
    mixed = replace(SCAN, kind=EvidenceKind.link, url=REPORT.url)
    assert mixed.checked() == replace(REPORT, title=SCAN.title)


def test_a_document_carries_no_link() -> None:
    assert replace(SCAN, url="javascript:alert(1)").checked() == SCAN


@pytest.mark.parametrize(
    "changes",
    [
        {"sha256": ""},
        {"sha256": "AB" * 32},
        {"sha256": "ab" * 31},
        {"sha256": "ab" * 32 + "\n"},
        {"sha256": "zz" * 32},
        {"media_type": ""},
        {"media_type": "pdf"},
        {"media_type": "text/html\r\nX-Header: 1"},
        {"media_type": "text/" + "a" * MEGABYTE},
        {"size": 0},
        {"size": -1},
    ],
    ids=str,
)
def test_a_document_is_known_by_its_digest_its_type_and_its_size(
    changes: dict[str, Any],
) -> None:
    document = Evidence(**{**_fields(SCAN), **changes})
    with pytest.raises(r.EvidenceUnidentified):
        document.checked()


def _fields(evidence: Evidence) -> dict[str, Any]:
    return {name: getattr(evidence, name) for name in evidence.__struct_fields__}


def test_evidence_has_a_title() -> None:
    for evidence in (REPORT, SCAN):
        with pytest.raises(r.TextEmpty) as refused:
            replace(evidence, title=" ").checked()
        assert refused.value.facts == {"field": "evidence_title"}


# References and names for addresses


@pytest.mark.parametrize("reference", ["2024-003", "1999-999999", "EX-2024-003", "CADRE-2026-100"])
def test_references(reference: str) -> None:
    assert checked_reference(reference) == reference


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "2024",
        "2024-03",
        "2024-0000003",
        "0205-003",
        "20255-003",
        "2100-003",
        "2024 003",
        "2024–003",
        "ex-2024-003",
        "EXERCICE-2024-003",
        "-2024-003",
        "2024-003\n",
        " 2024-003",
        "2024-003/../004",
        "２０２４-００３",
        "20٢٤-٠٠٣",
        "ЕХ-2024-003",
    ],
)
def test_no_references(reference: str) -> None:
    with pytest.raises(r.ReferenceMalformed):
        checked_reference(reference)


@pytest.mark.parametrize("slug", ["aige", "wanep-mali", "2024-07-16", "a", "a" * 80])
def test_slugs(slug: str) -> None:
    assert checked_slug(slug) == slug


@pytest.mark.parametrize(
    "slug",
    ["", "-", "-a", "a-", "a--b", "A", "é", "a b", "a/b", "..", "a\n", "a_b", "a" * 81, "а"],
)
def test_no_slugs(slug: str) -> None:
    with pytest.raises(r.SlugMalformed):
        checked_slug(slug)


@UNHURRIED
@for_all(st.text(max_size=2_000))
def test_a_refused_name_is_quoted_in_part_only(text: str) -> None:
    for check, name in ((checked_reference, "reference"), (checked_slug, "slug")):
        with pytest.raises(r.Refusal) as refused:
            check(text + "!")
        assert len(str(refused.value.facts[name])) <= 40


# Due dates and measures


def test_a_due_date_keeps_only_what_its_kind_means() -> None:
    day, event = date(2025, 1, 1), Wording(fr="Avant la présidentielle")
    full: dict[str, Any] = {"on": day, "event": event}
    assert Due(kind=DueKind.open, **full).checked() == Due()
    assert Due(kind=DueKind.fixed, **full).checked() == Due(kind=DueKind.fixed, on=day)
    assert Due(kind=DueKind.event, **full).checked() == Due(kind=DueKind.event, event=event)


def test_a_criterion_is_checked_like_any_text() -> None:
    with pytest.raises(r.TextUnprintable):
        Measure(True, Wording(fr="Publié\u202e.")).checked()
    assert Measure(True, Wording(fr=" Publié. ")).checked() == Measure(True, Wording(fr="Publié."))
