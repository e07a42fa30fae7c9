"""What the tests of the ledger share."""

from collections.abc import Iterator

import pytest

# Its asserts are what a failing test has to explain; hence before it is imported.
pytest.register_assert_rewrite("tests.tracker.ledger_invariants")

from tests.tracker.ledger_invariants import check_invariants, opened  # noqa: E402
from tracker.ledger import Ledger  # noqa: E402


@pytest.fixture
def ledger(database_url: str) -> Iterator[Ledger]:
    """An empty ledger. Its invariants are checked when the test is over."""
    with opened(database_url) as ledger:
        yield ledger
    check_invariants(database_url)
