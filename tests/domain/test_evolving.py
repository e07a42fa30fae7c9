"""Evolving never refuses: what is in the ledger has happened."""

from datetime import date

from hypothesis import given as for_all
from hypothesis import strategies as st

from domain import events as e
from domain.values import (
    AttributionOutcome,
    Status,
)
from tests.domain.cast import (
    BEFORE_THE_ELECTION,
    COMMISSION,
    MADE_ON,
    MEASURED,
    OPEN,
    REGISTER,
    REPORT,
    SECRETARIAT,
    UNHURRIED,
    YOUTH,
)
from tests.domain.derived import derived_words
from tests.domain.storytelling import (
    assessed,
    challenged,
    declared,
    happened,
    made,
    told,
    withdrawn,
)

UNLIKELY: list[e.Recorded] = [
    happened(e.CommitmentAcknowledged, YOUTH, MADE_ON),
    happened(e.AttributionDisputed, YOUTH, MADE_ON),
    happened(
        e.AttributionSettled,
        SECRETARIAT,
        MADE_ON,
        outcome=AttributionOutcome.reassigned,
        owners=(YOUTH.organisation,),
    ),
    happened(e.WordingCorrected, COMMISSION, MADE_ON, statement=REGISTER, measure=MEASURED),
    happened(e.DueDateSet, COMMISSION, MADE_ON, due=OPEN),
    happened(e.DueDateMoved, COMMISSION, MADE_ON, previous=OPEN, due=BEFORE_THE_ELECTION),
    happened(e.MilestonePlanned, COMMISSION, MADE_ON, milestone=7, title=REGISTER),
    happened(e.MilestoneReached, COMMISSION, MADE_ON, milestone=9),
    declared(Status.fulfilled, date.min),
    assessed(5, Status.not_fulfilled, MADE_ON, by=COMMISSION),
    challenged(8, MADE_ON),
    happened(e.AssessmentMaintained, YOUTH, MADE_ON, assessment=8),
    happened(e.AssessmentRevised, YOUTH, MADE_ON, assessment=5, status=Status.stalled),
    happened(e.ReplyPublished, YOUTH, MADE_ON, assessment=8),
    happened(e.EvidenceAdded, YOUTH, MADE_ON, evidence=REPORT),
    happened(e.EvidenceWithdrawn, YOUTH, MADE_ON, number=8),
    withdrawn(MADE_ON),
]


@UNHURRIED
@for_all(st.lists(st.sampled_from(UNLIKELY), max_size=12))
def test_what_is_in_the_ledger_has_happened_however_unlikely(history: list[e.Recorded]) -> None:
    """A rule may come later than an event that breaks it; the board has to show that event."""
    state = told(made(), *history)
    assert state.version == len(history) + 1
    assert set(derived_words(state, MADE_ON)) == set(derived_words(state, date.max))


def test_every_event_of_a_commitment_is_among_the_unlikely_ones() -> None:
    kinds = {type(event) for event in UNLIKELY} | {e.CommitmentMade}
    assert kinds == set(e.CommitmentEvent.__subclasses__())
