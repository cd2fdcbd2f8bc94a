"""Times as calendars write them: dates, times on a clock, times that float, durations (RFC 5545 3.3).

A value says by its own look what it is, whatever its VALUE parameter claims. Zones: see zones.py.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from exchange.calendar_reading.content_lines import Property
from exchange.calendar_reading.left_out import Unreadable
from exchange.calendar_reading.zones import Clock, Zones
from exchange.rules.sentences import Sentence

NO_TIME = Sentence("Its start or its end cannot be read.")
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z|[+-]\d{4})?)?", re.ASCII | re.IGNORECASE)
_DURATION = re.compile(
    r"([+-]?)P(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?",
    re.ASCII | re.IGNORECASE,
)
_UTC_CLOCK = Clock(UTC, "UTC")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Moment:
    """What is written: a time of a day or, with ``is_day``, a day; ``clock`` None when it floats."""

    wall: datetime  # naive; a day's midnight
    clock: Clock | None
    is_day: bool = False

    @property
    def on(self) -> date:
        """The date on its own wall."""
        return self.wall.date()

    def at(self, home: tzinfo) -> datetime:
        """The instant in UTC; days and floating times are those of ``home``."""
        return instant(self.wall, self.clock.tz if self.clock else home)


@dataclass(frozen=True)
class Length:
    """A duration: days on the calendar, then exact time (RFC 5545 3.3.6, 3.8.2.5)."""

    days: int
    exact: timedelta


def instant(wall: datetime, tz: tzinfo) -> datetime:
    """The moment in UTC when a clock shows this, the first of two; in spring's gap by the offset before."""
    return wall.replace(tzinfo=tz, fold=0).astimezone(UTC)


def moment(written: Property, zones: Zones) -> Moment:
    """Raises Unreadable, also for a zone that nobody knows."""
    found = moment_beside(written, zones)
    is_floating = found.clock is None and not found.is_day
    return replace(found, clock=zones.of_floating()) if is_floating else found


def moment_beside(written: Property, zones: Zones) -> Moment:
    """The same for a time that goes with another: where it floats, it is on that one's clock, and has none.

    The end of a series, and the times added to it, taken out of it or moved, are written so beside a start
    with a zone, whatever zone the calendar names for all that float.
    """
    found = _TIME.fullmatch(written.value)
    if found is None:
        raise Unreadable(NO_TIME)
    wall = _wall(found)
    says_day = written.parameters.get("VALUE", "").upper() == "DATE" and wall.time() == time()
    is_day = found[4] is None or says_day
    if is_day:
        return Moment(datetime.combine(wall, time()), None, is_day=True)
    offset = (found[7] or "").upper()
    if offset == "Z":  # it counts, whatever TZID stands beside it (RFC 5545 3.2.19)
        return Moment(wall, _UTC_CLOCK)
    if offset:
        minutes = int(offset[:3]) * 60 + int(offset[0] + offset[3:])
        return Moment(wall - timedelta(minutes=minutes), _UTC_CLOCK)
    called = written.parameters.get("TZID", "")
    return Moment(wall, zones.named(called) if called else None)


def length(text: str) -> Length:
    """A duration that is not below nothing. Raises Unreadable."""
    found = _DURATION.fullmatch(text.strip())
    if found is None or not any(found.groups()[1:]) or found[1] == "-":
        raise Unreadable(NO_TIME)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    return Length(7 * weeks + days, timedelta(hours=hours, minutes=minutes, seconds=seconds))


def end_of(wall: datetime, lasts: Length, tz: tzinfo) -> datetime:
    """The instant at which something is over that begins at this time of a clock and lasts so long."""
    return instant(wall + timedelta(days=lasts.days), tz) + lasts.exact


def period(
    written: Property, zones: Zones, home: tzinfo, read: Callable[[Property, Zones], Moment] = moment
) -> tuple[Moment, datetime]:
    """When a period (RFC 5545 3.3.9) begins, and the instant when it ends. Raises Unreadable."""
    first, _, second = written.value.partition("/")
    starts = read(Property(first.strip(), written.parameters), zones)
    if second.strip()[:1] in {"P", "p", "+"}:
        tz = starts.clock.tz if starts.clock else home
        ends_at = end_of(starts.wall, length(second), tz)
    else:
        ends_at = read(Property(second.strip(), written.parameters), zones).at(home)
    if starts.is_day or ends_at < starts.at(home):
        raise Unreadable(NO_TIME)
    return starts, ends_at


def local_day(one: Moment, homes: tuple[tzinfo, ...]) -> date:
    """The day that is meant where days are due and a time stands.

    Exchange and Outlook write a day as its local midnight in UTC, others as midnight in UTC. The first of
    ``homes`` on whose wall it is midnight, or the last second of a day, counts; else the first one's date.
    """
    if one.is_day or one.clock is None or one.clock.name != "UTC":
        return one.on
    at = one.at(UTC)
    for tz in (*homes, UTC):
        shown = at.astimezone(tz)
        if shown.time() in {time(), time(23, 59, 59)}:
            return shown.date()
    return at.astimezone(homes[0]).date()


def _wall(found: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(found[part] or 0) for part in range(1, 7))
    try:
        midnight = datetime(year, month, day)  # noqa: DTZ001  # a wall, whose zone comes later
        if hour == 24 and not minute and not second:
            return midnight + _DAY
        return midnight.replace(hour=hour, minute=minute, second=min(second, 59))
    except (ValueError, OverflowError) as error:
        raise Unreadable(NO_TIME) from error
