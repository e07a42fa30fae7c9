"""A second opinion on the board: rule 10 and the derived words of product.md, read plainly."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tests.domain.plain_model import PlainCommitment


def _voices(plain: PlainCommitment) -> dict[UUID, list[dict[str, Any]]]:
    """What each assessing organisation said that counts, oldest first."""
    voices: dict[UUID, list[dict[str, Any]]] = {}
    for said in sorted(plain.assessments, key=lambda a: a["on"]):
        if said["by"] not in plain.owners:
            voices.setdefault(said["by"], []).append(said)
    if plain.withdrawn_on is None:
        return voices
    return {
        assessor: voice
        for assessor, voice in voices.items()
        if voice[-1]["status"] in {"fulfilled", "not_fulfilled"}
        or voice[-1]["on"] >= plain.withdrawn_on
    }


def _owners_voice(plain: PlainCommitment) -> list[dict[str, Any]]:
    said = [declaration for declaration in plain.declarations if declaration["by"] in plain.owners]
    return sorted(said, key=lambda declaration: declaration["on"])


def board(plain: PlainCommitment) -> tuple[str, str, dict[str, int]]:
    """The standing, whose word it is, and how many organisations gave which status."""
    statuses = [str(voice[-1]["status"]) for voice in _voices(plain).values()]
    counts = {status: statuses.count(status) for status in statuses}
    if counts:
        return (statuses[0] if len(counts) == 1 else "divergent", "assessed", counts)
    if plain.withdrawn_on:
        return ("withdrawn", "declared", {})
    if _owners_voice(plain):
        return (str(_owners_voice(plain)[-1]["status"]), "declared", {})
    return ("unknown", "nobody", {})


def fulfilled_on(plain: PlainCommitment) -> date | None:
    if board(plain)[0] != "fulfilled":
        return None
    return min(
        day for voice in [_owners_voice(plain), *_voices(plain).values()] for day in _run(voice)
    )


def _run(voice: list[dict[str, Any]]) -> list[date]:
    """The days of the last unbroken run of "fulfilled"."""
    days: list[date] = []
    for said in voice:
        days = [*days, said["on"]] if said["status"] == "fulfilled" else []
    return days


def words(plain: PlainCommitment, on: date) -> dict[str, Any]:
    """Every derived word, for the day `on`."""
    standing = board(plain)[0]
    concluded = standing in {"fulfilled", "not_fulfilled", "withdrawn"}
    past_due = plain.due.kind == "fixed" and on >= plain.due.on + timedelta(days=1)
    evidence = any(not piece["withdrawn"] for piece in plain.evidence)
    unheard = not (plain.acknowledged or plain.disputed_by or plain.withdrawn_on)
    silence = 0 if concluded or unheard else max(0, (on - plain.news_on).days)
    own, fulfilled = _owners_voice(plain), fulfilled_on(plain)
    late = fulfilled and plain.due.kind == "fixed" and fulfilled > plain.due.on
    others = {voice[-1]["status"] for voice in _voices(plain).values()}
    return {
        "overdue": past_due and not concluded,
        "fulfilled late": bool(late),
        "days of silence": silence,
        "silent": silence >= 90,
        "due without evidence": past_due and not evidence and not plain.withdrawn_on,
        "times postponed": plain.postponed,
        "gap": bool(own and others - {own[-1]["status"]}),
        "disagree": standing == "divergent",
        "contested": any(assessment["open"] for assessment in plain.assessments),
        "awaiting acknowledgement": not (
            plain.acknowledged or plain.disputed_by or plain.withdrawn_on
        ),
    }
