"""Financial years, derived from the month in which they begin. Nothing stores one."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, order=True)
class FinancialYear:
    """A year of twelve months; both days are in it. ``name`` is "2026-27", or "2026" of a calendar year."""

    first_on: date
    last_on: date

    @property
    def name(self) -> str:
        """How it is called."""
        first, last = self.first_on.year, self.last_on.year
        return str(first) if first == last else f"{first}-{last % 100:02d}"

    def holds(self, on: date) -> bool:
        """Whether a day is in it."""
        return self.first_on <= on <= self.last_on


def year_that_begins(year: int, month: int) -> FinancialYear:
    """The financial year that begins on the first of a month."""
    return FinancialYear(date(year, month, 1), date(year + 1, month, 1) - timedelta(days=1))


def year_of(on: date, month: int) -> FinancialYear:
    """The financial year that a day lies in, of those that begin in ``month``: 4 for April to March."""
    return year_that_begins(on.year if on.month >= month else on.year - 1, month)


def years_between(first_on: date, last_on: date, month: int) -> list[FinancialYear]:
    """All financial years that have a day in a span."""
    found = [year_of(first_on, month)]
    while found[-1].last_on < last_on:
        found.append(year_of(found[-1].last_on + timedelta(days=1), month))
    return found


def months_before(on: date, months: int) -> date:
    """The day so many calendar months earlier; the last of its month stays the last of a month.

    31 March less six months is 30 September.
    """
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    last = monthrange(year, month + 1)[1]
    is_last = on.day == monthrange(on.year, on.month)[1]
    return date(year, month + 1, last if is_last else min(on.day, last))
