"""Threads that share a call."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tracker.group_commit import GroupCommit, Interrupted

Said = tuple[Exception | None, bool]


class _Disk:
    """Writes when it is let, and remembers what came in each call."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.begun, self.let = threading.Semaphore(0), threading.Semaphore(0)
        self.fault: BaseException | None = None

    def write(self, items: Sequence[str]) -> None:
        self.calls.append(list(items))
        self.begun.release()
        self.let.acquire()
        if self.fault is not None:
            raise self.fault


def _wait_until_waiting(group: GroupCommit[str], number: int) -> None:
    while len(group._waiting) < number:
        pass


def _three(disk: _Disk, group: GroupCommit[str], threads: ThreadPoolExecutor) -> list[Future[Said]]:
    """One item that is being written and two that wait for it."""
    futures = [threads.submit(group.submit, "a")]
    disk.begun.acquire()
    for number, item in enumerate("bc", 1):
        futures.append(threads.submit(group.submit, item))
        _wait_until_waiting(group, number)
    return futures


def test_what_comes_while_a_call_is_under_way_goes_together_in_the_next() -> None:
    disk = _Disk()
    group = GroupCommit(disk.write)
    with ThreadPoolExecutor(3) as threads:
        futures = _three(disk, group, threads)
        disk.let.release()
        assert futures[0].result(10) == (None, False)
        disk.let.release()
        assert [future.result(10) for future in futures[1:]] == [(None, True), (None, True)]
    assert disk.calls == [["a"], ["b", "c"]]


def test_an_error_reaches_all_that_were_in_the_call_and_nobody_else() -> None:
    disk = _Disk()
    group = GroupCommit(disk.write)
    with ThreadPoolExecutor(3) as threads:
        futures = _three(disk, group, threads)
        disk.let.release()
        assert futures[0].result(10) == (None, False)
        disk.begun.acquire()
        disk.fault = ValueError("refused")
        disk.let.release()
        assert [future.result(10) for future in futures[1:]] == [(disk.fault, True)] * 2


@pytest.mark.filterwarnings("ignore")
def test_a_writer_that_is_stopped_tells_the_others_and_blocks_nobody() -> None:
    disk = _Disk()
    group = GroupCommit(disk.write)
    with ThreadPoolExecutor(3) as threads:
        futures = _three(disk, group, threads)
        disk.let.release()
        futures[0].result(10)
        disk.begun.acquire()
        disk.fault = KeyboardInterrupt()
        disk.let.release()
        said = {type(future.exception(10) or future.result()[0]) for future in futures[1:]}
        assert said == {KeyboardInterrupt, Interrupted}
        disk.fault = None
        disk.let.release()
        assert group.submit("d") == (None, False)


def test_an_item_whose_thread_was_stopped_while_it_waited_is_not_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk = _Disk()
    group = GroupCommit(disk.write)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(group.submit, "a")
        disk.begun.acquire()

        def stop() -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(group._changed, "wait", stop)
            with pytest.raises(KeyboardInterrupt):
                group.submit("b")
        disk.let.release()
        first.result(10)
        disk.let.release()
        group.submit("c")
    assert disk.calls == [["a"], ["c"]]
