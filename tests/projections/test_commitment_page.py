"""What was promised, and what became of it? Both lanes, every answer, every wording, any moment."""

from datetime import date

from domain import events as e
from domain.commitment import evolve
from domain.values import Due, Measure, Status, Wording
from projections import board, stakeholders
from projections.board import Filter
from projections.commitment_page import CommitmentPage, commitment_page
from projections.feed import Moment, Reading
from tests.domain.cast import (
    COMMISSION,
    DUE_ON,
    OBSERVATORY,
    REGISTER,
    REPORT,
    SCAN,
    SECRETARIAT,
    TODAY,
    YOUTH,
    by_day,
)
from tests.domain.storytelling import (
    assessed,
    challenged,
    declared,
    disputed,
    happened,
    made,
    withdrawn,
)
from tests.projections.telling import OTHER, Telling, promised

SEPTEMBER, OCTOBER = date(2024, 9, 1), date(2024, 10, 1)


def page_of(told: Telling, position: int | None = None) -> CommitmentPage:
    at = told.position if position is None else position
    page = commitment_page(told.reading, Moment(at, TODAY), "2024-001")
    assert page is not None
    return page


def test_a_page_begins_with_what_was_promised(told: Telling) -> None:
    told.tell(made())
    page = page_of(told)
    assert page.made.statement == REGISTER
    assert [each.statement for each in page.wordings] == [REGISTER]
    assert [each.due for each in page.dues] == [by_day(DUE_ON)]
    assert (page.declared, page.assessed, page.evidence, page.disputes) == ([], [], [], [])


def test_a_reference_that_nobody_took_has_no_page(told: Telling) -> None:
    told.tell(made())
    assert commitment_page(told.reading, told.now(), "2024-002") is None
    assert commitment_page(told.reading, Moment(0, TODAY), "2024-001") is None


def test_lanes_are_newest_first_by_the_day_spoken_of_not_by_that_of_recording(
    told: Telling,
) -> None:
    told.tell(
        made(), declared(Status.in_progress, OCTOBER), declared(Status.not_started, SEPTEMBER)
    )
    told.tell(assessed(1, Status.in_progress, OCTOBER), assessed(2, Status.not_started, SEPTEMBER))
    page = page_of(told)
    assert [(each.on, each.version) for each in page.declared] == [(OCTOBER, 2), (SEPTEMBER, 3)]
    assert [(each.on, each.number) for each in page.assessed] == [(OCTOBER, 1), (SEPTEMBER, 2)]


def test_two_entries_of_one_day_are_in_the_order_of_recording(told: Telling) -> None:
    told.tell(
        made(), declared(Status.in_progress, OCTOBER), declared(Status.stalled, OCTOBER, SCAN)
    )
    assert [each.status for each in page_of(told).declared] == [Status.stalled, Status.in_progress]


def test_every_answer_stands_under_the_assessment_it_answers(told: Telling) -> None:
    told.tell(made(), assessed(1, Status.in_progress, SEPTEMBER))
    told.tell(assessed(2, Status.not_started, SEPTEMBER, by=YOUTH))
    told.tell(
        challenged(2, OCTOBER),
        happened(e.ReplyPublished, COMMISSION, OCTOBER, assessment=1, evidence=(SCAN,)),
        happened(e.AssessmentMaintained, YOUTH, OCTOBER, assessment=2),
    )
    second, first = page_of(told).assessed
    assert [(each.kind, each.by) for each in first.answers] == [("reply", COMMISSION.organisation)]
    assert first.answered
    assert not first.challenged
    assert [each.title for each in first.answers[0].evidence] == ["Procès-verbal"]
    assert [each.kind for each in second.answers] == ["challenge", "maintained"]
    assert second.answered
    assert not second.challenged


def test_a_challenge_is_open_until_the_assessor_answers(told: Telling) -> None:
    told.tell(made(), assessed(1, Status.in_progress, SEPTEMBER))
    opened = told.tell(challenged(1, OCTOBER))
    told.tell(happened(e.AssessmentMaintained, OBSERVATORY, OCTOBER, assessment=1))
    assert page_of(told, opened).assessed[0].challenged
    assert not page_of(told).assessed[0].challenged


def test_a_revised_assessment_keeps_its_first_wording_and_opens_a_new_reply(told: Telling) -> None:
    told.tell(made(), assessed(1, Status.not_started, SEPTEMBER), challenged(1, OCTOBER))
    until = date(2024, 11, 30)
    revised = happened(
        e.AssessmentRevised,
        OBSERVATORY,
        OCTOBER,
        assessment=1,
        status=Status.in_progress,
        rationale="Pièces lues.",
        reply_expected_on=until,
    )
    told.tell(revised)
    (assessment,) = page_of(told).assessed
    assert (assessment.status, assessment.text) == (Status.not_started, "Un constat.")
    answer = assessment.answers[-1]
    assert (answer.kind, answer.status, answer.text) == (
        "revised",
        Status.in_progress,
        "Pièces lues.",
    )
    assert (assessment.reply_expected_on, assessment.answered) == (until, False)


def test_withdrawing_stands_in_the_owners_lane(told: Telling) -> None:
    told.tell(made(), declared(Status.in_progress, SEPTEMBER), withdrawn(OCTOBER))
    last, before = page_of(told).declared
    assert (last.withdrawal, last.status, last.text) == (True, None, "Un motif.")
    assert not before.withdrawal


