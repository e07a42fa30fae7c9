"""Knows how far the board is, without asking the database at every request.

One thread listens for the follower's notifications. A streaming replica cannot be listened to, so
there it is asked five times a second.
"""

import logging
import threading
from typing import Any

import psycopg
from psycopg import Connection

from tracker.projecting import CHANNEL, Progress, progress

_POLL_REPLICA = 0.2
# Also how long a notification lost with a broken connection can go unnoticed.
_POLL_PRIMARY = 2.0

log = logging.getLogger(__name__)


class BoardWatch:
    """The board's progress as this process last saw it. It never goes back, so a reader who has
    seen an event does not lose it on the next page when another replica answers."""

    def __init__(self, read_database_url: str) -> None:
        self._url = read_database_url
        self._moved = threading.Condition()
        self._progress = Progress(0, None)
        self._reachable = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="board-watch", daemon=True)

    @property
    def progress(self) -> Progress:
        return self._progress

    @property
    def reachable(self) -> bool:
        """Whether the database answered last time; false makes /health say so."""
        return self._reachable

    def start(self) -> None:
        """Returns after the first answer, so that no page is served from position 0 by mistake;
        a database that is down is left to the thread."""
        try:
            with psycopg.connect(self._url, autocommit=True, connect_timeout=5) as connection:
                self._see(progress(connection))
        except psycopg.Error as lost:
            log.warning("The board cannot be read yet: %s", lost)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=5)

    def wait_for(self, position: int, timeout: float = 5.0) -> bool:
        """Waits until the board shows `position`: an author's next page shows their own change."""
        with self._moved:
            return self._moved.wait_for(lambda: self._progress.position >= position, timeout)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True, connect_timeout=5) as connection:
                    self._watch(connection)
            except psycopg.Error as lost:
                # Also when the tables are not there: a replica may not have them yet.
                if self._reachable:
                    log.warning("The board cannot be read: %s", lost)
                self._reachable = False
                self._stopping.wait(0.5)

    def _watch(self, connection: Connection[Any]) -> None:
        replica = connection.execute("SELECT pg_is_in_recovery()").fetchone() == (True,)
        if not replica:
            connection.execute(f"LISTEN {CHANNEL}".encode())
        while not self._stopping.is_set():
            self._see(progress(connection))
            if replica:
                self._stopping.wait(_POLL_REPLICA)
            else:
                for _ in connection.notifies(timeout=_POLL_PRIMARY, stop_after=1):
                    pass

    def _see(self, seen: Progress) -> None:
        self._reachable = True
        with self._moved:
            if seen.position >= self._progress.position:
                self._progress = seen
                self._moved.notify_all()
