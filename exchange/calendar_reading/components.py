"""A file taken apart into calendars and their entries; a broken entry is counted and spoils no other.

It reads no values: events.py and free_busy.py do.
"""

import re
from dataclasses import dataclass, field

from exchange.calendar_reading.content_lines import (
    content_lines,
    name_of,
    opening_of,
    plain_octets,
    text_property,
)
from exchange.calendar_reading.left_out import LeftOut
from exchange.rules.sentences import Sentence

EVENT, FREE_BUSY, TIMEZONE, AVAILABILITY = "VEVENT", "VFREEBUSY", "VTIMEZONE", "VAVAILABILITY"
_ENTRIES = frozenset({EVENT, FREE_BUSY, AVAILABILITY})  # what tells of somebody's time
_WHOLE = _ENTRIES | {TIMEZONE, "VTODO", "VJOURNAL"}

# A name as components have it: a line "Begin: 14:00" of a description that was not folded opens nothing.
_COMPONENT = re.compile(r"V[A-Z0-9-]+|X-[A-Z0-9-]+|STANDARD|DAYLIGHT|PARTICIPANT")

UNENDED = Sentence("It is damaged: it does not end where it should.")
UNBEGUN = Sentence("It is damaged: its first line is missing.")
NOT_READ = Sentence("It says when its owner can be met (VAVAILABILITY), which is not read here.")


class NoCalendar(Exception):
    """The bytes are something else; ``is_page`` when they are a web page."""

    def __init__(self, *, is_page: bool) -> None:
        super().__init__("not a calendar")
        self.is_page = is_page


class BrokenOff(Exception):
    """The file has no end: what is missing cannot be told, so nothing of it counts."""


@dataclass(frozen=True)
class Entry:
    """An event, a list of busy times or a zone: its lines, and the line of the file on which it begins."""

    kind: str
    line: int
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CalendarParts:
    """One VCALENDAR; ``properties`` are its own, the first of each name."""

    properties: dict[str, str] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    zones: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class FileParts:
    """All calendars of a file, and the entries that were too damaged to be one."""

    calendars: list[CalendarParts]
    left_out: list[LeftOut]


def parts_of(content: bytes) -> FileParts:
    """The parts of a file. Raises NoCalendar and BrokenOff."""
    octets = plain_octets(content)
    opening = opening_of(octets)
    if not opening.startswith(b"BEGIN:VCALENDAR"):
        is_page = opening.startswith((b"<!DOCTYPE HTML", b"<HTML", b"<HEAD", b"<BODY"))
        raise NoCalendar(is_page=is_page)
    taking_apart = _TakingApart()
    last = ""
    for number, line in content_lines(octets):
        if line.strip(" \t\0\x1a"):
            if not last and _mark(line) != ("BEGIN", "VCALENDAR"):
                raise NoCalendar(is_page=False)
            taking_apart.take(number, line)
            last = line
    if _mark(last) != ("END", "VCALENDAR"):
        raise BrokenOff
    return FileParts(taking_apart.calendars, taking_apart.left_out)


class _TakingApart:
    """The state between two lines: the calendar, the entry that is open, and what is open within it."""

    def __init__(self) -> None:
        self.calendars: list[CalendarParts] = []
        self.left_out: list[LeftOut] = []
        self._entry: Entry | None = None
        self._inside: list[str] = []  # components within the entry: alarms, the halves of a zone
        self._has_loose = False  # whether lines stood between two entries

    def take(self, number: int, line: str) -> None:
        """The next line that is not empty."""
        step, kind = _mark(line)
        if step == "BEGIN":
            self._begin(kind, number, line)
        elif step == "END":
            self._end(kind, number, line)
        elif self._entry is None:
            self._has_loose = True
            name = name_of(line)
            if name:
                self.calendars[-1].properties.setdefault(name, text_property(line).value)
        elif not self._inside or self._entry.kind == TIMEZONE:
            self._entry.lines.append(line)

    def _begin(self, kind: str, number: int, line: str) -> None:
        if kind == "VCALENDAR":
            self._give_up()
            self.calendars.append(CalendarParts())
        elif self._entry is not None and self._entry.kind == kind and not self._entry.lines:
            return  # the line stands twice
        elif kind in _WHOLE or self._entry is None:
            self._give_up()
            self._entry = Entry(kind, number)
            self._has_loose = kind not in _WHOLE
        else:
            self._inside.append(kind)
            if self._entry.kind == TIMEZONE:
                self._entry.lines.append(line)

    def _end(self, kind: str, number: int, line: str) -> None:
        if kind == "VCALENDAR":
            self._give_up()
        elif self._entry is not None and kind == self._entry.kind:
            self._keep(self._entry)
        elif kind in _WHOLE:
            is_open = self._entry is not None and self._entry.kind in _ENTRIES
            if kind in _ENTRIES and self._has_loose and not is_open:
                self.left_out.append(LeftOut(UNBEGUN, number))
            self._give_up()
        elif self._entry is not None:
            if kind in self._inside:
                del self._inside[self._inside.index(kind) :]
            if self._entry.kind == TIMEZONE:
                self._entry.lines.append(line)

    def _keep(self, entry: Entry) -> None:
        if entry.kind == AVAILABILITY:
            self.left_out.append(LeftOut(NOT_READ, entry.line))
        elif entry.kind in _ENTRIES:
            self.calendars[-1].entries.append(entry)
        elif entry.kind == TIMEZONE:
            self.calendars[-1].zones.append(entry)
        self._has_loose = self._has_loose and entry.kind not in _WHOLE
        self._entry, self._inside = None, []

    def _give_up(self) -> None:
        """The entry that is open does not end: another begins, or the calendar is over."""
        if self._entry is not None and self._entry.kind in _ENTRIES:
            self.left_out.append(LeftOut(UNENDED, self._entry.line))
        self._entry, self._inside, self._has_loose = None, [], False


def _mark(line: str) -> tuple[str, str]:
    """("BEGIN" or "END", kind) for such a line, whatever blanks stand in it; else empty."""
    if line[:1] not in "BbEe \t" or ":" not in line:
        return "", ""
    step, _, kind = line.partition(":")
    step, kind = step.strip().upper(), kind.strip().upper()
    return (step, kind) if step in {"BEGIN", "END"} and _COMPONENT.fullmatch(kind) else ("", "")
