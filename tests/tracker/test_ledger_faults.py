"""Many writers at once, and connections that break at the worst moment."""

import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, OperationalError

from tests.tracker.ledger_invariants import check_invariants, progress, sql
from tracker.ledger import ClaimTaken, Ledger, OutcomeUnknown, Receipt

pytestmark = pytest.mark.every_postgres

Outcome = TypeVar("Outcome")


def _at_once(acts: Sequence[Callable[[], Outcome]]) -> list[Outcome]:
    """What each act returns, all started at the same moment, each in a thread of its own."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Outcome]) -> Outcome:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def _versions(state: int | None, events: Any) -> int | None:
    for event in events:
        state = event.originator_version
    return state


def _record_next(ledger: Ledger, stream: UUID, key: str) -> tuple[Receipt, int]:
    """Decides anew until nobody else was first. Returns how many times somebody was."""
    for conflicts in range(1_000):
        version = ledger.replay(stream, _versions) if ledger.holds(stream) else 0
        try:
            return ledger.record([progress(stream, version + 1)], command_key=key), conflicts
        except IntegrityError:
            continue
    raise AssertionError("never the first")


# ---- many writers


def test_sixteen_writers_with_conflicts_leave_no_gap(ledger: Ledger) -> None:
    streams = [uuid4() for _ in range(3)]
    receipts: dict[str, Receipt] = {}

    def write(writer: int) -> int:
        met = 0
        for turn in range(12):
            key = f"{writer}-{turn}"
            stream = streams[(writer + turn) % len(streams)]
            receipts[key], conflicts = _record_next(ledger, stream, key)
            met += conflicts
        return met

    met = sum(_at_once([partial(write, n) for n in range(16)]))
    assert met > 0
    assert sorted(receipt.first for receipt in receipts.values()) == list(range(1, 16 * 12 + 1))
    check_invariants(ledger.database_url, receipts)


def test_sixteen_writers_on_one_stream_each_get_their_turn(ledger: Ledger) -> None:
    stream = uuid4()
    done = _at_once([partial(_record_next, ledger, stream, str(n)) for n in range(16)])
    assert sorted(receipt.first for receipt, _ in done) == list(range(1, 17))
    assert ledger.replay(stream, _versions) == 16


def test_of_sixteen_first_events_of_a_stream_one_is_recorded(ledger: Ledger) -> None:
    stream = uuid4()

    def record(key: str) -> Receipt | None:
        try:
            return ledger.record([progress(stream)], command_key=key)
        except IntegrityError:
            return None

    outcomes = _at_once([partial(record, str(n)) for n in range(16)])
    assert [outcome for outcome in outcomes if outcome] == [Receipt(1, 1)]


def test_the_same_command_ten_times_at_once_is_one_event(ledger: Ledger) -> None:
    # Half of them through another process's eyes: two ledgers share no memory, only the database.
    with Ledger(ledger.database_url) as other:
        event = progress()
        record = [
            partial(to.record, [event], command_key="a", claims=["reference:1"])
            for to in [ledger, other] * 5
        ]
        outcomes = _at_once(record)
    assert {(outcome.first, outcome.last) for outcome in outcomes} == {(1, 1)}
    assert sum(not outcome.repeated for outcome in outcomes) == 1
    assert ledger.head().position == 1


def test_of_ten_commands_with_one_claim_one_is_recorded(ledger: Ledger) -> None:
    def record(key: str) -> Receipt | str:
        try:
            return ledger.record([progress()], command_key=key, claims=["slug:x", f"own:{key}"])
        except ClaimTaken as taken:
            return taken.key

    outcomes = _at_once([partial(record, str(n)) for n in range(10)])
    assert sorted(map(str, outcomes)) == sorted(["slug:x"] * 9 + [str(Receipt(1, 1))])


def test_a_refused_command_takes_nobody_with_it(ledger: Ledger) -> None:
    """Commands that share a call keep outcomes of their own."""
    taken = progress()
    ledger.record([taken], command_key="first", claims=["slug:x"])
    far_too_long = progress(version=2**63)  # beyond a bigint: refused on the client

    def record(number: int) -> str:
        event, claims = [(progress(), ()), (taken, ()), (progress(), ("slug:x",))][number % 3]
        try:
            ledger.record(
                [far_too_long if number == 12 else event], command_key=str(number), claims=claims
            )
        except (IntegrityError, ClaimTaken, struct.error) as refusal:
            return type(refusal).__name__
        return "recorded"

    said = _at_once([partial(record, n) for n in range(24)])
    assert [said[n] for n in range(0, 24, 3)] == ["recorded"] * 4 + ["error"] + ["recorded"] * 3
    assert {said[n] for n in range(1, 24, 3)} == {"IntegrityError"}
    assert {said[n] for n in range(2, 24, 3)} == {"ClaimTaken"}


def test_a_reader_that_follows_never_passes_over_an_event(ledger: Ledger) -> None:
    total = 8 * 25
    seen: list[int] = []

    def follow() -> None:
        give_up_at = time.monotonic() + 60
        while len(seen) < total and time.monotonic() < give_up_at:
            seen.extend(row.position for row in ledger.read(len(seen) + 1))

    def write() -> None:
        with Ledger(ledger.database_url) as own:
            for _ in range(25):
                own.record([progress()], command_key=None)

    _at_once([follow, *[write] * 8])
    assert seen == list(range(1, total + 1))


# ---- connections that break


@contextmanager
def _acknowledgement_lost(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The next append is committed, but its answer does not come through."""
    record = ledger.recorder._together._write
    lost: list[Any] = []

    def record_and_lose(commands: Any) -> None:
        record(commands)
        if not lost:
            lost.append(commands)
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patched:
        patched.setattr(ledger.recorder._together, "_write", record_and_lose)
        yield
    assert lost


