"""Where did the record stand at the end of that day?

Days are those of Africa/Bamako, which keeps UTC all year.
"""

from datetime import date

from projections.feed import Batch, Reading, Writing


class Days:
    name = "days"
    tables = "CREATE TABLE days (day date PRIMARY KEY, position bigint NOT NULL);"

    def apply(self, cursor: Writing, batch: Batch) -> None:
        last = {entry.recorded_at.date(): entry.position for entry in batch.entries}
        if last:
            cursor.execute(
                "INSERT INTO days SELECT * FROM unnest(%s::date[], %s::bigint[])"
                " ON CONFLICT (day) DO UPDATE SET position = excluded.position",
                (list(last), list(last.values())),
            )


def position_at(reading: Reading, day: date) -> int:
    """The last position recorded up to the end of `day`; 0 when nothing was recorded yet."""
    found = reading.execute(
        "SELECT position FROM days WHERE day <= %s ORDER BY day DESC LIMIT 1", (day,)
    ).fetchone()
    return found[0] if found else 0


def neighbours(reading: Reading, day: date) -> tuple[date | None, date | None]:
    """The nearest days before and after `day` on which something was recorded."""
    found = reading.execute(
        "SELECT max(day) FILTER (WHERE day < %(day)s), min(day) FILTER (WHERE day > %(day)s)"
        " FROM days",
        {"day": day},
    ).fetchone()
    return found or (None, None)
