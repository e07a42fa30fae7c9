"""Which commitments speak of this? In both languages, with or without accents, in any script."""

from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain import events as e
from domain.values import Measure, Wording
from projections.feed import Moment, Reading
from projections.search import MOST_FOUND, QUERY_LENGTH, matching, without_accents
from tests.domain.cast import COMMISSION, RECORD, TODAY
from tests.domain.storytelling import happened
from tests.projections.telling import OTHER, THIRD, Telling, promised


def found(told: Telling, text: str) -> bool:
    """Whether `text` finds the one commitment there is."""
    hits = matching(told.reading, told.now(), text)
    assert set(hits) <= {RECORD}
    return bool(hits)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Sécuriser les élections à Ségou", "elections segou"),
        ("Securiser les elections a Segou", "Élections Ségou"),
        ("L'ŒUVRE des cœurs", "oeuvre coeurs"),
        ("Le FICHIER Électoral", "fichier ÉLECTORAL"),
        ("Le fichier e\u0301lectoral", "\u00e9lectoral"),  # composed or not
        ("Former les agents électoraux", "électorale"),
        ("Les agents seront formés", "former"),
        ("Publier les listes", "liste"),
        ("Observation des opérations", "opération observations"),
    ],
)
def test_french_words_match_by_their_stem_with_or_without_accents(
    told: Telling, written: str, asked: str
) -> None:
    told.tell(promised("2024-001", written))
    assert found(told, asked)


@pytest.mark.parametrize(
    "asked", ["polling station", "STATIONS", "observe", "observing", "monitor polls' stations"]
)
def test_english_words_match_by_their_stem(told: Telling, asked: str) -> None:
    english = Wording(en="Observing every polling station, monitoring the polls")
    told.tell(replace(promised("2024-001"), statement=english))
    assert found(told, asked)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("نشر القائمة الانتخابية", "القائمة"),
        ("نَشْرُ القَائِمَةِ", "نشر القائمة"),  # vowelled, asked for without
        ("نشر القائمة", "نَشْرُ"),
        ("ߞߊ߬ ߛߙߋߦߊ ߟߊߞߏߟߐ߲߫", "ߛߙߋߦߊ"),
        ("ߞߊ߬ ߛߙߋߦߊ", "ߞߊ"),  # N'Ko tones are marks too
        ("Ɲɛ ni ŋaniya", "ŋaniya"),
    ],
)
def test_other_scripts_match_word_by_word_whatever_their_marks(
    told: Telling, written: str, asked: str
) -> None:
    told.tell(promised("2024-001", written))
    assert found(told, asked)


def test_every_word_must_be_there(told: Telling) -> None:
    told.tell(promised("2024-001", "Publier la liste électorale"))
    assert found(told, "liste publier")
    assert not found(told, "liste affichée")


def test_criterion_milestones_topics_and_reference_are_searched_too(told: Telling) -> None:
    measure = Measure(True, Wording(fr="Affichage en mairie", en="Posted at the town hall"))
    told.tell(promised("2024-001", measure=measure, topics=("fichier-electoral",)))
    told.tell(
        happened(
            e.MilestonePlanned,
            COMMISSION,
            date(2024, 9, 1),
            milestone=1,
            title=Wording(fr="Recensement achevé"),
        )
    )
    for asked in ("mairie", "town hall", "recensement", "fichier", "2024-001"):
        assert found(told, asked), asked


def test_the_beginning_of_a_reference_finds_it_and_puts_it_first(told: Telling) -> None:
    told.tell(promised("2024-014", "Suite de l'engagement 2024-013"))
    told.tell(promised("2024-013"), about=OTHER)
    told.tell(promised("EX-2024-013"), about=THIRD)
    assert matching(told.reading, told.now(), "2024-013") == (OTHER, RECORD)
    assert set(matching(told.reading, told.now(), "2024-01")) == {RECORD, OTHER}
    assert matching(told.reading, told.now(), "ex-2024") == (THIRD,)
    assert matching(told.reading, told.now(), " 2024-013 ") == (OTHER, RECORD)


def test_the_past_is_searched_as_it_was_worded(told: Telling) -> None:
    first = told.tell(promised("2024-001", "Publier la liste"))
    told.tell(
        happened(
            e.WordingCorrected,
            COMMISSION,
            date(2024, 9, 1),
            statement=Wording(fr="Afficher le registre"),
            measure=Measure(False),
        )
    )
    then = Moment(first, TODAY)
    assert matching(told.reading, then, "liste") == (RECORD,)
    assert matching(told.reading, then, "registre") == ()
    assert matching(told.reading, told.now(), "liste") == ()
    assert matching(told.reading, told.now(), "registre") == (RECORD,)
    assert matching(told.reading, Moment(0, TODAY), "2024-001") == ()


def test_two_corrections_in_one_batch_are_two_versions(told: Telling) -> None:
    def worded(fr: str) -> e.WordingCorrected:
        wording = {"statement": Wording(fr=fr), "measure": Measure(False)}
        return happened(e.WordingCorrected, COMMISSION, date(2024, 9, 1), **wording)

    told.tell(promised("2024-001", "premier"), worded("deuxième"), worded("troisième"))
    for position, word in enumerate(("premier", "deuxième", "troisième"), start=1):
        then = Moment(position, TODAY)
        hits = [w for w in ("premier", "deuxième", "troisième") if matching(told.reading, then, w)]
        assert hits == [word]


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "   ",
        "%",
        "_" * 9,
        "'; DROP TABLE search; --",
        "w & | ! ( ) <-> :* \\",
        "%(words)s %s {} $1",
        "\u202e\u2066\ufeff",
        "\U0001f5f3\ufe0f",
        "x" * 100_000,
        "㌕" * QUERY_LENGTH,  # one word of more bytes than an index takes
        "\ufdfa" * QUERY_LENGTH,
        "z" + "\u0301" * 5_000,
        "-" * 50,
        "mot " * 60,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_text_is_answered_and_finds_nothing(reading: Reading, hostile: str) -> None:
    assert matching(reading, Moment(409, TODAY), hostile) == ()


def test_words_that_say_nothing_in_a_language_do_not_narrow_in_it(told: Telling) -> None:
    told.tell(promised("2024-001", "Publier la liste de Kéléya"))
    assert found(told, "les listes des")
    assert found(told, "de la liste")


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=300)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=TEXTS)
def test_any_text_is_answered(reading: Reading, text: str) -> None:
    assert len(matching(reading, Moment(409, TODAY), text)) <= MOST_FOUND


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
@example(text="İSTANBUL")
@example(text="𝕊Ǽ")
def test_removing_accents_twice_removes_no_more(text: str) -> None:
    once = without_accents(text)
    assert without_accents(once) == once == once.lower()
