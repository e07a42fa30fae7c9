"""Which line of a data set a refusal of the domain is about."""

from collections.abc import Iterator
from typing import Any

from domain import refusals as r
from tracker.data_files import DataFault
from tracker.data_names import Names
from tracker.data_steps import Step
from tracker.toml_lines import Path as Place

# The refusals speak of the fields of commands and events; these have another key in the files.
_KEYS = {"due_event": "event", "evidence_title": "title", "reply": "text"}

_ABOUT: dict[type[r.Refusal], str] = {
    r.EvidenceMissing: "status",
    r.NotDueYet: "status",
    r.LinkUnsafe: "url",
    r.EvidenceUnidentified: "sha256",
    r.CriterionMissing: "criterion",
    r.CapacityUnfounded: "by",
    r.NotAnOwner: "by",
    r.NotTheAssessor: "by",
    r.NotTheProvider: "by",
    r.NotTheSecretariat: "by",
    r.NeitherOwnerNorSecretariat: "by",
    r.OwnersDoNotAssess: "by",
    r.OwnerMissing: "owners",
    r.OwnerRepeated: "owners",
    r.OwnersUnchanged: "owners",
    r.DueUnchanged: "due",
    r.WordingUnchanged: "statement",
}

_OTHER_STEPS = frozenset({"event", "topic", "minutes", "admission"})


def refused(step: Step, refusal: r.Refusal, names: Names) -> DataFault:
    """The refusal's own sentence, at the key it is about."""
    sentence = refusal.sentence("en", lambda fact: names.called(str(fact)))
    return step.file.fault(_place(step, refusal, names), sentence)


def _place(step: Step, refusal: r.Refusal, names: Names) -> Place:
    leaves = list(_leaves(step.place, step.file.within(step.place)))
    for name, fact in refusal.facts.items():
        if name == "field":
            key = _KEYS.get(str(fact), str(fact))
            at_fault = [leaf for leaf in leaves if key in leaf[0]]
            return _worst(at_fault, refusal) or step.place
        said = names.called(str(fact))
        for place, value in leaves:
            if value in (fact, said):
                return place
    key = _ABOUT.get(type(refusal), "")
    return next((place for place, _ in leaves if key in place), step.place)


def _leaves(place: Place, value: Any) -> Iterator[tuple[Place, Any]]:
    """What the step's own table says, without the tables of the steps that come after it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not (key in _OTHER_STEPS and isinstance(inner, list)):
                yield from _leaves((*place, key), inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves((*place, index), inner)
    else:
        yield place, value


def _worst(leaves: list[tuple[Place, Any]], refusal: r.Refusal) -> Place | None:
    """Which of the texts under one key: the French or the English one, of which evidence."""
    character = str(refusal.facts.get("character", ""))
    for place, text in leaves:
        if character and chr(int(character.removeprefix("U+"), 16)) in str(text):
            return place
    empty = isinstance(refusal, r.TextEmpty)
    ranked = sorted(leaves, key=lambda leaf: len(str(leaf[1])), reverse=not empty)
    return ranked[0][0] if ranked else None
