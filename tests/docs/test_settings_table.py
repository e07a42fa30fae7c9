"""docs/operations.md lists every setting, command and exit code, and none that is not there."""

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tracker import settings
from tracker.cli import cli
from tracker.cli_errors import EXIT_CODES, ExitCode
from tracker.settings import Settings

OPERATIONS = Path(settings.__file__).parents[1] / "docs" / "operations.md"


def _rows(heading: str) -> dict[str, list[str]]:
    """The table under a heading: its first column, without code marks, and the others."""
    section = OPERATIONS.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = {}
    for line in section.splitlines():
        if line.startswith("| ") and not line.startswith("| ---"):
            first, *others = (cell.strip() for cell in line.strip("|").split("|"))
            rows[first.strip("`")] = others
    return dict(list(rows.items())[1:])


def test_every_setting_is_in_the_table_and_the_other_way_round() -> None:
    source = Path(settings.__file__).read_text(encoding="utf-8")
    read = set(re.findall(r"\"(TRACKER_[A-Z_]+)\"", source))
    assert read
    assert set(_rows("Settings")) == read


def test_nothing_else_reads_a_setting_from_the_environment() -> None:
    here = Path(settings.__file__).parent
    for package in (here, here.parent / "domain", here.parent / "projections", here.parent / "web"):
        for path in package.rglob("*.py"):
            if path.name != "settings.py":
                text = path.read_text(encoding="utf-8")
                assert not re.search(r"(environ|getenv)[^\n]*TRACKER_", text), path


def test_the_defaults_in_the_table_are_the_defaults() -> None:
    defaults = Settings.from_environment({})
    told = {name: cells[0].strip("`") for name, cells in _rows("Settings").items()}
    assert told["TRACKER_HOST"] == defaults.host
    assert told["TRACKER_PORT"] == str(defaults.port)
    assert told["TRACKER_DATA_DIR"] == str(defaults.data_dir)
    assert told["TRACKER_PAGE_CACHE_MB"] == str(defaults.page_cache_mb)
    assert told["TRACKER_REPLY_DAYS"] == str(defaults.reply_days)
    assert told["TRACKER_DATABASE_URL"] == "unset"
    assert defaults.database_url is None


def test_every_exit_code_is_in_the_table() -> None:
    assert {int(code) for code in _rows("Exit codes")} == set(ExitCode)
    assert set(EXIT_CODES) == set(ExitCode)


def test_every_exit_code_is_in_the_help() -> None:
    shown = " ".join(CliRunner().invoke(cli, ["--help"], terminal_width=1_000).output.split())
    for code, meaning in EXIT_CODES.items():
        assert f"{code:d} {meaning}" in shown


def test_every_command_is_in_the_table() -> None:
    told = {name.split("`")[0].split()[1] for name in _rows("Commands")}
    assert told == set(cli.commands)


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_option_is_in_the_documentation(name: str) -> None:
    text = OPERATIONS.read_text(encoding="utf-8")
    for parameter in cli.commands[name].params:
        if isinstance(parameter, click.Option) and parameter.opts[0] != "--last":
            assert f"`{parameter.opts[0]}" in text
