"""Reads a data set: a folder of TOML files, each checked against tracker/data_format.py.

Whatever is wrong is told with its file, its line, its field, and what would do.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

import msgspec
from msgspec import Struct

from domain.refusals import SlugMalformed
from domain.values import AttributionOutcome, Capacity, StakeholderKind, Status, checked_slug
from tracker.data_acts import AnyAct
from tracker.data_format import DataFile, DataSetTable
from tracker.data_values import Table
from tracker.toml_lines import Path as Place
from tracker.toml_lines import lines_of

LARGEST_FILE = 10_000_000
"""Bytes. Larger ones are not texts that a person wrote, and would fill the memory."""

_ACTS: Mapping[str, type[Table]] = {
    str(kind.__struct_config__.tag): kind for kind in get_args(AnyAct)
}
_WORDS: Mapping[str, type[StrEnum]] = {
    "status": Status,
    "kind": StakeholderKind,
    "outcome": AttributionOutcome,
    "capacity": Capacity,
}
_WANTED = {
    "str": "a text between quotes",
    "date": "a date such as 2024-07-16, without quotes and without an hour",
    "int": "a whole number, without quotes",
    "bool": "true or false, without quotes",
    "array": "a list between [ and ], or tables under [[…]]",
    "object": 'a table, such as { fr = "…", en = "…" }',
}


class DataFault(Exception):
    """Something in a data set cannot be recorded; nothing of it was."""

    def __init__(self, what: str, file: Path, line: int | None = None, field: str = "") -> None:
        where = str(file)
        if line is not None:
            where += f", line {line}"
        if field:
            where += f", {field}"
        what += "" if what.endswith((".", "?")) else "."
        super().__init__(f"{where}: {what}")
        self.what, self.file, self.line, self.field = what, file, line, field


class SourceFile(Struct, frozen=True):
    """A file that is well formed: its tables, and where they stand in it."""

    path: Path
    content: DataFile
    raw: dict[str, Any]
    lines: dict[Place, int]

    def fault(self, place: Place, what: str) -> DataFault:
        """The fault `what` at `place`, or at what is nearest around it."""
        line = 1
        for length in range(len(place), 0, -1):
            if (found := self.lines.get(place[:length])) is not None:
                line = found
                break
        return DataFault(what, self.path, line, field_of(place))

    def within(self, place: Place) -> Any:
        """What stands at `place`, as TOML values."""
        found: Any = self.raw
        for key in place:
            found = found[key]
        return found


class DataSet(Struct, frozen=True):
    """`name` is the folder's. `head` is the one [data_set] table, which stands in `head_file`."""

    name: str
    head: DataSetTable
    head_file: SourceFile
    files: tuple[SourceFile, ...]


def field_of(place: Place) -> str:
    """How a person names the place: the keys after the last numbered table."""
    keys: list[str] = []
    for key in reversed(place):
        if isinstance(key, str):
            keys.insert(0, key)
        elif keys:  # a number at the end is that of an element, whose list has the name
            break
    return ".".join(keys)


def read_data_set(folder: Path) -> DataSet:
    """The data set in `folder`, well formed. Raises DataFault."""
    name = folder.resolve().name
    try:
        checked_slug(name)
    except SlugMalformed:
        raise DataFault(
            "the folder's name is that of the data set: use only plain lower-case letters, digits "
            "and hyphens",
            folder,
        ) from None
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except OSError as failure:
        raise DataFault(
            f"cannot be read ({failure.strerror}). Name another folder", folder
        ) from failure
    files = tuple(_read(path) for path in paths)
    heads = [file for file in files if file.content.data_set is not None]
    if not heads:
        raise DataFault(
            "no .toml file in this folder has a [data_set] table. Add data_set.toml as "
            "data/README.md shows, or name another folder",
            folder,
        )
    for file in heads[1:]:
        raise file.fault(("data_set",), f"there is a [data_set] in {heads[0].path.name} already")
    head = heads[0].content.data_set
    assert head is not None
    return DataSet(name, head, heads[0], files)


