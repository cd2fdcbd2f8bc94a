"""A calendar file of somebody else's programme, as rows like those of a table: one per event.

Each event becomes a training event; nothing in a calendar tells of an exchange with its stages.
"""

from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, Event

from exchange.errors import InvalidInput
from exchange.rules.sentences import Sentence
from exchange.rules.timezones import is_known_zone
from exchange.transfer.csv_file import ReadRow

DAY_STARTS, DAY_ENDS = time(9), time(17)  # what a whole day becomes: a working day
REPEATS = Sentence("It repeats: give each date as an event of its own.")
NO_TIME = Sentence("Its start or its end cannot be read.")
NO_ZONE = Sentence("Its time zone is not known here.")
CANCELLED = "cancelled"  # a cell that no table has: the event was called off
ENDS = "ends"  # another: when the event ends on the clock it begins on, which only drafts.py knows


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
        if isinstance(starts, datetime) and isinstance(ends, datetime):
            return _hours(starts, ends)
        return _whole_days(starts, ends)
    except Exception:
        # As above: no start, an end of another kind, or a year that no clock has.
        return {"fault": NO_TIME.template}


def _hours(starts: datetime, ends: datetime) -> dict[str, str]:
    """Times that float belong to the clock of the host, so how long they last is not known here."""
    if (starts.tzinfo is None) != (ends.tzinfo is None):
        return {"fault": NO_TIME.template}
    cells = {"date": f"{starts:%Y-%m-%d}", "start": f"{starts:%H:%M}"}
    if starts.tzinfo is None:
        return cells | {ENDS: ends.isoformat()}
    key = str(getattr(starts.tzinfo, "key", ""))
    if not is_known_zone(key):
        return {"fault": NO_ZONE.template}
    # In UTC: between two times of one zone Python counts what the wall shows, an hour off on two nights.
    minutes = int((ends.astimezone(UTC) - starts.astimezone(UTC)) / timedelta(minutes=1))
    # UTC stays UTC here; drafts.py reads it on the host's clock, whose promise it is.
    return cells | {"minutes": str(minutes), "time_zone": key}


def _whole_days(starts: date, ends: date) -> dict[str, str]:
    """From the morning of the first day to the evening of the last; DTEND is the day after."""
    last = max(ends - timedelta(days=1), starts)
    return {
        "date": f"{starts:%Y-%m-%d}",
        "start": f"{DAY_STARTS:%H:%M}",
        ENDS: datetime.combine(last, DAY_ENDS).isoformat(),
        "whole_days": "yes",
    }


def _one_line(event: Event, name: str) -> str:
    value = event.get(name, "")
    found = value[0] if isinstance(value, list) and value else value
    return " ".join(str(found).split())
