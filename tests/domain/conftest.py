"""Which test decides which of the thirteen rules.

1  nothing is overwritten, a correction has a reason: test_what_was_promised, test_due_dates
2  owners declare, others assess: test_who_may_do_what (and test_attribution, when owners change)
3  rationale and evidence: test_evidence_and_status
4  « Non tenu » not before the due date: test_evidence_and_status
5  measurable by a criterion, or not: test_what_was_promised (the counting: tests/projections)
6  days that can be: test_every_act, test_due_dates (recorded_at: tests/tracker)
7  an organisation in a true capacity: test_who_may_do_what (accounts, logs: tests/web)
8  acknowledged, disputed, settled: test_attribution
9  right of reply: test_right_of_reply
10 the board status: test_board_status, test_withdrawal
11 two who edit at once, 12 the same form twice, 13 redaction: the ledger's and the pages', in
   tests/tracker, tests/survival and tests/web

All of them together, in any order: test_any_life_of_a_commitment.
"""

import pytest

# Their asserts are what a failing test has to explain.
pytest.register_assert_rewrite("tests.domain.storytelling")
