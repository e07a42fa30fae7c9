"""The record as data: what can be downloaded, what each column means, and the downloads."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from domain.values import Status
from projections import board
from web.board_filter import asked
from web.data_columns import COLUMNS, Commitment
from web.visit import Download, Page, Visit

# Excel takes a file without this mark for Windows-1252 and garbles every accent; programs that read
# UTF-8 skip it.
_BYTE_ORDER_MARK = "\ufeff"

# A spreadsheet runs a cell that begins so, and anybody may write into a public record.
_RUNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

_encode = msgspec.json.Encoder(order="deterministic").encode


def show(visit: Visit) -> Page:
    return Page("data.html", {"columns": COLUMNS, "scale": list(Status)})


def board_csv(visit: Visit) -> Download:
    """The board's commitments, a line each (RFC 4180). What the page filters, this filters."""
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow([column.name for column in COLUMNS])
    for commitment in _commitments(visit):
        lines.writerow([_cell(column.value(commitment)) for column in COLUMNS])
    body = (_BYTE_ORDER_MARK + written.getvalue()).encode()
    return Download(body, "text/csv; charset=utf-8", _file_name(visit, "csv"))


def board_json(visit: Visit) -> Download:
    """The same commitments and the same names, with lists as lists and nothing for no value."""
    commitments = [
        {column.name: column.value(commitment) for column in COLUMNS}
        for commitment in _commitments(visit)
    ]
    body = msgspec.json.format(_encode({"about": _about(visit), "commitments": commitments}))
    return Download(body, "application/json", _file_name(visit, "json"))


def _commitments(visit: Visit) -> list[Commitment]:
    filter, sort, _ = asked(visit)
    rows = board.every_row(visit.reading, visit.moment, filter, sort)
    return [Commitment(row, visit) for row in rows]


def _about(visit: Visit) -> dict[str, Any]:
    at = visit.recorded_at
    return {
        "position": visit.moment.position,
        "judged_on": visit.moment.day,
        "recorded_at": at.astimezone(UTC) if at else None,
        "language": visit.language,
        "filters": dict(sorted(visit.query.items())),
        "publisher": visit.public_url.rstrip("/"),
    }


def _cell(value: object) -> str:
    """One cell of the table; a text that a spreadsheet would run gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date | int):
        return str(value)
    text = " | ".join(map(_item, value)) if isinstance(value, list) else str(value)
    return "'" + text if text.startswith(_RUNS) else text


def _item(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(str(each) for each in value.values())
    return str(value)


def _file_name(visit: Visit, kind: str) -> str:
    name = "engagements" if visit.language == "fr" else "commitments"
    return f"{name}-{visit.moment.day}-position-{visit.moment.position}.{kind}"
