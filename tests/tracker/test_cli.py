"""What a person at a terminal, or a script, gets from each command."""

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.tracker.ledger_invariants import sql
from tests.tracker.small_data_set import COMMITMENT, spoilt, written
from tracker import cli_events, loading
from tracker.cli import cli

NOWHERE = "postgresql://tracker:hush@127.0.0.1:1/tracker"

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on the test's own database; keywords are settings for it."""
    for name in [name for name in os.environ if name.startswith("TRACKER_")]:
        monkeypatch.delenv(name)

    def run(*arguments: str, **settings: str) -> Result:
        environment = {
            "TRACKER_DATABASE_URL": database_url,
            "TRACKER_DATA_DIR": str(tmp_path / "data"),
        } | {f"TRACKER_{name}": value for name, value in settings.items()}
        return CliRunner().invoke(cli, list(arguments), env=environment)

    return run


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _sentence(result: Result) -> str:
    """The one line that a failing command says."""
    assert "Traceback" not in result.output
    (line,) = [line for line in result.stderr.splitlines() if line]
    assert line.startswith("Error: ")
    assert line.endswith(".")
    return line


# ---- load


def test_a_data_set_is_loaded_by_name_and_once(run: Run) -> None:
    first, again = run("load", "aige-osc-2024-07-16"), run("load", "aige-osc-2024-07-16")
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "14 events recorded, the last at position 14" in first.stdout
    assert "nothing new, 14 events were recorded already" in again.stdout


def test_a_data_set_is_loaded_from_a_folder(run: Run, tmp_path: Path) -> None:
    assert "10 events recorded" in run("load", str(written(tmp_path / "jeu"))).stdout


def test_a_check_records_nothing(run: Run, tmp_path: Path) -> None:
    folder = str(written(tmp_path / "jeu"))
    assert "10 events would be recorded" in run("load", folder, "--check").stdout
    assert "10 events recorded" in run("load", folder).stdout


def test_a_fault_in_a_file_is_one_sentence_and_exit_code_1(run: Run, tmp_path: Path) -> None:
    folder = written(tmp_path / "jeu", spoilt(COMMITMENT, "in_progress", "en_cours"))
    result = run("load", str(folder))
    assert result.exit_code == 1
    assert f"{folder / 'b.toml'}, line 20, status: “en_cours” is not one of" in _sentence(result)
    assert "The ledger is empty" in run("events").stdout


def test_an_unknown_data_set_is_told_which_there_are(run: Run) -> None:
    result = run("load", "aige")
    assert result.exit_code == 2
    assert "aige-osc-2024-07-16, exercice-keleya" in _sentence(result)


def test_an_exercise_needs_a_demonstration(run: Run) -> None:
    refused = run("load", "exercice-keleya")
    assert (refused.exit_code, "--demonstration" in _sentence(refused)) == (1, True)
    assert run("load", "exercice-keleya", "--demonstration").exit_code == 0


def test_a_ledger_with_events_does_not_become_a_demonstration(run: Run) -> None:
    run("load", "aige-osc-2024-07-16")
    result = run("load", "exercice-keleya", "--demonstration")
    assert (result.exit_code, "cannot become" in _sentence(result)) == (1, True)


# ---- events


def test_the_last_events_are_shown(run: Run) -> None:
    run("load", "aige-osc-2024-07-16")
    shown = run("events", "--last", "2").stdout
    assert "position 14" in shown
    assert shown.count("commitment-made") == 2


def test_every_event_is_exported_as_a_line_of_json(run: Run, tmp_path: Path) -> None:
    run("load", "aige-osc-2024-07-16")
    target = tmp_path / "events.jsonl"
    assert run("events", "--export", str(target)).exit_code == 0
    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [line["position"] for line in lines] == list(range(1, 15))
    last = lines[-1]
    assert set(last) == {"position", "recorded_at", "topic", "stream", "version", "event"}
    assert (last["topic"], last["version"]) == ("commitment-made.v1", 1)
    assert last["event"]["reference"] == "2024-005"
    assert last["event"]["originator_id"] == last["stream"]
    assert last["recorded_at"].endswith("Z")
    assert "salts" not in target.read_text(encoding="utf-8")
    assert list(tmp_path.glob("*.partial")) == []


def test_an_export_goes_to_the_standard_output(run: Run) -> None:
    run("load", "aige-osc-2024-07-16")
    result = run("events", "--export", "-")
    assert len(result.stdout.splitlines()) == 14
    assert result.stderr == ""


