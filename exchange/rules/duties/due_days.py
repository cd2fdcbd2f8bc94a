"""The day a duty falls due: counted from an anchor, and rolled to a working day by one rule for all of them.

Not quiet periods, which have working days: a finding says what they mean.
"""

from collections.abc import Collection
from datetime import date, timedelta

from exchange.rules.time.holidays import (
    CityCalendar,
    common_working_day_on_or_before,
    working_day_on_or_after,
)


def due_day(anchor_on: date, offset_days: int, calendars: Collection[CityCalendar]) -> date:
    """The day ``offset_days`` from the anchor (before it when negative), or the last working day before.

    A working day is one of all the calendars; without any, every day is. All dates are on one wall: days are
    counted by the calendar, so that a change of clocks between moves nothing. Raises InvalidInput when the
    cities have no working day in common for two months.
    """
    return common_working_day_on_or_before(calendars, anchor_on + timedelta(days=offset_days))


def working_days_after(on: date, count: int, calendar: CityCalendar) -> date:
    """The day so many working days of a city after ``on``, which need not be one itself."""
    for _ in range(count):
        on = working_day_on_or_after(calendar, on + timedelta(days=1))
    return on
