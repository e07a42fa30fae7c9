"""A private PostgreSQL, so that a newcomer needs nothing. The first process that wants it starts
it, the last one that leaves stops it, and none of them has to end politely.

In data_dir/postgres-<major version> (as root a link into /var/lib/commitment-tracker) are:
  gate      flock held while starting or stopping, so that only one process decides at a time
  lease     flock shared by all users; the kernel drops it on kill -9, so a dead user never counts
  running   flock the server and its children inherit: taken for as long as one of them lives
  cluster/  what initdb made; socket-*/ the only way in; server.log what the server said
"""

import fcntl
import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import quote

import psycopg

from tracker.postgres_programs import (
    WAY_OUT,
    EmbeddedPostgresError,
    account_instead_of_root,
    checked,
    commands_of,
    find_binaries,
    gate_of,
    home_of_cluster,
    locked_at_once,
    major_version,
    name_by_inode,
    names_of,
    open_private,
    within_reach_of,
)

INITDB = ["-U", "postgres", "-E", "UTF8", "-k", "--auth-local=trust", "--auth-host=reject"]
# The port is stated to both ends: PGPORT or another default compiled into one would part them.
SETTINGS = """--listen_addresses= --port=5432 --unix_socket_permissions=0700 --shared_buffers=64MB
    --max_connections=100 --timezone=UTC --log_timezone=UTC""".split()
THROWAWAY_SETTINGS = ["--fsync=off", "--full_page_writes=off"]
CHILD = "postgres: "


class PostgresDidNotStart(EmbeddedPostgresError):
    """It could not be created, ended at once, or took no connection in time."""


class PostgresDidNotStop(EmbeddedPostgresError):
    """Some of its processes outlived even SIGKILL."""


