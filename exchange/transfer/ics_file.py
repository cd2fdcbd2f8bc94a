"""A calendar file of somebody else's programme, as rows like those of a table: one per event.

Each event becomes a training event; nothing in a calendar tells of an exchange with its stages. The file
itself is read by exchange.calendar_reading, as busy calendars are.
"""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, time, timedelta

from exchange.calendar_reading.busyness import is_cancelled
from exchange.calendar_reading.components import BrokenOff, NoCalendar
from exchange.calendar_reading.content_lines import opening_of, plain_octets
from exchange.calendar_reading.events import Event, Lines, text_of
from exchange.calendar_reading.left_out import LeftOut
from exchange.calendar_reading.reading import FileRead, read_file
from exchange.calendar_reading.values import NO_TIME, Moment, end_of
from exchange.errors import InvalidInput
from exchange.rules.sentences import Sentence
from exchange.transfer.csv_file import NO_TEXT, ReadRow

DAY_STARTS, DAY_ENDS = time(9), time(17)  # what a whole day becomes: a working day
REPEATS = Sentence("It repeats: give each date as an event of its own.")
SUPERSEDED = Sentence("A later version of it stands in the same file.")
CANCELLED = "cancelled"  # a cell that no table has: the event was called off
ENDS = "ends"  # another: when the event ends on the clock it begins on, which only drafts.py knows
WHOLE_DAYS = "whole_days"  # others, for which something is taken for granted: days instead of hours,
NO_END = "no_end"  # and no word about when it ends

_ONE_MINUTE = timedelta(minutes=1)


def is_calendar(content: bytes) -> bool:
    """Whether a file is a calendar, and no table."""
    return opening_of(plain_octets(content)).startswith(b"BEGIN:VCALENDAR")


def read_calendar(content: bytes | str) -> list[ReadRow]:
    """The events by the line they begin on, octets or text. Raises InvalidInput, field "file".

    An event that cannot be a row keeps a cell "fault" with the reason.
    """
    octets = plain_octets(content.encode() if isinstance(content, str) else content)
    if b"\x00" in octets:
        raise InvalidInput(NO_TEXT.template, field="file")
    try:
        file = read_file(octets)
    except (NoCalendar, BrokenOff) as error:
        raise InvalidInput("This calendar file cannot be read: it is damaged.", field="file") from error
    return sorted(_rows(file), key=lambda row: row.line)


def _rows(file: FileRead) -> Iterator[ReadRow]:
    for one in file.left_out:
        yield _row_left_out(one, file)
    for event in file.versions.superseded:
        yield ReadRow(event.line, _texts(event.lines) | {"fault": SUPERSEDED.template})
    seen: set[str] = set()
    for event in file.versions.current:
        yield _row(event, seen)
        seen.add(event.uid)


def _row(event: Event, seen: Collection[str]) -> ReadRow:
    try:
        return ReadRow(event.line, _cells(event, seen))
    except ArithmeticError:  # it ends after the last year, or begins before the first, on some clock
        return ReadRow(event.line, _texts(event.lines) | {"fault": NO_TIME.template})


def _row_left_out(one: LeftOut, file: FileRead) -> ReadRow:
    lines = file.unreadable.get(one.line, {})
    called_off = {CANCELLED: "yes"} if is_cancelled(lines) else {}
    return ReadRow(one.line, _texts(lines) | called_off | {"fault": one.why.template})


def _cells(event: Event, seen: Collection[str]) -> dict[str, str]:
    cells = _texts(event.lines)
    if event.uid in seen:
        cells["uid"] = ""  # another event of this file has it, and a UID is one of all there is
    if is_cancelled(event.lines):
        cells[CANCELLED] = "yes"
    if event.repeats or event.replaces is not None:
        return cells | {"fault": REPEATS.template}
    return cells | (_whole_days(event) if event.starts.is_day else _hours(event))


def _texts(lines: Lines) -> dict[str, str]:
    cells = {
        "kind": "training",
        "title": _one_line(lines, "SUMMARY"),
        "uid": _one_line(lines, "UID"),
        "place": _one_line(lines, "LOCATION"),
        "description": text_of(lines, "DESCRIPTION"),
    }
    link = _one_line(lines, "CONFERENCE") or _one_line(lines, "URL")
    return cells | ({"join_link": link} if link.startswith("https://") else {})


def _hours(event: Event) -> dict[str, str]:
    """Times that float belong to the clock of the host, so how long they last is not known here.

    Of a clock that only the file or Outlook knows ("W. Europe Standard Time") the moment counts, in UTC,
    which drafts.py reads on the clock of the host, whose promise it is.
    """
    starts = event.starts
    if event.ends is None and event.lasts is None:
        return _wall(starts.wall, starts) | {"minutes": "", ENDS: "", NO_END: "yes"}
    if starts.clock is None:
        return _wall(starts.wall, starts) | {ENDS: _floating_end(event).isoformat()}
    at = starts.at(UTC)
    ends_at = event.ends.at(UTC) if event.ends else at
    if event.lasts is not None:
        ends_at = end_of(starts.wall, event.lasts, starts.clock.tz)
    return _wall(starts.wall, starts) | {"minutes": str(int((ends_at - at) / _ONE_MINUTE))}


def _wall(wall: datetime, starts: Moment) -> dict[str, str]:
    """Date, time and zone as the row says them."""
    zone: dict[str, str] = {}
    if starts.clock is not None:
        zone = {"time_zone": starts.clock.name or "UTC"}
        wall = wall if starts.clock.name else starts.at(UTC)
    return {"date": f"{wall:%Y-%m-%d}", "start": f"{wall:%H:%M}"} | zone


def _floating_end(event: Event) -> datetime:
    if event.ends is not None:
        return event.ends.wall
    lasts = event.lasts
    return event.starts.wall + (timedelta(days=lasts.days) + lasts.exact if lasts else timedelta())


def _whole_days(event: Event) -> dict[str, str]:
    """From the morning of the first day to the evening of the last; DTEND is the day after."""
    first, days = event.starts.on, 1
    if event.ends is not None:
        days = (event.ends.on - first).days
    elif event.lasts is not None:
        days = event.lasts.days
    last = first + timedelta(days=max(days - 1, 0))
    return {
        "date": f"{first:%Y-%m-%d}",
        "start": f"{DAY_STARTS:%H:%M}",
        ENDS: datetime.combine(last, DAY_ENDS).isoformat(),
        WHOLE_DAYS: "yes",
    }


def _one_line(lines: Lines, name: str) -> str:
    return " ".join(text_of(lines, name).split())
