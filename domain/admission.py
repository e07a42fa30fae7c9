"""Checks that several decisions share: dates, capacities, evidence."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol, TypeVar
from uuid import UUID

from msgspec.structs import replace

from domain import refusals as r
from domain.commands import Command
from domain.commitment import Commitment
from domain.policies import due_on
from domain.values import Author, Capacity, Due, DueKind, Evidence, Status

EARLIEST = date(1990, 1, 1)
LATEST = date(2100, 1, 1)

_T = TypeVar("_T")

EVIDENCED = frozenset(
    {Status.stalled, Status.partially_fulfilled, Status.fulfilled, Status.not_fulfilled}
)
"""Statuses that need at least one piece of evidence, in both lanes (rule 3)."""


def check_occurred(occurred_on: date, today: date) -> None:
    """Raises OccurredInFuture or DateImplausible."""
    if occurred_on > today:
        raise r.OccurredInFuture(occurred_on=occurred_on, today=today)
    check_plausible(occurred_on)


def check_plausible(day: date) -> None:
    """Raises DateImplausible: a slip such as the year 0205 or 20255 must not order the record."""
    if not EARLIEST <= day <= LATEST:
        raise r.DateImplausible(date=day, earliest=EARLIEST, latest=LATEST)


def check_fact(state: Commitment, occurred_on: date, today: date) -> None:
    """A fact about a commitment lies between its making and today."""
    check_occurred(occurred_on, today)
    if occurred_on < state.made_on:
        raise r.OccurredBeforeCommitment(occurred_on=occurred_on, made_on=state.made_on)


def check_capacity(owners: Iterable[UUID], by: Author) -> None:
    """Raises CapacityUnfounded: an owner cannot pose as assessor, nor the reverse."""
    owns = by.organisation in owners
    if (by.capacity is Capacity.owner) != owns and by.capacity is not Capacity.secretariat:
        raise r.CapacityUnfounded()


def check_party(owners: Iterable[UUID], by: Author) -> None:
    """Raises CapacityUnfounded: what one party answers another is not the secretariat's to say."""
    if by.capacity is Capacity.secretariat:
        raise r.CapacityUnfounded()
    check_capacity(owners, by)


def check_owner(state: Commitment, by: Author) -> None:
    if by.capacity is not Capacity.owner or by.organisation not in state.owners:
        raise r.NotAnOwner()


def check_owner_or_secretariat(state: Commitment, by: Author) -> None:
    if by.capacity is Capacity.assessor:
        raise r.NeitherOwnerNorSecretariat()
    check_capacity(state.owners, by)


def check_assessor(state: Commitment, by: Author) -> None:
    if by.organisation in state.owners:
        raise r.OwnersDoNotAssess()
    if by.capacity is not Capacity.assessor:
        raise r.CapacityUnfounded()


def check_standing(state: Commitment) -> None:
    if state.withdrawn_on is not None:
        raise r.CommitmentAlreadyWithdrawn(withdrawn_on=state.withdrawn_on)


def checked_due(due: Due, made_on: date) -> Due:
    """`due`, normalised. Raises DueBeforeCommitment, DateImplausible, DateMissing or Text…"""
    due = due.checked()
    if due.kind is DueKind.fixed and due.on is not None:
        check_plausible(due.on)
        if due.on < made_on:
            raise r.DueBeforeCommitment(due_on=due.on, made_on=made_on)
    return due


def seen(evidence: Evidence, today: date) -> Evidence:
    """`evidence`, normalised, seen today at the latest."""
    if evidence.seen_on > today:
        raise r.EvidenceSeenInFuture(seen_on=evidence.seen_on)
    check_plausible(evidence.seen_on)
    return replace(evidence.checked(), number=0)


def numbered(
    state: Commitment, evidence: tuple[Evidence, ...], today: date
) -> tuple[Evidence, ...]:
    """`evidence`, checked, and numbered on from what the commitment already holds."""
    first = len(state.evidence) + 1
    return tuple(
        replace(seen(piece, today), number=first + index) for index, piece in enumerate(evidence)
    )


def check_status(
    state: Commitment, status: Status, evidence: tuple[Evidence, ...], occurred_on: date
) -> None:
    """Rules 3 and 4, the same in both lanes."""
    if status is Status.not_fulfilled and state.withdrawn_on is None:
        due = due_on(state)
        if due is None or occurred_on < due:
            raise r.NotDueYet()
    if status in EVIDENCED and not evidence:
        raise r.EvidenceMissing()


def once(named: Iterable[_T]) -> tuple[_T, ...]:
    """What is named, each once, in the order given: naming it twice says nothing more."""
    return tuple(dict.fromkeys(named))


class Versioned(Protocol):
    """The state of any stream."""

    @property
    def id(self) -> UUID: ...

    @property
    def version(self) -> int: ...


def header(state: Versioned, command: Command, by: Author) -> dict[str, Any]:
    """What every event after the first takes from its stream, its command and its author."""
    return {
        "originator_id": state.id,
        "originator_version": state.version + 1,
        "occurred_on": command.occurred_on,
        "recorded_by": by.organisation,
        "capacity": by.capacity,
    }
