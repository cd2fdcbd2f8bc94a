"""When an event happens: its series within a span, with the dates added, taken out and moved.

Rules, dates and changes may be written in another type or zone than the event: they are read on its clock.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from dateutil.rrule import rrulestr

from exchange.calendar_reading.busyness import Weight
from exchange.calendar_reading.content_lines import Property
from exchange.calendar_reading.events import Event, values_of
from exchange.calendar_reading.left_out import LeftOut, Unreadable
from exchange.calendar_reading.values import Moment, end_of, instant, local_day, moment_beside, period
from exchange.rules.sentences import Sentence

OCCURRENCES_MAX = 5_000  # of one event within a span: ten a day over fifteen months
TOO_OFTEN = Sentence("It repeats without measure.")
BAD_RULE = Sentence("The rule by which it repeats cannot be read.")
BAD_DATE = Sentence("A date that is added to its series or taken out of it cannot be read.")

_MARGIN = timedelta(days=2)  # more than any two clocks are apart
_DAY = timedelta(days=1)
_NO_STEP = re.compile(r"INTERVAL=(0+$|-)", re.IGNORECASE)

_USUAL = frozenset({"RSCALE=GREGORIAN", "SKIP=OMIT"})  # what counts in any case (RFC 7529)

Slot = datetime | date  # a time on the event's wall, or all that fall on a date


@dataclass(frozen=True)
class Occurrence:
    """One time that something takes: two instants in UTC, and how much it weighs."""

    starts_at: datetime
    ends_at: datetime
    weight: Weight


@dataclass(frozen=True)
class Window:
    """The span that is asked for, in UTC, and the clock for days and times that float."""

    from_at: datetime
    to_at: datetime
    home: tzinfo


@dataclass(frozen=True)
class Series:
    """An event with what was put in the place of single times of it; ``main`` None for such ones alone."""

    main: Event | None
    changed: Sequence[Event] = ()


def occurrences(series: Series, window: Window, leave_out: Callable[[LeftOut], None]) -> Iterator[Occurrence]:
    """All that take time in the window. Raises Unreadable; ``leave_out`` hears of dates it cannot read."""
    if series.main is not None:
        yield from _of_main(series.main, series.changed, window, leave_out)
    for one in series.changed:
        yield from _touching(EventClock(one, window.home).occurrence(one.starts.wall), window)


class EventClock:
    """The clock of one event: its own, that of its calendar, or ``home``."""

    def __init__(self, event: Event, home: tzinfo) -> None:
        self.event = event
        self.tz = event.starts.clock.tz if event.starts.clock else home
        self._home = home

    def slot(self, given: Moment) -> Slot:
        """Where another time of the calendar stands on this clock."""
        if self.event.starts.is_day:
            return local_day(given, self.event.zones.of_days())
        if given.is_day:
            return given.on
        if given.clock is None or given.clock == self.event.starts.clock:
            return given.wall
        return given.at(self._home).astimezone(self.tz).replace(tzinfo=None, fold=0)

    def wall(self, given: Moment) -> datetime:
        """The same as a time: on a mere date the event begins when it always does."""
        slot = self.slot(given)
        return slot if isinstance(slot, datetime) else datetime.combine(slot, self.event.starts.wall.time())

    def occurrence(self, wall: datetime) -> Occurrence:
        """The event as it is when it begins at this time of its clock."""
        event, starts_at = self.event, instant(wall, self.tz)
        ends_at = starts_at
        if event.lasts is not None:
            ends_at = end_of(wall, event.lasts, self.tz)
        elif event.ends is None and event.starts.is_day:
            ends_at = instant(wall + _DAY, self.tz)
        elif event.ends is not None and event.ends.clock == event.starts.clock:
            ends_at = instant(wall + (event.ends.wall - event.starts.wall), self.tz)
        elif event.ends is not None:
            ends_at += event.ends.at(self.tz) - event.starts.at(self.tz)
        return Occurrence(starts_at, ends_at, event.weight)


def _of_main(
    main: Event, changed: Sequence[Event], window: Window, leave_out: Callable[[LeftOut], None]
) -> Iterator[Occurrence]:
    """The series itself, without what was put for single times of it."""
    later = [one for one in changed if one.is_for_all_after]
    if main.weight is Weight.FREE and not later:
        return
    clock = EventClock(main, window.home)
    replaced = {clock.slot(one.replaces) for one in changed if one.replaces is not None}
    replaced |= {clock.slot(given) for given in _readable(main, "EXDATE", leave_out)}
    changes = sorted(
        ((clock.wall(one.replaces), one) for one in later if one.replaces is not None),
        key=lambda change: change[0],
    )
    ends = dict(_added(clock, leave_out))
    for wall in sorted(_walls(clock, ends, window)):
        if wall in replaced or wall.date() in replaced:
            continue
        past = [change for change in changes if change[0] < wall]
        if past:
            began, one = past[-1]
            there = EventClock(one, window.home)
            yield from _touching(there.occurrence(one.starts.wall + (wall - began)), window)
            continue
        found = clock.occurrence(wall)
        ends_at = ends.get(wall)
        yield from _touching(found if ends_at is None else replace(found, ends_at=ends_at), window)


def _walls(clock: EventClock, added: Collection[datetime], window: Window) -> set[datetime]:
    """When the series begins on its clock, as far as the window goes; its first time always counts."""
    event = clock.event
    first = event.starts.wall
    lasts = clock.occurrence(first)
    margin = _MARGIN + (lasts.ends_at - lasts.starts_at)
    from_wall, to_wall = (
        window.from_at.replace(tzinfo=None) - margin,
        window.to_at.replace(tzinfo=None) + _MARGIN,
    )
    found = {first, *added}
    excepted: set[datetime] = set()
    for name, kept in (("RRULE", found), ("EXRULE", excepted)):
        for line in event.lines.get(name, []):
            for wall in _by_rule(line.partition(":")[2], clock, to_wall):
                if wall >= from_wall:
                    kept.add(wall)
                if len(kept) > OCCURRENCES_MAX:
                    raise Unreadable(TOO_OFTEN)
    return found - excepted


def _by_rule(text: str, clock: EventClock, to_wall: datetime) -> Iterator[datetime]:
    """The times of a rule (RFC 5545 3.3.10) until its end or the window's."""
    parts = [part for part in re.sub(r"\s", "", text).split(";") if part.partition("=")[2]]
    parts = [part for part in parts if part.upper() not in _USUAL]
    if any(_NO_STEP.match(part) for part in parts):
        raise Unreadable(BAD_RULE)
    until = next((part.partition("=")[2] for part in parts if part.upper().startswith("UNTIL=")), "")
    kept = ";".join(part for part in parts if not part.upper().startswith("UNTIL="))
    try:
        last = clock.slot(moment_beside(Property(until), clock.event.zones)) if until else None
        rule = rrulestr(kept, dtstart=clock.event.starts.wall)
    except Exception as error:
        # dateutil raises many things for rules that are none.
        raise Unreadable(BAD_RULE) from error
    for wall in rule:
        if wall > to_wall or (last is not None and _is_after(wall, last)):
            return
        yield wall


def _is_after(wall: datetime, last: Slot) -> bool:
    return wall > last if isinstance(last, datetime) else wall.date() > last


def _added(
    clock: EventClock, leave_out: Callable[[LeftOut], None]
) -> Iterator[tuple[datetime, datetime | None]]:
    """The times that RDATE adds to the series, with the end of those that have one of their own."""
    event = clock.event
    for written in values_of(event.lines, "RDATE"):
        try:
            if "/" in written.value:
                starts, ends_at = period(written, event.zones, clock.tz, moment_beside)
                yield clock.wall(starts), ends_at
            else:
                yield clock.wall(moment_beside(written, event.zones)), None
        except Unreadable:
            leave_out(LeftOut(BAD_DATE, event.line))


def _readable(event: Event, name: str, leave_out: Callable[[LeftOut], None]) -> Iterator[Moment]:
    for written in values_of(event.lines, name):
        try:
            yield moment_beside(written, event.zones)
        except Unreadable:
            leave_out(LeftOut(BAD_DATE, event.line))


def _touching(one: Occurrence, window: Window) -> Iterator[Occurrence]:
    if one.weight is not Weight.FREE and one.starts_at < window.to_at and one.ends_at > window.from_at:
        yield one
