"""Threads that append at the same moment share one transaction, hence one wait for the disk.

The head row stays locked until the disk has confirmed a commit, so appends follow one another
however many connections there are. What arrives while one is under way therefore waits together
and goes together: under load the wait for the disk is shared, and alone nothing is waited for.
"""

from collections.abc import Callable, Sequence
from threading import Condition
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Interrupted(Exception):
    """The thread that wrote for several was stopped; what it wrote may be recorded or not."""


class _Place(Generic[Item]):
    __slots__ = ("done", "error", "item")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.done = False
        self.error: Exception | None = None


class GroupCommit(Generic[Item]):
    """Calls `write` with what several threads handed in, in the order of their arrival.

    `write` records all of it or nothing. It runs in one of those threads, one call at a time.
    """

    def __init__(self, write: Callable[[Sequence[Item]], None]) -> None:
        self._write = write
        self._changed = Condition()
        self._waiting: list[_Place[Item]] = []
        self._writing = False

    def submit(self, item: Item) -> tuple[Exception | None, bool]:
        """Returns once `item` was part of a call: what the call raised, None if nothing; and
        whether there were other items in it, so that the fault may be another's."""
        place = _Place(item)
        batch = self._wait_for_turn(place)
        if not batch:
            return place.error, True
        error: Exception | None = Interrupted()
        try:
            self._write([each.item for each in batch])
            error = None
        except Exception as raised:  # noqa: BLE001 - handed to each thread, which raises it
            error = raised
        finally:
            with self._changed:
                for each in batch:
                    each.done, each.error = True, error
                self._writing = False
                self._changed.notify_all()
        return error, len(batch) > 1

    def _wait_for_turn(self, place: _Place[Item]) -> list[_Place[Item]]:
        """All that waits, to be written by the caller; nothing if another thread wrote `place`."""
        with self._changed:
            self._waiting.append(place)
            try:
                while self._writing and not place.done:
                    self._changed.wait()
            except BaseException:
                # Stopped while it waited (Ctrl-C). Left behind, the item would be recorded with
                # whatever comes next, long after its author was told that it was not.
                if place in self._waiting:
                    self._waiting.remove(place)
                raise
            if place.done:
                return []
            batch, self._waiting = self._waiting, []
            self._writing = True
            return batch
