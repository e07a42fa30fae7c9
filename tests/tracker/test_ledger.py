"""What an append promises, one writer at a time; reading; what the library finds in it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from eventsourcing.application import AggregateNotFoundError
from eventsourcing.persistence import IntegrityError, OperationalError, ProgrammingError

from domain.events import ProgressDeclared
from tests.tracker.ledger_invariants import progress, sql
from tracker import ledger as ledger_module
from tracker.ledger import (
    ClaimMalformed,
    ClaimTaken,
    GapInLedger,
    Ledger,
    LedgerBypassed,
    Receipt,
)
from tracker.serialization import UnknownEventType

pytestmark = pytest.mark.every_postgres


def _notes(ledger: Ledger) -> list[str]:
    return [row.event.note for row in ledger.read() if isinstance(row.event, ProgressDeclared)]


# ---- recording


def test_a_command_gets_the_next_positions(ledger: Ledger) -> None:
    stream = uuid4()
    assert ledger.record([progress(stream)], command_key="a") == Receipt(1, 1)
    events = [progress(stream, 2), progress(stream, 3), progress()]
    assert ledger.record(events, command_key="b") == Receipt(2, 4)
    assert ledger.record([progress()], command_key=None) == Receipt(5, 5)
    assert ledger.head().position == 5


def test_a_command_sent_again_gets_the_first_outcome(ledger: Ledger) -> None:
    event = progress()
    first = ledger.record([event, progress()], command_key="a", claims=["reference:1"])
    again = ledger.record([event, progress()], command_key="a", claims=["reference:1"])
    assert (first, again) == (Receipt(1, 2), Receipt(1, 2, repeated=True))
    other = ledger.record([progress(note="autre")], command_key="a")
    assert other == Receipt(1, 2, repeated=True)
    assert "autre" not in _notes(ledger)


def test_a_command_sent_again_is_not_told_of_a_conflict(ledger: Ledger) -> None:
    stream = uuid4()
    ledger.record([progress(stream)], command_key="a")
    ledger.record([progress(stream, 2)], command_key="b")
    assert ledger.record([progress(stream)], command_key="a").repeated


def test_a_stream_that_moved_on_is_a_conflict_and_leaves_no_gap(ledger: Ledger) -> None:
    stream = uuid4()
    ledger.record([progress(stream)], command_key="a")
    for key in ("b", None):
        with pytest.raises(IntegrityError, match="already exists"):
            ledger.record([progress(), progress(stream)], command_key=key)
    assert ledger.record([progress(stream, 2)], command_key="c") == Receipt(2, 2)
    assert ledger.receipt("b") is None


def test_a_claim_is_only_one_commands(ledger: Ledger) -> None:
    ledger.record([progress()], command_key="a", claims=["reference:2024-003", "slug:x"])
    with pytest.raises(ClaimTaken) as refused:
        ledger.record([progress()], command_key="b", claims=["slug:y", "reference:2024-003"])
    assert (refused.value.key, refused.value.position) == ("reference:2024-003", 1)
    # Nothing of the refused command stayed, neither its other claim nor its key.
    assert ledger.record([progress()], command_key="b", claims=["slug:y"]) == Receipt(2, 2)


def test_a_claim_without_a_command_key_holds_too(ledger: Ledger) -> None:
    ledger.record([progress()], command_key=None, claims=["slug:x"])
    with pytest.raises(ClaimTaken):
        ledger.record([progress()], command_key=None, claims=["slug:x"])


def test_a_claim_made_twice_in_one_command_is_made_once(ledger: Ledger) -> None:
    assert ledger.record([progress()], command_key="a", claims=["slug:x"] * 2) == Receipt(1, 1)


@pytest.mark.parametrize("claim", ["", "x" * 501, "a\0b", "\ud800"])
def test_a_claim_the_database_cannot_hold_is_refused(ledger: Ledger, claim: str) -> None:
    with pytest.raises(ClaimMalformed):
        ledger.record([progress()], command_key=None, claims=[claim])


def test_a_command_without_events_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="records nothing"):
        ledger.record([], command_key="a")


def test_recording_dates_never_decrease_even_when_the_clock_goes_back(ledger: Ledger) -> None:
    ledger.record([progress()], command_key="a")
    ahead = datetime.now(UTC) + timedelta(hours=1)
    sql(ledger.database_url, "UPDATE ledger.head SET recorded_at = %s", ahead)
    ledger.record([progress()], command_key="b")
    assert list(ledger.read())[-1].recorded_at == ahead


def test_recording_dates_are_the_databases_and_in_utc(ledger: Ledger) -> None:
    before = datetime.now(UTC)
    ledger.record([progress(), progress()], command_key="a")
    first, second = ledger.read()
    assert before <= first.recorded_at == second.recorded_at <= datetime.now(UTC)
    assert first.recorded_at.utcoffset() == timedelta(0)
    assert ledger.head().recorded_at == first.recorded_at


def test_many_events_are_recorded_in_their_order(ledger: Ledger) -> None:
    notes = [str(number) for number in range(1, 2_501)]
    assert ledger.append_many((progress(note=note) for note in notes), size=1_000) == 2_500
    assert _notes(ledger) == notes


def test_an_append_is_announced_with_its_last_position(ledger: Ledger) -> None:
    with psycopg.connect(ledger.database_url, autocommit=True) as listener:
        listener.execute(f"LISTEN {ledger_module.CHANNEL}".encode())
        ledger.record([progress(), progress()], command_key="a")
        (announced,) = listener.notifies(timeout=5, stop_after=1)
    assert announced.payload == "2"


# ---- reading


def test_an_empty_ledger_says_so(ledger: Ledger) -> None:
    head = ledger.head()
    assert (head.position, head.recorded_at, head.demonstration) == (0, None, False)
    assert list(ledger.read()) == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, range(1, 26)),
        ({"start": 20}, range(20, 26)),
        ({"start": 3, "stop": 11}, range(3, 12)),
        ({"start": 9, "stop": 12, "limit": 2}, range(9, 11)),
        ({"limit": 0}, ()),
        ({"start": 26}, ()),
        ({"start": 0, "stop": 99}, range(1, 26)),
    ],
)
def test_a_range_is_read_whatever_the_pages(
    ledger: Ledger, asked: Any, found: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_module, "_PAGE", 10)
    ledger.append_many(progress() for _ in range(25))
    assert [row.position for row in ledger.read(**asked)] == list(found)


def test_events_that_vanished_are_noticed(database_url: str) -> None:
    with Ledger(database_url) as ledger:
        ledger.install()
        ledger.append_many(progress() for _ in range(5))
        sql(database_url, "ALTER TABLE ledger.stored_events DISABLE TRIGGER append_only")
        sql(database_url, "DELETE FROM ledger.stored_events WHERE notification_id = 3")
        with pytest.raises(GapInLedger, match="1 and 5"):
            list(ledger.read())


def test_an_unknown_type_stops_the_reading_at_its_position(ledger: Ledger) -> None:
    ledger.record([progress()], command_key="a")
    sql(
        ledger.database_url,
        "SELECT ledger.append(array[gen_random_uuid()], array[1], array['made-up.v9'],"
        " array['{}'::bytea], '{}', '{}', '{}')",
    )
    rows = ledger.read()
    assert next(rows).position == 1
    with pytest.raises(UnknownEventType, match=r"^Position 2 holds .* “made-up\.v9”"):
        next(rows)


def test_a_state_is_folded_from_the_events_of_its_stream(ledger: Ledger) -> None:
    stream = uuid4()
    ledger.append_many(progress(stream, version) for version in (1, 2, 3))
    ledger.record([progress()], command_key="other")

    def versions(state: list[int] | None, events: Any) -> list[int] | None:
        return (state or []) + [event.originator_version for event in events] or None

    assert ledger.replay(stream, versions) == [1, 2, 3]
    assert ledger.replay(stream, versions, version=2) == [1, 2]
    with pytest.raises(AggregateNotFoundError):
        ledger.replay(uuid4(), versions)


def test_the_ledger_knows_what_it_holds_and_what_a_command_came_to(ledger: Ledger) -> None:
    stream = uuid4()
    assert not ledger.holds(stream)
    assert ledger.receipt("a") is None
    ledger.record([progress(stream), progress()], command_key="a")
    assert ledger.holds(stream)
    assert ledger.receipt("a") == Receipt(1, 2, repeated=True)


# ---- the library's contract


def test_the_librarys_save_records_bare_events(ledger: Ledger) -> None:
    event = progress()
    claims = ["command:a", "slug:x"]
    recordings = ledger.save(event, progress(), claims=claims)
    assert [recording.notification.id for recording in recordings] == [1, 2]
    assert ledger.save(event, progress(), claims=claims) == []
    with pytest.raises(IntegrityError):
        ledger.save(event)
    with pytest.raises(ClaimTaken):
        ledger.save(progress(), claims=["slug:x"])
    assert ledger.save() == []


def test_the_librarys_notification_log_follows_positions(ledger: Ledger) -> None:
    assert ledger.recorder.max_notification_id() is None
    ledger.append_many(progress(note=str(number)) for number in range(1, 6))
    assert ledger.recorder.max_notification_id() == 5
    log = ledger.notification_log.select(2, 3, topics=["progress-declared.v1"])
    assert [each.id for each in log] == [2, 3, 4]
    assert ledger.notification_log.select(1, 3, topics=["commitment-made.v1"]) == []


def test_the_librarys_event_store_reads_streams_both_ways(ledger: Ledger) -> None:
    stream = uuid4()
    ledger.append_many(progress(stream, version) for version in range(1, 6))
    selected = ledger.events.get(stream, gt=1, lte=4, desc=True, limit=2)
    assert [event.originator_version for event in selected] == [4, 3]


def test_nothing_is_read_from_the_environment(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERSISTENCE_MODULE", "no.such.module")
    monkeypatch.setenv("LEDGER_COMPRESSOR_TOPIC", "no.such:thing")
    monkeypatch.setenv("IS_SNAPSHOTTING_ENABLED", "y")
    with Ledger(database_url) as ledger:
        ledger.install()
        assert ledger.record([progress()], command_key="a") == Receipt(1, 1)


def test_nothing_is_connected_before_the_first_use() -> None:
    with Ledger("postgresql:///nowhere?host=/nonexistent", patience=0.1) as ledger:
        with pytest.raises(OperationalError):
            ledger.head()
        with pytest.raises(OperationalError):
            ledger.record([progress()], command_key=None)


def test_rows_inserted_around_append_are_reported_not_taken_for_a_conflict(
    database_url: str,
) -> None:
    with Ledger(database_url) as ledger:
        ledger.install()
        sql(
            database_url,
            "INSERT INTO ledger.stored_events VALUES (gen_random_uuid(), 1, 'x', '', 1, now())",
        )
        with pytest.raises(LedgerBypassed):
            ledger.record([progress()], command_key="a")


def test_a_ledger_without_its_schema_says_what_is_missing(database_url: str) -> None:
    with Ledger(database_url) as ledger, pytest.raises(ProgrammingError, match="ledger"):
        ledger.record([progress()], command_key="a")
