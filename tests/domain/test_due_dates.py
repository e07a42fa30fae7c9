"""A due date is set once and then moves, with a reason (rule 1), and every postponement is counted.

Rule 6: a fact lies between the making of the commitment and today. That recorded_at is set, and its
gap to occurred_on shown, is the ledger's and the pages' part of that rule.
"""

from datetime import date, timedelta

import pytest

from domain import commands as c
from domain import events as e
from domain import refusals as r
from domain.values import Due, DueKind, Wording
from tests.domain.acts import ask
from tests.domain.cast import (
    BEFORE_THE_ELECTION,
    COMMISSION,
    DUE_ON,
    MADE_ON,
    OPEN,
    REPORT,
    SECRETARIAT,
    TODAY,
    by_day,
)
from tests.domain.storytelling import given, happened, made, told

LATER = by_day(date(2025, 6, 30))
SOONER = by_day(date(2024, 10, 1))


def _moved(previous: Due, due: Due) -> e.DueDateMoved:
    return happened(e.DueDateMoved, COMMISSION, TODAY, previous=previous, due=due)


@pytest.mark.parametrize("due", [LATER, BEFORE_THE_ELECTION])
def test_a_commitment_without_a_due_date_is_given_one(due: Due) -> None:
    story = given(made(due=OPEN)).when(ask(c.SetDueDate, due=due), by=COMMISSION)
    assert story.therefore(e.DueDateSet, due=due).state.due == due


def test_a_due_date_that_is_there_is_not_set_again() -> None:
    given(made()).when(ask(c.SetDueDate, due=LATER), by=COMMISSION).refused(
        r.DueAlreadySet,
        fr="Cet engagement a déjà une échéance. Pour la changer, déplacez-la en donnant un motif.",
        en="This commitment already has a due date. To change it, move it and give a reason.",
    )


@pytest.mark.parametrize("due", [LATER, SOONER, BEFORE_THE_ELECTION, OPEN])
def test_a_due_date_moves_with_a_reason_and_keeps_the_previous_one_in_sight(due: Due) -> None:
    move = ask(c.MoveDueDate, due=due, reason="Crédits tardifs.")
    given(made()).when(move, by=COMMISSION).therefore(
        e.DueDateMoved, previous=by_day(DUE_ON), due=due, reason="Crédits tardifs."
    )


def test_a_due_date_is_not_moved_silently() -> None:
    given(made()).when(ask(c.MoveDueDate, due=LATER, reason=""), by=SECRETARIAT).refused(
        r.TextEmpty,
        fr="Le motif est vide. Écrivez au moins quelques mots.",
        en="The reason is empty. Write at least a few words.",
    )


def test_what_has_no_due_date_is_not_moved() -> None:
    given(made(due=OPEN)).when(ask(c.MoveDueDate, due=LATER), by=COMMISSION).refused(
        r.DueNotSet,
        fr="Cet engagement n'a pas encore d'échéance. Fixez-en une avant de la déplacer.",
        en="This commitment has no due date yet. Set one before moving it.",
    )


@pytest.mark.parametrize(
    ("standing", "asked"),
    [
        (by_day(DUE_ON), by_day(DUE_ON)),
        (by_day(DUE_ON), Due(kind=DueKind.fixed, on=DUE_ON, event=Wording(fr="Un reste"))),
        (
            BEFORE_THE_ELECTION,
            Due(kind=DueKind.event, on=DUE_ON, event=Wording(fr=" Avant la pre\u0301sidentielle")),
        ),
    ],
)
def test_moving_a_due_date_to_itself_says_nothing(standing: Due, asked: Due) -> None:
    given(made(due=standing)).when(ask(c.MoveDueDate, due=asked), by=COMMISSION).refused(
        r.DueUnchanged,
        fr="L'échéance proposée est celle qui est déjà enregistrée. Donnez-en une autre.",
        en="The proposed due date is the one already recorded. Give another.",
    )


def test_a_fixed_due_date_has_a_date() -> None:
    given(made()).when(ask(c.MoveDueDate, due=Due(kind=DueKind.fixed)), by=COMMISSION).refused(
        r.DateMissing,
        fr="L'échéance fixée à une date demande cette date. Indiquez-la, ou choisissez « sans "
        "date ».",
        en="The due date is said to be fixed but has no date. Give the date, or choose “no date”.",
    )


def test_an_event_that_something_depends_on_has_a_name() -> None:
    given(made()).when(ask(c.MoveDueDate, due=Due(kind=DueKind.event)), by=COMMISSION).refused(
        r.TextEmpty,
        fr="L'événement dont dépend l'échéance est vide. Écrivez au moins quelques mots.",
        en="The event the due date depends on is empty. Write at least a few words.",
    )


