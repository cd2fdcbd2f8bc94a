"""From a calendar's bytes to busy intervals: repeated events expanded over a span, titles forgotten.

Each event stands alone: one that cannot be read, repeats without measure or takes too long is left out
and counted, and the others stay. It runs in the child process of child_control.py, which caps time and
memory.
"""

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import partial
from types import FrameType
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from exchange.busy.fetching.component_split import Parts, parts_of
from exchange.rules.findings.busy import Interval, merged

OCCURRENCES_MAX = 5_000  # of one event: ten a day over all of the span
INTERVALS_MAX = 20_000  # of one calendar
SERIES_SECONDS = 2.0  # for one event; a sane one takes a thousandth of it

_PER_DAY = {"SECONDLY": 86_400, "MINUTELY": 1_440, "HOURLY": 24}
_MULTIPLIED_BY = {"SECONDLY": (), "MINUTELY": ("BYSECOND",), "HOURLY": ("BYMINUTE", "BYSECOND")}
_TIMES = ("BYHOUR", "BYMINUTE", "BYSECOND")
_NEEDED = {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}
_TIMED = ("DTSTART", "DTEND", "RECURRENCE-ID")


@dataclass(frozen=True)
class Span:
    """What is expanded: two instants in UTC, and the zone in which days and floating times are read.

    ``floats_in`` is the zone that the calendar itself names for floating times; "" when it names none.
    """

    from_at: datetime
    to_at: datetime
    time_zone: str
    floats_in: str = ""

    @property
    def days(self) -> int:
        """How many days it lasts."""
        return (self.to_at - self.from_at).days + 1


@dataclass(frozen=True)
class Expanded:
    """The busy intervals within the span, merged, and how many entries were left out."""

    intervals: list[Interval]
    left_out: int


class Unreadable(Exception):
    """One entry of a calendar that cannot be used."""


class TooMany(Exception):
    """The calendar has more busy times than can be kept."""


def expand(content: bytes, span: Span) -> Expanded:
    """Raises TooMany, and parts.NoCalendar or parts.BrokenOff when the bytes are no complete calendar."""
    found: list[Interval] = []
    left_out = 0
    for read in _readers(parts_of(content), span):
        try:
            with _within(SERIES_SECONDS):
                found += read()
        except Exception:
            # Whatever an odd entry makes the libraries raise: it is left out and counted, and no worse.
            left_out += 1
        if len(found) > 5 * INTERVALS_MAX:
            found = _few(found)
    return Expanded(_few(found), left_out)


def _readers(parts: Parts, span: Span) -> Iterator[Callable[[], list[Interval]]]:
    """One reader for each event with its exceptions, and for each list of busy times."""
    for zone in parts.zones:
        _learn(zone)
    # X-WR-TIMEZONE is not handed on: recurring-ical-events would move times in UTC to that zone, lose which
    # pass of autumn's hour they are in, and repeat them on its clock.
    span = replace(span, floats_in=WINDOWS_TO_OLSON.get(parts.time_zone, parts.time_zone))
    opening = "BEGIN:VCALENDAR\r\n"
    for blocks in parts.events.values():
        yield partial(_of_event, f"{opening}{''.join(blocks)}END:VCALENDAR\r\n", span)
    for block in parts.free_busy:
        yield partial(_of_free_busy, f"{opening}{block}END:VCALENDAR\r\n", span)


def _learn(zone: str) -> None:
    """Let icalendar know a zone that a calendar describes; a broken one stays unknown."""
    try:
        Calendar.from_ical(f"BEGIN:VCALENDAR\r\n{zone}END:VCALENDAR\r\n")
    except Exception:
        # Its events will be left out, unless the zone's name is one that everybody knows.
        return


