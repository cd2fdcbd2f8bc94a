"""A calendar file of somebody else's programme, as rows like those of a table: one per event.

Each event becomes a training event; nothing in a calendar tells of an exchange with its stages.
"""

from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

from exchange.errors import InvalidInput
from exchange.rules.sentences import Sentence
from exchange.rules.timezones import is_known_zone
from exchange.transfer.csv_file import ReadRow

DAY_STARTS, DAY_ENDS = "09:00", "17:00"  # what a whole day becomes: a working day
REPEATS = Sentence("It repeats: give each date as an event of its own.")
NO_TIME = Sentence("Its start or its end cannot be read.")
NO_ZONE = Sentence("Its time zone is not known here.")
CANCELLED = "cancelled"  # a cell that no table has: the event was called off


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
    lines = [
        number for number, line in enumerate(text.splitlines(), 1) if line.strip().upper() == "BEGIN:VEVENT"
    ]
    return [ReadRow(line, _cells(event)) for line, event in zip(lines, calendar.events, strict=False)]


def _cells(event: Event) -> dict[str, str]:
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
    return cells | _when(event)


def _when(event: Event) -> dict[str, str]:
    if any(name in event for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
        return {"fault": REPEATS.template}
    try:
        starts, ends = event.start, event.end
    except Exception:
        # As above: no start, or an end of another kind.
        return {"fault": NO_TIME.template}
    if not isinstance(starts, datetime) or not isinstance(ends, datetime):
        return _whole_days(starts, ends)
    key = str(getattr(starts.tzinfo, "key", ""))
    if starts.tzinfo is not None and not is_known_zone(key):
        return {"fault": NO_ZONE.template}
    minutes = int((ends - starts) / timedelta(minutes=1))
    cells = {"date": f"{starts:%Y-%m-%d}", "start": f"{starts:%H:%M}", "minutes": str(minutes)}
    # UTC stays UTC here; drafts.py reads it on the host's clock, whose promise it is.
    return cells | ({"time_zone": key} if key else {})


def _whole_days(starts: date, ends: date) -> dict[str, str]:
    """From the morning of the first day to the evening of the last; DTEND is the day after."""
    days = max((ends - starts).days, 1)
    return {
        "date": f"{starts:%Y-%m-%d}",
        "start": DAY_STARTS,
        "minutes": str((days - 1) * 24 * 60 + 8 * 60),
        "whole_days": "yes",
    }


def _one_line(event: Event, name: str) -> str:
    value = event.get(name, "")
    found = value[0] if isinstance(value, list) and value else value
    return " ".join(str(found).split())
