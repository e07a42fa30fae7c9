"""Events to stored bytes and back.

What is stored is the event's JSON with one more member, `salts`: for every free-text field that is
not empty, 128 random bits under the field's path ("statement.fr", "evidence.0.title"). A published
entry of the tamper-evident log shows a field's digest, made of salt and text: once both are
deleted, nobody can confirm a guess of the text, and every proof made before stays valid. That
cannot be retrofitted, so it is done from the first event. The domain never sees salts: decoding
skips them.

A stored name, once written, is read for ever. To change an event in a way that old payloads do not
fit, give it a new tag in domain/events.py and add the old tag to UPCASTS below.
"""

import os
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, cast, get_args
from uuid import UUID

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import (
    JSONTranscoder,
    Mapper,
    MapperDeserialisationError,
    Notification,
    StoredEvent,
)
from msgspec import inspect

from domain.events import Event, Recorded
from domain.values import FREE_TEXT

SALT_BYTES = 16
SALTS = "salts"

Payload = dict[str, Any]
Upcast = Callable[[Payload], Payload]

EVENT_CLASSES: Mapping[str, type[Recorded]] = {
    str(kind.__struct_config__.tag): kind for kind in get_args(Event)
}

UPCASTS: Mapping[str, Upcast] = {}
"""Retired tag -> what turns its payload into that of a later tag (and names it under "type").

Chains are followed, so each upcast is written once, against the version that came right after it.
"""


class UnknownEventType(MapperDeserialisationError):
    """A stored event's type is neither in the union nor in the upcasts."""


class UnreadableEvent(MapperDeserialisationError):
    """A stored event's payload is not what its type says."""


class UnsaltableField(TypeError):
    """An event class holds free text where no path can name it, such as in a dict."""


# ---- salts


class _Texts(NamedTuple):
    """Where the free text of a value is. Exactly one of the three is set."""

    here: bool = False
    fields: tuple[tuple[str, "_Texts"], ...] = ()
    items: "_Texts | None" = None


@cache
def _texts_in(event_class: type[Recorded]) -> _Texts | None:
    return _find_texts(inspect.type_info(event_class), event_class.__name__)


def _find_texts(kind: inspect.Type, where: str) -> _Texts | None:
    match kind:
        case inspect.Metadata(extra=extra) if extra and extra.get(FREE_TEXT):
            return _Texts(here=True)
        case inspect.Metadata(type=inner):
            return _find_texts(inner, where)
        case inspect.StructType(fields=fields):
            found = [(f.name, _find_texts(f.type, f"{where}.{f.name}")) for f in fields]
            texts = tuple((name, inside) for name, inside in found if inside)
            return _Texts(fields=texts) if texts else None
        case inspect.VarTupleType(item_type=item):
            inside = _find_texts(item, where)
            return _Texts(items=inside) if inside else None
        case inspect.UnionType(types=types):
            alternatives = [inside for t in types if (inside := _find_texts(t, where))]
            if len(alternatives) > 1:
                raise UnsaltableField(f"{where}: a union of several kinds of free text")
            return alternatives[0] if alternatives else None
        case _ if _mentions_free_text(kind):
            # Text stored without its salt could never be redacted: refuse before the first event.
            raise UnsaltableField(f"{where}: only structs and tuples may hold free text")
    return None


def _mentions_free_text(value: object) -> bool:
    """Whether free text is anywhere inside a container that paths do not reach into."""
    if isinstance(value, inspect.Metadata) and (value.extra or {}).get(FREE_TEXT):
        return True
    if isinstance(value, tuple):
        return any(map(_mentions_free_text, value))
    if isinstance(value, inspect.Type | inspect.Field):
        return any(_mentions_free_text(getattr(value, f)) for f in value.__struct_fields__)
    return False


def _paths(value: Any, texts: _Texts, prefix: str) -> Iterator[str]:
    if not value:  # an absent optional, an empty tuple, an empty text
        return
    if texts.here:
        yield prefix
    elif texts.items:
        for number, item in enumerate(value):
            yield from _paths(item, texts.items, f"{prefix}.{number}")
    else:
        for name, inside in texts.fields:
            path = f"{prefix}.{name}" if prefix else name
            yield from _paths(getattr(value, name), inside, path)


