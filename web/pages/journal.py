"""The journal: every event of the record, in the order of recording."""

import re
from typing import Any

from msgspec import Struct

from projections import journal
from projections.journal import ENTRIES_A_PAGE, JournalEntry
from projections.versions import FOREVER
from web.sentences import Writer, recording_gap
from web.visit import Page, QueryRefused, Visit


class Subject(Struct, frozen=True):
    """`route` and `named` are an address; `version` is empty but for commitments."""

    route: str
    named: dict[str, str]
    version: str = ""


def show(visit: Visit) -> Page:
    before = _before(visit)
    entries = journal.journal(visit.reading, visit.moment, before)
    return Page(
        "journal.html",
        {
            "entries": entries,
            "say": lambda entry: _say(visit, entry),
            "subject": lambda entry: _subject(visit, entry),
            "recorded_by": lambda entry: visit.directory.stakeholders.get(entry.event.recorded_by),
            "rehearsed": lambda entry: _is_exercise(visit, entry),
            "recording_gap": recording_gap,
            "older": _older(entries),
            "newer": _newer(visit, before),
        },
    )


def _before(visit: Visit) -> int | None:
    asked = visit.query.get("before")
    if asked is None:
        return None
    # Longer numbers than a position can have would reach the database as an error.
    if not re.fullmatch(r"[1-9][0-9]{0,18}", asked) or int(asked) > FOREVER:
        raise QueryRefused("before", asked, "not a position")
    return int(asked)


def _older(entries: tuple[JournalEntry, ...]) -> str | None:
    """The `before` of the next page; None on the last one."""
    return str(entries[-1].position) if entries and entries[-1].position > 1 else None


def _newer(visit: Visit, before: int | None) -> str | None:
    """The `before` of the page of later events, empty for the first page; None on the first."""
    if before is None or before > visit.moment.position:
        return None
    later = before + ENTRIES_A_PAGE
    return str(later) if later <= visit.moment.position else ""


def _say(visit: Visit, entry: JournalEntry) -> Any:
    return Writer(visit.directory, visit.language, entry.reference).sentence(entry.event)


def _subject(visit: Visit, entry: JournalEntry) -> Subject | None:
    """The page of what the event is about; a framework has none."""
    event: Any = entry.event
    if entry.reference is not None:
        version = str(event.originator_version)
        return Subject("version", {"reference": entry.reference, "version": version}, version)
    meeting = visit.directory.meetings.get(event.originator_id)
    if meeting is not None:
        return Subject("meeting", {"slug": meeting.slug})
    organisation = visit.directory.stakeholders.get(event.originator_id)
    if organisation is not None:
        return Subject("stakeholder", {"slug": organisation.slug})
    return None


def _is_exercise(visit: Visit, entry: JournalEntry) -> bool:
    """Whether the event belongs to an exercise, or introduces an organisation of one."""
    event: Any = entry.event
    if hasattr(event, "exercise"):
        return bool(event.exercise)
    directory = visit.directory
    meeting = directory.meetings.get(event.originator_id)
    framework = directory.frameworks.get(
        entry.framework or (meeting.framework if meeting else event.originator_id)
    )
    return framework is not None and framework.exercise
