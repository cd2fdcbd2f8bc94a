"""A year of training events: days that keep the rhythm and trouble no lead city.

Not the themes or hosts of the events; only on which days they stand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from exchange.errors import InvalidInput
from exchange.rules.time.holidays import (
    CityCalendar,
    half_day_on,
    is_squeeze_day,
    is_working_day,
    optional_day_on,
)
from exchange.rules.time.quiet_periods import quiet_on

GAP_MIN_DAYS = 28  # four weeks
GAP_MAX_DAYS = 35  # five weeks
EVENT_COUNTS = (12, 11, 13, 10)  # in order of liking: 52 weeks hold 10.4 to 13 events
GOOD_WEEKDAYS = (1, 2, 3)  # Tuesday to Thursday: travel fits the working week
INCONVENIENT = 1000  # weighs more than any unevenness of a year's gaps


@dataclass(frozen=True)
class _Path:
    """The best way to a day found so far: its cost and the days on it."""

    cost: int
    days: tuple[date, ...]


def training_year(year: int, calendars: Sequence[CityCalendar], session_dates: Iterable[date]) -> list[date]:
    """Ten to thirteen days for a year's events, each 28 to 35 days after the one before.

    Never on a lead city's holiday or weekend, in its quiet period, or in the ISO week of a session;
    Tuesday to Thursday where possible, as even as possible, twelve where possible. The same input
    gives the same days. Raises InvalidInput, field "year", when no such year exists.
    """
    session_weeks = {on.isocalendar()[:2] for on in session_dates}
    days = [
        on
        for on in _days_of(year)
        if on.isocalendar()[:2] not in session_weeks and is_open_day(on, calendars)
    ]
    costs = {on: inconvenience(on, calendars) for on in days}
    by_count = _best_paths(costs)
    for count in EVENT_COUNTS:
        if count in by_count:
            return list(by_count[count].days)
    raise InvalidInput(
        "No days of %(year)s stand four to five weeks apart and trouble no lead city.",
        field="year",
        year=year,
    )


def is_open_day(on: date, calendars: Sequence[CityCalendar]) -> bool:
    """Whether every lead city works on the day and none is in a quiet period."""
    leads = [calendar for calendar in calendars if calendar.is_lead]
    return all(is_working_day(lead, on) and not quiet_on(lead.quiet, on) for lead in leads)


def inconvenience(on: date, calendars: Sequence[CityCalendar]) -> int:
    """What speaks against an open day: Monday and Friday, a lead city's squeeze, half or optional day."""
    is_slow = any(
        is_squeeze_day(lead, on) or (half_day_on(lead, on) or optional_day_on(lead, on)) is not None
        for lead in calendars
        if lead.is_lead
    )
    return INCONVENIENT * ((on.weekday() not in GOOD_WEEKDAYS) + is_slow)


def _best_paths(costs: dict[date, int]) -> dict[int, _Path]:
    """The cheapest path for each number of events, built event by event from earlier days."""
    ending = {on: _Path(cost, (on,)) for on, cost in costs.items()}
    found: dict[int, _Path] = {}
    for count in range(2, max(EVENT_COUNTS) + 1):
        ending = _one_event_more(ending, costs)
        if ending:
            found[count] = min(ending.values(), key=lambda path: (path.cost, path.days))
    return found


def _one_event_more(ending: dict[date, _Path], costs: dict[date, int]) -> dict[date, _Path]:
    longer: dict[date, _Path] = {}
    for on, cost in costs.items():
        ways = [
            _Path(before.cost + _unevenness(gap) + cost, (*before.days, on))
            for gap in range(GAP_MIN_DAYS, GAP_MAX_DAYS + 1)
            if (before := ending.get(on - timedelta(days=gap)))
        ]
        if ways:
            longer[on] = min(ways, key=lambda path: (path.cost, path.days))
    return longer


def _unevenness(gap: int) -> int:
    """How far a gap is from the middle of the target, squared in half days to stay whole."""
    return (2 * gap - GAP_MIN_DAYS - GAP_MAX_DAYS) ** 2


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1)]
