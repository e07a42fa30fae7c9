"""`tracker events`: what the ledger holds, as a table of the last ones or as JSON lines of all."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec
import rich_click as click
from rich.console import Console
from rich.table import Table

from tracker import bootstrap
from tracker.ledger import Ledger, StoredRow
from tracker.settings import Settings

_encode = msgspec.json.Encoder().encode


@click.command()
@click.option("--last", default=20, show_default=True, type=click.IntRange(1, 1_000), metavar="N")
@click.option(
    "--export",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Write every event as a line of JSON to FILE; - is the standard output.",
)
def events(last: int, export: str | None) -> None:
    """Show the last events of the ledger, or export all of them.

    An exported line holds position, recorded_at, topic (the kind of event and its version), stream
    (the record it belongs to), version (its number there) and event.
    """
    with bootstrap.ledger(Settings.from_environment()) as ledger:
        if export is None:
            _show(ledger, last)
        else:
            _export(ledger, export)


def _show(ledger: Ledger, last: int) -> None:
    head = ledger.head()
    console = Console()
    if head.position == 0:
        console.print("The ledger is empty. `tracker load` records a data set.")
        return
    kind = "a demonstration ledger" if head.demonstration else "the ledger"
    table = Table(box=None, title=f"The end of {kind}, position {head.position}")
    for name in ("Pos.", "Recorded (UTC)", "Happened", "Event", "Capacity", "Record"):
        table.add_column(name, justify="right" if name == "Pos." else "left", no_wrap=True)
    for row in ledger.read(max(1, head.position - last + 1), head.position):
        table.add_row(*_cells(row))
    console.print(table)


def _cells(row: StoredRow) -> tuple[str, ...]:
    event = row.event
    return (
        str(row.position),
        f"{row.recorded_at:%Y-%m-%d %H:%M}",
        event.occurred_on.isoformat(),
        _topic(row).partition(".")[0],
        event.capacity.value,
        # Enough of it to tell the records of one screen apart.
        str(event.originator_id)[:8],
    )


def _topic(row: StoredRow) -> str:
    return str(row.event.__struct_config__.tag)


def line(row: StoredRow) -> dict[str, Any]:
    """An event as it is exported. The salts stay in the ledger: they make redaction possible."""
    return {
        "position": row.position,
        "recorded_at": row.recorded_at,
        "topic": _topic(row),
        "stream": row.event.originator_id,
        "version": row.event.originator_version,
        "event": row.event,
    }


def _export(ledger: Ledger, target: str) -> None:
    with _opened(target) as out:
        count = 0
        for row in ledger.read():
            out.write(_encode(line(row)) + b"\n")
            count += 1
        out.flush()
    if target != "-":
        Console(stderr=True).print(f"{count} events written to {target}.", highlight=False)


@contextmanager
def _opened(target: str) -> Iterator[IO[bytes]]:
    if target == "-":
        yield sys.stdout.buffer
        return
    path = Path(target)
    if path.exists() and not path.is_file():  # a pipe or a device, which must not be replaced
        with path.open("wb") as out:
            yield out
        return
    # Renamed when whole: an export that was cut short is not taken for the record.
    partial = path.with_name(f"{path.name}.partial")
    try:
        with partial.open("wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
