"""The words that the tests of the domain are told in: given, when, therefore or refused.

given(made()).when(ask(c.DeclareProgress), by=COMMISSION).therefore(e.ProgressDeclared)
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Self, TypeVar

import msgspec
from msgspec import structs

from domain import commands as c
from domain import commitment, framework, meeting, stakeholder
from domain import events as e
from domain.refusals import Refusal
from domain.values import Author, Due, Evidence, Status
from tests.domain.acts import decide
from tests.domain.cast import (
    BY_YEARS_END,
    COMMISSION,
    FRAMEWORK,
    MADE_ON,
    MEASURED,
    OBSERVATORY,
    RECORD,
    REGISTER,
    TODAY,
)

# What happened. given() numbers the events and their evidence.

_E = TypeVar("_E", bound=e.Recorded)
_SAID = {"reason": "Un motif.", "note": "Une note.", "rationale": "Un constat.", "text": "Réponse."}


def happened(kind: type[_E], by: Author, on: date, /, **said: Any) -> _E:
    """An event, with something in each free text that the test does not care about."""
    defaults: dict[str, Any] = _SAID | {"reply_expected_on": on + timedelta(days=7)}
    wanted = {field.name for field in structs.fields(kind) if field.required}
    return kind(
        originator_id=RECORD,
        originator_version=0,
        occurred_on=on,
        recorded_by=by.organisation,
        capacity=by.capacity,
        **({name: text for name, text in defaults.items() if name in wanted} | said),
    )


def made(
    by: Author = COMMISSION,
    on: date = MADE_ON,
    owners: tuple[Author, ...] = (COMMISSION,),
    due: Due = BY_YEARS_END,
) -> e.CommitmentMade:
    return happened(
        e.CommitmentMade,
        by,
        on,
        reference="2024-001",
        framework=FRAMEWORK,
        owners=tuple(owner.organisation for owner in owners),
        statement=REGISTER,
        measure=MEASURED,
        due=due,
    )


def declared(
    status: Status, on: date, *evidence: Evidence, by: Author = COMMISSION
) -> e.ProgressDeclared:
    return happened(e.ProgressDeclared, by, on, status=status, evidence=evidence)


def assessed(
    number: int, status: Status, on: date, *evidence: Evidence, by: Author = OBSERVATORY
) -> e.ProgressAssessed:
    return happened(e.ProgressAssessed, by, on, assessment=number, status=status, evidence=evidence)


def challenged(number: int, on: date, by: Author = COMMISSION) -> e.AssessmentChallenged:
    return happened(e.AssessmentChallenged, by, on, assessment=number)


def disputed(on: date = MADE_ON, by: Author = COMMISSION) -> e.AttributionDisputed:
    return happened(e.AttributionDisputed, by, on)


def withdrawn(on: date, by: Author = COMMISSION) -> e.CommitmentWithdrawn:
    return happened(e.CommitmentWithdrawn, by, on)


def told(*events: e.Recorded) -> commitment.Commitment:
    """The commitment to which `events` happened."""
    state = given(*events).state
    assert isinstance(state, commitment.Commitment)
    return state


# Therefore.

_REBUILD: dict[str, Callable[[None, Any], Any]] = {
    "commitment": commitment.rebuild,
    "framework": framework.rebuild,
    "meeting": meeting.rebuild,
    "stakeholder": stakeholder.rebuild,
}
_MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}


def in_words(language: str) -> Callable[[object], str]:
    """Dates as a reader of `language` sees them: 16 juillet 2024, 16 July 2024."""

    def write(fact: object) -> str:
        if not isinstance(fact, date):
            return str(fact)
        day = "1er" if fact.day == 1 and language == "fr" else str(fact.day)
        return f"{day} {_MONTHS[language].split()[fact.month - 1]} {fact.year}"

    return write


class Story:
    def __init__(self, events: list[Any]) -> None:
        self.events = events
        self.state: Any = _REBUILD[events[0].subject](None, events) if events else None

    def when(
        self, command: c.Command, by: Author, today: date = TODAY, **settings: Any
    ) -> "Outcome":
        return Outcome(self, command, by, today, settings)


class Outcome:
    def __init__(
        self, story: Story, command: c.Command, by: Author, today: date, settings: dict[str, Any]
    ) -> None:
        self.story, self.command, self.by = story, command, by
        self.event: e.Event | None = None
        self.refusal: Refusal | None = None
        try:
            self.event = decide(story.state, command, today, by, **settings)
        except Refusal as refusal:
            self.refusal = refusal

    def therefore(self, kind: type[e.Recorded], /, **said: object) -> Story:
        """Exactly this was recorded, truly headed, and the story goes on with it."""
        event = self.event
        assert event is not None, self.refusal
        assert type(event) is kind
        assert {name: getattr(event, name) for name in said} == said
        head = (event.originator_id, event.originator_version, event.occurred_on)
        assert head == (RECORD, len(self.story.events) + 1, self.command.occurred_on)
        assert Author(event.recorded_by, event.capacity) == self.by
        assert msgspec.json.decode(msgspec.json.encode(event), type=e.Event) == event
        story = Story([*self.story.events, event])
        assert story.state.version == event.originator_version
        return story

    def refused(self, kind: type[Refusal], fr: str, en: str) -> Self:
        """Nothing was recorded, and this is the whole sentence that people read."""
        assert self.event is None, f"recorded: {self.event}"
        assert type(self.refusal) is kind, repr(self.refusal)
        assert self.refusal.sentence("fr", in_words("fr")) == fr
        assert self.refusal.sentence("en", in_words("en")) == en
        return self


def given(*events: e.Recorded) -> Story:
    """These events happened, in this order."""
    held, numbered = 0, []
    for version, event in enumerate(events, start=1):
        pieces: tuple[Evidence, ...] | Evidence = getattr(event, "evidence", ())
        several = pieces if isinstance(pieces, tuple) else (pieces,)
        counted = tuple(
            structs.replace(piece, number=held + index)
            for index, piece in enumerate(several, start=1)
        )
        held += len(counted)
        changes: dict[str, Any] = {"originator_version": version}
        if counted:
            changes["evidence"] = counted if isinstance(pieces, tuple) else counted[0]
        numbered.append(structs.replace(event, **changes))
    return Story(numbered)
