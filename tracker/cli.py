"""The command line. Settings come from the environment; docs/operations.md has their table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import rich_click as click
from click.exceptions import Exit
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tracker import bootstrap, doctor, loading, projecting, serving
from tracker.cli_errors import EXIT_CODES, ExitCode, Failed, explained
from tracker.cli_events import events
from tracker.data_files import DataFault
from tracker.doctor import Finding, Grade
from tracker.ledger import Ledger
from tracker.loading import Loaded, Loading
from tracker.settings import Settings

EXERCISE, REAL = "exercice-keleya", "aige-osc-2024-07-16"
"""What the demonstration shows. The exercise first: its recording dates come before today's."""

_EPILOG = "Exit codes: " + "; ".join(f"{code:d} {what}" for code, what in EXIT_CODES.items()) + "."


class Commands(click.RichGroup):
    """Ends every error of every command as docs/operations.md promises."""

    def invoke(self, ctx: click.Context) -> Any:
        with explained(debug=bool(ctx.params.get("debug"))):
            return super().invoke(ctx)


@click.group(cls=Commands, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(debug: bool) -> None:
    """Keep the record of what an electoral authority and civil society promise each other.

    Settings are TRACKER_ variables of the environment: docs/operations.md lists them.
    """


@cli.command()
def demo() -> None:
    """Serve the shipped data sets: a fictional exercise and the meeting of 16 July 2024.

    The first time, they are loaded into an empty ledger, which is marked as a demonstration.
    """
    settings = Settings.from_environment()
    serving.check_address(settings)
    with bootstrap.database(settings) as url:
        ledger = Ledger(url)
        try:
            _prepare_demonstration(ledger, url, settings)
        finally:
            ledger.close()
        _serve(settings)


def _prepare_demonstration(ledger: Ledger, url: str, settings: Settings) -> None:
    head = ledger.head()
    if head.position and not head.demonstration:
        raise Failed(
            "This ledger already holds events of its own, and fiction does not belong among them. "
            "Run `tracker serve`, or choose another place for the demonstration with "
            "TRACKER_DATA_DIR or TRACKER_DATABASE_URL."
        )
    ledger.mark_demonstration()
    loader = Loading(ledger, url, reply_days=settings.reply_days)
    for name in (EXERCISE, REAL):
        try:
            _load(loader, loading.shipped() / name)
        except DataFault as fault:
            if not head.position:
                raise
            # An older demonstration beside newer files: what it holds is still worth showing.
            _say(f"{fault}. The demonstration is served as it was recorded.")
    with psycopg.connect(url, autocommit=True) as connection:
        projecting.catch_up(connection)


@cli.command()
def serve() -> None:
    """Serve the board of the ledger that is configured."""
    settings = Settings.from_environment()
    serving.check_address(settings)
    with bootstrap.database(settings):
        _serve(settings)


def _serve(settings: Settings) -> None:
    def started() -> None:
        _say(f"The board is at {settings.public_url}  (ctrl-C ends it)")

    # The database's context lasts around this: the worker's own lease of an embedded PostgreSQL
    # comes and goes with the worker.
    serving.serve(settings, started)


@cli.command()
@click.argument("data_set", metavar="NAME|FOLDER")
@click.option("--check", is_flag=True, help="Say what would be recorded, and record nothing.")
@click.option(
    "--demonstration", is_flag=True, help="Mark the ledger, if it is empty, as a demonstration."
)
def load(data_set: str, check: bool, demonstration: bool) -> None:
    """Record a data set: a shipped one by its name, or any by its folder.

    All of it is checked before anything is recorded, and what is recorded already is passed over.
    data/README.md explains the files.
    """
    folder = _folder(data_set)
    settings = Settings.from_environment()
    with bootstrap.database(settings) as url:
        ledger = Ledger(url)
        try:
            if demonstration:
                _mark_demonstration(ledger)
            loader = Loading(ledger, url, reply_days=settings.reply_days)
            if check:
                plan = loader.plan(folder)
                _say(
                    f"{plan.name}: {len(plan.pending)} events would be recorded, "
                    f"{plan.repeated} are already."
                )
            else:
                _load(loader, folder)
        finally:
            ledger.close()


def _folder(data_set: str) -> Path:
    shipped = loading.names_of_shipped()
    if data_set in shipped:
        return loading.shipped() / data_set
    if Path(data_set).is_dir():
        return Path(data_set)
    raise Failed(
        f"“{data_set}” is neither a folder nor a shipped data set. Name a folder, or one of: "
        f"{', '.join(shipped)}.",
        ExitCode.usage,
    )


def _mark_demonstration(ledger: Ledger) -> None:
    try:
        ledger.mark_demonstration()
    except psycopg.Error as refusal:
        if refusal.sqlstate != "LG003":
            raise
        raise Failed(
            "This ledger already holds events, so it cannot become a demonstration. Choose an "
            "empty one with TRACKER_DATA_DIR or TRACKER_DATABASE_URL."
        ) from refusal


def _load(loader: Loading, folder: Path) -> None:
    with _progress_bar(f"Recording {folder.resolve().name}") as report:
        loaded = loader.load(folder, report)
    _say(_in_words(loaded))


def _in_words(loaded: Loaded) -> str:
    if loaded.recorded:
        said = f"{loaded.recorded} events recorded, the last at position {loaded.last}"
        if loaded.repeated:
            said += f"; {loaded.repeated} were recorded already"
    else:
        said = f"nothing new, {loaded.repeated} events were recorded already"
    if loaded.to_come:
        said += f"; {loaded.to_come} dated after now were left out"
    return f"{loaded.name}: {said}."


@cli.command()
def rebuild() -> None:
    """Build every read model anew from the ledger. The board stays up meanwhile."""
    with bootstrap.database(Settings.from_environment()) as url:
        with _progress_bar("Rebuilding") as report:
            reached = projecting.rebuild(url, report)
        _say(f"Every read model is rebuilt, to position {reached}.")


@contextmanager
def _progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """To be told how many of how many are done. Shown on a terminal only, and gone at the end."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task(what, total=None)

        def report(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield report


@cli.command("doctor")
def doctor_command() -> None:
    """Say what is configured, reachable and behind."""
    findings = []
    for finding in doctor.examine(Settings.from_environment()):
        findings.append(finding)
        _say(_finding_in_words(finding))
    worst = max(finding.grade for finding in findings)
    if worst is Grade.unreachable:
        raise Exit(ExitCode.unreachable)
    if worst is Grade.wrong:
        raise Exit(ExitCode.unhealthy)


_GRADES = {
    Grade.well: "[green]ok   [/]",
    Grade.notable: "[yellow]note [/]",
    Grade.wrong: "[red]wrong[/]",
    Grade.unreachable: "[red]down [/]",
}


def _finding_in_words(finding: Finding) -> str:
    advice = f" {escape(finding.advice)}" if finding.advice else ""
    return f"{_GRADES[finding.grade]}  {finding.about}: {escape(finding.what)}.{advice}"


def _say(sentence: str) -> None:
    Console(highlight=False, soft_wrap=True).print(sentence)


cli.add_command(events)
