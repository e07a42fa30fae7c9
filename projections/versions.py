"""Rows kept as versions: each is valid from one position (included) to another (excluded).

"Now" and "as of a date" are then the same query with another position.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from psycopg import sql
from psycopg.pq import PipelineStatus

from projections.feed import Writing

FOREVER: Final = 2**63 - 1

VALID = "valid_from <= %(position)s AND valid_to > %(position)s"
"""The rows that stand at a position; fits every table with versions."""

# A COPY costs three exchanges with the server whatever its size; under this many rows, inserts sent
# together are faster.
_COPY_FROM = 40


def insert(
    cursor: Writing, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Adds `rows` to `table`, in the order of `columns`."""
    if not rows:
        return
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    # A live batch is sent in a pipeline, and PostgreSQL has no COPY in one.
    pipelined = cursor.connection.pgconn.pipeline_status != PipelineStatus.OFF
    if pipelined or len(rows) < _COPY_FROM:
        places = sql.SQL(", ").join([sql.Placeholder()] * len(columns))
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})")
        cursor.executemany(statement.format(sql.Identifier(table), names, places), rows)
        return
    statement = sql.SQL("COPY {} ({}) FROM STDIN")
    with cursor.copy(statement.format(sql.Identifier(table), names)) as copy:
        for row in rows:
            copy.write_row(row)


def close(
    cursor: Writing,
    table: str,
    keys: Sequence[tuple[str, str]],
    ended: Iterable[tuple[Any, ...]],
) -> None:
    """Ends the standing version of each key.

    `keys` are the key columns with their types; `ended` rows are the key's values, then the
    position at which the version ends.
    """
    rows = list(ended)
    if not rows:
        return
    columns = [*keys, ("position", "bigint")]
    arrays = [list(values) for values in zip(*rows, strict=True)]
    statement = sql.SQL(
        "UPDATE {table} AS t SET valid_to = ended.position"
        " FROM unnest({arrays}) AS ended({names})"
        " WHERE {matches} AND t.valid_to = {forever}"
    ).format(
        table=sql.Identifier(table),
        arrays=sql.SQL(", ").join(sql.SQL("%s::" + kind + "[]") for _, kind in columns),
        names=sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns),
        matches=sql.SQL(" AND ").join(
            sql.SQL("t.{0} = ended.{0}").format(sql.Identifier(name)) for name, _ in keys
        ),
        forever=sql.Literal(FOREVER),
    )
    cursor.execute(statement, arrays)
