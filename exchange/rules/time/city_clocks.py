"""One stretch of time on the walls of many cities: what each clock shows, and what hour that is there.

Not findings: an hour at night is a fact to read, and nobody has to overrule it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from exchange.rules.time.holidays import CityCalendar, is_weekend
from exchange.rules.time.timezones import WallTime, instant, wall_time

NIGHT_ENDS = time(5)
EARLY_UNTIL = time(7)  # before it people are asked to get up
LATE_FROM = time(21)  # after it people are asked to stay up
NIGHT_STARTS = time(23)
ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)


class Hours(StrEnum):
    """What a stretch of time is to the people of a city."""

    WORKING = "working hours"
    FREE = "outside working hours"
    EARLY = "early in the morning"
    LATE = "late in the evening"
    NIGHT = "at night"


@dataclass(frozen=True)
class CityClock:
    """A stretch of time as one city's wall shows it; ``is_own`` when it is the reader's own wall.

    ``hours`` is about all of it, or about its beginning alone when it ``lasts_days``: nobody sits through
    a conference at night. ``days_off`` is how many days its date is ahead of the date that was asked for,
    and ``clock_change`` how far the city's clocks are set forward (or back, below zero) while it runs.
    """

    city: str
    starts: WallTime
    ends: WallTime
    hours: Hours
    days_off: int
    clock_change: timedelta
    lasts_days: bool
    is_own: bool
    is_host: bool
    is_lead: bool


@dataclass(frozen=True)
class ClockRow:
    """Cities whose clocks show the same: each one's clock, and the first for what they share."""

    clocks: tuple[CityClock, ...]

    @property
    def clock(self) -> CityClock:
        """What all of them show."""
        return self.clocks[0]

    @property
    def is_own(self) -> bool:
        """Whether the reader's own clock is among them."""
        return any(clock.is_own for clock in self.clocks)


def clock_rows(
    wall: WallTime, minutes: int, calendars: Iterable[CityCalendar], *, host_id: int | None, own_zone: str
) -> list[ClockRow]:
    """What the cities' walls show from ``wall`` on, cities that show the same together.

    Cities on the reader's own clock come first, then the host, the lead cities, the others by name.
    Raises NonexistentTime and UnknownZone for a wall time that is none.
    """
    clocks = [
        _city_clock(calendar, wall, minutes, host_id=host_id, own_zone=own_zone) for calendar in calendars
    ]
    rows: dict[tuple[object, ...], list[CityClock]] = {}
    for clock in sorted(clocks, key=lambda c: (not c.is_own, not c.is_host, not c.is_lead, c.city)):
        same = (clock.starts.naive, clock.ends.naive, clock.hours)
        rows.setdefault(same, []).append(clock)
    return [ClockRow(tuple(row)) for row in rows.values()]


def _city_clock(
    calendar: CityCalendar, wall: WallTime, minutes: int, *, host_id: int | None, own_zone: str
) -> CityClock:
    at, length = instant(wall), timedelta(minutes=minutes)
    starts, ends = (wall_time(moment, calendar.time_zone) for moment in (at, at + length))
    lasts_days = length >= ONE_DAY
    return CityClock(
        city=calendar.city,
        starts=starts,
        ends=ends,
        hours=_hours(calendar, starts, starts.naive + ONE_MINUTE if lasts_days else ends.naive),
        days_off=(starts.on - wall.on).days,
        clock_change=ends.naive - starts.naive - length,
        lasts_days=lasts_days,
        is_own=calendar.time_zone == own_zone,
        is_host=calendar.city_id == host_id,
        is_lead=calendar.is_lead,
    )


def _hours(calendar: CityCalendar, starts: WallTime, ends: datetime) -> Hours:
    """The worst hour that it touches, by what the wall shows; ``ends`` less than a day later."""
    if starts.at < NIGHT_ENDS or ends > datetime.combine(starts.on, NIGHT_STARTS):
        return Hours.NIGHT
    if starts.at < EARLY_UNTIL:
        return Hours.EARLY
    if ends > datetime.combine(starts.on, LATE_FROM):
        return Hours.LATE
    is_free = is_weekend(calendar, starts.on)
    ends_late = ends > datetime.combine(starts.on, calendar.work_ends)
    return Hours.FREE if is_free or starts.at < calendar.work_starts or ends_late else Hours.WORKING