def test_a_lost_acknowledgement_of_a_keyed_command_is_found_again(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _acknowledgement_lost(ledger, monkeypatch):
        receipt = ledger.record([progress()], command_key="a", claims=["reference:1"])
    assert receipt == Receipt(1, 1, repeated=True)
    assert ledger.head().position == 1


def test_a_lost_acknowledgement_without_a_key_is_admitted(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        _acknowledgement_lost(ledger, monkeypatch),
        pytest.raises(OutcomeUnknown, match="Look whether"),
    ):
        ledger.record([progress()], command_key=None)
    assert ledger.head().position == 1


def _append_in_the_middle(ledger: Ledger, act: Callable[[], Outcome]) -> Outcome | Exception:
    """What `act` comes to when the server ends its connection in the middle of its append."""
    with psycopg.connect(ledger.database_url) as holder, ThreadPoolExecutor(1) as thread:
        holder.execute("SELECT * FROM ledger.head FOR UPDATE")
        future = thread.submit(act)
        waiting: list[Any] = []
        while not waiting:
            waiting = sql(
                ledger.database_url,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'",
            )
        holder.rollback()
        return future.exception(60) or future.result()  # type: ignore[return-value]


def test_a_keyed_append_cut_in_the_middle_is_recorded_once(ledger: Ledger) -> None:
    outcome = _append_in_the_middle(ledger, lambda: ledger.record([progress()], command_key="a"))
    assert isinstance(outcome, Receipt)
    assert (outcome.first, ledger.head().position) == (1, 1)


def test_an_append_without_a_key_is_not_sent_again(ledger: Ledger) -> None:
    outcome = _append_in_the_middle(ledger, lambda: ledger.record([progress()], command_key=None))
    assert isinstance(outcome, OutcomeUnknown)
    assert ledger.head().position == 0


def test_under_a_hail_of_cut_connections_every_command_is_recorded_once(ledger: Ledger) -> None:
    over = threading.Event()
    receipts: dict[str, Receipt] = {}
    cuts = []

    def cut() -> None:
        while not over.wait(0.03):
            cuts.extend(
                sql(
                    ledger.database_url,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
                    " current_database() AND pid <> pg_backend_pid()",
                )
            )

    def write(writer: int) -> None:
        for turn in range(25):
            key = f"{writer}-{turn}"
            receipts[key] = hardy.record([progress(), progress()], command_key=key)

    with Ledger(ledger.database_url, patience=60) as hardy:
        cutter = threading.Thread(target=cut)
        cutter.start()
        _at_once([partial(write, n) for n in range(8)])
        over.set()
        cutter.join()
    assert len(cuts) > 3
    assert check_invariants(ledger.database_url, receipts) == 8 * 25 * 2
    assert len({receipt.first for receipt in receipts.values()}) == 8 * 25


def test_idle_connections_that_the_server_ended_are_noticed_before_use(ledger: Ledger) -> None:
    _at_once([lambda: ledger.holds(uuid4())] * 6)
    sql(
        ledger.database_url,
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    # Even without a key: nothing was sent on the connections that had gone.
    assert ledger.record([progress()], command_key=None) == Receipt(1, 1)


def test_a_database_that_stays_away_is_given_up_after_a_while(
    database_url: str, postgres: Any
) -> None:
    away = postgres.database("no_such_database")
    with Ledger(away, patience=0.2) as ledger:
        began = time.monotonic()
        for key in ("a", None):
            with pytest.raises(OperationalError) as refused:
                ledger.record([progress()], command_key=key)
            assert not isinstance(refused.value, OutcomeUnknown)
        with pytest.raises(OperationalError):
            ledger.head()
        assert time.monotonic() - began < 20
