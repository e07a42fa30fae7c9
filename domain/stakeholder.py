"""An organisation that takes part in a consultation framework."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from msgspec import Struct

from domain import commands as c
from domain import events as e
from domain import refusals as r
from domain.admission import check_occurred
from domain.values import (
    NAME_LENGTH,
    Author,
    Capacity,
    StakeholderKind,
    Wording,
    checked_slug,
    checked_text,
)

SHORT_NAME_LENGTH = 40


class Stakeholder(Struct, frozen=True):
    id: UUID
    version: int
    slug: str
    name: Wording
    short_name: str
    kind: StakeholderKind
    exercise: bool


def evolve(state: Stakeholder | None, event: e.Event) -> Stakeholder:
    assert isinstance(event, e.StakeholderRegistered)
    return Stakeholder(
        event.originator_id,
        event.originator_version,
        event.slug,
        event.name,
        event.short_name,
        event.kind,
        event.exercise,
    )


def rebuild(state: Stakeholder | None, happened: Iterable[e.Event]) -> Stakeholder | None:
    for event in happened:
        state = evolve(state, event)
    return state


def register_stakeholder(
    id: UUID, command: c.RegisterStakeholder, today: date, by: Author
) -> e.StakeholderRegistered:
    if by.capacity is not Capacity.secretariat:
        raise r.NotTheSecretariat()
    check_occurred(command.occurred_on, today)
    return e.StakeholderRegistered(
        originator_id=id,
        originator_version=1,
        occurred_on=command.occurred_on,
        recorded_by=by.organisation,
        capacity=by.capacity,
        slug=checked_slug(command.slug),
        name=command.name.checked("name", NAME_LENGTH),
        short_name=checked_text(command.short_name, "short_name", SHORT_NAME_LENGTH),
        kind=command.kind,
        exercise=command.exercise,
    )