class EmbeddedPostgres:
    """The private PostgreSQL of data_dir, shared by all processes that enter it.

    Each major version has a cluster of its own. durable=False gives up crash safety for speed, for
    tests; one that already runs stays as it is. max_wait: seconds for it to come up. Every failure
    is an EmbeddedPostgresError. Forked children may use it; leaving it is their parent's to do.
    """

    def __init__(
        self,
        data_dir: Path,
        binaries: Path | None = None,
        *,
        durable: bool = True,
        max_wait: float = 60.0,
    ) -> None:
        self._data_dir, self._binaries = data_dir, binaries
        self._durable, self._max_wait = durable, max_wait
        self._lease: IO[str] | None = None
        self._name = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where the superuser finds the database `tracker`, from start() to stop()."""
        if self._lease is None:
            raise EmbeddedPostgresError("The private PostgreSQL is not in use: call start() first.")
        return self._url_of("tracker")

    def start(self) -> None:
        """Use the server, starting it unless it runs."""
        if self._lease is not None:
            return
        with self._failures_explained():
            self._locate()
            with gate_of(self._home):
                self._lease = open_private(self._home / "lease")
                self._entered_by = os.getpid()
                fcntl.flock(self._lease, fcntl.LOCK_SH)
                try:
                    self._prepare()
                    self._bring_up()
                except BaseException:
                    self._leave()
                    raise

    def stop(self) -> None:
        """Leave the server, stopping it if nobody else uses it."""
        if self._lease is None:
            return
        if self._entered_by != os.getpid():
            self._lease.close()  # a forked child's end: the parent's lease goes on
            self._lease = None
            return
        # Whoever deletes the directory of a running server leaves no gate, but a server to stop.
        gate = gate_of(self._home) if self._home.exists() else nullcontext()
        with self._failures_explained(), gate:
            self._leave()

    def revive(self) -> None:
        """Start it again if it was killed meanwhile; nothing happens while it lives."""
        with self._failures_explained(), gate_of(self._home):
            self._bring_up()

    @contextmanager
    def _failures_explained(self) -> Iterator[None]:
        try:
            yield
        except (OSError, subprocess.SubprocessError) as error:
            raise EmbeddedPostgresError(
                f"The private PostgreSQL of {self._data_dir} failed: {error}. "
                f"See that the directory is yours and its disk has room, {WAY_OUT}."
            ) from error

    def _locate(self) -> None:
        binaries = self._binaries or find_binaries()
        major = major_version(binaries)
        self._has_builtin_locale = major >= 17
        self._home = home_of_cluster(self._data_dir, major)
        self._cluster = self._home / "cluster"
        self._account = account_instead_of_root(self._cluster) if os.geteuid() == 0 else {}
        self._programs = within_reach_of(self._account, binaries)

    def _prepare(self) -> None:
        if not self._cluster.exists():
            self._make_cluster()
        # Named by inode, which is not given away while a server works in it: if the directory was
        # deleted below a server and made anew, neither takes the other's processes or socket away.
        self._name = name_by_inode(self._cluster)
        # A socket's address has room for 107 bytes, and libpq reads a comma in a host as a list.
        inside = self._home / f"socket-{self._name.rpartition('-')[2]}"
        short_and_plain = re.fullmatch(r"[A-Za-z0-9_./-]{1,90}", str(inside))
        self._socket_dir = inside if short_and_plain else Path("/tmp", self._name)  # noqa: S108
        with suppress(FileExistsError):
            self._socket_dir.mkdir(0o700)
        self._hand_over(self._socket_dir)
        # In /tmp someone else may have made it, to answer in the server's place.
        checked(self._socket_dir, self._cluster.stat().st_uid, closed_to=0o077)

    def _make_cluster(self) -> None:
        for abandoned in self._home.glob("initdb-*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        new = Path(tempfile.mkdtemp(prefix="initdb-", dir=self._home))
        self._hand_over(new)
        options = [*INITDB, "-D", new.name, *([] if self._durable else ["--no-sync"])]
        if self._has_builtin_locale:
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        made = self._run("initdb", *options, "--locale=C.UTF-8", stdout=subprocess.PIPE)
        if b"invalid locale" in made.stdout:
            # Not every system has C.UTF-8; with C, PostgreSQL 15 and 16 know no accented letters.
            made = self._run("initdb", *options, "--locale=C", stdout=subprocess.PIPE)
        if made.returncode != 0:
            raise self._did_not_start("initdb failed", made.stdout.decode(errors="replace"))
        new.rename(self._cluster)
        # A power cut could undo the rename but keep what was committed after it; the next start
        # would then delete the cluster as an abandoned one.
        os.fsync(home := os.open(self._home, os.O_RDONLY))
        os.close(home)

    def _bring_up(self) -> None:
        give_up_at = time.monotonic() + self._max_wait
        launches = 0
        while refusal := self._refusal():
            living = self._living()
            if not living:
                launches += self._launch(give_up=launches == 3)
            elif all(command.startswith(CHILD) for command in living.values()):
                # The postmaster was killed. Its children end by themselves once idle, but until
                # then hold the cluster's shared memory; what they had not committed is lost anyway.
                self._signal(signal.SIGKILL)
            if time.monotonic() > give_up_at:
                raise self._did_not_start(f"no connection in {self._max_wait:.0f} s ({refusal})")
            time.sleep(0.02)

    def _launch(self, *, give_up: bool) -> bool:
        with open_private(self._home / "running") as running:
            if not locked_at_once(running):
                return False  # it was only just launched, or lives unseen, in another container
            if give_up:
                raise self._did_not_start("three times it ended at once")
            # Whoever these name is gone, a zombie, or by now another program with a recycled pid;
            # PostgreSQL believes any living pid and would refuse to start.
            (self._cluster / "postmaster.pid").unlink(missing_ok=True)
            (self._socket_dir / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
            settings = [*SETTINGS, *([] if self._durable else THROWAWAY_SETTINGS)]
            settings.append(f"--cluster_name={self._name}")
            settings.append(f"--unix_socket_directories={self._socket_dir}")
            command = ("start", "-W", "-s", "-D", "cluster", "-o", shlex.join(settings))
            with open_private(self._home / "server.log") as log:
                self._run("pg_ctl", *command, stdout=log, pass_fds=(running.fileno(),))
        return True

    def _refusal(self) -> str | None:
        """None once the server takes connections and has the database."""
        url = self._url_of("postgres")
        try:
            with psycopg.connect(url, autocommit=True, connect_timeout=2) as connection:
                names = connection.execute("SELECT datname FROM pg_database").fetchall()
                if ("tracker",) not in names:
                    connection.execute("CREATE DATABASE tracker")
        except psycopg.Error as error:  # or it is still being made for a user killed meanwhile
            return str(error) or "it does not say why"
        return None

    def _leave(self) -> None:
        lease, self._lease = self._lease, None
        assert lease is not None
        try:
            if locked_at_once(lease):
                self._shut_down()
        finally:
            fcntl.flock(lease, fcntl.LOCK_UN)  # forked children share it and would keep it
            lease.close()

    def _shut_down(self) -> None:
        for number, patience in ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            self._signal(number)
            give_up_at = time.monotonic() + patience
            while time.monotonic() < give_up_at:
                if not self._living():
                    return
                time.sleep(0.02)
        raise PostgresDidNotStop(
            f"Processes {sorted(self._living())} of the private PostgreSQL in {self._home} "
            "outlived SIGKILL, so they hang on the disk: see to it, or restart the machine."
        )

    def _signal(self, number: int) -> None:
        living = self._living()
        postmaster = [pid for pid, command in living.items() if not command.startswith(CHILD)]
        if not postmaster:  # killed: nobody is left to tell the children
            number = signal.SIGKILL
        for pid in living if number == signal.SIGKILL else postmaster:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _living(self) -> dict[int, str]:
        """Command lines, by pid, of what works on this cluster."""
        if not self._name:
            return {}
        return {
            pid: command
            for pid, command in commands_of(self._account.get("user", os.geteuid()))
            if re.match(r"(.*/)?postgres(:| -)", command) and self._name in names_of(pid, command)
        }

    def _run(self, program: str, *words: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [self._programs / program, *words],
            cwd=self._home,  # so that -D is relative: pg_ctl quotes it for a shell, but not enough
            env={k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            umask=0o077,
            check=False,
            timeout=600,  # for initdb on a slow memory card
            **self._account,
            **more,
        )

    def _hand_over(self, directory: Path) -> None:
        if self._account and directory.lstat().st_uid == 0:
            os.lchown(directory, self._account["user"], self._account["group"])

    def _url_of(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={quote(str(self._socket_dir))}&port=5432"

    def _did_not_start(self, why: str, said: str | None = None) -> PostgresDidNotStart:
        log = self._home / "server.log"
        if said is None and log.exists():
            said = log.read_text(errors="replace")
        last_lines = "\n".join((said or "").splitlines()[-15:])
        return PostgresDidNotStart(
            f"The private PostgreSQL in {self._home} did not start: {why}. Its last words:\n"
            f"{last_lines}\nMend what they tell and try again, {WAY_OUT}."
        )
