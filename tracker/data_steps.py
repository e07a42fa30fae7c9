"""Turns a data set's tables into the steps that record them, one command each."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from domain import commands as c
from domain.values import AttributionOutcome, Author, Capacity, Due, Topic
from tracker.application import Application, Submission
from tracker.data_acts import Act, SettleAttribution
from tracker.data_files import DataSet, SourceFile
from tracker.data_format import CommitmentTable, MeetingTable
from tracker.data_names import Find, Names, key_prefix
from tracker.data_values import Dated, MaybeDated, measure
from tracker.ledger import Receipt
from tracker.toml_lines import Path as Place


class Step(Struct, frozen=True, kw_only=True):
    """One command. `key` is the same every time the data set is loaded.

    Steps are recorded in the order of `day`: in an exercise that of recording, otherwise that of
    the fact. `dated` is false where the table gives no day: the fact is then the entry itself.
    """

    key: str
    use_case: str
    command: c.Command
    record: UUID | None
    """What the command changes; None if it begins something."""
    author: Author
    day: date
    dated: bool
    file: SourceFile
    place: Place

    def submit(self, application: Application, how: Submission, today: date) -> Receipt:
        """Raises Refusal and what the ledger raises."""
        command = self.command if self.dated else replace(self.command, occurred_on=today)
        use_case = getattr(application, self.use_case)
        subject = () if self.record is None else (self.record,)
        receipt: Receipt = use_case(*subject, command, how)
        return receipt


def steps_of(data_set: DataSet, find: Find) -> tuple[list[Step], Names]:
    """Every step, in the order of recording, and the names in them. Raises DataFault."""
    names = Names(data_set, find)
    steps = _Steps(data_set, names)
    # Stable sorts: on one day, an organisation is registered before it commits to anything.
    setting = [
        step
        for kind in (steps.organisations, steps.frameworks, steps.meetings)
        for file in data_set.files
        for step in kind(file)
    ]
    commitments = [step for file in data_set.files for step in steps.commitments(file)]
    if data_set.head.exercise:
        return sorted([*setting, *commitments], key=lambda step: step.day), names
    # All is recorded now, so that the meetings can come first, whatever the days.
    return [
        step for part in (setting, commitments) for step in sorted(part, key=lambda s: s.day)
    ], names


class _Steps:
    def __init__(self, data_set: DataSet, names: Names) -> None:
        self._names, self._prefix = names, key_prefix(data_set)
        self._exercise, self._secretariat = data_set.head.exercise, names.secretariat()

    def _step(
        self,
        use_case: str,
        key: str,
        at: tuple[SourceFile, Place],
        table: Dated | MaybeDated,
        command: c.Command,
        record: UUID | None = None,
        author: Author | None = None,
    ) -> Step:
        return Step(
            key=self._prefix + key,
            use_case=use_case,
            command=command,
            record=record,
            author=author or self._secretariat,
            day=self._day(*at, table),
            dated=table.on is not None,
            file=at[0],
            place=at[1],
        )

    def _day(self, file: SourceFile, place: Place, table: Dated | MaybeDated) -> date:
        on, recorded_on = table.on, table.recorded_on
        if recorded_on is not None and not self._exercise:
            raise file.fault(
                (*place, "recorded_on"),
                "only an exercise says when it was recorded; a real record takes the true time. "
                "Remove this",
            )
        if on is None and self._exercise:
            raise file.fault(place, "an exercise gives the day of everything. Add `on`")
        if recorded_on is not None and on is not None and recorded_on < on:
            raise file.fault(
                (*place, "recorded_on"), "this is before the fact. Correct one of the two"
            )
        return recorded_on or on or date.min

    def _in_order(self, steps: list[Step]) -> Iterator[Step]:
        """The steps of one record, which stand in its file in the order of recording."""
        day = date.min
        for step in steps:
            if step.day < day and self._exercise:
                raise step.file.fault(
                    step.place,
                    f"this is recorded on {step.day}, before the entry above it ({day}). "
                    "Entries stand in the order of recording: move it up, or add recorded_on",
                )
            # In a real record an older fact may well be recorded after a newer one.
            day = max(day, step.day)
            yield replace(step, day=day)

    def organisations(self, file: SourceFile) -> Iterator[Step]:
        for number, table in enumerate(file.content.stakeholder):
            command = c.RegisterStakeholder(
                occurred_on=table.on or date.min,
                slug=table.slug,
                name=table.name.wording(),
                short_name=table.short_name,
                kind=table.kind,
                exercise=self._exercise,
            )
            at, key = (file, ("stakeholder", number)), f"stakeholder:{table.slug}"
            yield self._step("register_stakeholder", key, at, table, command)

    def frameworks(self, file: SourceFile) -> Iterator[Step]:
        for number, table in enumerate(file.content.framework):
            command = c.EstablishFramework(
                occurred_on=table.on or date.min,
                slug=table.slug,
                name=table.name.wording(),
                description=table.description.wording(),
                exercise=self._exercise,
            )
            place: Place = ("framework", number)
            key, record = f"framework:{table.slug}", self._names.own("framework", table.slug)
            steps = [self._step("establish_framework", key, (file, place), table, command)]
            for index, admission in enumerate(table.admission):
                inside, name = (*place, "admission", index), admission.stakeholder
                member = self._names.named("stakeholder", name, file, (*inside, "stakeholder"))
                admit = c.AdmitStakeholder(occurred_on=admission.on or date.min, stakeholder=member)
                at, under = (file, inside), f"{key}:admission:{name}"
                steps.append(self._step("admit_stakeholder", under, at, admission, admit, record))
            yield from self._in_order(steps)

    def meetings(self, file: SourceFile) -> Iterator[Step]:
        for number, table in enumerate(file.content.meeting):
            place: Place = ("meeting", number)
            key, record = f"meeting:{table.slug}", self._names.own("meeting", table.slug)
            command = self._meeting(table, file, place)
            steps = [self._step("hold_meeting", key, (file, place), table, command)]
            for index, topic in enumerate(table.topic):
                day = Dated(
                    on=topic.on or table.on, recorded_on=topic.recorded_on or table.recorded_on
                )
                discuss = c.DiscussTopic(
                    occurred_on=day.on, topic=Topic(topic.slug, topic.title.wording())
                )
                at, under = (file, (*place, "topic", index)), f"{key}:topic:{topic.slug}"
                steps.append(self._step("discuss_topic", under, at, day, discuss, record))
            for index, minutes in enumerate(table.minutes):
                publish = c.PublishMinutes(
                    occurred_on=minutes.on, minutes=minutes.evidence.evidence()
                )
                at, under = (file, (*place, "minutes", index)), f"{key}:minutes:{index + 1}"
                steps.append(self._step("publish_minutes", under, at, minutes, publish, record))
            yield from self._in_order(steps)

    def _meeting(self, table: MeetingTable, file: SourceFile, place: Place) -> c.HoldMeeting:
        summary, note = table.summary, table.attendance_note
        return c.HoldMeeting(
            occurred_on=table.on,
            framework=self._names.framework(table.framework, file, place),
            slug=table.slug,
            title=table.title.wording(),
            venue=table.venue,
            attendance=self._names.organisations(table.attendance, file, (*place, "attendance")),
            summary=summary.wording() if summary else None,
            attendance_note=note.wording() if note else None,
            source=table.source.evidence() if table.source else None,
        )

    def commitments(self, file: SourceFile) -> Iterator[Step]:
        for number, table in enumerate(file.content.commitment):
            place: Place = ("commitment", number)
            key, record = (
                f"commitment:{table.reference}",
                self._names.own("commitment", table.reference),
            )
            owners, command = table.owners, self._commitment(table, file, place)
            author = self._author(table.by, None, owners, file, place)
            at = (file, place)
            steps = [self._step("make_commitment", key, at, table, command, author=author)]
            for index, act in enumerate(table.event):
                at = (file, (*place, "event", index))
                steps.append(self._act(act, f"{key}:{index + 1}", at, owners, record))
                owners = _owners_after(act, owners)
            yield from self._in_order(steps)

    def _act(
        self,
        act: Act,
        key: str,
        at: tuple[SourceFile, Place],
        owners: tuple[str, ...],
        record: UUID,
    ) -> Step:
        file, place = at

        def identify(name: str, field: str) -> UUID:
            return self._names.named("stakeholder", name, file, (*place, field))

        author = self._author(act.by, act.capacity, owners, file, place)
        use_case = str(type(act).__struct_config__.tag)
        return self._step(use_case, key, at, act, act.command(identify), record, author)

    def _commitment(
        self, table: CommitmentTable, file: SourceFile, place: Place
    ) -> c.MakeCommitment:
        names = self._names
        meeting = (
            names.named("meeting", table.meeting, file, (*place, "meeting"))
            if table.meeting
            else None
        )
        names.check_topics(table.topics, file, (*place, "topics"))
        return c.MakeCommitment(
            occurred_on=table.on,
            reference=table.reference,
            framework=names.framework(table.framework, file, place),
            owners=names.organisations(table.owners, file, (*place, "owners")),
            statement=table.statement.wording(),
            measure=measure(table.criterion, table.measurable),
            due=table.due.due() if table.due else Due(),
            meeting=meeting,
            made_to=names.organisations(table.made_to, file, (*place, "made_to")),
            topics=table.topics,
            source=table.source.evidence() if table.source else None,
        )

    def _author(
        self,
        by: str,
        capacity: Capacity | None,
        owners: tuple[str, ...],
        file: SourceFile,
        place: Place,
    ) -> Author:
        """Who records, and in what capacity: as a rule it follows from who owns the commitment."""
        if not by:
            return self._secretariat
        organisation = self._names.named("stakeholder", by, file, (*place, "by"))
        if capacity is None and by in owners:
            capacity = Capacity.owner
        elif capacity is None and organisation == self._secretariat.organisation:
            capacity = Capacity.secretariat
        return Author(organisation, capacity or Capacity.assessor)


def _owners_after(act: Act, owners: tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(act, SettleAttribution) and act.outcome is AttributionOutcome.reassigned:
        return act.owners
    return owners
