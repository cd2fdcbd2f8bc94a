"""One file read: the events that count, lists of busy times, and all that was left out with its reason.

The one reader under busy calendars and imports, so that the two never disagree about a file.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, tzinfo

from exchange.calendar_reading.components import EVENT, CalendarParts, Entry, FileParts, parts_of
from exchange.calendar_reading.content_lines import name_of, timed_property
from exchange.calendar_reading.events import Event, Lines, entries_in, event_of, lines_of
from exchange.calendar_reading.left_out import LeftOut, Unreadable
from exchange.calendar_reading.values import NO_TIME
from exchange.calendar_reading.versions import Versions, versions_of
from exchange.calendar_reading.zones import Descriptions, Zones

YEARS_MAX = 12  # in which a file's zones are held against ours; more is a broken date
_USUAL_YEARS = range(2020, 2032)


@dataclass(frozen=True)
class BusyList:
    """One VFREEBUSY with the clocks of its calendar."""

    entry: Entry
    zones: Zones


@dataclass(frozen=True)
class FileRead:
    """What a file holds. ``damaged`` are the lines of events that cannot be read, beside their reasons."""

    versions: Versions
    busy_lists: list[BusyList]
    left_out: list[LeftOut]
    unreadable: dict[int, Lines]


def read_file(
    content: bytes, *, home: tzinfo = UTC, years: range | None = None, owners: Collection[str] = ()
) -> FileRead:
    """Raises components.NoCalendar and components.BrokenOff.

    ``home`` is the reader's clock, ``years`` those that it asks about, ``owners`` the addresses of the
    calendar's owner in lower case.
    """
    parts = parts_of(content)
    found = FileRead(Versions([], []), [], list(parts.left_out), {})
    events: list[Event] = []
    asked = years or _years_of(parts)
    described = Descriptions(parts.calendars)
    for calendar in parts.calendars:
        zones = Zones(calendar, described, home, asked)
        known = {*owners, *_owners_named(calendar)}
        for entry in calendar.entries:
            if entry.kind != EVENT:
                found.busy_lists.append(BusyList(entry, zones))
                continue
            lines = lines_of(entry)
            if calendar.properties.get("METHOD", "").upper() == "CANCEL":  # RFC 5546 3.2.5
                lines["STATUS"] = ["STATUS:CANCELLED"]
            try:
                events.append(event_of(entry, lines, zones, known))
            except (Unreadable, ArithmeticError, ValueError) as error:  # also a time before the first year
                why = error.why if isinstance(error, Unreadable) else NO_TIME
                found.left_out.extend([LeftOut(why, entry.line)] * entries_in(lines))
                found.unreadable[entry.line] = lines
    current = versions_of(events)
    found.versions.current.extend(current.current)
    found.versions.superseded.extend(current.superseded)
    return found


def _owners_named(calendar: CalendarParts) -> set[str]:
    """The address by which some services call the calendar of a person."""
    names = (calendar.properties.get(name, "").lower() for name in ("X-WR-CALNAME", "X-OWNER"))
    return {name.removeprefix("mailto:") for name in names if "@" in name}


def _years_of(parts: FileParts) -> range:
    """The years in which the events of the file begin."""
    years = sorted(_start_years(parts))
    if not years:
        return _USUAL_YEARS
    return range(max(years[0], years[-1] - YEARS_MAX), years[-1] + 1)


def _start_years(parts: FileParts) -> Iterator[int]:
    for calendar in parts.calendars:
        for entry in calendar.entries:
            for line in entry.lines:
                year = timed_property(line).value[:4] if name_of(line) == "DTSTART" else ""
                if year.isascii() and year.isdigit() and 1990 < int(year) < 2060:
                    yield int(year)
