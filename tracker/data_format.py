"""What stands in a data set's files: one struct for each kind of table. data/README.md explains it.

Organisations, frameworks and meetings are named by their slugs; tracker/data_steps.py turns tables
into commands.
"""

from domain.values import StakeholderKind
from tracker.data_acts import AnyAct
from tracker.data_values import (
    Dated,
    DueTable,
    EvidenceTable,
    MaybeDated,
    Table,
    Words,
    measure,
)


class DataSetTable(Table, frozen=True, kw_only=True):
    """`recorded_by` keeps the record: what names nobody else is recorded by it, as secretariat."""

    title: Words
    recorded_by: str
    exercise: bool = False


class StakeholderTable(MaybeDated, frozen=True, kw_only=True):
    slug: str
    name: Words
    short_name: str
    kind: StakeholderKind


class AdmissionTable(MaybeDated, frozen=True, kw_only=True):
    stakeholder: str


class FrameworkTable(MaybeDated, frozen=True, kw_only=True):
    slug: str
    name: Words
    description: Words
    admission: tuple[AdmissionTable, ...] = ()


class TopicTable(MaybeDated, frozen=True, kw_only=True):
    """Discussed on the day of the meeting unless it says otherwise."""

    slug: str
    title: Words


class MinutesTable(Dated, frozen=True, kw_only=True):
    evidence: EvidenceTable


class MeetingTable(Dated, frozen=True, kw_only=True):
    slug: str
    title: Words
    venue: str
    framework: str = ""
    attendance: tuple[str, ...] = ()
    attendance_note: Words | None = None
    summary: Words | None = None
    source: EvidenceTable | None = None
    topic: tuple[TopicTable, ...] = ()
    minutes: tuple[MinutesTable, ...] = ()


class CommitmentTable(Dated, frozen=True, kw_only=True):
    """`framework` can be left out where the data set has one, `by` where its secretariat recorded
    the commitment."""

    reference: str
    owners: tuple[str, ...]
    statement: Words
    by: str = ""
    framework: str = ""
    meeting: str = ""
    made_to: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    due: DueTable | None = None
    source: EvidenceTable | None = None
    criterion: Words | None = None
    measurable: bool = True
    event: tuple[AnyAct, ...] = ()

    def __post_init__(self) -> None:
        measure(self.criterion, self.measurable)


class DataFile(Table, frozen=True, kw_only=True):
    data_set: DataSetTable | None = None
    stakeholder: tuple[StakeholderTable, ...] = ()
    framework: tuple[FrameworkTable, ...] = ()
    meeting: tuple[MeetingTable, ...] = ()
    commitment: tuple[CommitmentTable, ...] = ()