def test_an_export_that_fails_leaves_what_was_there(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("load", "aige-osc-2024-07-16")
    target = tmp_path / "events.jsonl"
    target.write_text("before")

    def full(_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cli_events, "_encode", full)
    result = run("events", "--export", str(target))
    assert (result.exit_code, "No space left" in _sentence(result)) == (1, True)
    assert target.read_text() == "before"
    assert list(tmp_path.glob("*.partial")) == []


def test_an_export_never_replaces_a_device(run: Run, tmp_path: Path) -> None:
    run("load", "aige-osc-2024-07-16")
    (tmp_path / "null").symlink_to("/dev/null")
    assert run("events", "--export", str(tmp_path / "null")).exit_code == 0
    assert Path("/dev/null").is_char_device()


# ---- rebuild and doctor


def test_a_rebuild_reaches_the_end_of_the_ledger(run: Run, database_url: str) -> None:
    run("load", "aige-osc-2024-07-16")
    result = run("rebuild")
    assert (result.exit_code, "to position 14" in result.stdout) == (0, True)
    assert sql(database_url, "SELECT position FROM projections.tracking") == [(14,)]


def test_the_doctor_finds_nothing_wrong(run: Run) -> None:
    run("load", "aige-osc-2024-07-16")
    run("rebuild")
    result = run("doctor")
    assert result.exit_code == 0
    for said in ("PostgreSQL 1", "at position 14", "append", "GB free", "nothing behind"):
        assert said in result.stdout
    assert "wrong" not in result.stdout


def test_the_doctor_says_that_the_tables_are_not_there(run: Run) -> None:
    result = run("doctor")
    assert (result.exit_code, "not there yet" in result.stdout) == (0, True)


def test_the_doctor_makes_no_database(run: Run, tmp_path: Path) -> None:
    result = run("doctor", DATABASE_URL="")
    assert (result.exit_code, "there is none" in result.stdout) == (0, True)
    assert not (tmp_path / "data").exists()


def test_the_doctor_says_that_the_board_is_behind(run: Run) -> None:
    run("load", "aige-osc-2024-07-16")
    result = run("doctor")
    assert (result.exit_code, "14 events behind" in result.stdout) == (4, True)


def test_the_doctor_says_where_the_board_stopped(run: Run, database_url: str) -> None:
    run("load", "aige-osc-2024-07-16")
    failed = "UPDATE projections.tracking SET failed_position = 7, failed_at = clock_timestamp()"
    sql(database_url, failed)
    result = run("doctor")
    assert (result.exit_code, "stopped at event 7" in result.stdout) == (4, True)


def test_the_doctor_misses_a_trigger(run: Run, database_url: str) -> None:
    run("load", "aige-osc-2024-07-16")
    run("rebuild")
    sql(database_url, "ALTER TABLE ledger.stored_events DISABLE TRIGGER append_only")
    result = run("doctor")
    assert (result.exit_code, "not all in place" in result.stdout) == (4, True)


def test_the_doctor_says_that_the_database_is_down(run: Run) -> None:
    result = run("doctor", DATABASE_URL=NOWHERE)
    assert (result.exit_code, "TRACKER_DATABASE_URL" in result.stdout) == (3, True)
    assert "hush" not in result.output


def test_the_doctor_says_that_the_replica_is_down(run: Run) -> None:
    run("load", "aige-osc-2024-07-16")
    result = run("doctor", READ_DATABASE_URL=NOWHERE)
    assert (result.exit_code, "TRACKER_READ_DATABASE_URL" in result.stdout) == (3, True)


# ---- failing


@pytest.mark.parametrize("command", ["events", "rebuild", "load aige-osc-2024-07-16", "serve"])
def test_a_database_that_is_down_is_one_sentence_and_exit_code_3(run: Run, command: str) -> None:
    result = run(*command.split(), DATABASE_URL=NOWHERE, PORT=str(_free_port()))
    assert result.exit_code == 3
    assert "does not answer" in _sentence(result)
    assert "hush" not in result.output


def test_a_setting_that_cannot_be_used_is_exit_code_2(run: Run) -> None:
    result = run("serve", PORT="http")
    assert (result.exit_code, "TRACKER_PORT" in _sentence(result)) == (2, True)


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_in_use_is_one_sentence_with_a_way_out(run: Run, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run(command, PORT=str(port))
    assert result.exit_code == 1
    assert f"Port {port} is in use" in _sentence(result)
    assert "TRACKER_PORT=" in _sentence(result)


def test_an_address_of_another_machine_is_refused(run: Run) -> None:
    result = run("serve", HOST="192.0.2.1", PORT=str(_free_port()))
    assert (result.exit_code, "TRACKER_HOST" in _sentence(result)) == (1, True)


def test_a_fault_of_the_software_is_written_down(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> list[str]:
        raise LookupError("a secret detail")

    monkeypatch.setattr(loading, "names_of_shipped", broken)
    result = run("load", "x")
    log = tmp_path / "data" / "tracker.log"
    assert result.exit_code == 5
    assert str(log) in _sentence(result)
    assert "secret detail" not in result.output
    assert "LookupError: a secret detail" in log.read_text(encoding="utf-8")
    assert "LookupError: a secret detail" in run("--debug", "load", "x").stderr


def test_the_demonstration_does_not_mix_fiction_into_a_real_ledger(run: Run) -> None:
    run("load", "aige-osc-2024-07-16")
    result = run("demo", PORT=str(_free_port()))
    assert (result.exit_code, "tracker serve" in _sentence(result)) == (1, True)
