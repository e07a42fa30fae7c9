"""Events to stored bytes and back, and the salts that redaction will need."""

import typing
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import Any, get_args, get_type_hints
from uuid import UUID

import msgspec
import pytest
from eventsourcing.persistence import Notification, StoredEvent
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from domain.events import Event, ProgressDeclared, Recorded, TopicDiscussed
from domain.values import Text
from tests.tracker.stored_event_samples import EXPECTED
from tracker.serialization import (
    EVENT_CLASSES,
    Decoding,
    LedgerMapper,
    UnknownEventType,
    UnreadableEvent,
    UnsaltableField,
    decode,
    encode,
    free_text_paths,
    salts_of,
)

DECLARED = EXPECTED["progress-declared.v1"]


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a field's type: not what the domain would accept, but all that can be stored."""
    if typing.get_origin(kind) is typing.Annotated:
        return values_of(get_args(kind)[0])
    if typing.get_origin(kind) is tuple:
        return st.lists(values_of(get_args(kind)[0]), max_size=3).map(tuple)
    if get_args(kind):
        return st.one_of(*map(values_of, get_args(kind)))
    if issubclass(kind, msgspec.Struct):
        hints = get_type_hints(kind, include_extras=True)
        return st.builds(kind, **{name: values_of(hints[name]) for name in kind.__struct_fields__})
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    return {
        str: st.text(max_size=30),
        int: st.integers(0, 2**63 - 1),
        bool: st.booleans(),
        date: st.dates(),
        UUID: st.uuids(),
        type(None): st.none(),
    }[kind]


any_event = st.sampled_from(list(EVENT_CLASSES.values())).flatmap(values_of)


def texts_in(value: object, kind: Any, path: str) -> Iterator[tuple[str, str]]:
    """The free text of a value, found by its annotations: another way than serialization's."""
    if kind == Text:
        if value:
            yield path, str(value)
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from texts_in(item, get_args(kind)[0], f"{path}.{number}")
    elif isinstance(value, msgspec.Struct):
        for name, hint in get_type_hints(type(value), include_extras=True).items():
            if name in value.__struct_fields__:
                yield from texts_in(getattr(value, name), hint, f"{path}.{name}".lstrip("."))


@settings(deadline=None, max_examples=150)
@given(any_event)
def test_any_event_is_read_back_as_it_was(event: Event) -> None:
    mapper = LedgerMapper()
    stored = mapper.to_stored_event(typing.cast(Any, event))
    assert mapper.to_domain_event(stored) == event
    assert (stored.originator_id, stored.originator_version, stored.topic) == (
        event.originator_id,
        event.originator_version,
        event.__struct_config__.tag,
    )


@settings(deadline=None, max_examples=150)
@given(any_event)
def test_every_text_that_is_not_empty_has_a_salt_and_nothing_else_has(event: Event) -> None:
    salts = salts_of(encode(event))
    assert list(salts) == [path for path, _ in texts_in(event, type(event), "")]
    assert all(len(urlsafe_b64decode(salt + "==")) == 16 for salt in salts.values())
    assert len(set(salts.values())) == len(salts)


@settings(deadline=None, max_examples=100)
@given(any_event)
def test_what_is_stored_is_the_events_json_with_the_salts_as_its_last_member(event: Event) -> None:
    stored = msgspec.json.decode(encode(event))
    plain = msgspec.json.decode(msgspec.json.encode(event))
    assert {name: value for name, value in stored.items() if name != "salts"} == plain
    assert "salts" not in stored or list(stored)[-1] == "salts"


def test_the_same_event_gets_other_salts_each_time() -> None:
    first, second = salts_of(encode(DECLARED)), salts_of(encode(DECLARED))
    assert list(first) == list(second)
    assert not set(first.values()) & set(second.values())


def test_paths_name_texts_inside_structs_options_and_tuples() -> None:
    assert free_text_paths(EXPECTED["commitment-made.v1"]) == [
        "reference",
        "statement.fr",
        "statement.en",
        "measure.criterion.fr",
        "due.event.fr",
        "due.event.en",
        "topics.0",
        "topics.1",
        "source.title",
        "source.url",
    ]
    assert free_text_paths(DECLARED) == [
        "note",
        "evidence.0.title",
        "evidence.0.url",
        "evidence.1.title",
    ]
    assert free_text_paths(EXPECTED["commitment-acknowledged.v1"]) == []


def test_an_event_without_text_is_stored_without_salts() -> None:
    state = encode(EXPECTED["commitment-acknowledged.v1"])
    assert b"salts" not in state
    assert salts_of(state) == {}


def test_every_event_class_can_be_salted() -> None:
    for tag, event in EXPECTED.items():
        free_text_paths(event)
        assert isinstance(event, EVENT_CLASSES[tag])


class _Glossary(Recorded, frozen=True, kw_only=True, tag="glossary.v1"):
    words: dict[str, tuple[Text, ...]]


