"""The days that figures are about: a calendar year or one of its quarters. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from exchange.errors import NotFound

FIRST_YEAR, LAST_YEAR = 2000, 2100  # as those of the programme
QUARTERS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Span:
    """A year, or a quarter of it. Raises NotFound for a year or quarter that no page has."""

    year: int
    quarter: int | None = None

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR or self.quarter not in (None, *QUARTERS):
            raise NotFound("There is no such page, or it is not for you to see.")

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, 3 * (self.quarter or 1) - 2, 1)

    @property
    def last(self) -> date:
        """The last day."""
        if self.quarter in (None, 4):
            return date(self.year, 12, 31)
        return date(self.year, 3 * (self.quarter or 1) + 1, 1) - timedelta(days=1)

    @property
    def share(self) -> float:
        """Which part of a year it is, for targets of a year."""
        return 1 if self.quarter is None else 1 / len(QUARTERS)

    @property
    def name(self) -> str:
        """ "2026" or "2026-Q4": of files, and the same in every language."""
        return f"{self.year}" if self.quarter is None else f"{self.year}-Q{self.quarter}"

    @property
    def months(self) -> list[date]:
        """The first day of each of its months."""
        return [date(self.year, month, 1) for month in range(self.first.month, self.last.month + 1)]

    def has(self, on: date) -> bool:
        """Whether a day is one of its days."""
        return self.first <= on <= self.last
