"""Text keeps every script that people write in, and nothing that changes what is read."""

import time
import unicodedata

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain import refusals as r
from domain.values import (
    NAME_LENGTH,
    Wording,
    checked_text,
)
from tests.domain.cast import UNHURRIED

MEGABYTE = 1_000_000


def _text(text: str, limit: int = 5_000) -> str:
    return checked_text(text, "note", limit)


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