def _of_event(text: str, span: Span) -> list[Interval]:
    calendar = Calendar.from_ical(text)
    events = calendar.walk("VEVENT")
    for event in events:
        _check(event, span)
    if not any(_is_busy(event) for event in events):
        return []
    occurrences = recurring_ical_events.of(calendar).between(span.from_at, span.to_at)
    if len(occurrences) > OCCURRENCES_MAX:
        raise Unreadable("repeats too often")
    lengths = {getattr(event.get("DURATION"), "dt", None) for event in events}
    found: list[Interval] = []
    for event in filter(_is_busy, occurrences):
        starts, ends = event["DTSTART"].dt, event["DTEND"].dt
        one = _interval(starts, ends, span)
        if ends - starts in lengths and (ends - starts).seconds:
            # Hours are hours on every night (RFC 5545 3.3.6); the library adds them to what the wall shows.
            one = Interval(one.starts_at, one.starts_at + (ends - starts))
        found += _clipped(one, span)
    return found


def _of_free_busy(text: str, span: Span) -> list[Interval]:
    """RFC 5545 3.6.4: periods of UTC time, busy unless called free."""
    found: list[Interval] = []
    for component in Calendar.from_ical(text).walk("VFREEBUSY"):
        given = component.get("FREEBUSY", [])
        for listed in given if isinstance(given, list) else [given]:
            if str(listed.params.get("FBTYPE", "BUSY")).upper() != "FREE":
                found += _clipped(_interval(listed.start, listed.end, span), span)
    return found


def _check(event: Component, span: Span) -> None:
    """Raise Unreadable for an event with a time that cannot be read or a rule without measure."""
    broken = {name.upper() for name, _why in event.errors if name}
    if broken & _NEEDED or "DTSTART" not in event:
        raise Unreadable("a time cannot be read")
    for name in _TIMED:
        value = event.get(name)
        # icalendar drops a zone that it does not know, and the time would count as local.
        if value is not None and "TZID" in value.params and _is_floating(value.dt):
            raise Unreadable("an unknown time zone")
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        if _per_day(rule) * span.days > OCCURRENCES_MAX:
            raise Unreadable("repeats too often")


def _per_day(rule: Component) -> float:
    """How often a rule makes something happen in a day, at most."""
    frequency = str(rule.get("FREQ", ["DAILY"])[0]).upper()
    times = 1
    for name in _MULTIPLIED_BY.get(frequency, _TIMES):
        times *= max(1, len(rule.get(name, [])))
    every = max(1, int(rule.get("INTERVAL", [1])[0])) if frequency in _PER_DAY else 1
    return _PER_DAY.get(frequency, 1) * times / every


def _is_busy(event: Component) -> bool:
    """Whether the event takes its owner's time (RFC 5545 TRANSP and STATUS, and Outlook's own word)."""
    return (
        str(event.get("TRANSP", "")).upper() != "TRANSPARENT"
        and str(event.get("STATUS", "")).upper() != "CANCELLED"
        and str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() != "FREE"
    )


def _interval(starts: date | datetime, ends: date | datetime, span: Span) -> Interval:
    return Interval(_instant(starts, span), _instant(ends, span))


def _instant(value: date | datetime, span: Span) -> datetime:
    """A day begins at midnight in the zone; a floating time is what the clock there shows."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(), ZoneInfo(span.time_zone))
    if value.tzinfo is None:
        value = value.replace(tzinfo=ZoneInfo(span.floats_in or span.time_zone))
    return value.astimezone(UTC)


def _is_floating(value: date | datetime) -> bool:
    return isinstance(value, datetime) and value.tzinfo is None


def _clipped(one: Interval, span: Span) -> list[Interval]:
    starts_at, ends_at = max(one.starts_at, span.from_at), min(one.ends_at, span.to_at)
    return [Interval(starts_at, ends_at)] if starts_at < ends_at else []


def _few(found: Iterable[Interval]) -> list[Interval]:
    intervals = merged(found)
    if len(intervals) > INTERVALS_MAX:
        raise TooMany
    return intervals


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the block when it takes longer; only the main thread can be held to it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _too_slow)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _too_slow(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError
