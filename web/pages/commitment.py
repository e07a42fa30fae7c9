"""One commitment: what was promised, both lanes, and everything that happened to it."""

from collections.abc import Iterable
from datetime import UTC, date
from typing import Any

from msgspec import Struct, field

from domain.policies import board_status
from domain.values import Measure, Wording
from projections.commitment_page import (
    AssessedEntry,
    CommitmentPage,
    DeclaredEntry,
    DueEntry,
    EvidenceEntry,
    commitment_page,
)
from projections.feed import Moment
from projections.history import HistoryEntry
from web.differences import Part, difference
from web.sentences import Writer, recording_gap
from web.visit import Language, NotInRecord, Page, Visit


class DayOfLanes(Struct):
    """What both sides said of one day. The lanes share one time axis, so a day is one row of it."""

    on: date
    declared: list[DeclaredEntry] = field(default_factory=list)
    assessed: list[AssessedEntry] = field(default_factory=list)
    made: bool = False
    due: bool = False


class Correction(Struct, frozen=True):
    """One correction of the wording, in the language `read`. What did not change is empty."""

    entry: HistoryEntry
    read: Language
    statement: tuple[Part, ...]
    criterion: tuple[Part, ...]


def show(visit: Visit) -> Page:
    page = _page(visit, visit.moment)
    return Page("commitment.html", _context(visit, visit.moment, page))


def show_version(visit: Visit) -> Page:
    """The page as the commitment's n-th event left it, judged on the day that was recorded."""
    latest = _page(visit, visit.moment)
    asked = visit.path_values["version"]
    # Compared as text: 4, 04 and ٤ would otherwise be three addresses of one page.
    entry = next((each for each in latest.history if str(each.version) == asked), None)
    if entry is None:
        raise NotInRecord("version", asked)
    moment = Moment(entry.position, entry.recorded_at.astimezone(UTC).date())
    later = latest.history[entry.version :]
    return Page(
        "version.html",
        _context(visit, moment, _page(visit, moment))
        | {"entry": entry, "later": later, "last_version": latest.history[-1].version},
    )


def _page(visit: Visit, moment: Moment) -> CommitmentPage:
    reference = visit.path_values["reference"]
    page = commitment_page(visit.reading, moment, reference)
    if page is None:
        raise NotInRecord("commitment", reference)
    return page


def _context(visit: Visit, moment: Moment, page: CommitmentPage) -> dict[str, Any]:
    commitment = page.row.commitment
    framework = visit.directory.frameworks[commitment.framework]
    return {
        "page": page,
        "commitment": commitment,
        "board": board_status(commitment),
        "day": moment.day,
        "position": page.history[-1].position,
        "framework": framework,
        "exercise": framework.exercise,
        "meeting": visit.directory.meetings.get(commitment.meeting) if commitment.meeting else None,
        "topics": [
            visit.directory.topics[slug]
            for slug in commitment.topics
            if slug in visit.directory.topics
        ],
        "dispute": page.disputes[-1] if commitment.disputed_by is not None else None,
        "dues": _dues(page.dues),
        "days": days_of_lanes(page),
        "held": {entry.evidence.number: entry for entry in page.evidence},
        "evidence_list": sorted(page.evidence, key=_number),
        "corrections": corrections(page.history, visit.language),
        "say": Writer(visit.directory, visit.language).sentence,
        "recording_gap": recording_gap,
        "public_url": visit.public_url.rstrip("/"),
    }


def _number(entry: EvidenceEntry) -> int:
    return entry.evidence.number


def _dues(dues: list[DueEntry]) -> list[DueEntry]:
    """The due dates there were, oldest first; one never said is no due date."""
    return [each for each in dues if each.due.kind.value != "open" or each.reason]


def days_of_lanes(page: CommitmentPage) -> list[DayOfLanes]:
    """The rows of the time axis, the newest first. The making and the due date are among them, so
    that a reader sees what was said before the date and what after."""
    commitment = page.row.commitment
    days: dict[date, DayOfLanes] = {}

    def on(day: date) -> DayOfLanes:
        return days.setdefault(day, DayOfLanes(day))

    for declared in page.declared:
        on(declared.on).declared.append(declared)
    for assessed in page.assessed:
        on(assessed.on).assessed.append(assessed)
    if not days:
        return []
    on(commitment.made_on).made = True
    if commitment.due.on is not None:
        on(commitment.due.on).due = True
    return sorted(days.values(), key=lambda each: each.on, reverse=True)


def corrections(history: Iterable[HistoryEntry], language: Language) -> list[Correction]:
    """Each correction of statement or criterion against the wording it replaced, oldest first."""
    found: list[Correction] = []
    before: Any = None
    for entry in history:
        event: Any = entry.event
        if not hasattr(event, "statement"):
            continue
        if before is not None:
            read = _language_of_change(before.statement, event.statement, language)
            found.append(
                Correction(
                    entry,
                    read,
                    _changed(_in(before.statement, read), _in(event.statement, read)),
                    _changed(_criterion(before.measure, read), _criterion(event.measure, read)),
                )
            )
        before = event
    return found


def _changed(before: str, after: str) -> tuple[Part, ...]:
    return difference(before, after) if before != after else ()


def _language_of_change(before: Wording, after: Wording, language: Language) -> Language:
    """The reader's language, unless only the other wording changed."""
    other: Language = "en" if language == "fr" else "fr"
    changed = _in(before, language) != _in(after, language)
    return language if changed or _in(before, other) == _in(after, other) else other


def _in(wording: Wording, language: Language) -> str:
    return wording.fr if language == "fr" else wording.en


def _criterion(measure: Measure, language: Language) -> str:
    if measure.criterion is not None:
        return measure.criterion.in_language(language)[0]
    return "Non mesurable" if language == "fr" else "Not measurable"
