"""The published method: how the board arrives at what it shows."""

from domain.policies import REPLY_DAYS, SILENCE_DAYS, Standing
from domain.values import Status
from web.sentences import LATE_RECORDING_DAYS
from web.visit import Page, Visit
from web.words import Flag, Raised

_EXAMPLES = {Flag.silent: SILENCE_DAYS, Flag.postponed: 2}


def show(visit: Visit) -> Page:
    return Page(
        "method.html",
        {
            "scale": [Standing(each.value) for each in Status],
            "Standing": Standing,
            "raised": [Raised(flag, _EXAMPLES.get(flag, 0)) for flag in Flag],
            "silence_days": SILENCE_DAYS,
            "reply_days": REPLY_DAYS,
            "late_recording_days": LATE_RECORDING_DAYS,
        },
    )
