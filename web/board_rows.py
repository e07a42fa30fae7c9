"""Writes the rows of the board, each once: a row changes with its commitment and with the day.

What a row says is worked out here, with one look at the board's method; how it looks is in
templates/_board_row.html and _status.html.
"""

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from uuid import UUID

from jinja2 import Environment
from markupsafe import Markup

from domain import policies
from domain.commitment import Commitment
from domain.policies import Basis, BoardStatus, Standing
from projections.board import BoardRow
from web import words
from web.template_functions import TemplateFunctions, current_visit
from web.words import Lane

ROWS_KEPT = 4_000
"""For each language; about 1.5 kB each."""

STATEMENT_SHOWN = 110
"""Characters of what was promised: two lines of the table, three where letters are wide. The whole
of it is one link away."""


Mark = Callable[..., Markup]


class BoardRows:
    def __init__(self, environment: Environment, functions: TemplateFunctions) -> None:
        self._functions = functions
        # The same few marks stand in every row: each is written once.
        self._status = _macro(environment, "_status.html", "status", 64)
        self._nothing = _macro(environment, "_status.html", "nothing", 8)
        self._flag = _macro(environment, "_status.html", "flag", 4_096)
        self._due_at = _macro(environment, "_status.html", "due_at", 4_096)
        self._assessors = _macro(environment, "_status.html", "assessors", 1_024)
        self._changed_on = _macro(environment, "_board_row.html", "changed_on", 1_024)
        self._row = _macro(environment, "_board_row.html", "row", 0)
        self._kept: dict[tuple[UUID, int, date, bool], Markup] = {}

    def write(self, rows: Iterable[BoardRow]) -> Markup:
        """The rows in HTML, for the day and the language of the visit."""
        visit = current_visit()
        day, past = visit.moment.day, visit.as_of is not None
        written = []
        for row in rows:
            # The links of a past day carry that day.
            key = (row.commitment.id, row.position, day, past)
            found = self._kept.get(key)
            if found is None:
                found = self._write(row, day)
                # Days pass and rows change: what nobody asks for any more goes with the rest.
                if len(self._kept) >= ROWS_KEPT:
                    self._kept.clear()
                self._kept[key] = found
            written.append(found)
        return Markup("\n").join(written)

    def _write(self, row: BoardRow, day: date) -> Markup:
        commitment = row.commitment
        status = policies.board_status(commitment)
        awaited = status.standing not in policies.CONCLUDED
        flags = (self._flag(raised, True) for raised in words.flags(commitment, day))
        functions = self._functions
        return self._row(
            reference=commitment.reference,
            href=functions.link("commitment", reference=commitment.reference),
            statement=functions.wording(commitment.statement, STATEMENT_SHOWN),
            owners=", ".join(functions.short_name(each) for each in commitment.owners),
            due=self._due_at(commitment.due, day, awaited, True),
            declared=self._declared(commitment),
            assessed=self._assessed(commitment, status),
            flags=Markup("").join(flags),
            changed=self._changed_on(row.changed_at.date()),
        )

    def _declared(self, commitment: Commitment) -> Markup:
        if commitment.withdrawn_on is not None:
            return self._status(Standing.withdrawn)
        if commitment.declared is None:
            return self._nothing(Lane.declared)
        return self._status(commitment.declared.status)

    def _assessed(self, commitment: Commitment, status: BoardStatus) -> Markup:
        if status.basis is not Basis.assessed:
            return self._nothing(Lane.assessed)
        alone = ""
        if status.assessors == 1:
            (assessment,) = policies.current_assessments(commitment)
            alone = self._functions.short_name(assessment.assessor)
        return self._status(status.standing) + self._assessors(status, alone)


def _macro(environment: Environment, template: str, name: str, kept: int) -> Mark:
    """A macro as a function that remembers its last `kept` results."""
    macro: Mark = getattr(environment.get_template(template).make_module(), name)
    return lru_cache(kept)(macro) if kept else macro
