"""What a shipped data set comes to, without a database."""

from datetime import UTC, date, datetime, time
from uuid import UUID

from domain import commitment
from domain import events as e
from domain.commitment import Commitment
from tracker.application import Application, Submission
from tracker.data_files import read_data_set
from tracker.data_steps import steps_of
from tracker.loading import shipped
from tracker.rehearsal import Rehearsal

TODAY = date(2026, 11, 23)


def recorded_by_heart(name: str) -> list[e.Event]:
    """The events of a shipped data set, each decided on the day of its recording."""
    rehearsal = Rehearsal()
    application = Application(rehearsal, today=lambda: TODAY)
    data_set = read_data_set(shipped() / name)
    for step in steps_of(data_set, lambda kind, name: None)[0]:
        at = datetime.combine(step.day, time(9, tzinfo=UTC)) if data_set.head.exercise else None
        how = Submission(by=step.author, key=step.key, recorded_at=at)
        step.submit(application, how, TODAY)
    return [event for events in rehearsal.events.values() for event in events]


def commitments(name: str) -> list[Commitment]:
    """Its commitments as they stand at the end."""
    streams: dict[UUID, list[e.Event]] = {}
    for event in recorded_by_heart(name):
        if isinstance(event, e.CommitmentEvent):
            streams.setdefault(event.originator_id, []).append(event)
    found = [commitment.rebuild(None, events) for events in streams.values()]
    return [state for state in found if state is not None]
