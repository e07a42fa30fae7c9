"""The words of the interface."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain import policies
from domain.policies import Basis, Standing
from domain.refusals import CommitmentAlreadyWithdrawn, TextTooLong
from domain.values import Capacity, Measure, StakeholderKind, Status
from tests.web.hand_built import OCK, TODAY, assessed, declared, due, row
from web import words
from web.typesetting import NARROW
from web.words import FLAGS, SWITCHES, WORDS, Flag, Lane, Raised


def test_every_member_of_every_scale_has_a_word_in_both_languages() -> None:
    for scale in (Status, Standing, Basis, Lane, StakeholderKind, Capacity):
        assert set(WORDS[scale]) == {member.value for member in scale}
    assert set(FLAGS) == set(Flag)
    assert all(french and english for scale in WORDS.values() for french, english in scale.values())


def test_an_empty_lane_never_reads_as_a_status() -> None:
    statuses = {words.word(status, "fr") for status in Status}
    empty = {words.word(lane, "fr") for lane in Lane} | {words.word(Standing.unknown, "fr")}
    assert empty == {"Pas encore déclaré", "Pas encore évalué"}
    assert not empty & statuses


def test_flags_count_in_each_language() -> None:
    silent, postponed = Raised(Flag.silent, 94), Raised(Flag.postponed, 1)
    assert words.flag_words(silent, "fr") == "Sans nouvelles depuis 94 jours"
    assert words.flag_words(silent, "en") == "No news for 94 days"
    assert words.flag_words(Raised(Flag.silent, 1_200), "fr").endswith(f"1{NARROW}200 jours")
    assert words.flag_words(postponed, "fr") == "Échéance repoussée 1 fois"
    assert words.flag_words(postponed, "fr", short=True) == "Repoussée 1 fois"
    assert words.flag_words(postponed, "en", short=True) == "Postponed once"


def raised(**changes: Any) -> list[Flag]:
    return [each.flag for each in words.flags(row(**changes).commitment, TODAY)]


def test_a_commitment_with_news_and_no_trouble_carries_no_flag() -> None:
    assert raised() == []


def test_each_flag_is_raised_by_its_rule() -> None:
    past, old = TODAY - timedelta(days=40), TODAY - timedelta(days=200)
    assert raised(due=due(past)) == [Flag.overdue, Flag.no_evidence]
    assert raised(due=due(TODAY)) == []
    assert raised(acknowledged=False) == [Flag.awaiting]
    assert raised(disputed_by=OCK.id, acknowledged=False) == [Flag.disputed]
    assert raised(measure=Measure(False)) == [Flag.not_measurable]
    assert raised(times_postponed=2) == [Flag.postponed]
    assert raised(last_news_on=old) == [Flag.silent]
    assert raised(assessments=(assessed(Status.in_progress, challenged=True),)) == [Flag.contested]
    both = {"declared": declared(Status.fulfilled), "assessments": (assessed(Status.stalled),)}
    assert raised(**both) == [Flag.gap]
    late = {"declared": declared(Status.fulfilled), "declared_fulfilled_on": date(2026, 3, 1)}
    assert raised(due=due(date(2026, 2, 1)), **late) == [Flag.fulfilled_late, Flag.no_evidence]


@pytest.mark.parametrize("days", [policies.SILENCE_DAYS - 1, policies.SILENCE_DAYS])
def test_silence_is_flagged_from_the_day_the_filter_finds_it(days: int) -> None:
    found = raised(last_news_on=TODAY - timedelta(days=days))
    assert (Flag.silent in found) == (days >= policies.SILENCE_DAYS)


def test_the_silence_filter_says_the_days_of_the_rule() -> None:
    assert all(str(policies.SILENCE_DAYS) in text for text in SWITCHES["silent"])


def test_the_facts_of_a_refusal_are_put_into_words() -> None:
    refusal = CommitmentAlreadyWithdrawn(withdrawn_on=date(2026, 7, 1))
    assert "retiré le 1er juillet 2026" in refusal.sentence("fr", words.fact_writer("fr"))
    assert "withdrawn on 1 July 2026" in refusal.sentence("en", words.fact_writer("en"))
    long = TextTooLong(field="note", limit=5_000, length=12_345)
    assert f"12{NARROW}345 caractères" in long.sentence("fr", words.fact_writer("fr"))
    assert words.fact_writer("fr")(Status.stalled) == "À l’arrêt"
