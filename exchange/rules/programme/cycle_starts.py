"""Starts of cycles: which Mondays a cadence gives, and which of them keep clear of quiet periods.

Only lead cities' quiet periods count; a member city's is a finding for a person to weigh.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from exchange.errors import InvalidInput
from exchange.rules.time.holidays import CityCalendar
from exchange.rules.time.quiet_periods import spans

SEARCH_WEEKS = 104  # two years: whoever has no free weeks in these has none


def strict_starts(first_on: date, cadence_weeks: int, until: date) -> list[date]:
    """Every start by cadence alone from ``first_on`` to ``until``, both included."""
    found = []
    on = first_on
    while on <= until:
        found.append(on)
        on += timedelta(weeks=cadence_weeks)
    return found


def is_clean_start(on: date, duration_weeks: int, calendars: Sequence[CityCalendar]) -> bool:
    """Whether no day of a cycle that starts ``on`` is in a lead city's quiet period."""
    ends_on = on + timedelta(weeks=duration_weeks, days=-1)
    leads = [calendar for calendar in calendars if calendar.is_lead]
    return not any(spans(period, on, ends_on) for lead in leads for period in lead.quiet)


def next_clean_start(on: date, duration_weeks: int, calendars: Sequence[CityCalendar]) -> date:
    """The first Monday on or after ``on`` that is a clean start.

    Raises InvalidInput, field "starts_on", when two years have none.
    """
    monday = on + timedelta(days=-on.weekday() % 7)
    for weeks in range(SEARCH_WEEKS):
        start = monday + timedelta(weeks=weeks)
        if is_clean_start(start, duration_weeks, calendars):
            return start
    raise InvalidInput(
        "No %(weeks)s weeks in a row from %(on)s are free of the lead cities' quiet periods.",
        field="starts_on",
        weeks=duration_weeks,
        on=on,
    )


def year_starts(
    year: int, calendars: Sequence[CityCalendar], *, duration_weeks: int = 8, cadence_weeks: int = 8
) -> list[date]:
    """The clean starts of a year, each the first that is a cadence or more after the one before."""
    found: list[date] = []
    start = next_clean_start(date(year, 1, 1), duration_weeks, calendars)
    while start.year == year:
        found.append(start)
        following = start + timedelta(weeks=cadence_weeks)
        start = next_clean_start(following, duration_weeks, calendars)
    return found
