"""A correction shows what it changed, and nothing else."""

import time

from hypothesis import given
from hypothesis import strategies as st

from web.differences import Change, Part, difference

texts = st.text(alphabet="ab é'’.,\n\u202f", max_size=60)


@given(texts, texts)
def test_both_wordings_can_be_read_back_from_a_difference(before: str, after: str) -> None:
    parts = difference(before, after)
    assert before == "".join(p.text for p in parts if p.change is not Change.added)
    assert after == "".join(p.text for p in parts if p.change is not Change.removed)


def test_a_changed_word_is_marked_alone() -> None:
    parts = difference("trente jours avant le scrutin.", "quarante jours avant le scrutin.")
    assert parts == (
        Part(Change.removed, "trente"),
        Part(Change.added, "quarante"),
        Part(Change.same, " jours avant le scrutin."),
    )


def test_two_changed_words_in_a_row_are_one_change() -> None:
    assert difference("dans les communes", "dans toutes nos communes")[1:3] == (
        Part(Change.removed, "les"),
        Part(Change.added, "toutes nos"),
    )
    assert difference("le vote public a eu lieu", "le scrutin national a eu lieu")[1:3] == (
        Part(Change.removed, "vote public"),
        Part(Change.added, "scrutin national"),
    )


def test_an_added_comma_does_not_mark_its_word() -> None:
    assert difference("Publier la liste", "Publier, la liste")[1] == Part(Change.added, ",")


def test_equal_wordings_have_no_difference() -> None:
    assert difference("Publier la liste.", "Publier la liste.") == (
        Part(Change.same, "Publier la liste."),
    )
    assert difference("", "") == ()


def test_a_long_repetitive_text_is_compared_at_once() -> None:
    started = time.perf_counter()
    difference("oui " * 1_250, "non oui " * 1_250)
    assert time.perf_counter() - started < 1