def _read(path: Path) -> SourceFile:
    text = _text_of(path)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise _syntax_fault(path, text, str(fault)) from fault
    except RecursionError as fault:
        raise DataFault("lists or tables are nested too deeply", path, 1) from fault
    lines = lines_of(text)
    try:
        content = msgspec.convert(raw, DataFile)
    except msgspec.ValidationError as fault:
        place, what = _explained(str(fault), raw)
        raise SourceFile(path, DataFile(), raw, lines).fault(place, what) from fault
    return SourceFile(path, content, raw, lines)


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise DataFault(f"has more than {LARGEST_FILE:,} bytes. Split it", path)
        content = path.read_bytes()
    except OSError as failure:
        raise DataFault(f"cannot be read ({failure.strerror})", path) from failure
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise DataFault("is not UTF-8 text here. Save the file as UTF-8", path, line) from fault


def _syntax_fault(path: Path, text: str, said: str) -> DataFault:
    found = re.fullmatch(r"(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)", said)
    what, line, column = found.groups() if found else (said, None, None)
    # What is missing at the end is missing after the last line that says something.
    number = int(line) if line else text.rstrip().count("\n") + 1
    at = f" at column {column}" if column else ""
    if what == "Invalid date or datetime":
        what = "there is no such date"
    return DataFault(f"this is not TOML{at} ({what}). Correct the line", path, number)


# ---- what msgspec says, put into words


def _explained(said: str, raw: dict[str, Any]) -> tuple[Place, str]:
    message, _, path = said.partition(" - at `$")
    place = tuple(_steps(path.removesuffix("`")))
    if found := re.fullmatch(r"Object contains unknown field `(.*)`", message, re.DOTALL):
        return _unknown_field(place, found[1], raw)
    if found := re.fullmatch(r"Object missing required field `(.*)`", message):
        return (*place, found[1]), "this is missing here. Add it"
    if found := re.fullmatch(r"Expected `(.*)`, got `(.*)`", message):
        wanted = next((_WANTED[w] for w in _WANTED if w in found[1].split(" | ")), found[1])
        return place, f"this must be {wanted}"
    if message.startswith("Invalid enum value"):
        return place, _one_of(_value(raw, place), list(_WORDS.get(str(place[-1]), Status)))
    if place and place[-1] == "act":
        return place, _one_of(_value(raw, place), list(_ACTS))
    return place, message


def _steps(path: str) -> Iterator[str | int]:
    for key, index in re.findall(r"\.([^.\[]+)|\[(\d+)\]", path):
        yield key or int(index)


def _value(raw: Any, place: Place) -> Any:
    for key in place:
        raw = raw[key]
    return raw


def _one_of(value: object, words: list[str]) -> str:
    return f"“{value}” is not one of: {', '.join(words)}.{_meant(str(value), words)}"


def _meant(word: str, known: list[str]) -> str:
    near = get_close_matches(word, known, n=1)
    return f" Did you mean “{near[0]}”?" if near else ""


def _unknown_field(place: Place, name: str, raw: dict[str, Any]) -> tuple[Place, str]:
    known = sorted(_fields_at(place, raw))
    return (
        *place,
        name,
    ), f"there is no such key here.{_meant(name, known)} Known: {', '.join(known)}"


def _fields_at(place: Place, raw: dict[str, Any]) -> set[str]:
    """The keys that the table at `place` may have."""
    kinds: list[type[Table]] = [DataFile]
    for length, key in enumerate(place, start=1):
        table = _value(raw, place[:length])
        if isinstance(key, str):
            types = {field.name: field.type for field in msgspec.structs.fields(kinds[0])}
            kinds = list(_tables_in(types[key]))
        elif len(kinds) > 1:
            kinds = [_ACTS[table["act"]]]
    tag = {"act"} if kinds[0] in _ACTS.values() else set()
    return {field.name for field in msgspec.structs.fields(kinds[0])} | tag


def _tables_in(kind: Any) -> Iterator[type[Table]]:
    if isinstance(kind, type) and issubclass(kind, Table):
        yield kind
    for inner in get_args(kind):
        yield from _tables_in(inner)
