"""How text, dates and numbers are set in each language."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import typesetting
from web.typesetting import NARROW, WIDE, paragraphs, shortened, typeset


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Quoi ?", f"Quoi{NARROW}?"),
        ("Non ; oui !", f"Non{NARROW}; oui{NARROW}!"),
        ("Statut : tenu", f"Statut{WIDE}: tenu"),
        ("« étape »", f"«{WIDE}étape{WIDE}»"),
        ("50 % des bureaux", f"50{NARROW}% des bureaux"),
        ("dont %(n)s tenus", "dont %(n)s tenus"),
        ("l'AIGE et d'« autres »", f"l’AIGE et d’«{WIDE}autres{WIDE}»"),
        ("https://exemple.test/a?b=1;c", "https://exemple.test/a?b=1;c"),
        ("aujourd&#39;hui", "aujourd’hui"),
    ],
)
def test_french_gets_the_spaces_that_do_not_break(typed: str, written: str) -> None:
    assert typeset(typed, "fr") == written


def test_english_keeps_its_spaces_and_gets_its_apostrophes() -> None:
    assert typeset("The owner's word: done ; why ?", "en") == "The owner’s word: done ; why ?"


@given(st.text(max_size=80))
def test_typesetting_changes_spaces_and_apostrophes_only(text: str) -> None:
    def plain(written: str) -> str:
        for special, ordinary in ((NARROW, " "), (WIDE, " "), ("’", "'"), ("&#39;", "'")):
            written = written.replace(special, ordinary)
        return written

    assert plain(typeset(text, "fr")) == plain(text)


@given(st.text(max_size=80))
def test_typesetting_twice_changes_nothing_more(text: str) -> None:
    once = typeset(text, "fr")
    assert typeset(once, "fr") == once


def test_dates_are_written_in_full() -> None:
    on = date(2024, 7, 16)
    assert typesetting.day(on, "fr") == "16 juillet 2024"
    assert typesetting.day(on, "en") == "16 July 2024"
    assert typesetting.day(date(2024, 7, 1), "fr") == "1er juillet 2024"
    assert typesetting.day(date(2024, 7, 31), "fr") == "31 juillet 2024"
    assert typesetting.short_day(on, "fr") == "16 juil. 2024"
    assert typesetting.short_day(date(2024, 7, 1), "en") == "1 Jul 2024"


def test_an_instant_says_its_clock() -> None:
    at = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
    assert typesetting.instant(at, "fr") == f"23 novembre 2026 à 09{WIDE}h{WIDE}05 UTC"
    assert typesetting.instant(at, "en") == "23 November 2026 at 09:05 UTC"


def test_numbers_are_grouped() -> None:
    assert typesetting.number(12_345, "fr") == f"12{NARROW}345"
    assert typesetting.number(12_345, "en") == "12,345"
    assert typesetting.number(7, "fr") == "7"


def test_every_line_break_ends_a_paragraph() -> None:
    assert paragraphs("Un.\n\n Deux.\r\nTrois.") == ["Un.", "Deux.", "Trois."]


@given(st.text(max_size=300), st.integers(2, 100))
def test_a_shortened_text_keeps_its_beginning_and_its_length(text: str, limit: int) -> None:
    short = shortened(text, limit)
    assert len(short) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


def test_a_text_is_cut_at_a_word() -> None:
    assert (
        shortened("Publier la liste complète des bureaux", 30) == "Publier la liste complète des…"
    )
