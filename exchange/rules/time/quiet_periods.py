"""Quiet periods: the weeks of the year in which a city would rather not meet.

Not holidays: the law dates those (holidays.py). A quiet period is what a city says of itself.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from exchange.errors import InvalidInput
from exchange.rules.time.typed_times import exact_date

_WEEK = re.compile(r"W(0[1-9]|[1-4]\d|5[0-3])", re.ASCII)
_YEARLY = re.compile(r"(\d{2})-(\d{2})", re.ASCII)
_ONCE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
PERIODS_KEPT = 2_000  # a network's cities say the same at each page about dates
_LEAP_YEAR = 2000  # to check that a yearly day exists in some year


@dataclass(frozen=True)
class QuietPeriod:
    """A named span: ISO weeks ("W28"), days of every year ("12-20") or dates ("2027-07-12").

    Weeks run from Monday of the first to Sunday of the last. Weeks and yearly days may run
    over New Year ("12-20" to "01-06").
    """

    name: str
    first: str
    last: str


@lru_cache(maxsize=PERIODS_KEPT)
def parse_quiet_period(name: str, first: str, last: str) -> QuietPeriod:
    """A quiet period from text, both ends in the same form. InvalidInput says what was expected."""
    ends = (first.strip().upper(), last.strip().upper())
    if not name.strip():
        raise InvalidInput("Give the quiet period a name.", field="name")
    if len({_form(end) for end in ends}) > 1:
        raise InvalidInput("Write both ends of a quiet period in the same form.", field="last")
    if _ONCE.fullmatch(ends[0]) and ends[1] < ends[0]:
        raise InvalidInput("A quiet period cannot end before it begins.", field="last")
    return QuietPeriod(name.strip(), *ends)


def spans(period: QuietPeriod, first_on: date, last_on: date) -> list[tuple[date, date]]:
    """The period's own first and last days, for each time it touches first_on..last_on."""
    years = range(first_on.year - 1, last_on.year + 1)
    found = _occurrences(period, years)
    return [(begin, end) for begin, end in found if begin <= last_on and end >= first_on]


def quiet_on(periods: Iterable[QuietPeriod], on: date) -> QuietPeriod | None:
    """The first of the periods that covers the day."""
    return next((period for period in periods if spans(period, on, on)), None)


def _occurrences(period: QuietPeriod, years: Iterable[int]) -> Iterator[tuple[date, date]]:
    if _ONCE.fullmatch(period.first):
        yield exact_date(period.first), exact_date(period.last)
        return
    is_weeks = period.first.startswith("W")
    over_new_year = 1 if period.last < period.first else 0
    for year in years:
        if is_weeks:
            monday = _monday(year, period.first)
            yield monday, _monday(year + over_new_year, period.last) + timedelta(days=6)
        else:
            yield _yearly_day(year, period.first), _yearly_day(year + over_new_year, period.last)


def _monday(year: int, week: str) -> date:
    last_week = date(year, 12, 28).isocalendar().week  # 28 December is always in the last ISO week
    return date.fromisocalendar(year, min(int(week[1:]), last_week), 1)


def _yearly_day(year: int, text: str) -> date:
    month, day = int(text[:2]), int(text[3:])
    if (month, day) == (2, 29) and not _is_leap(year):
        day = 28
    return date(year, month, day)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _form(text: str) -> str:
    if _WEEK.fullmatch(text):
        return "week"
    if _YEARLY.fullmatch(text) and _exists(f"{_LEAP_YEAR}-{text}"):
        return "yearly"
    if _ONCE.fullmatch(text) and _exists(text):
        return "once"
    raise InvalidInput(
        "%(text)s does not say when: write a week (W28), a day of each year (12-20) or a date (2027-07-12).",
        field="first",
        text=text[:40] or "Nothing",
    )


def _exists(text: str) -> bool:
    try:
        exact_date(text)
    except ValueError:
        return False
    return True