def test_evidence_of_every_kind_of_act_is_listed_with_who_provided_it(told: Telling) -> None:
    told.tell(made(), declared(Status.stalled, SEPTEMBER, REPORT, SCAN))
    told.tell(assessed(1, Status.stalled, OCTOBER, SCAN))
    told.tell(happened(e.EvidenceAdded, YOUTH, OCTOBER, evidence=REPORT))
    found = [(each.evidence.number, each.provider) for each in page_of(told).evidence]
    owner, observer, youth = (by.organisation for by in (COMMISSION, OBSERVATORY, YOUTH))
    assert found == [(1, owner), (2, owner), (3, observer), (4, youth)]


def test_withdrawn_evidence_stays_readable_with_the_reason(told: Telling) -> None:
    told.tell(made(), declared(Status.stalled, SEPTEMBER, REPORT))
    before = told.tell(happened(e.EvidenceAdded, YOUTH, OCTOBER, evidence=SCAN))
    told.tell(happened(e.EvidenceWithdrawn, YOUTH, OCTOBER, number=2, reason="Mauvais fichier."))
    kept, gone = page_of(told).evidence
    assert (kept.withdrawn_on, kept.withdrawn_because) == (None, "")
    assert (gone.withdrawn_on, gone.withdrawn_because) == (OCTOBER, "Mauvais fichier.")
    assert gone.evidence.title == "Procès-verbal"
    assert page_of(told, before).evidence[1].withdrawn_on is None


def test_every_due_date_and_wording_there_was_is_kept_with_its_reason(told: Telling) -> None:
    told.tell(made(due=Due()))
    told.tell(happened(e.DueDateSet, SECRETARIAT, SEPTEMBER, due=by_day(DUE_ON)))
    moved = by_day(date(2025, 6, 30))
    told.tell(happened(e.DueDateMoved, COMMISSION, OCTOBER, previous=by_day(DUE_ON), due=moved))
    anew = Wording(fr="Publier le fichier.")
    told.tell(
        happened(e.WordingCorrected, COMMISSION, OCTOBER, statement=anew, measure=Measure(False))
    )
    page = page_of(told)
    assert [(each.due, each.reason) for each in page.dues] == [
        (Due(), ""),
        (by_day(DUE_ON), ""),
        (moved, "Un motif."),
    ]
    assert [(each.statement, each.reason) for each in page.wordings] == [
        (REGISTER, ""),
        (anew, "Un motif."),
    ]


def test_disputes_and_how_they_were_settled_are_listed(told: Telling) -> None:
    told.tell(promised("2024-001"), disputed())
    owners = (YOUTH.organisation,)
    told.tell(
        happened(e.AttributionSettled, SECRETARIAT, SEPTEMBER, outcome="reassigned", owners=owners)
    )
    page = page_of(told)
    assert [type(entry.event) for entry in page.disputes] == [
        e.AttributionDisputed,
        e.AttributionSettled,
    ]
    assert page.row.commitment.owners == owners


def test_one_commitments_page_says_nothing_of_another(told: Telling) -> None:
    told.tell(promised("2024-001"))
    told.tell(promised("2024-002"), declared(Status.in_progress, SEPTEMBER), about=OTHER)
    assert page_of(told).declared == []
    assert len(page_of(told).history) == 1


# ---- against the board, for every commitment of a lively record


def test_page_and_board_never_disagree(reading: Reading) -> None:
    frameworks = tuple(each.id for each in stakeholders.frameworks(reading, Moment(409, TODAY)))
    for position in (30, 90, 150, 260, 330, 409):
        moment = Moment(position, TODAY)
        for row in board.every_row(reading, moment, Filter(frameworks=frameworks)):
            state = row.commitment
            page = commitment_page(reading, moment, state.reference)
            assert page is not None
            assert page.row == row
            _check_agrees(page)


def _check_agrees(page: CommitmentPage) -> None:
    state, folded = page.row.commitment, None
    for entry in page.history:
        folded = evolve(folded, entry.event)
    assert folded == state
    assert [each.version for each in page.history] == list(range(1, state.version + 1))
    assert page.row.position == page.history[-1].position
    held = {(each.evidence.number, each.provider) for each in page.evidence}
    assert held == {(each.number, each.provider) for each in state.evidence}
    withdrawn_ones = {each.evidence.number for each in page.evidence if each.withdrawn_on}
    assert withdrawn_ones == {each.number for each in state.evidence if each.withdrawn}
    by_number = {each.number: each for each in page.assessed}
    for assessment in state.assessments:
        shown = by_number[assessment.number]
        assert shown.by == assessment.assessor
        assert (shown.challenged, shown.answered) == (assessment.challenged, assessment.answered)
        assert shown.reply_expected_on == assessment.reply_expected_on
        revised = [each.status for each in shown.answers if each.kind == "revised"]
        assert ([shown.status, *revised])[-1] == assessment.status
    said = [each for each in page.declared if not each.withdrawal]
    assert len(said) == len(state.declarations)
    assert page.wordings[-1].statement == state.statement
    assert page.dues[-1].due == state.due
