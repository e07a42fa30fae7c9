"""Every event can be read as a sentence, in both languages."""

import re
from datetime import date, datetime, timedelta, timezone
from string import Formatter
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest

from domain import events as e
from domain.values import StakeholderKind
from projections.stakeholders import StakeholderRow
from tests.web.fictional_promises import fictional_record
from tests.web.fictional_record import ORGANISATIONS, known_as, wording
from web.directory import Directory
from web.sentences import SENTENCES, Sentence, Writer, _form, recording_gap
from web.visit import Language

TOLD = [told.event for told in fictional_record()]
LANGUAGES: tuple[Language, ...] = ("fr", "en")


def directory(name: str = "") -> Directory:
    """Everybody of the record, under one short name when it is given."""
    return Directory(
        stakeholders={
            known_as(short): StakeholderRow(
                id=known_as(short),
                slug=short.lower(),
                name=wording(fr, en),
                short_name=name or short,
                kind=StakeholderKind(kind),
                exercise=True,
                frameworks=(),
            )
            for short, kind, fr, en in ORGANISATIONS
        },
        frameworks={},  # the sentences that name one say “…” here
        meetings={},
        topics={},
    )


def said(event: Any, language: Language = "fr", reference: str | None = None) -> Sentence:
    return Writer(directory(), language, reference).sentence(event)


def first(event_type: type) -> Any:
    return next(event for event in TOLD if isinstance(event, event_type))


def plain(text: str) -> str:
    """With ordinary spaces and apostrophes, as a test is typed."""
    return re.sub("[\u00a0\u202f]", " ", text).replace("’", "'")


@pytest.mark.parametrize("event_type", get_args(e.Event), ids=lambda each: each.__name__)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_has_a_sentence(event_type: type, language: Language) -> None:
    sentence = said(first(event_type), language)
    assert sentence.text.endswith((".", "?"))
    assert not re.search(r"[{}<>]|None|UUID|Wording", sentence.text)
    assert bool(sentence.said) == bool(sentence.label)


def test_every_sentence_is_said_of_some_event() -> None:
    assert {_form(event) for event in TOLD} == SENTENCES.keys()


def test_both_languages_of_a_sentence_state_the_same_facts() -> None:
    for name, form in SENTENCES.items():
        french, english = (
            {field for _, field, _, _ in Formatter().parse(text) if field}
            for text in (form.fr, form.en)
        )
        # Only French contracts “de” with the article, so it has a word for “of the commitment”.
        swap = {"of": "the"}
        assert {swap.get(field, field) for field in french} == english, name


def test_no_article_stands_before_a_name_it_may_not_fit() -> None:
    for event in TOLD:
        text = Writer(directory("AIGE"), "fr", "2024-001").sentence(event).text
        assert not re.search(r"(?i)\b(de|du|le|la|les|que|d’|l’)\s?AIGE\b", text), text


def test_french_sentences_keep_their_marks_from_breaking_away() -> None:
    for event in TOLD:
        assert not re.search(r" [:;?!»]|« ", said(event).text)


def test_a_due_date_that_moved_is_said_with_both_dates_and_the_reason() -> None:
    moved = next(e_ for e_ in TOLD if isinstance(e_, e.DueDateMoved) and e_.previous.on)
    sentence = said(moved)
    assert plain(sentence.text) == (
        "Le porteur, CEK, a déplacé l'échéance de l'engagement du 30 juin 2025 au 15 septembre "
        "2025."
    )
    assert (sentence.label, sentence.said) == ("Motif", moved.reason)
    assert said(moved, "en").text == (
        "CEK, as owner, moved the due date of the commitment from 30 June 2025 to 15 September "
        "2025."
    )


def test_the_first_of_a_month_is_written_in_full() -> None:
    planned = next(
        each for each in TOLD if isinstance(each, e.DueDateSet) and each.due.on is not None
    )
    assert "au 30 avril 2025" in plain(said(planned).text)
    made = [each for each in TOLD if isinstance(each, e.CommitmentMade)]
    assert any("Échéance : 1er mars 2025." in plain(said(each).text) for each in made)


def test_a_promise_is_said_to_be_made_by_its_owner_or_recorded_by_another() -> None:
    texts = [plain(said(each).text) for each in TOLD if isinstance(each, e.CommitmentMade)]
    assert any(t.startswith("Le porteur, CEK, a pris l'engagement EX-2025-006 :") for t in texts)
    assert any(
        t.startswith("Le secrétariat, OCK, a enregistré l'engagement EX-2025-001, porté par CEK :")
        for t in texts
    )


def test_a_due_tied_to_an_event_names_the_event() -> None:
    tied = [each for each in TOLD if isinstance(each, e.DueDateSet) and each.due.on is None]
    assert plain(said(tied[0]).text) == (
        "Le porteur, MAK, a précisé l'échéance de l'engagement : « Avant la présidentielle »."
    )
    assert "is due: “Before the presidential vote”." in said(tied[0], "en").text


def test_a_settled_attribution_says_who_owns_the_commitment_now() -> None:
    settled = [plain(said(each).text) for each in TOLD if isinstance(each, e.AttributionSettled)]
    assert sorted(settled) == [
        "Le secrétariat, OCK, a tranché : l'engagement est désormais attribué à CEK.",
        "Le secrétariat, OCK, a tranché : l'engagement reste attribué à MAK.",
    ]


def test_several_owners_are_listed() -> None:
    made = first(e.CommitmentMade)
    writer = Writer(directory(), "fr")
    assert writer._names(tuple(map(known_as, ("CEK", "OCK", "MAK")))) == "CEK, OCK et MAK"
    assert writer._names(made.owners) == "CEK"


def test_the_evidence_that_came_with_an_event_is_counted() -> None:
    declared = [each for each in TOLD if isinstance(each, e.ProgressDeclared)]
    assert {len(each.evidence) for each in declared} == {0, 1}
    for event in declared:
        assert ("Une preuve jointe." in said(event).text) == bool(event.evidence)


def test_the_journal_names_the_commitment_a_page_of_its_own_does_not() -> None:
    event = first(e.CommitmentWithdrawn)
    assert plain(said(event).text) == "Le porteur, CEK, a retiré l'engagement."
    assert said(event, "en", "EX-2025-005").text == (
        "CEK, as owner, withdrew commitment EX-2025-005."
    )


def test_an_organisation_not_registered_yet_has_no_name_but_breaks_nothing() -> None:
    text = Writer(directory(), "fr").organisation(UUID(int=9))
    assert text == "organisation pas encore nommée"
    assert Writer(directory(), "en").organisation(uuid4()) == "not yet named"


def test_a_long_gap_between_fact_and_recording_is_counted_a_short_one_is_not() -> None:
    gaps = {recording_gap(told.event.occurred_on, told.at) for told in fictional_record()}
    assert gaps == {0, 50, 67, 189}
    at_night = datetime(2025, 2, 16, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    assert recording_gap(date(2025, 1, 16), at_night) == 0, "it is still the 15th in Bamako"
