"""The loop that keeps the read models in step: whatever fails, nothing is lost or done twice."""

import logging
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection

from projections import board, board_counts, journal, meetings, stakeholders
from projections.board import Filter
from projections.feed import Batch, Moment, Writing
from projections.registry import EVERY
from tests.domain.cast import TODAY
from tests.invariants import check, check_read_models, differences, tables
from tests.lively_record import EXERCISE, REAL, lively_record, record
from tests.projections.telling import install, reading_of
from tracker import projecting
from tracker.ledger import Ledger
from tracker.projecting import (
    SCHEMA,
    Follower,
    ProjectionFailed,
    RebuildUnderWay,
    catch_up,
    progress,
    project_batch,
    rebuild,
)
from tracker.watching import BoardWatch

SOON = 10.0
"""Seconds in which what should happen at once has happened, on a machine that does other things."""


@pytest.fixture
def url(database_url: str) -> str:
    install(database_url)
    return database_url


@pytest.fixture
def connection(url: str) -> Iterator[Connection[Any]]:
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def eventually(holds: Callable[[], bool], within: float = SOON) -> bool:
    give_up_at = time.monotonic() + within
    while not holds():
        if time.monotonic() > give_up_at:
            return False
        time.sleep(0.01)
    return True


def position_of(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        return progress(connection).position


@contextmanager
def following(url: str, projections: Any = EVERY) -> Iterator[Follower]:
    follower = Follower(url, projections)
    follower.start()
    try:
        yield follower
    finally:
        follower._stopping.set()
        _wake(url)
        follower.stop()


@contextmanager
def watching(url: str) -> Iterator[BoardWatch]:
    watch = BoardWatch(url)
    watch.start()
    try:
        yield watch
    finally:
        watch._stopping.set()
        _wake(url)
        watch.stop()


def _wake(url: str) -> None:
    """Both threads look whether they are to stop at each notification, or after two seconds."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("NOTIFY ledger")
        connection.execute("NOTIFY board")


class Stumbling:
    """A projection that is at fault on one event until it is mended."""

    name = "stumbling"
    tables = "CREATE TABLE stumbling (position bigint PRIMARY KEY);"

    def __init__(self, on: int, fault: Callable[[Writing], object]) -> None:
        self.on, self.fault, self.mended = on, fault, False

    def apply(self, cursor: Writing, batch: Batch) -> None:
        for entry in batch.entries:
            if entry.position == self.on and not self.mended:
                self.fault(cursor)
            cursor.execute("INSERT INTO stumbling VALUES (%s)", (entry.position,))


def stumbling_on(url: str, on: int, fault: Callable[[Writing], object]) -> Stumbling:
    """With its table beside the others."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"SET search_path TO {SCHEMA}; {Stumbling.tables}".encode())
    return Stumbling(on, fault)


def an_error_in_its_code(cursor: Writing) -> None:
    raise ZeroDivisionError


def an_error_of_the_database(cursor: Writing) -> None:
    cursor.execute("SELECT 1 / 0")


def a_row_twice(cursor: Writing) -> None:
    cursor.execute("INSERT INTO board_states SELECT * FROM board_states LIMIT 1")
    cursor.execute("INSERT INTO stumbling VALUES (1)")


FAULTS = (an_error_in_its_code, an_error_of_the_database, a_row_twice)


# ---- batches


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sizes=st.lists(st.integers(1, 60), min_size=1, max_size=12))
def test_batches_of_any_size_give_the_same_tables(
    split_record: Connection[Any], sizes: list[int]
) -> None:
    connection = split_record
    with connection.transaction():
        connection.execute("DROP SCHEMA IF EXISTS split CASCADE")
        projecting._make_tables(connection, "split", EVERY)
    taken, turn = 1, 0
    while taken:
        taken = project_batch(connection, EVERY, "split", sizes[turn % len(sizes)])
        turn += 1
    assert differences(connection, SCHEMA, "split") == []


@pytest.fixture
def split_record(url: str, connection: Connection[Any]) -> Connection[Any]:
    """A record whose standing tables were made in one batch."""
    head = record(url, lively_record(acts=150))
    assert project_batch(connection) == head
    return connection


