"""Tests that kill real processes."""

import pytest

# Their asserts are what a failing test has to explain; hence before they are imported.
pytest.register_assert_rewrite("tests.invariants", "tests.tracker.ledger_invariants")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "survival: kills servers and databases with -9")
