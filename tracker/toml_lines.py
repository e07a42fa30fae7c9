"""In which line of a TOML text each table, key and element stands.

tomllib gives values without their places; a person who is told that `status` is wrong in the 140th
table of a file needs the line.
"""

import re
from bisect import bisect_right

Path = tuple[str | int, ...]
"""Where a value is: ("commitment", 3, "event", 0, "status")."""

_GAP = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_TO_END_OF_VALUE = re.compile(r"[^,\]}\n#]*")
# The longest first. A quote that a backslash escapes does not end a basic string; in a literal
# string a backslash is a backslash.
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""{1,3}|' r"'''.*?'''{1,3}|" r'"(?:\\.|[^"\\])*"|' r"'[^']*'",
    re.DOTALL,
)


def lines_of(text: str) -> dict[Path, int]:
    """The line, counted from 1, of everything in `text`, which tomllib has accepted."""
    return _Walk(text).lines


class _Walk:
    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._text, self._at = text, 0
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._elements: dict[Path, int] = {}
        table: Path = ()
        while self._skip_gap():
            if text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)

    def _skip_gap(self) -> bool:
        found = _GAP.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at < len(self._text)

    def _note(self, path: Path) -> None:
        # The first line stands: a dotted key and the header above it name the same table.
        self.lines.setdefault(path, bisect_right(self._starts, self._at))

    def _header(self) -> Path:
        brackets = 2 if self._text.startswith("[[", self._at) else 1
        start, self._at = self._at, self._at + brackets
        keys = self._keys("]")
        end = self._at + brackets
        *above, last = keys
        self._at = start
        for length in range(1, len(keys)):  # a header can make the tables above it
            self._note(self._latest(keys[:length]))
        table = (*self._latest(above), last)
        if brackets == 2:
            self._note(table)
            self._elements[table] = self._elements.get(table, -1) + 1
            table = (*table, self._elements[table])
        else:
            table = self._latest(keys)
        self._note(table)
        self._at = end
        return table

    def _latest(self, keys: list[str]) -> Path:
        """A header that passes through an array of tables means its last element."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            if path in self._elements:
                path = (*path, self._elements[path])
        return path

    def _keys(self, end: str) -> list[str]:
        keys = []
        while self._skip_gap() and not self._text.startswith(end, self._at):
            if self._text[self._at] in "\"'":
                keys.append(self._string()[1:-1])
            elif found := _BARE_KEY.match(self._text, self._at):
                keys.append(found[0])
                self._at = found.end()
            else:
                self._at += 1  # the dot between two keys
        return keys

    def _string(self) -> str:
        found = _STRING.match(self._text, self._at)
        assert found is not None, "tomllib accepted the text"
        self._at = found.end()
        return found[0]

    def _pair(self, table: Path) -> None:
        start = self._at
        path = table
        keys = self._keys("=")
        end, self._at = self._at, start
        for key in keys:
            path = (*path, key)
            self._note(path)
        self._at = end + 1
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip_gap()
        opening = self._text[self._at]
        if opening in "\"'":
            self._string()
        elif opening == "[":
            self._items(path)
        elif opening == "{":
            self._inline_table(path)
        elif found := _TO_END_OF_VALUE.match(self._text, self._at):
            self._at = found.end()

    def _items(self, path: Path) -> None:
        self._at += 1
        count = 0
        while self._skip_gap() and self._text[self._at] != "]":
            if self._text[self._at] == ",":
                self._at += 1
                continue
            self._note((*path, count))
            self._value((*path, count))
            count += 1
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        while self._skip_gap() and self._text[self._at] != "}":
            if self._text[self._at] == ",":
                self._at += 1
                continue
            self._pair(path)
        self._at += 1
