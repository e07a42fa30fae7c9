"""A ledger that only remembers: what would be recorded is decided before anything is recorded."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from eventsourcing.application import AggregateNotFoundError

from domain.events import Event
from tracker.ledger import ClaimTaken, Ledger, Receipt

_COMMAND = "command:"


class Rehearsal:
    """For tracker.application.Application in place of a ledger.

    It stands on what `ledger` holds or, without one, on nothing but that the records `known` exist.
    `events` are those that were given to it, by the key of their command.
    """

    def __init__(self, ledger: Ledger | None = None, known: Collection[UUID] = ()) -> None:
        self._ledger, self._known = ledger, known
        self._streams: dict[UUID, list[Event]] = {}
        self._claims: dict[str, Receipt] = {}
        self._position = ledger.head().position if ledger is not None else 0
        self.events: dict[str, Sequence[Event]] = {}

    def record(
        self,
        events: Sequence[Event],
        *,
        command_key: str | None,
        claims: Sequence[str] = (),
        recorded_at: datetime | None = None,
    ) -> Receipt:
        """Raises ClaimTaken."""
        if command_key is not None and (repeated := self.receipt(command_key)):
            return repeated
        for claim in claims:
            if (taken := self._claimed(claim)) is not None:
                raise ClaimTaken(claim, taken)
        receipt = Receipt(self._position + 1, self._position + len(events))
        self._position = receipt.last
        self._claims |= dict.fromkeys(claims, receipt)
        for event in events:
            self._streams.setdefault(event.originator_id, []).append(event)
        if command_key is not None:
            self._claims[_COMMAND + command_key] = receipt
            self.events[command_key] = events
        return receipt

    def _claimed(self, claim: str) -> int | None:
        if claim in self._claims:
            return self._claims[claim].first
        found = self._ledger.recorder.claimed([claim]) if self._ledger is not None else {}
        return found[claim][0] if claim in found else None

    def replay(self, originator_id: UUID, projector_func: Callable[[Any, Any], Any]) -> Any:
        """Raises AggregateNotFoundError."""
        state = None
        if self._ledger is not None and self._ledger.holds(originator_id):
            state = self._ledger.replay(originator_id, projector_func)
        state = projector_func(state, self._streams.get(originator_id, ()))
        if state is None:
            raise AggregateNotFoundError(originator_id)
        return state

    def receipt(self, command_key: str) -> Receipt | None:
        own = self._claims.get(_COMMAND + command_key)
        if own is not None or self._ledger is None:
            return own
        return self._ledger.receipt(command_key)

    def holds(self, originator_id: UUID) -> bool:
        if originator_id in self._streams or originator_id in self._known:
            return True
        return self._ledger is not None and self._ledger.holds(originator_id)
