"""Loads a data set into the ledger: all of it is decided in memory before anything is recorded.

Loading again records nothing twice: every command has a key of its own. A load that was cut short
is taken up where it stopped.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec import Struct

from domain.events import Event, MilestonePlanned, ProgressAssessed
from domain.policies import REPLY_DAYS
from domain.refusals import Refusal, SlugMalformed
from domain.values import checked_slug
from tracker.application import Application, Submission
from tracker.data_files import read_data_set
from tracker.data_names import Names
from tracker.data_refusals import refused
from tracker.data_steps import Step, steps_of
from tracker.ledger import Ledger, Receipt, StoredRow
from tracker.rehearsal import Rehearsal

_ONE_LOAD_AT_A_TIME = 7_306_003
"""Advisory lock: two loads of one exercise would each find its dates taken by the other."""

_OPENING = time(9, tzinfo=UTC)
"""An exercise gives days; its entries are recorded from this hour on."""

_NEVER = datetime.max.replace(tzinfo=UTC)

Report = Callable[[int, int], None]


class NotADemonstration(Exception):
    """An exercise is fiction with recording dates of its own; a real ledger takes neither."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The data set {name} is an exercise, and this ledger is not marked as a "
            "demonstration. Choose an empty one with TRACKER_DATA_DIR or TRACKER_DATABASE_URL, and "
            "run `tracker demo` or `tracker load --demonstration`."
        )


class Entry(Struct, frozen=True):
    """A step and when it is recorded; `recorded_at` None means at the true time."""

    step: Step
    recorded_at: datetime | None


class Plan(Struct, frozen=True):
    """What loading would record. `repeated` steps are there already; `to_come` ones, of an
    exercise, are dated after now."""

    name: str
    pending: tuple[Entry, ...]
    repeated: int
    to_come: int


class Loaded(Struct, frozen=True):
    """`last` is the position of the last event recorded; 0 if there was nothing to record."""

    name: str
    recorded: int
    repeated: int
    to_come: int
    last: int


def shipped() -> Path:
    """The folder of the data sets that come with the software."""
    return Path(str(files("tracker.data")))


def names_of_shipped() -> list[str]:
    return sorted(head.parent.name for head in shipped().glob("*/data_set.toml"))


