"""One moment on the walls of many cities: what each clock shows, and what hour that is for people there.

Not findings: an unsocial hour is a fact to read, and nobody has to overrule it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from exchange.rules.holidays import CityCalendar, is_weekend
from exchange.rules.timezones import WallTime, wall_time

SOCIAL_FROM = time(7, 0)  # before it people are asked to get up
SOCIAL_UNTIL = time(21, 0)  # after it people are asked to stay up


class Hours(StrEnum):
    """What a span of time is to the people of a city."""

    WORKING = "working hours"
    FREE = "outside working hours"
    UNSOCIAL = "unsocial hours"


@dataclass(frozen=True)
class CityClock:
    """A span of time as one city's wall shows it; ``is_own`` when it is the reader's own wall.

    ``days_off`` is how many days its date is ahead of the date that was asked for.
    """

    city: str
    starts: WallTime
    ends: WallTime
    days_off: int
    hours: Hours
    is_own: bool


@dataclass(frozen=True)
class ClockRow:
    """Cities whose clocks show the same, with what they show."""

    cities: tuple[str, ...]
    clock: CityClock


def city_clocks(
    at: datetime, minutes: int, calendars: Sequence[CityCalendar], *, wall: WallTime, own_zone: str
) -> list[CityClock]:
    """What each city's wall shows from ``at`` (aware) on; cities on the reader's own clock come first."""
    clocks = [_clock(calendar, at, minutes, wall, own_zone) for calendar in calendars]
    return sorted(clocks, key=lambda clock: not clock.is_own)


def clock_rows(clocks: Iterable[CityClock]) -> list[ClockRow]:
    """The clocks with cities that show the same, in the same hours, put together; order is kept."""
    rows: dict[tuple[object, ...], list[CityClock]] = {}
    for clock in clocks:
        same = (clock.starts.naive, clock.ends.naive, clock.hours, clock.is_own)
        rows.setdefault(same, []).append(clock)
    return [ClockRow(tuple(clock.city for clock in row), row[0]) for row in rows.values()]


def _clock(calendar: CityCalendar, at: datetime, minutes: int, wall: WallTime, own_zone: str) -> CityClock:
    starts = wall_time(at, calendar.time_zone)
    ends = wall_time(at + timedelta(minutes=minutes), calendar.time_zone)
    return CityClock(
        city=calendar.city,
        starts=starts,
        ends=ends,
        days_off=(starts.on - wall.on).days,
        hours=_hours(calendar, starts, ends),
        is_own=calendar.time_zone == own_zone,
    )


def _hours(calendar: CityCalendar, starts: WallTime, ends: WallTime) -> Hours:
    if starts.at < SOCIAL_FROM or ends.at > SOCIAL_UNTIL or starts.on != ends.on:
        return Hours.UNSOCIAL
    is_free = is_weekend(calendar, starts.on)
    if is_free or starts.at < calendar.work_starts or ends.at > calendar.work_ends:
        return Hours.FREE
    return Hours.WORKING
