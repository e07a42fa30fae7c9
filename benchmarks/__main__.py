"""`make bench`: every figure beside its reference, in one run, a table at the end.

Runs on the embedded PostgreSQL with everything that makes commits durable, in a folder of its own
that is removed afterwards. `python -m benchmarks append rebuild` runs some only.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql
from rich.console import Console
from rich.table import Table

from benchmarks import append, board_page, cached_page, population, rebuild, serving
from benchmarks.figures import Figure
from tracker import ledger_connections, projecting
from tracker.embedded_postgres import EmbeddedPostgres

console = Console()


def main(wanted: list[str]) -> int:
    """Returns 0 when every bar was reached, 1 otherwise."""
    figures: list[Figure] = []
    failed: list[str] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        stack.callback(_remove_clusters, folder)
        server = stack.enter_context(EmbeddedPostgres(folder))
        for name, measure in _suites(server.url).items():
            if not wanted or name in wanted:
                console.print(f"Measuring {name} …")
                try:
                    figures += measure()
                except Exception:  # noqa: BLE001 - whatever it was, it is shown and counted
                    # The other figures are worth having; the exit code still says that one failed.
                    console.print_exception()
                    failed.append(name)
    console.print(_table(figures))
    return 0 if not failed and all(figure.passes for figure in figures) else 1


def _remove_clusters(folder: Path) -> None:
    # For root they are kept elsewhere (see tracker/embedded_postgres.py), and are not wanted again.
    for link in folder.glob("postgres-*"):
        shutil.rmtree(link.resolve(), ignore_errors=True)


def _suites(url: str) -> dict[str, Callable[[], list[Figure]]]:
    populated: list[str] = []

    def on_population(measure: Callable[[str], list[Figure]]) -> Callable[[], list[Figure]]:
        def run() -> list[Figure]:
            if not populated:
                populated.append(_populated(url))
            return measure(populated[0])

        return run

    return {
        "append": lambda: append.measure(_database(url, "bench_append")),
        "rebuild": on_population(rebuild.measure),
        "board": on_population(board_page.measure),
        "serving": on_population(serving.measure),
        "cached": cached_page.measure,
    }


def _database(url: str, name: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    made = urlsplit(url)._replace(path=f"/{name}").geturl()
    with psycopg.connect(made, autocommit=True) as connection:
        ledger_connections.install(connection)
        projecting.install(connection)
    return made


def _populated(url: str) -> str:
    made = _database(url, "bench_population")
    with console.status("Recording 20,000 commitments of fictional organisations …"):
        population.populate(made)
    return made


def _table(figures: list[Figure]) -> Table:
    table = Table("figure", "value", "reference", "ratio", "bar", "aim", "", title="Figures")
    for figure in figures:
        verdict = "reached" if figure.passes else "NOT REACHED"
        table.add_row(
            figure.name,
            f"{figure.value:,.4g} {figure.unit}",
            f"{figure.reference:,.4g} ({figure.reference_name})",
            f"{figure.ratio:.2f}",
            _mark(figure, figure.bar),
            _mark(figure, figure.aim),
            verdict if figure.bar is not None else "",
        )
    return table


def _mark(figure: Figure, mark: float | None) -> str:
    if mark is None:
        return ""
    return f"{'≥' if figure.better == 'higher' else '≤'} {mark:g}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
