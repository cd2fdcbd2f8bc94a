"""A calendar file of somebody else's programme, as rows like those of a table: one per event.

Each event becomes a training event; nothing in a calendar tells of an exchange with its stages.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from icalendar import Calendar, Event
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from exchange.errors import InvalidInput
from exchange.rules.sentences import Sentence
from exchange.rules.time.timezones import UnknownZone, is_known_zone, zone
from exchange.transfer.csv_file import ReadRow

DAY_STARTS, DAY_ENDS = time(9), time(17)  # what a whole day becomes: a working day
REPEATS = Sentence("It repeats: give each date as an event of its own.")
NO_TIME = Sentence("Its start or its end cannot be read.")
NO_ZONE = Sentence("Its time zone is not known here.")
CANCELLED = "cancelled"  # a cell that no table has: the event was called off
ENDS = "ends"  # another: when the event ends on the clock it begins on, which only drafts.py knows
WHOLE_DAYS = "whole_days"  # others, for which something is taken for granted: days instead of hours,
NO_END = "no_end"  # and no word about when it ends

Clocks = Mapping[str, tzinfo]


def is_calendar(text: str) -> bool:
    """Whether a file's text is a calendar, and no table."""
    return text.lstrip()[:40].upper().startswith("BEGIN:VCALENDAR")


def read_calendar(text: str) -> list[ReadRow]:
    """The events by the line they begin on. Raises InvalidInput, field "file".

    An event that cannot be a row keeps a cell "fault" with the reason.
    """
    try:
        calendar = Calendar.from_ical(text)
    except Exception as error:
        # icalendar raises many things for broken files; all mean the same to who chose the file.
        raise InvalidInput("This calendar file cannot be read: it is damaged.", field="file") from error
    rows = re.split(r"\r?\n|\r", text)  # not str.splitlines: it also breaks within titles, at U+2028
    lines = [number for number, row in enumerate(rows, 1) if row.strip().upper() == "BEGIN:VEVENT"]
    clocks = _clocks_of(calendar)
    return [ReadRow(line, _cells(event, clocks)) for line, event in zip(lines, calendar.events, strict=False)]


def _cells(event: Event, clocks: Clocks) -> dict[str, str]:
    cells = {
        "kind": "training",
        "title": _one_line(event, "SUMMARY"),
        "uid": _one_line(event, "UID"),
        "place": _one_line(event, "LOCATION"),
        "description": str(event.get("DESCRIPTION", "")).strip(),
    }
    link = _one_line(event, "CONFERENCE") or _one_line(event, "URL")
    if link.startswith("https://"):
        cells["join_link"] = link
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        cells[CANCELLED] = "yes"
    return cells | _when(event, clocks)


def _when(event: Event, clocks: Clocks) -> dict[str, str]:
    if any(name in event for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
        return {"fault": REPEATS.template}
    try:
        if not isinstance(event.start, datetime):
            return _whole_days(event.start, event.end)
        starts = _moment(event, "DTSTART", clocks)
        if "DTEND" not in event and "DURATION" not in event:
            return {
                **_hours(starts, starts, _called(event, "DTSTART")),
                "minutes": "",
                ENDS: "",
                NO_END: "yes",
            }
        ends = _moment(event, "DTEND", clocks) if "DTEND" in event else _after(starts, event.duration)
        return _hours(starts, ends, _called(event, "DTSTART"))
    except UnknownZone:
        return {"fault": NO_ZONE.template}
    except Exception:
        # As above: no start, an end of another kind, or a year that no clock has.
        return {"fault": NO_TIME.template}


def _moment(event: Event, name: str, clocks: Clocks) -> datetime:
    """The time on the clock that the file means, naive when it floats. Raises UnknownZone, and ValueError.

    Not on the library's clock: it keeps those of every file it has read, by their names.
    """
    found, called = getattr(event[name], "dt", None), _called(event, name)
    if not isinstance(found, datetime):
        raise ValueError("no time of a day")
    if not called or found.tzinfo == UTC:
        return found
    clock = clocks.get(called) if not is_known_zone(called) else None
    known = _known_name(WINDOWS_TO_OLSON.get(called, called))
    return found.replace(tzinfo=clock or zone(known), fold=0)


def _called(event: Event, name: str) -> str:
    """The name of the time's zone in the file."""
    return str(event[name].params.get("TZID", ""))


def _after(starts: datetime, lasts: timedelta) -> datetime:
    """Hours are hours on every night (RFC 5545 3.3.6)."""
    return starts + lasts if starts.tzinfo is None else starts.astimezone(UTC) + lasts


def _hours(starts: datetime, ends: datetime, called: str) -> dict[str, str]:
    """Times that float belong to the clock of the host, so how long they last is not known here.

    Of a clock that only the file or Outlook knows ("W. Europe Standard Time") the moment counts, in UTC,
    which drafts.py reads on the clock of the host, whose promise it is.
    """
    if (starts.tzinfo is None) != (ends.tzinfo is None):
        return {"fault": NO_TIME.template}
    if starts.tzinfo is None:
        return {"date": f"{starts:%Y-%m-%d}", "start": f"{starts:%H:%M}", ENDS: ends.isoformat()}
    # In UTC: between two times of one zone Python counts what the wall shows, an hour off on two nights.
    at = starts.astimezone(UTC)
    minutes = int((ends.astimezone(UTC) - at) / timedelta(minutes=1))
    name, wall = _known_name(called), starts
    if not name or starts.utcoffset() != starts.replace(tzinfo=zone(name)).utcoffset():
        name, wall = "UTC", at
    cells = {"date": f"{wall:%Y-%m-%d}", "start": f"{wall:%H:%M}"}
    return cells | {"minutes": str(minutes), "time_zone": name}


def _known_name(called: str) -> str:
    """The zone of that name, or of the end of it, as older programs write it: "/x.org/1/Europe/Paris"."""
    parts = called.split("/")
    endings = ("/".join(parts[start:]) for start in range(len(parts)))
    return next((ending for ending in endings if is_known_zone(ending)), "")


def _clocks_of(calendar: Calendar) -> Clocks:
    """The zones that the file describes, by their names there; a broken one is none."""
    found: dict[str, tzinfo] = {}
    for component in calendar.timezones:
        with suppress(Exception):  # icalendar raises many things for rules that are none
            found[str(component["TZID"])] = component.to_tz(lookup_tzid=False)
    return found


def _whole_days(starts: date, ends: date) -> dict[str, str]:
    """From the morning of the first day to the evening of the last; DTEND is the day after."""
    last = max(ends - timedelta(days=1), starts)
    return {
        "date": f"{starts:%Y-%m-%d}",
        "start": f"{DAY_STARTS:%H:%M}",
        ENDS: datetime.combine(last, DAY_ENDS).isoformat(),
        WHOLE_DAYS: "yes",
    }


def _one_line(event: Event, name: str) -> str:
    value = event.get(name, "")
    found = value[0] if isinstance(value, list) and value else value
    return " ".join(str(found).split())
