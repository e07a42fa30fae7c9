"""The glossary keeps up with the code: every word that readers meet is in it, in both languages."""

import inspect
import re
from enum import StrEnum
from pathlib import Path
from typing import get_args

import pytest
from msgspec.structs import fields

from domain import commitment, events, policies, values

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| code ")
]
CODES = {code for row in ROWS for code in re.findall(r"`([^`]+)`", row[0])}

SCALES: list[type[StrEnum]] = [
    kind
    for module in (values, policies)
    for kind in vars(module).values()
    if inspect.isclass(kind)
    and issubclass(kind, StrEnum)
    and kind not in {StrEnum, values.Language}
    and kind.__module__ == module.__name__
]
DERIVED = [
    name
    for name, function in inspect.getmembers(policies, inspect.isfunction)
    if not name.startswith("_") and function.__module__ in {policies.__name__, commitment.__name__}
]


@pytest.mark.parametrize("event", get_args(events.Event), ids=lambda event: event.__name__)
def test_every_event_is_in_the_glossary_by_its_name_and_by_its_tag(event: type) -> None:
    [row] = [row for row in ROWS if f"`{event.__name__}`" in row[0]]
    assert f"`{event.__struct_config__.tag}`" in row[0]  # type: ignore[attr-defined]


@pytest.mark.parametrize("word", sorted({member.value for scale in SCALES for member in scale}))
def test_every_member_of_every_scale_is_in_the_glossary(word: str) -> None:
    assert word in CODES


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.__name__)
def test_every_scale_is_named(scale: type[StrEnum]) -> None:
    assert f"`{scale.__name__}`" in GLOSSARY.read_text(encoding="utf-8")


@pytest.mark.parametrize("word", DERIVED)
def test_every_derived_word_is_in_the_glossary(word: str) -> None:
    assert word in CODES


def test_what_is_counted_in_the_state_is_in_the_glossary() -> None:
    assert "times_postponed" in CODES
    assert "times_postponed" in {field.name for field in fields(commitment.Commitment)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_row_says_it_in_french_and_in_english_and_what_it_means(row: list[str]) -> None:
    assert len(row) == 4
    assert all(row)


def test_no_word_has_two_meanings() -> None:
    names = [code for row in ROWS for code in re.findall(r"`([^`]+)`", row[0])]
    assert sorted(set(names)) == sorted(names)


def test_the_words_that_the_product_began_with_are_in_the_glossary() -> None:
    words = """Framework Stakeholder Meeting Topic Commitment Owner Due Evidence Challenge Reply
        Position Milestone Secretariat Capacity"""
    missing = {word for word in words.split() if f"`{word}`" not in GLOSSARY.read_text("utf-8")}
    assert not missing
    assert {"Declared status", "Assessed status"} <= CODES


def test_no_event_is_named_that_there_is_not() -> None:
    known = {event.__name__ for event in get_args(events.Event)}
    tagged = {row[0].split("`")[1] for row in ROWS if re.search(r"\.v\d+`", row[0])}
    assert tagged == known
