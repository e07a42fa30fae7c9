"""How does each organisation keep its commitments?

Read from the board's own rows rather than kept apart: a score that disagreed with the board would
be worse than a slower one. Commitments that are not measurable are counted apart (rule 5).
"""

from collections import Counter
from uuid import UUID

from msgspec import Struct, field

from domain.policies import Standing
from projections.feed import Moment, Reading
from projections.versions import VALID


class Scorecard(Struct):
    """Measurable commitments, all of them and by what is true of them; `not_measurable` are the
    others, in none of the other figures."""

    total: int = 0
    not_measurable: int = 0
    overdue: int = 0
    contested: int = 0
    standings: Counter[Standing] = field(default_factory=Counter)


def scorecards(
    reading: Reading, moment: Moment, owner: UUID | None = None
) -> dict[UUID, Scorecard]:
    """The scorecard of `owner`, or of every organisation that owns a commitment."""
    cards: dict[UUID, Scorecard] = {}
    one = "AND owners @> ARRAY[%(owner)s::uuid] AND owner = %(owner)s" if owner is not None else ""
    found = reading.execute(
        f"""
        SELECT owner, measurable, standing, count(*),
               count(*) FILTER (WHERE open_due_on < %(day)s), count(*) FILTER (WHERE contested)
        FROM board, unnest(owners) AS owner WHERE {VALID} {one}
        GROUP BY owner, measurable, standing
        """.encode(),
        {"position": moment.position, "day": moment.day, "owner": owner},
    )
    for each, measurable, standing, n, overdue, contested in found:
        card = cards.setdefault(each, Scorecard())
        if measurable:
            card.total += n
            card.standings[Standing(standing)] += n
            card.overdue += overdue
            card.contested += contested
        else:
            card.not_measurable += n
    return cards