def test_one_event_at_a_time_gives_the_same_tables(split_record: Connection[Any]) -> None:
    with split_record.transaction():
        projecting._make_tables(split_record, "split", EVERY)
    while project_batch(split_record, EVERY, "split", 1):
        pass
    assert differences(split_record, SCHEMA, "split") == []


def test_a_batch_takes_no_more_than_it_is_told_to(url: str, connection: Connection[Any]) -> None:
    record(url, lively_record(acts=20))
    assert project_batch(connection, most=7) == 7
    assert progress(connection).position == 7
    assert catch_up(connection) == 29
    assert project_batch(connection) == 0


def test_the_tables_are_made_once_by_however_many_start_at_once(database_url: str) -> None:
    threads = [threading.Thread(target=install, args=(database_url,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with psycopg.connect(database_url, autocommit=True) as connection:
        assert progress(connection).position == 0
        assert connection.execute(
            f"SELECT count(*) FROM {SCHEMA}.tracking".encode()
        ).fetchone() == (1,)


# ---- a projection that raises


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("on", [1, 2, 30, 59])
def test_a_projection_that_raises_stops_at_its_event_with_all_before_it_applied(
    database_url: str, on: int, fault: Callable[[Writing], object]
) -> None:
    if on == 1 and fault is a_row_twice:
        fault = an_error_of_the_database  # there is no row yet
    install(database_url)
    stumbling = stumbling_on(database_url, on, fault)
    record(database_url, lively_record(acts=50))
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"SET search_path TO {SCHEMA}".encode())
        with pytest.raises(ProjectionFailed) as stopped:
            catch_up(connection, (*EVERY, stumbling))
        assert (stopped.value.position, stopped.value.projection) == (on, "stumbling")
        assert f"event {on}" in str(stopped.value)
        told = progress(connection)
        assert (told.position, told.failed_position) == (on - 1, on)
        assert told.failed_at is not None
        assert connection.execute("SELECT count(*) FROM stumbling").fetchone() == (on - 1,)
        assert connection.execute("SELECT count(*) FROM journal").fetchone() == (on - 1,)
        stumbling.mended = True
        assert catch_up(connection, (*EVERY, stumbling)) == 59
        told = progress(connection)
        assert (told.failed_position, told.failed_at) == (None, None)
        connection.execute("DROP TABLE stumbling")
    assert check(database_url) == 59


def test_a_fault_that_shows_at_somebody_elses_statement_is_put_down_to_whose_it_is(
    url: str, connection: Connection[Any]
) -> None:
    """A few events' statements go to the server together, so the answer to one comes late."""
    record(url, lively_record(acts=6))
    stumbling = stumbling_on(url, 11, an_error_of_the_database)
    with pytest.raises(ProjectionFailed) as stopped:
        catch_up(connection, (stumbling, *EVERY))
    assert (stopped.value.position, stopped.value.projection) == (11, "stumbling")
    assert progress(connection).position == 10


def test_an_event_that_cannot_be_read_stops_the_board_before_it(
    url: str, connection: Connection[Any]
) -> None:
    record(url, lively_record(acts=5))
    connection.execute(
        "SELECT ledger.append(ARRAY[gen_random_uuid()], ARRAY[1], ARRAY['from-the-future.v9'],"
        " ARRAY['{}'::bytea], ARRAY[]::text[], ARRAY[]::bigint[], ARRAY[]::bigint[])"
    )
    with pytest.raises(ProjectionFailed) as stopped:
        catch_up(connection)
    assert (stopped.value.position, progress(connection).position) == (15, 14)


def test_the_board_says_since_when_it_is_stale_however_often_it_is_tried_again(
    url: str, connection: Connection[Any]
) -> None:
    record(url, lively_record(acts=5))
    projections = (*EVERY, stumbling_on(url, 3, an_error_in_its_code))
    stale_since = []
    for _ in range(3):
        with pytest.raises(ProjectionFailed):
            catch_up(connection, projections)
        stale_since.append(progress(connection).failed_at)
    assert len(set(stale_since)) == 1


def test_a_follower_stops_loudly_and_one_that_is_mended_goes_on(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    stumbling = stumbling_on(url, 12, a_row_twice)
    with watching(url) as watch:
        with following(url, (*EVERY, stumbling)) as follower:
            record(url, lively_record(acts=11))
            assert eventually(lambda: not follower._thread.is_alive())
            assert eventually(lambda: watch.progress.failed_position == 12)
            assert watch.progress.position == 11
        loud = [each for each in caplog.records if each.levelno == logging.CRITICAL]
        assert len(loud) == 1
        assert "event 12" in loud[0].getMessage()
        stumbling.mended = True
        with following(url, (*EVERY, stumbling)):
            assert watch.wait_for(20)
            assert eventually(lambda: watch.progress.failed_at is None)


# ---- the disk is full, the connection breaks


class WithoutRoom:
    """A projection whose first attempts find no room, or no database any more."""

    name, tables = "without_room", ""

    def __init__(self, *errors: psycopg.Error) -> None:
        self.errors = list(errors)

    def apply(self, cursor: Writing, batch: Batch) -> None:
        if self.errors:
            raise self.errors.pop()


def test_a_full_disk_is_waited_out_and_nothing_is_lost(url: str) -> None:
    full = psycopg.errors.DiskFull("could not extend file: No space left on device")
    without_room = WithoutRoom(full, full, psycopg.InterfaceError("the connection is closed"))
    with watching(url) as watch, following(url, (*EVERY, without_room)):
        head = record(url, lively_record(acts=40))
        assert watch.wait_for(head, timeout=10)
        assert not without_room.errors
        assert watch.progress.failed_position is None
    assert check(url) == head


def test_connections_that_the_server_ends_are_made_anew(url: str) -> None:
    told = lively_record(acts=60)
    with watching(url) as watch, following(url):
        for part in (told[:20], told[20:40], told[40:]):
            record(url, part)
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        assert eventually(lambda: watch.progress.position == len(told))
        assert eventually(lambda: watch.reachable)
    assert check(url) == len(told)


# ---- followers of several processes

A_FOLLOWER = """
import sys, time
from tracker.projecting import Follower
Follower(sys.argv[1]).start()
print("started", flush=True)
time.sleep(60)
"""


def leader_of(url: str) -> int | None:
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE locktype = 'advisory' AND objid = %s AND granted"
            " AND datname = current_database()",
            (projecting._LEADER,),
        ).fetchone()
        return found[0] if found else None


def test_of_two_followers_one_leads_and_the_other_succeeds_it_when_it_is_killed(url: str) -> None:
    first = subprocess.Popen([sys.executable, "-c", A_FOLLOWER, url], stdout=subprocess.PIPE)
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == b"started\n"
        assert eventually(lambda: leader_of(url) is not None)
        led_by = leader_of(url)
        told = lively_record(acts=40)
        with following(url):
            record(url, told[:30])
            assert eventually(lambda: position_of(url) == 30)
            assert leader_of(url) == led_by
            first.kill()
            head = record(url, told[30:])
            assert eventually(lambda: position_of(url) == head)
            assert leader_of(url) not in (None, led_by)
    finally:
        first.kill()
        first.communicate()
    assert check(url) == head


def test_two_that_project_at_once_wait_for_each_other(url: str) -> None:
    record(url, lively_record(acts=80))

    def project() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while project_batch(connection, most=3):
                pass

    threads = [threading.Thread(target=project) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert check(url) == 89


# ---- notifications


def _silence_the_ledger(connection: Connection[Any]) -> None:
    (definition,) = connection.execute(
        "SELECT pg_get_functiondef('ledger.append'::regproc)"
    ).fetchone() or ("",)
    silent, n = re.subn(r"PERFORM pg_notify\(.*?\);", "", definition)
    assert n == 1
    connection.execute(silent.encode())


def test_an_event_whose_notification_was_lost_is_seen_all_the_same(
    url: str, connection: Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with watching(url) as watch, following(url):
        head = record(url, lively_record(acts=10))
        assert watch.wait_for(head)
        _silence_the_ledger(connection)
        monkeypatch.setattr(projecting, "CHANNEL", "nowhere")
        record(url, lively_record(acts=12)[head:])
        assert watch.wait_for(head + 2, timeout=8)


def test_an_event_is_seen_at_once_by_those_who_wait_for_it(url: str) -> None:
    told = lively_record(acts=30)
    with watching(url) as watch, following(url):
        assert watch.wait_for(record(url, told[:9]))
        times = []
        for each in told[9:]:
            position = record(url, [each])
            begun = time.monotonic()
            assert watch.wait_for(position)
            times.append(time.monotonic() - begun)
    # Far below the two seconds after which it would have been found without a notification.
    assert sorted(times)[len(times) // 2] < 0.5


def test_a_watch_that_waits_in_vain_says_so(url: str) -> None:
    with watching(url) as watch:
        assert not watch.wait_for(1, timeout=0.05)


def test_a_replica_which_cannot_be_listened_to_is_asked_again_and_again(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA replica")
        connection.execute(
            "CREATE FUNCTION replica.pg_is_in_recovery() RETURNS boolean RETURN true"
        )
    as_a_replica = f"{url}&options=-c%20search_path%3Dreplica%2Cpg_catalog"
    told = lively_record(acts=20)
    with watching(as_a_replica) as watch, following(url):
        head = record(url, told)
        assert watch.wait_for(head, timeout=3)
        with psycopg.connect(url, autocommit=True) as connection:
            listening = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN board%'"
                " AND datname = current_database()"
            ).fetchone()
        assert listening == (0,)


def test_a_watch_never_goes_back_though_another_replica_may_be_behind(url: str) -> None:
    with watching(url) as watch:
        record(url, lively_record(acts=10))
        with psycopg.connect(url, autocommit=True) as connection:
            catch_up(connection)
            assert watch.wait_for(19)
            connection.execute(f"UPDATE {SCHEMA}.tracking SET position = 7".encode())
            connection.execute("NOTIFY board")
            time.sleep(0.3)
        assert watch.progress.position == 19


def test_a_watch_whose_tables_are_not_there_yet_finds_them_once_they_are(database_url: str) -> None:
    with watching(database_url) as watch:
        assert not watch.reachable
        install(database_url)
        record(database_url, lively_record(acts=1))
        with psycopg.connect(database_url, autocommit=True) as connection:
            catch_up(connection)
        assert watch.wait_for(10)
        assert watch.reachable


# ---- rebuilding


class _Reader(threading.Thread):
    """Reads what pages read, all the time; notes what failed and whether anything was lost."""

    def __init__(self, url: str, until: threading.Event) -> None:
        super().__init__()
        self.url, self.until = url, until
        self.faults: list[str] = []
        self.reads = 0

    def run(self) -> None:
        seen = 0
        try:
            with reading_of(self.url) as reading:
                while not self.until.is_set():
                    position = progress(reading).position
                    moment = Moment(position, TODAY)
                    filter = Filter(frameworks=(REAL, EXERCISE))
                    counted = board_counts.counts(reading, moment, filter).total
                    rows = board.every_row(reading, moment, filter)
                    stakeholders.stakeholders(reading, moment)
                    stakeholders.changed_at_position(reading, moment)
                    meetings.meetings(reading, moment)
                    entries = journal.journal(reading, moment, limit=1)
                    if position < seen:
                        self.faults.append(f"went back from {seen} to {position}")
                    if position and entries[0].position != position:
                        self.faults.append(f"{position}: the journal ends at {entries[0].position}")
                    if counted != len(rows):
                        self.faults.append(f"{position}: {counted} counted, {len(rows)} rows")
                    seen = position
                    self.reads += 1
        except Exception as fault:  # noqa: BLE001 - whatever it is, the test shows it
            self.faults.append(repr(fault))


def test_a_rebuild_disturbs_neither_readers_nor_writers(url: str) -> None:
    told, done = lively_record(seed=3, acts=300), threading.Event()
    record(url, told[:150])
    ledger = Ledger(url)

    def write() -> None:
        for each in told[150:]:
            ledger.append_many([each.event], recorded_at=each.at)

    with following(url):
        assert eventually(lambda: position_of(url) == 150)
        readers = [_Reader(url, done) for _ in range(3)]
        writer = threading.Thread(target=write)
        for thread in (*readers, writer):
            thread.start()
        rebuilt = [rebuild(url)]
        while writer.is_alive() or len(rebuilt) < 4:
            rebuilt.append(rebuild(url))
        assert eventually(lambda: position_of(url) == len(told))
        done.set()
        for thread in (*readers, writer):
            thread.join()
    ledger.close()
    assert [fault for reader in readers for fault in reader.faults] == []
    assert all(reader.reads > 5 for reader in readers)
    assert rebuilt == sorted(rebuilt)
    with psycopg.connect(url, autocommit=True) as connection:
        assert progress(connection).edition == len(rebuilt)
    assert check(url) == len(told)


def test_no_page_waits_for_a_rebuild_that_waits_for_a_slower_page(
    url: str, connection: Connection[Any]
) -> None:
    record(url, lively_record(acts=20))
    catch_up(connection)
    slow = threading.Thread(
        target=lambda: connection.execute(
            f"SELECT pg_sleep(3) FROM {SCHEMA}.board LIMIT 1".encode()
        )
    )
    rebuilding = threading.Thread(target=rebuild, args=(url,))
    slow.start()
    time.sleep(0.2)
    rebuilding.start()
    slowest = 0.0
    with reading_of(url) as reading:
        while slow.is_alive():
            begun = time.monotonic()
            board.every_row(reading, Moment(29, TODAY), Filter(frameworks=(REAL,)))
            stakeholders.stakeholders(reading, Moment(29, TODAY))
            slowest = max(slowest, time.monotonic() - begun)
    rebuilding.join()
    assert slowest < 2.0
    assert progress(connection).edition == 1
    assert tables(connection, f"{SCHEMA}_retired") == []


class _Interrupted(BaseException):
    pass


def test_a_rebuild_that_is_interrupted_leaves_the_standing_tables(
    url: str, connection: Connection[Any]
) -> None:
    head = record(url, lively_record(acts=60))
    catch_up(connection)

    def interrupt(done: int, total: int) -> None:
        if done:
            raise _Interrupted

    def end_the_connection(done: int, total: int) -> None:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    with pytest.raises(_Interrupted):
        rebuild(url, interrupt)
    with pytest.raises(psycopg.OperationalError):
        rebuild(url, end_the_connection)
    with pytest.raises(ProjectionFailed):
        rebuild(url, projections=(*EVERY, Stumbling(20, an_error_in_its_code)))
    standing = progress(connection)
    assert (standing.position, standing.edition, standing.failed_position) == (head, 0, None)
    check_read_models(connection)
    assert rebuild(url) == head
    assert progress(connection).edition == 1
    check_read_models(connection)


def test_a_rebuild_tells_how_far_it_is(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    head = record(url, lively_record(acts=60))
    heard: list[tuple[int, int]] = []
    rebuild(url, lambda done, total: heard.append((done, total)))
    assert heard[0] == (0, head)
    assert heard[-1] == (head, head)


def test_there_is_one_rebuild_at_a_time(url: str) -> None:
    record(url, lively_record(acts=5))
    refused: list[Exception] = []

    def at_the_same_time(done: int, total: int) -> None:
        try:
            rebuild(url)
        except RebuildUnderWay as refusal:
            refused.append(refusal)

    rebuild(url, at_the_same_time)
    assert refused
    assert "already under way" in str(refused[0])
    rebuild(url)


def test_a_rebuild_mends_a_board_that_stopped(url: str, connection: Connection[Any]) -> None:
    head = record(url, lively_record(acts=30))
    with pytest.raises(ProjectionFailed):
        catch_up(connection, (*EVERY, stumbling_on(url, 11, an_error_in_its_code)))
    assert rebuild(url) == head
    assert progress(connection).failed_position is None
    assert check(url) == head


def test_what_is_recorded_by_random_batches_and_rebuilds_is_projected_once(
    url: str, connection: Connection[Any]
) -> None:
    chance, told, at = random.Random(7), lively_record(seed=7, acts=90), 0
    while at < len(told):
        step = chance.choice((1, 5, 10))
        record(url, told[at : at + step])
        at += step
        if chance.random() < 0.7:
            project_batch(connection, most=chance.choice((1, 4, 100)))
        elif chance.random() < 0.4:
            rebuild(url)
    assert check(url) == len(told)


def test_a_ledger_that_reads_alone_shows_what_was_projected(url: str) -> None:
    """The application's role reads the board, and can neither write nor drop it."""
    record(url, lively_record(acts=3))
    ledger = Ledger(url)
    try:
        role = ledger.protection().role
    finally:
        ledger.close()
    if not role:
        pytest.skip("this server's user may not create roles")
    with psycopg.connect(url, autocommit=True) as connection:
        catch_up(connection)
        connection.execute("SET ROLE tracker_application")
        assert progress(connection).position == 12
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"DELETE FROM {SCHEMA}.journal".encode())
