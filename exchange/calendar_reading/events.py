"""Events of a calendar as values, each with its times resolved; what cannot be read is said by Unreadable.

Not when a series falls (repetition.py), and not which of two versions of an event counts (versions.py).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

from exchange.calendar_reading.busyness import Weight, weight_of
from exchange.calendar_reading.components import Entry
from exchange.calendar_reading.content_lines import Property, name_of, text_property, timed_property
from exchange.calendar_reading.left_out import Unreadable
from exchange.calendar_reading.values import (
    NO_TIME,
    Length,
    Moment,
    length,
    local_day,
    moment,
    moment_beside,
)
from exchange.calendar_reading.zones import Zones
from exchange.rules.sentences import Sentence

TWO_IN_ONE = Sentence("It is damaged: two entries have run into one.")
ENDS_BEFORE = Sentence("It ends before it begins.")

Lines = Mapping[str, list[str]]


@dataclass(frozen=True)
class Event:
    """One VEVENT. ``lines`` are all it says, by the names of properties.

    Of ``ends`` and ``lasts`` one is None at least; both are where nothing is said of the end.
    ``replaces`` is the time of the one of its series that this is put for.
    """

    line: int
    lines: Lines
    uid: str
    version: tuple[int, str, str]  # SEQUENCE, DTSTAMP, LAST-MODIFIED
    starts: Moment
    ends: Moment | None
    lasts: Length | None
    replaces: Moment | None
    is_for_all_after: bool
    weight: Weight
    zones: Zones

    @property
    def repeats(self) -> bool:
        """Whether it is a series."""
        return "RRULE" in self.lines or "RDATE" in self.lines


def lines_of(entry: Entry) -> dict[str, list[str]]:
    """The lines of an entry by the names of their properties, in their order."""
    found: dict[str, list[str]] = {}
    for line in entry.lines:
        found.setdefault(name_of(line), []).append(line)
    return found


def text_of(lines: Lines, name: str) -> str:
    """The first property of that name as text; "" when there is none."""
    return text_property(lines[name][0]).text.strip() if name in lines else ""


def entries_in(lines: Lines) -> int:
    """How many entries ran into one where the lines between them were damaged."""
    return max(1, *(len(set(lines.get(name, []))) for name in ("UID", "DTSTART")))


def event_of(entry: Entry, lines: Lines, zones: Zones, owners: Collection[str]) -> Event:
    """Raises Unreadable."""
    if entries_in(lines) > 1:
        raise Unreadable(TWO_IN_ONE)
    starts = _moment(lines, "DTSTART", zones)
    if starts is None:
        raise Unreadable(NO_TIME)
    ends, lasts = _end(lines, starts, zones)
    replaces = _moment(lines, "RECURRENCE-ID", zones, moment_beside)
    return Event(
        line=entry.line,
        lines=lines,
        uid=_value(lines, "UID"),
        version=_version(lines),
        starts=starts,
        ends=ends,
        lasts=lasts,
        replaces=replaces,
        is_for_all_after=replaces is not None
        and timed_property(lines["RECURRENCE-ID"][0]).parameters.get("RANGE", "").upper() == "THISANDFUTURE",
        weight=weight_of(lines, owners),
        zones=zones,
    )


def _end(lines: Lines, starts: Moment, zones: Zones) -> tuple[Moment | None, Length | None]:
    ends = _moment(lines, "DTEND", zones)
    if ends is None:
        given = _value(lines, "DURATION")
        return None, length(given) if given else None
    if starts.is_day and not ends.is_day:
        ends = _as_day(ends, zones)
    if starts.is_day != ends.is_day or (starts.clock is None) != (ends.clock is None):
        raise Unreadable(NO_TIME)
    if starts.is_day and ends.on == starts.on:  # some write the last day, though DTEND is the day after
        return None, None
    if starts.clock == ends.clock:
        is_before = ends.wall < starts.wall
    else:
        is_before = ends.at(UTC) < starts.at(UTC)
    if is_before:
        raise Unreadable(ENDS_BEFORE)
    return ends, None


def _as_day(ends: Moment, zones: Zones) -> Moment:
    midnight = datetime.combine(local_day(ends, zones.of_days()), time())
    return Moment(midnight, None, is_day=True)


def _moment(
    lines: Lines, name: str, zones: Zones, read: Callable[[Property, Zones], Moment] = moment
) -> Moment | None:
    return read(timed_property(lines[name][0]), zones) if name in lines else None


def _value(lines: Lines, name: str) -> str:
    return lines[name][0].partition(":")[2].strip() if name in lines else ""


def _version(lines: Lines) -> tuple[int, str, str]:
    number = _value(lines, "SEQUENCE")
    sequence = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    return sequence, _value(lines, "DTSTAMP"), _value(lines, "LAST-MODIFIED")


def values_of(lines: Lines, name: str) -> list[Property]:
    """The values of a list of times, each with the parameters of its line; empty ones are none."""
    found = []
    for line in lines.get(name, []):
        written = timed_property(line)
        parts = (part.strip() for part in written.value.split(","))
        found += [Property(part, written.parameters) for part in parts if part]
    return found