def test_text_that_no_path_can_name_is_refused_before_anything_is_stored() -> None:
    glossary = _Glossary(
        originator_id=UUID(int=1),
        originator_version=1,
        occurred_on=DECLARED.occurred_on,
        recorded_by=UUID(int=2),
        capacity=DECLARED.capacity,
        words={"cadre": ("framework",)},
    )
    with pytest.raises(UnsaltableField, match=r"_Glossary\.words"):
        encode(glossary)


# ---- what cannot be read


def test_an_unknown_type_is_named_with_its_position_and_stream() -> None:
    row = Notification(UUID(int=7), 3, "os.system", b"{}", id=12)
    with pytest.raises(UnknownEventType) as refused:
        LedgerMapper().to_domain_event(row)
    assert str(refused.value).startswith(
        "Position 12 (Version 3 of record 00000000-0000-0000-0000-000000000007) holds an event of "
        "type “os.system”"
    )


def test_without_a_position_the_stream_is_named() -> None:
    row = StoredEvent(UUID(int=7), 3, "made-up.v1", b"{}")
    with pytest.raises(UnknownEventType, match=r"^Version 3 of record .*7 holds"):
        LedgerMapper().to_domain_event(row)


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b'{"type":"progress-declared.v1"', id="cut short"),
        pytest.param(encode(EXPECTED["commitment-withdrawn.v1"]), id="another type"),
        pytest.param(encode(DECLARED).replace(b"fulfilled", b"marvellous"), id="unknown status"),
        pytest.param(b'{"type":"progress-declared.v1","note":"\xff"}', id="not UTF-8"),
        pytest.param(b"[]", id="another shape"),
    ],
)
def test_an_unreadable_payload_is_named_with_its_position(state: bytes) -> None:
    with pytest.raises(UnreadableEvent, match=r"^Position 5 does not hold a readable"):
        decode("progress-declared.v1", state, 5)


def test_what_is_not_an_event_of_the_domain_is_not_stored() -> None:
    with pytest.raises(TypeError, match="not an event"):
        LedgerMapper().to_stored_event(typing.cast(Any, object()))


# ---- upcasting, with tags that never existed


def _rename_comment(payload: dict[str, Any]) -> dict[str, Any]:
    """v-1 -> v0: `comment` became `note`."""
    payload["note"] = payload.pop("comment")
    return {**payload, "type": "progress-declared.v0"}


def _add_status(payload: dict[str, Any]) -> dict[str, Any]:
    """v0 -> v1: what had no status was in progress."""
    return {"status": "in_progress", **payload, "type": "progress-declared.v1"}


UPCASTS = {
    "progress-declared.v-1": _rename_comment,
    "progress-declared.v0": _add_status,
}


def _old_payload(tag: str, **members: str) -> bytes:
    plain = msgspec.json.decode(encode(structs.replace(DECLARED, evidence=())))
    kept = {name: plain[name] for name in plain if name not in {"status", "note", "salts"}}
    salts = {next(iter(members)): "AAAAAAAAAAAAAAAAAAAAAA"}
    return msgspec.json.encode({**kept, "type": tag, **members, "salts": salts})


@pytest.mark.parametrize(
    ("tag", "member"), [("progress-declared.v0", "note"), ("progress-declared.v-1", "comment")]
)
def test_a_retired_version_is_read_as_todays_through_every_upcast(tag: str, member: str) -> None:
    state = _old_payload(tag, **{member: "Cela avance."})
    event = Decoding(UPCASTS).event(tag, state, 1)
    assert isinstance(event, ProgressDeclared)
    assert (event.note, event.status.value) == ("Cela avance.", "in_progress")
    assert event.originator_id == DECLARED.originator_id


def test_the_mapper_upcasts_too() -> None:
    state = _old_payload("progress-declared.v0", note="Cela avance.")
    row = StoredEvent(DECLARED.originator_id, 10, "progress-declared.v0", state)
    assert isinstance(LedgerMapper(UPCASTS).to_domain_event(row), ProgressDeclared)


def test_an_upcast_that_leads_nowhere_is_reported() -> None:
    lost = {"progress-declared.v0": lambda payload: {**payload, "type": "gone.v1"}}
    with pytest.raises(UnreadableEvent, match=r"gone\.v1"):
        Decoding(lost).event("progress-declared.v0", _old_payload("progress-declared.v0", x=""), 1)


def test_the_salts_of_a_retired_version_stay_readable() -> None:
    state = _old_payload("progress-declared.v0", note="Cela avance.")
    assert salts_of(state) == {"note": "AAAAAAAAAAAAAAAAAAAAAA"}


def test_a_field_added_later_does_not_trouble_an_older_version_of_the_software() -> None:
    event = EXPECTED["topic-discussed.v1"]
    state = encode(event).replace(b'{"type"', b'{"added_later":[1],"type"')
    assert isinstance(decode("topic-discussed.v1", state, 1), TopicDiscussed)
