"""A small record for a test to tell, and a lively one that is there already."""

from collections.abc import Iterator

import psycopg
import pytest

# Their asserts are what a failing test has to explain; hence before they are imported.
pytest.register_assert_rewrite(
    "tests.invariants",
    "tests.projections.telling",
    "tests.tracker.ledger_invariants",
)

from projections.feed import Reading  # noqa: E402
from tests.conftest import Server  # noqa: E402
from tests.lively_record import lively_record, record  # noqa: E402
from tests.projections.telling import (  # noqa: E402
    Telling,
    forget_everything,
    installed,
    reading_of,
)
from tracker import projecting  # noqa: E402


@pytest.fixture(scope="session")
def small_database(postgres: Server) -> Iterator[str]:
    with installed(postgres) as url:
        yield url


@pytest.fixture
def told(small_database: str) -> Iterator[Telling]:
    """A record in which nothing has happened yet."""
    forget_everything(small_database)
    with reading_of(small_database) as reading:
        telling = Telling(small_database, reading)
        yield telling
        telling.close()


@pytest.fixture(scope="session")
def lively_database(postgres: Server) -> Iterator[str]:
    """The lively record, projected. Tests only read it."""
    with installed(postgres) as url:
        head = record(url, lively_record())
        with psycopg.connect(url, autocommit=True) as connection:
            assert projecting.catch_up(connection) == head
        yield url


@pytest.fixture
def reading(lively_database: str) -> Iterator[Reading]:
    with reading_of(lively_database) as reading:
        yield reading
