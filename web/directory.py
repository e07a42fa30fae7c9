"""Names for the identities that events carry: organisations, frameworks, meetings, topics."""

from collections import OrderedDict
from threading import Lock
from uuid import UUID

from msgspec import Struct

from projections import board_counts, meetings, stakeholders, topics
from projections.board_counts import Offer
from projections.feed import Moment, Reading
from projections.meetings import MeetingRow
from projections.stakeholders import FrameworkRow, StakeholderRow
from projections.topics import TopicRow


class Directory(Struct, frozen=True):
    """Everything the record knows by name at one moment."""

    stakeholders: dict[UUID, StakeholderRow]
    frameworks: dict[UUID, FrameworkRow]
    meetings: dict[UUID, MeetingRow]
    topics: dict[str, TopicRow]
    offers: dict[UUID, Offer] = {}
    """By framework, what its board can be narrowed to."""

    def stakeholder_named(self, slug: str) -> StakeholderRow | None:
        return next((each for each in self.stakeholders.values() if each.slug == slug), None)

    def framework_named(self, slug: str) -> FrameworkRow | None:
        return next((each for each in self.frameworks.values() if each.slug == slug), None)

    def meeting_named(self, slug: str) -> MeetingRow | None:
        return next((each for each in self.meetings.values() if each.slug == slug), None)

    def real_frameworks(self) -> tuple[UUID, ...]:
        """The frameworks of real organisations: what the board shows when nothing is asked."""
        return tuple(each.id for each in self.frameworks.values() if not each.exercise)


class Directories:
    """Keeps the last directories read. Names rarely change, so most moments share one."""

    _KEPT = 8

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, int], Directory] = OrderedDict()
        self._lock = Lock()

    def at(self, reading: Reading, moment: Moment, edition: int = 0) -> Directory:
        """`edition` counts the rebuilds: what was removed from the record must leave memory too."""
        changed = max(
            stakeholders.changed_at_position(reading, moment),
            meetings.changed_at_position(reading, moment),
            board_counts.offered_from(reading, moment),
        )
        key = (edition, changed)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        directory = Directory(
            stakeholders={row.id: row for row in stakeholders.stakeholders(reading, moment)},
            frameworks={row.id: row for row in stakeholders.frameworks(reading, moment)},
            meetings={row.id: row for row in meetings.meetings(reading, moment)},
            topics={row.slug: row for row in topics.topics(reading, moment)},
            offers=board_counts.offers_at(reading, moment),
        )
        with self._lock:
            self._kept[key] = directory
            while len(self._kept) > self._KEPT:
                self._kept.popitem(last=False)
        return directory