def test_nothing_is_due_before_it_was_promised() -> None:
    refused = given(made()).when(
        ask(c.MoveDueDate, due=by_day(MADE_ON - timedelta(days=1))), by=COMMISSION
    )
    refused.refused(
        r.DueBeforeCommitment,
        fr="L'échéance du 15 juillet 2024 est antérieure à l'engagement, pris le 16 juillet 2024. "
        "Donnez une date à partir du 16 juillet 2024.",
        en="The due date 15 July 2024 is before the commitment, made on 16 July 2024. Give a date "
        "from 16 July 2024 on.",
    )
    given().when(ask(c.MakeCommitment, MADE_ON, due=by_day(MADE_ON)), by=COMMISSION).therefore(
        e.CommitmentMade, due=by_day(MADE_ON)
    )


@pytest.mark.parametrize(
    ("moves", "times"),
    [
        ([(by_day(DUE_ON), LATER)], 1),
        ([(by_day(DUE_ON), SOONER)], 0),
        ([(by_day(DUE_ON), LATER), (LATER, by_day(date(2025, 9, 30)))], 2),
        ([(by_day(DUE_ON), SOONER), (SOONER, by_day(DUE_ON))], 1),
        ([(by_day(DUE_ON), BEFORE_THE_ELECTION)], 1),
        ([(by_day(DUE_ON), OPEN)], 1),
        ([(BEFORE_THE_ELECTION, LATER)], 0),
    ],
    ids=["later", "sooner", "later twice", "there and back", "to an event", "to nothing", "named"],
)
def test_only_what_puts_off_is_counted_as_postponed(
    moves: list[tuple[Due, Due]], times: int
) -> None:
    history = [_moved(previous, due) for previous, due in moves]
    assert told(made(due=moves[0][0]), *history).times_postponed == times


def test_a_date_is_not_put_off_unseen_by_passing_through_no_date_at_all() -> None:
    put_off = told(
        made(),
        _moved(by_day(DUE_ON), OPEN),
        happened(e.DueDateSet, COMMISSION, TODAY, due=LATER),
    )
    assert (put_off.due, put_off.times_postponed) == (LATER, 1)


def test_a_fact_of_tomorrow_is_refused() -> None:
    given(made()).when(ask(c.DeclareProgress, TODAY + timedelta(days=1)), by=COMMISSION).refused(
        r.OccurredInFuture,
        fr="Le 2 mars 2025 n'est pas encore arrivé. Le registre ne retient que ce qui a eu lieu : "
        "donnez la date du fait, au plus tard le 1er mars 2025.",
        en="2 March 2025 has not come yet. The record only takes what has happened: give the date "
        "of the fact, 1 March 2025 at the latest.",
    )


def test_a_fact_before_the_commitment_is_refused() -> None:
    given(made()).when(ask(c.DeclareProgress, MADE_ON - timedelta(days=1)), by=COMMISSION).refused(
        r.OccurredBeforeCommitment,
        fr="Le 15 juillet 2024 est antérieur à l'engagement, pris le 16 juillet 2024. Vérifiez la "
        "date du fait.",
        en="15 July 2024 is before the commitment, made on 16 July 2024. Check the date of the "
        "fact.",
    )


@pytest.mark.parametrize("day", [date(205, 7, 16), date(1989, 12, 31)])
def test_a_slip_of_the_year_is_refused(day: date) -> None:
    outcome = given().when(ask(c.MakeCommitment, day), by=COMMISSION)
    written = {205: ("16 juillet 205", "16 July 205")}
    fr, en = written.get(day.year, ("31 décembre 1989", "31 December 1989"))
    outcome.refused(
        r.DateImplausible,
        fr=f"Le {fr} ne peut pas être juste : donnez une date entre le 1er janvier 1990 et le 1er "
        "janvier 2100.",
        en=f"{en} cannot be right: give a date between 1 January 1990 and 1 January 2100.",
    )


@pytest.mark.parametrize("day", [date(2100, 1, 2), date.max])
def test_a_due_date_in_an_impossible_year_is_refused(day: date) -> None:
    for kind in (c.SetDueDate, c.MakeCommitment):
        story = given(made(due=OPEN)) if kind is c.SetDueDate else given()
        refusal = story.when(ask(kind, due=by_day(day)), by=COMMISSION).refusal
        assert isinstance(refusal, r.DateImplausible)


def test_evidence_seen_in_an_impossible_year_is_refused() -> None:
    old = type(REPORT)(kind=REPORT.kind, title="x", seen_on=date.min, url=REPORT.url)
    outcome = given(made()).when(ask(c.AddEvidence, evidence=old), by=COMMISSION)
    assert isinstance(outcome.refusal, r.DateImplausible)


@pytest.mark.parametrize("day", [MADE_ON, TODAY])
def test_the_day_of_the_commitment_and_today_are_both_accepted(day: date) -> None:
    given(made()).when(ask(c.DeclareProgress, day), by=COMMISSION).therefore(e.ProgressDeclared)
