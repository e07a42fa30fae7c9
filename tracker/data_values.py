"""The values that a data set's tables are made of, as a person writes them in TOML."""

from datetime import date

from msgspec import Struct

from domain.values import Due, DueKind, Evidence, EvidenceKind, Measure, Wording


class Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A misspelt key is refused rather than passed over: what it says would be missing."""


class Words(Table, frozen=True, kw_only=True):
    fr: str = ""
    en: str = ""

    def wording(self) -> Wording:
        return Wording(fr=self.fr, en=self.en)


class EvidenceTable(Table, frozen=True, kw_only=True):
    """A link has `url`; a document has `sha256`, `media_type` and `size`."""

    title: str
    seen_on: date
    url: str = ""
    sha256: str = ""
    media_type: str = ""
    size: int = 0

    def __post_init__(self) -> None:
        if bool(self.url) == bool(self.sha256):
            raise ValueError(
                "evidence is either a link, with url, or a document, with sha256, media_type and "
                "size: give one of the two"
            )

    def evidence(self) -> Evidence:
        return Evidence(
            kind=EvidenceKind.link if self.url else EvidenceKind.document,
            title=self.title,
            seen_on=self.seen_on,
            url=self.url,
            sha256=self.sha256,
            media_type=self.media_type,
            size=self.size,
        )


def pieces(tables: tuple[EvidenceTable, ...]) -> tuple[Evidence, ...]:
    return tuple(table.evidence() for table in tables)


class DueTable(Table, frozen=True, kw_only=True):
    on: date | None = None
    event: Words | None = None
    open: bool = False

    def __post_init__(self) -> None:
        if (self.on is not None) + (self.event is not None) + self.open != 1:
            raise ValueError(
                'due is one of three: { on = 2024-12-31 }, { event = { fr = "avant…" } } or '
                "{ open = true }"
            )

    def due(self) -> Due:
        if self.on is not None:
            return Due(kind=DueKind.fixed, on=self.on)
        if self.event is not None:
            return Due(kind=DueKind.event, event=self.event.wording())
        return Due()


def measure(criterion: Words | None, measurable: bool) -> Measure:
    """Raises ValueError unless exactly one of the two ways to say it is used."""
    if measurable != (criterion is not None):
        raise ValueError(
            "say by what criterion one will see that it is kept, with criterion, or that it cannot "
            "be measured, with measurable = false, and not both"
        )
    return Measure(measurable, criterion.wording() if criterion else None)


class Dated(Table, frozen=True, kw_only=True):
    """`on` is the day of the fact; `recorded_on`, for exercises, that of its recording."""

    on: date
    recorded_on: date | None = None


class MaybeDated(Table, frozen=True, kw_only=True):
    """Without `on`, the fact is the entry in the record, and its day that of recording."""

    on: date | None = None
    recorded_on: date | None = None
