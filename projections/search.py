"""Which commitments speak of this?

Accents are optional, words match in French and in English by their stems, and the beginning of a
reference finds it. Accents are removed here, in Python, on both sides: a PostgreSQL without ICU or
without the unaccent extension answers the same.
"""

import re
import unicodedata
from uuid import UUID

from domain.commitment import Commitment
from projections.feed import Batch, Moment, Reading, Writing
from projections.versions import FOREVER, VALID, close, insert

# The marks of Latin, Arabic and N'Ko letters once they are taken apart.
_COMBINING = re.compile("[\u0300-\u036f\u064b-\u065f\u0670\u07eb-\u07f3]")

MOST_FOUND = 1_000
QUERY_LENGTH = 200


class Search:
    name = "search"
    tables = f"""
        CREATE TABLE search (
            commitment uuid NOT NULL,
            valid_from bigint NOT NULL,
            valid_to bigint NOT NULL DEFAULT {FOREVER},
            reference text NOT NULL,
            words text NOT NULL,
            stems tsvector GENERATED ALWAYS AS (
                to_tsvector('pg_catalog.french', words) || to_tsvector('pg_catalog.english', words)
            ) STORED,
            PRIMARY KEY (commitment, valid_from)
        );
        CREATE INDEX search_stems ON search USING gin (stems);
        CREATE INDEX search_reference ON search (reference text_pattern_ops);
    """

    def apply(self, cursor: Writing, batch: Batch) -> None:
        latest: dict[UUID, tuple[int, str]] = {}
        ended: list[tuple[UUID, int]] = []
        rows: list[tuple[object, ...]] = []
        for change in batch.changes:
            if change.before is not None and not _speaks_anew(change.before, change.after):
                continue
            words = _words(change.after)
            key, position = change.after.id, change.entry.position
            if key in latest:
                start, text = latest[key]
                rows.append((key, start, position, change.after.reference.lower(), text))
            elif change.before is not None:
                ended.append((key, position))
            latest[key] = (position, words)
        references = {c.after.id: c.after.reference.lower() for c in batch.changes}
        rows += [
            (key, start, FOREVER, references[key], text) for key, (start, text) in latest.items()
        ]
        close(cursor, "search", [("commitment", "uuid")], ended)
        insert(
            cursor, "search", ("commitment", "valid_from", "valid_to", "reference", "words"), rows
        )


def _speaks_anew(before: Commitment, after: Commitment) -> bool:
    # Most events change none of these, and finding that out must cost less than folding accents.
    return (
        before.statement != after.statement
        or before.measure != after.measure
        or before.milestones != after.milestones
    )


def _words(commitment: Commitment) -> str:
    criterion = commitment.measure.criterion
    parts = [commitment.statement.fr, commitment.statement.en, commitment.reference]
    if criterion is not None:
        parts += [criterion.fr, criterion.en]
    parts += [text for m in commitment.milestones for text in (m.title.fr, m.title.en)]
    parts += [topic.replace("-", " ") for topic in commitment.topics]
    return without_accents(" ".join(parts))


def without_accents(text: str) -> str:
    """`text` in lower case, every combining mark removed."""
    # Taken apart first: some letters that are styles of others (𝕊) become capitals only then.
    decomposed = unicodedata.normalize("NFKD", text).lower()
    return _COMBINING.sub("", decomposed).replace("œ", "oe").replace("æ", "ae")


def matching(reading: Reading, moment: Moment, text: str) -> tuple[UUID, ...]:
    """The commitments that hold every word of `text`, or whose reference begins with it.

    At most MOST_FOUND, the best first.
    """
    words = without_accents(text[:QUERY_LENGTH]).strip()
    prefix = re.sub(r"[^a-z0-9-]", "", words)
    found = reading.execute(
        "WITH wanted AS (SELECT plainto_tsquery('pg_catalog.french', %(words)s) AS fr,"
        "                       plainto_tsquery('pg_catalog.english', %(words)s) AS en)"
        " SELECT commitment FROM search, wanted"
        f" WHERE {VALID} AND (stems @@ wanted.fr OR stems @@ wanted.en"
        "   OR (%(prefix)s <> '' AND reference LIKE %(pattern)s))"
        " ORDER BY reference LIKE %(pattern)s DESC,"
        "   greatest(ts_rank(stems, wanted.fr), ts_rank(stems, wanted.en)) DESC, reference"
        f" LIMIT {MOST_FOUND}",
        {
            "words": words,
            "prefix": prefix,
            "pattern": prefix + "%",
            "position": moment.position,
        },
    )
    return tuple(commitment for (commitment,) in found)
