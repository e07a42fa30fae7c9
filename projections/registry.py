"""Every question that keeps tables, in the order a batch passes through them.

The board comes first: it folds the commitments and leaves the changes to the others.
"""

from projections.board import Board
from projections.board_counts import BoardCounts
from projections.days import Days
from projections.feed import Projection
from projections.history import History
from projections.journal import Journal
from projections.meetings import Meetings
from projections.search import Search
from projections.stakeholders import Stakeholders
from projections.status_over_time import StatusOverTime
from projections.topics import Topics

EVERY: tuple[Projection, ...] = (
    Board(),
    BoardCounts(),
    Days(),
    History(),
    Journal(),
    Meetings(),
    Search(),
    Stakeholders(),
    StatusOverTime(),
    Topics(),
)
