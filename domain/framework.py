"""A consultation framework: a standing consultation between named stakeholders."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from domain import commands as c
from domain import events as e
from domain import refusals as r
from domain.admission import check_occurred, header
from domain.values import (
    NAME_LENGTH,
    NOTE_LENGTH,
    Author,
    Capacity,
    Wording,
    checked_slug,
)


class Framework(Struct, frozen=True):
    id: UUID
    version: int
    slug: str
    name: Wording
    exercise: bool
    members: tuple[UUID, ...] = ()


def evolve(state: Framework | None, event: e.Event) -> Framework:
    if isinstance(event, e.FrameworkEstablished):
        return Framework(
            event.originator_id, event.originator_version, event.slug, event.name, event.exercise
        )
    assert state is not None
    assert isinstance(event, e.StakeholderAdmitted)
    members = (*state.members, event.stakeholder)
    return replace(state, version=event.originator_version, members=members)


def rebuild(state: Framework | None, happened: Iterable[e.Event]) -> Framework | None:
    for event in happened:
        state = evolve(state, event)
    return state


def establish_framework(
    id: UUID, command: c.EstablishFramework, today: date, by: Author
) -> e.FrameworkEstablished:
    _check_secretariat(by)
    check_occurred(command.occurred_on, today)
    return e.FrameworkEstablished(
        originator_id=id,
        originator_version=1,
        occurred_on=command.occurred_on,
        recorded_by=by.organisation,
        capacity=by.capacity,
        slug=checked_slug(command.slug),
        name=command.name.checked("name", NAME_LENGTH),
        description=command.description.checked("description", NOTE_LENGTH),
        exercise=command.exercise,
    )


def admit_stakeholder(
    state: Framework, command: c.AdmitStakeholder, today: date, by: Author
) -> e.StakeholderAdmitted:
    _check_secretariat(by)
    check_occurred(command.occurred_on, today)
    if command.stakeholder in state.members:
        raise r.StakeholderAlreadyAdmitted()
    return e.StakeholderAdmitted(**header(state, command, by), stakeholder=command.stakeholder)


def _check_secretariat(by: Author) -> None:
    if by.capacity is not Capacity.secretariat:
        raise r.NotTheSecretariat()
