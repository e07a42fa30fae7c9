"""The rules need no clock, file or network: only the standard library and msgspec."""

import ast
import sys
from pathlib import Path

import pytest

import domain

FILES = sorted(Path(domain.__file__).parent.rglob("*.py"))
ALLOWED = {
    "collections",
    "collections.abc",
    "datetime",
    "domain",
    "enum",
    "msgspec",
    "msgspec.structs",
    "re",
    "typing",
    "unicodedata",
    "urllib.parse",
    "uuid",
}
CLOCKS = {"today", "now", "utcnow", "time", "time_ns", "monotonic", "perf_counter", "gmtime"}
CHANCE = {"uuid1", "uuid4", "random", "randint", "choice", "token_bytes", "token_hex", "urandom"}
OUTSIDE = {"open", "print", "input", "exec", "eval", "__import__"}

every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)


def _imports(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(f"{'.' * node.level}{node.module or ''}")
    return names


@every_file
def test_it_imports_only_the_standard_library_msgspec_and_itself(path: Path) -> None:
    """Of the standard library, only what reads nothing: a new module here is a decision."""
    names = _imports(ast.parse(path.read_text(encoding="utf-8")))
    assert {name for name in names if not name.startswith("domain.")} <= ALLOWED
    tops = {name.partition(".")[0] for name in names}
    assert tops <= sys.stdlib_module_names | {"msgspec", "domain"}


@every_file
def test_it_reads_no_clock_rolls_no_dice_and_opens_nothing(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            assert node.attr not in CLOCKS | CHANCE, f"{path.name}:{node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in OUTSIDE | CLOCKS | CHANCE, f"{path.name}:{node.lineno}"


def test_there_is_a_domain_to_look_at() -> None:
    assert len(FILES) > 10