def free_text_paths(event: Recorded) -> list[str]:
    """The paths of the event's free-text fields that are not empty, in the order of its JSON."""
    texts = _texts_in(type(event))
    return list(_paths(event, texts, "")) if texts else []


class _Salted(msgspec.Struct):
    salts: dict[str, str] = {}


_decode_salts = msgspec.json.Decoder(_Salted).decode


def salts_of(state: bytes) -> dict[str, str]:
    """The salts stored with an event: path -> base64url, without padding, of 16 bytes.

    A redacted field has none any more.
    """
    return _decode_salts(state).salts


def _salts(paths: list[str]) -> bytes:
    drawn = os.urandom(SALT_BYTES * len(paths))
    members = [
        b'"%b":"%b"' % (path.encode(), urlsafe_b64encode(drawn[at : at + SALT_BYTES]).rstrip(b"="))
        for path, at in zip(paths, range(0, len(drawn), SALT_BYTES), strict=True)
    ]
    return b"{" + b",".join(members) + b"}"


# ---- encoding and decoding

_encode_json = msgspec.json.Encoder().encode


def encode(event: Recorded) -> bytes:
    """The event as it is stored: its JSON, with fresh salts as the last member if it has text."""
    plain = _encode_json(event)
    paths = free_text_paths(event)
    return plain[:-1] + b',"salts":' + _salts(paths) + b"}" if paths else plain


class Decoding:
    """Stored bytes to events, for one set of upcasts."""

    def __init__(self, upcasts: Mapping[str, Upcast] = UPCASTS) -> None:
        self._upcasts = upcasts
        self._decoders: dict[str, Callable[[bytes], Any]] = {
            tag: msgspec.json.Decoder(kind).decode for tag, kind in EVENT_CLASSES.items()
        } | dict.fromkeys(upcasts, self._upcast)

    def event(self, topic: str, state: bytes, row: StoredEvent | int) -> Event:
        """The event. `row`, or only its position, is named if it cannot be read.

        Raises UnknownEventType, UnreadableEvent.
        """
        decoder = self._decoders.get(topic)
        if decoder is None:
            raise UnknownEventType(
                f"{_name(row)} holds an event of type “{topic}”, which this version of the "
                "software does not know. Run the version that wrote it, or a later one."
            )
        try:
            return cast(Event, decoder(state))
        except (msgspec.MsgspecError, UnicodeDecodeError, LookupError) as error:
            raise UnreadableEvent(
                f"{_name(row)} does not hold a readable “{topic}”: {error}. Nothing was skipped: "
                "compare the row with a backup."
            ) from error

    def _upcast(self, state: bytes) -> Any:
        payload = msgspec.json.decode(state)
        while (tag := payload["type"]) in self._upcasts:
            payload = self._upcasts[tag](payload)
        return msgspec.convert(payload, EVENT_CLASSES[tag])


_current = Decoding()


def decode(topic: str, state: bytes, row: StoredEvent | int) -> Event:
    """The event of a stored row; `row`, or only its position, is named if it cannot be read.

    Raises UnknownEventType, UnreadableEvent.
    """
    return _current.event(topic, state, row)


def _name(row: StoredEvent | int) -> str:
    if isinstance(row, int):
        return f"Position {row}"
    name = f"Version {row.originator_version} of record {row.originator_id}"
    return f"Position {row.id} ({name})" if isinstance(row, Notification) else name


class LedgerMapper(Mapper[UUID]):
    """The library's mapper for our closed union.

    The library's own stores a class's module path and imports whatever a row names; here the topic
    is the event's tag, and only types that this version knows are ever built.
    """

    def __init__(self, upcasts: Mapping[str, Upcast] = UPCASTS) -> None:
        super().__init__(JSONTranscoder())  # never used: msgspec encodes and decodes
        self._decoding = Decoding(upcasts)

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """The row for an event, with fresh salts. Raises TypeError for anything else."""
        if not isinstance(domain_event, Recorded):
            raise TypeError(f"{type(domain_event).__name__} is not an event of domain.events")
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=cast(str, domain_event.__struct_config__.tag),
            state=encode(domain_event),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        """The event of a row. Raises UnknownEventType, UnreadableEvent."""
        return self._decoding.event(stored_event.topic, stored_event.state, stored_event)