class Loading:
    """Reads, rehearses and records data sets on one ledger."""

    def __init__(
        self,
        ledger: Ledger,
        database_url: str,
        *,
        reply_days: int = REPLY_DAYS,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._ledger, self._database_url = ledger, database_url
        self._reply_days, self._now = reply_days, now

    def load(self, folder: Path, report: Report = lambda done, total: None) -> Loaded:
        """Records what the ledger does not have yet; `report` is told how many of how many.

        Raises DataFault or NotADemonstration before anything is recorded, and what the ledger
        raises; what was recorded until then stays, and the next load goes on from there.
        """
        with self._alone():
            plan = self.plan(folder)
            application = self._application(self._ledger)
            last, total = 0, len(plan.pending)
            for done, entry in enumerate(plan.pending):
                report(done, total)
                last = self._submit(application, entry).last
            report(total, total)
            return Loaded(plan.name, total, plan.repeated, plan.to_come, last)

    def plan(self, folder: Path) -> Plan:
        """Decides every step in memory. Raises DataFault or NotADemonstration."""
        data_set = read_data_set(folder)
        found: set[UUID] = set()
        steps, names = steps_of(data_set, lambda kind, name: self._find(kind, name, found))
        exercise, now = data_set.head.exercise, self._now()
        entries = _dated(steps) if exercise else [Entry(step, None) for step in steps]
        come = [entry for entry in entries if entry.recorded_at is None or entry.recorded_at <= now]
        # From nothing: it shows every fault of the files, whatever the ledger holds.
        alone = Rehearsal(known=found)
        self._rehearse(alone, come, names)
        if exercise and not self._ledger.head().demonstration:
            raise NotADemonstration(data_set.name)
        pending = self._pending(come, alone)
        # And on top of what the ledger holds: another data set may have taken a reference.
        self._rehearse(Rehearsal(self._ledger), pending, names)
        return Plan(
            name=data_set.name,
            pending=pending,
            repeated=len(come) - len(pending),
            to_come=len(entries) - len(come),
        )

    def _find(self, kind: str, name: str, found: set[UUID]) -> UUID | None:
        try:
            claim = f"slug:{kind}:{checked_slug(name)}"
        except SlugMalformed:
            return None
        claimed = self._ledger.recorder.claimed([claim])
        for position, _ in claimed.values():
            (row,) = self._ledger.read(position, position)
            found.add(row.event.originator_id)
            return row.event.originator_id
        return None

    def _application(self, ledger: Ledger | Rehearsal) -> Application:
        return Application(ledger, today=self._today, reply_days=self._reply_days)

    def _today(self) -> date:
        return self._now().date()

    def _submit(self, application: Application, entry: Entry) -> Receipt:
        step = entry.step
        how = Submission(by=step.author, key=step.key, recorded_at=entry.recorded_at)
        return step.submit(application, how, self._today())

    def _rehearse(self, rehearsal: Rehearsal, entries: Iterable[Entry], names: Names) -> None:
        application = self._application(rehearsal)
        for entry in entries:
            try:
                self._submit(application, entry)
            except Refusal as refusal:
                raise refused(entry.step, refusal, names) from refusal

    def _pending(self, come: Iterable[Entry], alone: Rehearsal) -> tuple[Entry, ...]:
        """What the ledger does not have. Raises DataFault where it has something else."""
        last = self._ledger.head().recorded_at
        pending = []
        for entry in come:
            step, recorded_at = entry.step, entry.recorded_at
            if (receipt := self._ledger.receipt(step.key)) is not None:
                (row,) = self._ledger.read(receipt.first, receipt.first)
                _check_unchanged(step, alone.events[step.key][0], row)
            elif recorded_at is not None and last is not None and recorded_at < last:
                # The ledger has gone on since that day, so neither this nor what follows can be
                # recorded then any more. It is recorded now.
                last = _NEVER
                pending.append(Entry(step, None))
            else:
                pending.append(entry)
        return tuple(pending)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with psycopg.connect(self._database_url, autocommit=True) as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", (_ONE_LOAD_AT_A_TIME,))
            yield


def _dated(steps: Iterable[Step]) -> list[Entry]:
    """An exercise's steps with their dates: those of one day follow each other by a second."""
    entries: list[Entry] = []
    for step in steps:
        before = entries[-1].recorded_at if entries else None
        at = datetime.combine(step.day, _OPENING)
        if before is not None and before >= at:
            at = before + timedelta(seconds=1)
        entries.append(Entry(step, at))
    return entries


def _check_unchanged(step: Step, decided: Event, row: StoredRow) -> None:
    """Raises DataFault if what the file says now is not what was recorded of it."""
    before, after = _content(row.event, step), _content(decided, step)
    changed = [key for key in after | before if after.get(key) != before.get(key)]
    if changed:
        raise step.file.fault(
            step.place,
            f"this was recorded at position {row.position}, and the file now says otherwise "
            f"({', '.join(changed)}). What is recorded is never rewritten: put it back as it was, "
            "and add a further entry, such as correct_wording, at the end",
        )


def _content(event: Event, step: Step) -> dict[str, Any]:
    """What a file decides of an event: not what follows from when, and after what, it came, such as
    the numbers that the domain gives."""
    content: dict[str, Any] = msgspec.to_builtins(event)
    content.pop("originator_version", None)
    content.pop("reply_expected_on", None)
    if not step.dated:
        content.pop("occurred_on", None)
    if isinstance(event, MilestonePlanned):
        content.pop("milestone", None)
    if isinstance(event, ProgressAssessed):
        content.pop("assessment", None)
    for key in ("evidence", "source", "minutes"):
        found = content.get(key, ())
        for piece in found if isinstance(found, list) else [found]:
            if isinstance(piece, dict):
                piece.pop("number", None)
    return content
