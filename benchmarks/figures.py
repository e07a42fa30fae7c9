"""What a benchmark reports: each figure beside its reference, measured in the same run."""

from typing import Literal

from msgspec import Struct


class Figure(Struct, frozen=True, kw_only=True):
    """A measurement, what it is compared with, and what it must reach.

    bar and aim are for `ratio`, which is value / reference: "at least" them where better is
    "higher", "at most" where it is "lower". A figure without a bar is reported, not judged.
    """

    name: str
    value: float
    unit: str
    reference_name: str
    reference: float
    better: Literal["higher", "lower"] = "higher"
    bar: float | None = None
    aim: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.value / self.reference

    @property
    def passes(self) -> bool:
        """Whether the bar is reached; true where there is none."""
        return self._reaches(self.bar)

    @property
    def reaches_aim(self) -> bool:
        return self._reaches(self.aim)

    def _reaches(self, mark: float | None) -> bool:
        if mark is None:
            return True
        return self.ratio >= mark if self.better == "higher" else self.ratio <= mark
