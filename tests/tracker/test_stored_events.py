"""Every payload ever written is still there, unchanged, and is read as it was meant."""

from pathlib import Path

import pytest

from domain.events import Event
from tests.tracker.stored_event_samples import EXPECTED, MANIFEST, PAYLOADS, line_of
from tracker.serialization import EVENT_CLASSES, UPCASTS, decode, free_text_paths, salts_of

PAYLOAD_FILES = sorted(PAYLOADS.glob("*.json"))


def test_every_tag_that_can_be_read_has_a_stored_payload() -> None:
    tags = {*EVENT_CLASSES, *UPCASTS}
    assert {file.stem for file in PAYLOAD_FILES} == tags
    assert set(EXPECTED) == tags


def test_no_stored_payload_was_removed_added_or_changed_on_the_quiet() -> None:
    manifest = MANIFEST.read_text().splitlines(keepends=True)
    assert sorted(manifest) == sorted(line_of(file) for file in PAYLOAD_FILES)


@pytest.mark.parametrize("file", PAYLOAD_FILES, ids=lambda file: file.stem)
def test_a_stored_payload_is_read_as_the_event_it_was(file: Path) -> None:
    assert decode(file.stem, file.read_bytes(), 1) == EXPECTED[file.stem]


@pytest.mark.parametrize(("tag", "event"), EXPECTED.items(), ids=EXPECTED.keys())
def test_a_stored_payload_has_its_salts(tag: str, event: Event) -> None:
    if tag in UPCASTS:
        pytest.skip("the paths of a retired version are those it was written with")
    salts = salts_of((PAYLOADS / f"{tag}.json").read_bytes())
    assert list(salts) == free_text_paths(event)
