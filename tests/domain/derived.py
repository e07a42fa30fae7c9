"""Every derived word of the domain at once, under the names that plain_board.py gives them."""

from datetime import date
from typing import Any

from domain.commitment import Commitment
from domain.policies import (
    assessors_disagree,
    days_of_silence,
    is_awaiting_acknowledgement,
    is_contested,
    is_due_without_evidence,
    is_fulfilled_late,
    is_overdue,
    is_silent,
    lanes_differ,
)


def derived_words(state: Commitment, on: date) -> dict[str, Any]:
    return {
        "overdue": is_overdue(state, on),
        "fulfilled late": is_fulfilled_late(state),
        "days of silence": days_of_silence(state, on),
        "silent": is_silent(state, on),
        "due without evidence": is_due_without_evidence(state, on),
        "times postponed": state.times_postponed,
        "gap": lanes_differ(state),
        "disagree": assessors_disagree(state),
        "contested": is_contested(state),
        "awaiting acknowledgement": is_awaiting_acknowledgement(state),
    }
