"""How the command line fails: one sentence, a way out, and an exit code that says which kind."""

import os
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path

import click
import psycopg
from click.exceptions import Abort, ClickException, Exit
from eventsourcing.persistence import PersistenceError
from psycopg_pool import PoolTimeout

from domain.refusals import Refusal
from tracker.bootstrap import DatabaseUnreachable
from tracker.data_files import DataFault
from tracker.ledger import BackdatingRefused, GapInLedger, SchemaIsNewer
from tracker.loading import NotADemonstration
from tracker.postgres_programs import EmbeddedPostgresError
from tracker.projecting import ProjectionFailed, RebuildUnderWay
from tracker.serving import CannotListen, ServerEnded
from tracker.settings import SettingRefused, Settings


class ExitCode(IntEnum):
    """docs/operations.md says what to do about each; tests/docs/test_settings_table.py checks."""

    done = 0
    refused = 1
    usage = 2
    unreachable = 3
    unhealthy = 4
    fault = 5
    interrupted = 130
    terminated = 143


EXIT_CODES = {
    ExitCode.done: "done",
    ExitCode.refused: "refused or failed; the sentence says why",
    ExitCode.usage: "the command line or a TRACKER_ setting cannot be used",
    ExitCode.unreachable: "the database does not answer",
    ExitCode.unhealthy: "doctor found something wrong",
    ExitCode.fault: "a fault of this software, written to tracker.log",
    ExitCode.interrupted: "interrupted by ctrl-C",
    ExitCode.terminated: "ended by SIGTERM before it served",
}


class Failed(ClickException):
    """Ends a command with a sentence and an exit code."""

    def __init__(self, sentence: str, code: ExitCode = ExitCode.refused) -> None:
        super().__init__(sentence)
        self.exit_code = int(code)  # type: ignore[misc]  # click reads it from the instance too


_CODES: tuple[tuple[type[BaseException], ExitCode], ...] = (
    (SettingRefused, ExitCode.usage),
    (CannotListen, ExitCode.refused),
    (ServerEnded, ExitCode.refused),
    (DatabaseUnreachable, ExitCode.unreachable),
    (EmbeddedPostgresError, ExitCode.unreachable),
    (DataFault, ExitCode.refused),
    (NotADemonstration, ExitCode.refused),
    (Refusal, ExitCode.refused),
    (RebuildUnderWay, ExitCode.refused),
    (SchemaIsNewer, ExitCode.refused),
    (BackdatingRefused, ExitCode.refused),
    (GapInLedger, ExitCode.unhealthy),
    (ProjectionFailed, ExitCode.unhealthy),
)
"""Errors whose own sentence is for people."""

_DATABASE = (psycopg.Error, PersistenceError, PoolTimeout)


@contextmanager
def explained(debug: bool) -> Iterator[None]:
    """Ends any error inside as a person can use it. With `debug` its traceback is shown too."""
    try:
        yield
    except Failed as failed:
        raise _told(failed) from failed
    except (ClickException, Exit, Abort):
        raise
    except BrokenPipeError:
        # The reader of our output, such as `head`, has what it wants. Python would complain again
        # when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise Exit(ExitCode.done) from None
    except KeyboardInterrupt:
        raise _told(Failed("Interrupted.", ExitCode.interrupted)) from None
    except Exception as error:
        if debug:
            traceback.print_exc()
        raise _told(_in_words(error)) from error


def _told(failed: Failed) -> Exit:
    # Without the frame that rich-click draws: a service's log and a script read lines.
    click.echo(f"Error: {failed.message}", err=True)
    return Exit(failed.exit_code)


def _in_words(error: Exception) -> Failed:
    for kind, code in _CODES:
        if isinstance(error, kind):
            return Failed(str(error), code)
    if isinstance(error, _DATABASE):
        return Failed(
            f"The database did not do what was asked ({first_line(error)}). See that it runs and "
            "has room, then try again; `tracker doctor` tells more.",
            ExitCode.unreachable,
        )
    if isinstance(error, OSError):
        told = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        return Failed(f"{told}. Correct this, then try again.")
    return Failed(
        f"This is a fault of the software ({type(error).__name__}). What happened is in "
        f"{_write_down(error)}; please report it. `tracker --debug …` shows it here.",
        ExitCode.fault,
    )


def first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _write_down(error: Exception) -> Path:
    """Appends the traceback to tracker.log in the data directory, or else among temporary files."""
    told = "".join(traceback.format_exception(error))
    for folder in (_data_dir(), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / "tracker.log").open("a", encoding="utf-8") as log:
                log.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {told}\n")
        except OSError:
            continue
        return folder / "tracker.log"
    return Path(os.devnull)


def _data_dir() -> Path:
    try:
        return Settings.from_environment().data_dir
    except SettingRefused:
        return Path(tempfile.gettempdir())
