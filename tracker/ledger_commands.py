"""What one command appends, what comes of it, and what it may be refused for."""

from collections.abc import Sequence
from datetime import datetime

from eventsourcing.persistence import (
    InternalError,
    OperationalError,
    PersistenceError,
    StoredEvent,
)
from msgspec import Struct

from tracker.binary_arrays import array, bigint

COMMAND = "command:"
"""The claim that begins so is a command's key; any other claim is something only one may have."""

_LONGEST_CLAIM = 500


class Receipt(Struct, frozen=True):
    """The positions of a command's events.

    repeated: the command was found recorded already, by an earlier call or by this one just before
    its connection broke.
    """

    first: int
    last: int
    repeated: bool = False


class ClaimTaken(Exception):
    """Another command has claimed `key`, with the event at `position`."""

    def __init__(self, key: str, position: int) -> None:
        super().__init__(f"“{key}” was claimed at position {position}.")
        self.key, self.position = key, position


class ClaimMalformed(ValueError):
    """A claim is empty, too long or not text that the database can hold."""


class BackdatingRefused(PersistenceError):
    """A recording date was given that the ledger does not take."""


class OutcomeUnknown(OperationalError):
    """The connection broke while a command without a key was appended: it may be recorded."""


class LedgerBypassed(InternalError):
    """Rows were inserted without ledger.append, so the next position is taken already."""


class Command(Struct):
    """What one command appends, encoded by the thread that brings it, and then its outcome."""

    ids: list[bytes]
    versions: list[bytes]
    topics: list[bytes]
    states: list[bytes]
    claims: dict[str, bytes]
    recorded_at: datetime | None
    receipt: Receipt | None = None

    @property
    def key(self) -> str | None:
        return next((claim for claim in self.claims if claim.startswith(COMMAND)), None)

    @staticmethod
    def of(
        stored_events: Sequence[StoredEvent],
        claims: Sequence[str] = (),
        recorded_at: datetime | None = None,
    ) -> "Command":
        """Raises ClaimMalformed."""
        return Command(
            ids=[event.originator_id.bytes for event in stored_events],  # type: ignore[union-attr]
            versions=[bigint(event.originator_version) for event in stored_events],
            topics=[event.topic.encode() for event in stored_events],
            states=[event.state for event in stored_events],
            claims={claim: _checked(claim) for claim in claims},
            recorded_at=recorded_at,
        )


def _checked(claim: str) -> bytes:
    try:
        encoded = claim.encode()
    except UnicodeEncodeError:
        encoded = b""
    if not 0 < len(encoded) <= _LONGEST_CLAIM or b"\0" in encoded:
        raise ClaimMalformed(f"A claim has 1 to {_LONGEST_CLAIM} bytes of text: {claim[:40]!r}")
    return encoded


def parameters_of(commands: Sequence[Command]) -> tuple[object, ...]:
    """The arguments of ledger.append that record all the commands, one after the other."""
    claims, firsts, lasts = list[bytes](), list[bytes](), list[bytes]()
    before = 0
    for command in commands:
        claims += command.claims.values()
        firsts += [bigint(before + 1)] * len(command.claims)
        before += len(command.ids)
        lasts += [bigint(before)] * len(command.claims)
    return (
        array("uuid", [each for command in commands for each in command.ids]),
        array("int8", [each for command in commands for each in command.versions]),
        array("text", [each for command in commands for each in command.topics]),
        array("bytea", [each for command in commands for each in command.states]),
        array("text", claims),
        array("int8", firsts),
        array("int8", lasts),
        commands[0].recorded_at,
    )
