"""The sentences in which rules meet people: complete, in two languages, and well set."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

import domain
from domain import refusals
from domain.refusals import FIELDS, Refusal, SlugMalformed, TextEmpty

DOMAIN = Path(domain.__file__).parent
TESTS = Path(__file__).parent
REFUSALS = [
    kind
    for kind in vars(refusals).values()
    if isinstance(kind, type) and issubclass(kind, Refusal) and kind is not Refusal
]
BY_THE_LEDGER = {"ReferenceTaken", "SlugTaken", "RecordUnknown", "RecordChangedMeanwhile"}
"""Raised where claims and positions are known, in tracker/: rules 11 and 12 are tested there."""

every_refusal = pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__name__)


def _calls(folder: Path) -> list[ast.Call]:
    return [
        node
        for path in sorted(folder.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]


def _name(expression: ast.expr) -> str:
    """The last name of `r.TextEmpty`, `TextEmpty` or `self.checked`."""
    if isinstance(expression, ast.Attribute):
        return expression.attr
    return expression.id if isinstance(expression, ast.Name) else ""


def _raised() -> dict[str, list[set[str]]]:
    """For each refusal of domain/, the names of the facts of each place that raises it."""
    names = {kind.__name__ for kind in REFUSALS}
    raised: dict[str, list[set[str]]] = {}
    for call in _calls(DOMAIN):
        if _name(call.func) in names:
            facts = {keyword.arg for keyword in call.keywords if keyword.arg}
            raised.setdefault(_name(call.func), []).append(facts)
    return raised


def _placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


RAISED = _raised()


def test_the_domain_raises_every_refusal_but_those_of_the_ledger() -> None:
    assert set(RAISED) | BY_THE_LEDGER == {kind.__name__ for kind in REFUSALS}
    assert not set(RAISED) & BY_THE_LEDGER


@every_refusal
def test_both_sentences_say_all_the_facts_and_no_others(kind: type[Refusal]) -> None:
    assert _placeholders(kind.fr) == _placeholders(kind.en)
    for facts in RAISED.get(kind.__name__, []):
        assert facts == _placeholders(kind.fr)


@every_refusal
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_sentence_says_what_is_so_and_then_what_follows(
    kind: type[Refusal], language: str
) -> None:
    facts = dict.fromkeys(_placeholders(kind.fr), "7")
    if "field" in facts:
        facts["field"] = "note"
    sentence = kind(**facts).sentence(language)
    assert sentence.endswith(".")
    assert sentence[0] in "«“" or sentence[0].isdigit() or sentence[0].isupper()
    assert "{" not in sentence
    assert "  " not in sentence
    assert len(re.findall(r"[.:;,] ", sentence)) >= 1
    assert re.search(r"[.:] ", sentence), "the fact alone, without what to do"


@every_refusal
def test_french_is_set_with_guillemets_and_spaces(kind: type[Refusal]) -> None:
    """Plain spaces: the pages typeset them, and nowhere twice."""
    sentence = kind.fr.replace("https://", "").replace("http://", "")
    assert not re.search(r'["“”’\u00a0\u202f]', sentence)
    assert not re.search(r"(?<! )[;:!?»]", sentence)
    assert not re.search(r"«(?! )", sentence)
    assert sentence.count("«") == sentence.count("»")


@every_refusal
def test_english_is_set_with_curly_quotes_and_without_spaces(kind: type[Refusal]) -> None:
    assert not re.search(r"[\"«»\u00a0\u202f]", kind.en)
    assert not re.search(r" [;:!?.,]", kind.en)
    assert kind.en.count("“") == kind.en.count("”")


@every_refusal
def test_the_two_languages_are_two_sentences(kind: type[Refusal]) -> None:
    assert kind.fr
    assert kind.en
    assert kind.fr != kind.en


def _fields_named() -> set[str]:
    named = set()
    for call in _calls(DOMAIN):
        position = {"checked_text": 1, "checked": 0}.get(_name(call.func))
        if position is not None and len(call.args) > position:
            field = call.args[position]
            if isinstance(field, ast.Constant):
                named.add(str(field.value))
        for keyword in call.keywords:
            if keyword.arg == "field" and isinstance(keyword.value, ast.Constant):
                named.add(str(keyword.value.value))
    return named


def test_every_field_that_can_be_wrong_has_a_name_for_people() -> None:
    assert _fields_named() == set(FIELDS)


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_is_named_with_its_article(field: str) -> None:
    french, english = FIELDS[field]
    assert french.startswith(("le ", "la ", "l'"))
    assert english.startswith("the ")
    assert TextEmpty(field=field).sentence("fr")[0] == "L"
    assert str(TextEmpty(field=field)).startswith("The ")


def test_what_somebody_typed_is_quoted_and_never_taken_for_a_placeholder() -> None:
    assert "« {slug} {0} »" in SlugMalformed(slug="{slug} {0}").sentence("fr")


def test_every_refusal_of_the_domain_is_shown_in_full_by_a_test() -> None:
    """`.refused(r.X, fr=…, en=…)` compares both whole sentences."""
    shown = {
        _name(call.args[0]) for call in _calls(TESTS) if _name(call.func) == "refused" and call.args
    }
    assert set(RAISED) <= shown
