"""What the names in a data set stand for: its own tables, or what an earlier one recorded."""

from collections.abc import Callable
from difflib import get_close_matches
from uuid import UUID

from domain.values import Author, Capacity
from tracker.application import identity
from tracker.data_files import DataSet, SourceFile
from tracker.toml_lines import Path as Place

Find = Callable[[str, str], UUID | None]
"""What a kind and a name stand for in the ledger."""


def key_prefix(data_set: DataSet) -> str:
    """How the keys of its commands begin, so that loading it twice records it once."""
    return f"load:{data_set.name}:"


class Names:
    """Raises DataFault when two tables have one name, and when a name stands for nothing."""

    def __init__(self, data_set: DataSet, find: Find) -> None:
        self._data_set, self._find = data_set, find
        self._own: dict[tuple[str, str], tuple[UUID, str]] = {}
        for file in data_set.files:
            content = file.content
            for number, stakeholder in enumerate(content.stakeholder):
                self._claim(file, ("stakeholder", number, "slug"), stakeholder.slug)
            for number, framework in enumerate(content.framework):
                self._claim(file, ("framework", number, "slug"), framework.slug)
            for number, meeting in enumerate(content.meeting):
                self._claim(file, ("meeting", number, "slug"), meeting.slug)
            for number, commitment in enumerate(content.commitment):
                self._claim(file, ("commitment", number, "reference"), commitment.reference)
        meetings = [meeting for file in data_set.files for meeting in file.content.meeting]
        self._topics = sorted({topic.slug for meeting in meetings for topic in meeting.topic})

    def _claim(self, file: SourceFile, place: Place, name: str) -> None:
        kind = str(place[0])
        # Two tables of one name would share a key, and the second would pass for recorded.
        if (kind, name) in self._own:
            first = self._own[kind, name][1]
            raise file.fault(place, f"“{name}” is already the {kind} of {first}. Choose another")
        where = f"{file.path.name}, line {file.lines.get(place, 1)}"
        self._own[kind, name] = (identity(f"{key_prefix(self._data_set)}{kind}:{name}"), where)

    def own(self, kind: str, name: str) -> UUID:
        """The identity of what a table of this data set begins."""
        return self._own[kind, name][0]

    def called(self, identity: str) -> str:
        """The name of one of this data set's records, or the identity itself."""
        names = (name for (_, name), (id, _) in self._own.items() if str(id) == identity)
        return next(names, identity)

    def named(self, kind: str, name: str, file: SourceFile, place: Place) -> UUID:
        """Raises DataFault, at `place`, if the name stands for nothing."""
        if (kind, name) in self._own:
            return self._own[kind, name][0]
        if (found := self._find(kind, name)) is not None:
            return found
        known = sorted(own for of, own in self._own if of == kind)
        raise file.fault(place, _unknown(kind, name, known))

    def organisations(
        self, names: tuple[str, ...], file: SourceFile, place: Place
    ) -> tuple[UUID, ...]:
        return tuple(
            self.named("stakeholder", name, file, (*place, number))
            for number, name in enumerate(names)
        )

    def framework(self, name: str, file: SourceFile, place: Place) -> UUID:
        own = [slug for kind, slug in self._own if kind == "framework"]
        if not name and len(own) != 1:
            raise file.fault(place, "say in which framework: this data set does not have just one")
        return self.named("framework", name or own[0], file, (*place, "framework"))

    def secretariat(self) -> Author:
        """Who keeps the record: what names nobody else is recorded by it."""
        name, place = self._data_set.head.recorded_by, ("data_set", "recorded_by")
        keeper = self.named("stakeholder", name, self._data_set.head_file, place)
        return Author(keeper, Capacity.secretariat)

    def check_topics(self, topics: tuple[str, ...], file: SourceFile, place: Place) -> None:
        """Raises DataFault for a topic that no meeting discussed. Where the data set has no
        meeting, its topics are those of an earlier one's, which cannot be told from here."""
        for number, topic in enumerate(topics):
            if self._topics and topic not in self._topics:
                raise file.fault((*place, number), _unknown("topic", topic, self._topics))


def _unknown(kind: str, name: str, known: list[str]) -> str:
    near = get_close_matches(name[:80], known, n=1)
    meant = f" Did you mean “{near[0]}”?" if near else ""
    return (
        f"no {kind} “{name[:80]}” is in this data set or in the ledger.{meant} "
        f"This data set has: {', '.join(known) or 'none'}"
    )
