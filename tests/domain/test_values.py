"""The values refuse what cannot be true, and keep every script that people write in."""

import time
import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain import refusals as r
from domain.values import (
    NAME_LENGTH,
    Due,
    DueKind,
    Evidence,
    EvidenceKind,
    Measure,
    Wording,
    checked_link,
    checked_reference,
    checked_slug,
    checked_text,
)
from tests.domain.storytelling import REPORT, SCAN, UNHURRIED

MEGABYTE = 1_000_000


def _text(text: str, limit: int = 5_000) -> str:
    return checked_text(text, "note", limit)


# Text


@pytest.mark.parametrize(
    "text",
    [
        "Le fichier électoral est publié ; « enfin » — à 100 % !",
        "السجل الانتخابي منشور",
        "ߒߞߏ ߞߊ߲ ߘߐ߫",
        "Kalata jɛkulu ye a laɲini, Bamanankan na: ɛ ɔ ɲ ŋ",
        "👩\u200d👩\u200d👧 🇲🇱 👍🏿 🏴\U000e0067\U000e0062\U000e007f",
        "نمی\u200cدانم",
        "première ligne\n\tdeuxième ligne",
        "WANEP\u2011Mali, 16\u202fjuillet, 5\u00a0%",
        "\U0001fae8 and \U0001fadf",
        "👍",
        "«",
    ],
    ids=["fr", "ar", "nqo", "bm", "zwj", "zwnj", "lines", "spaces", "new emoji", "thumb", "mark"],
)
def test_what_people_write_is_kept_as_they_wrote_it(text: str) -> None:
    assert _text(text) == text


@pytest.mark.parametrize(
    "character",
    [
        *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff",
        *"\x00\x01\x08\x0b\x0c\x1b\x7f\x80\x85\x9f",
        "\ud800",
        "\ufffe",
        "\uffff",
        "\ufdd0",
        "\U0010ffff",
    ],
    ids=lambda character: f"U+{ord(character):04X}",
)
def test_what_could_change_what_is_read_is_refused_by_name(character: str) -> None:
    with pytest.raises(r.TextUnprintable) as refused:
        _text(f"ouvert{character}fermé")
    assert refused.value.facts["character"] == f"U+{ord(character):04X}"


def test_accents_are_not_piled_up_over_the_lines_around() -> None:
    assert _text("a" + "\u0301" * 20)
    with pytest.raises(r.TextUnprintable):
        _text("a" + "\u0301" * 40)


@pytest.mark.parametrize(
    "text", ["", " ", "\n\t\r\n", "\u200b", "\u200d\u2060", "\u3164", "\u2800 \u2800", "\u0301"]
)
def test_what_shows_nothing_is_empty(text: str) -> None:
    with pytest.raises(r.TextEmpty):
        _text(text)


@pytest.mark.parametrize(
    "text",
    [
        "a" * MEGABYTE,
        " " * MEGABYTE,
        "\u202e" * MEGABYTE,
        "a" + "\u0300\u0316" * 9_999,
        "\u0344" * 19_999,
        "\ud55c" * 20_000,
    ],
    ids=["letters", "spaces", "overrides", "marks", "unfolding marks", "syllables"],
)
def test_too_much_is_refused_at_once(text: str) -> None:
    began = time.process_time()
    with pytest.raises(r.Refusal):
        _text(text)
    assert time.process_time() - began < 0.2


@pytest.mark.parametrize("length", [NAME_LENGTH, NAME_LENGTH + 1])
def test_the_limit_is_the_last_length_that_fits(length: int) -> None:
    if length <= NAME_LENGTH:
        assert _text("é" * length, NAME_LENGTH) == "é" * length
    else:
        with pytest.raises(r.TextTooLong) as refused:
            _text("é" * length, NAME_LENGTH)
        assert refused.value.facts == {"field": "note", "limit": 200, "length": 201}


def test_length_is_that_of_what_is_kept() -> None:
    assert _text(" " * 50 + "e\u0301" * 200 + "\n" * 50, NAME_LENGTH) == "é" * 200


def test_line_breaks_are_of_one_kind() -> None:
    assert _text("un\r\ndeux\rtrois\nquatre") == "un\ndeux\ntrois\nquatre"


@settings(UNHURRIED, max_examples=200)
@for_all(st.text(max_size=80))
def test_text_is_refused_or_comes_out_clean_and_stays_so(text: str) -> None:
    try:
        clean = _text(text, NAME_LENGTH)
    except r.Refusal:
        return
    assert clean == clean.strip()
    assert unicodedata.is_normalized("NFC", clean)
    assert 0 < len(clean) <= NAME_LENGTH
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in clean if c not in "\n\t")
    assert _text(clean, NAME_LENGTH) == clean


@UNHURRIED
@for_all(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=50))
def test_letters_digits_and_punctuation_of_any_script_are_never_unprintable(text: str) -> None:
    assert _text("a" + text, NAME_LENGTH) == unicodedata.normalize("NFC", "a" + text).strip()


# Wordings


def test_a_wording_in_one_language_is_enough_and_says_which_one_it_is() -> None:
    wording = Wording(fr="  Le fichier ").checked("title", NAME_LENGTH)
    assert wording.in_language("en") == ("Le fichier", "fr")
    assert wording.in_language("fr") == ("Le fichier", "fr")
    assert Wording(en="The register").in_language("fr") == ("The register", "en")
    assert Wording(fr="Un", en="One").in_language("en") == ("One", "en")


@pytest.mark.parametrize("wording", [Wording(), Wording(fr=" "), Wording(fr="\u200b")])
def test_a_wording_in_no_language_is_empty(wording: Wording) -> None:
    with pytest.raises(r.TextEmpty):
        wording.checked("title", NAME_LENGTH)


def test_each_language_of_a_wording_is_checked() -> None:
    with pytest.raises(r.TextUnprintable):
        Wording(fr="Le fichier", en="the \u202eregister").checked("title", NAME_LENGTH)


# Links and documents


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
