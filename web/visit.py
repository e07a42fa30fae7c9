"""What a public page is a function of, and what it gives back."""

from datetime import date, datetime
from typing import Any, Literal

from msgspec import Struct, field

from projections.feed import Moment, Reading
from web.directory import Directory

Language = Literal["fr", "en"]


class Visit(Struct, kw_only=True):
    """One reader's request for one public page.

    `query` holds only parameters the route knows, each once, none empty. `as_of` is the past day
    asked for, or None for the board as it stands. `fragment` is true when htmx wants only the part
    that changes.
    """

    route: str
    language: Language
    path_values: dict[str, str]
    query: dict[str, str]
    fragment: bool
    moment: Moment
    recorded_at: datetime | None
    """When the event at the moment's position was recorded; None for an empty record."""
    as_of: date | None
    reading: Reading
    directory: Directory
    public_url: str


class Page(Struct):
    """A template and what it needs besides the visit. `fragment` is the included part that htmx
    gets alone; a page without one is always sent whole."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    fragment: str | None = None


class Download(Struct):
    """A page that is data rather than HTML: finished bytes."""

    body: bytes
    media_type: str
    file_name: str


class NotInRecord(Exception):
    """The address names something the record does not hold (404). `kind` is a route's name."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(kind, name)
        self.kind, self.name = kind, name


class QueryRefused(Exception):
    """A parameter cannot be understood (422)."""

    def __init__(self, parameter: str, value: str, reason: str = "unknown") -> None:
        super().__init__(parameter, value, reason)
        self.parameter, self.value, self.reason = parameter, value, reason
