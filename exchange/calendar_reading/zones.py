"""What the zones of a calendar are called, and which clocks they are.

Names of the IANA database count before what a file says of them; Windows' names and the file's own are
held against its description, and are a zone that we know where the two agree.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache

from exchange.calendar_reading.components import CalendarParts, Entry
from exchange.calendar_reading.content_lines import name_of
from exchange.calendar_reading.described_zone import BadZone, DescribedZone, described_zone
from exchange.calendar_reading.left_out import Unreadable
from exchange.rules.sentences import Sentence
from exchange.rules.time.timezones import is_known_zone, known_zones, zone

NO_ZONE = Sentence("Its time zone is not known here.")
_MICROSOFT = "tzone://microsoft/"
_UTC_NAMES = frozenset({"utc", "z", "gmt", "coordinated universal time", "universal time", "zulu"})
_NUMBERED = re.compile(r"\s*(?:\(\d+\)|[ #_-]\d+)$", re.ASCII)
_SHOWN = re.compile(r"\((?:UTC|GMT)(?:([+-]\d\d?):?(\d\d))?\)\s*(.*)", re.ASCII | re.IGNORECASE)
_AMERICAN = re.compile(r" Time \(.+\)$")
_FIXED = re.compile(r"(?:UTC|GMT)?\s*([+-]\d\d?):?(\d\d)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Clock:
    """A clock; ``name`` is its IANA name where the file calls it so, "" when only the moment counts."""

    tz: tzinfo
    name: str = ""


class Descriptions:
    """What all calendars of a file say of zones, gone through once: a collection has one for each event."""

    def __init__(self, calendars: Iterable[CalendarParts]) -> None:
        self.by_name: dict[str, Entry] = {}
        for calendar in calendars:
            for entry in calendar.zones:
                self.by_name.setdefault(_key(_called(entry)), entry)
        self.found: dict[tuple[str, tuple[str, ...]], Clock | None] = {}


class Zones:
    """The clocks of one calendar, by the names that it gives them. ``years`` are those of its events."""

    def __init__(self, calendar: CalendarParts, described: Descriptions, home: tzinfo, years: range) -> None:
        self._home, self._years = home, years
        self._descriptions = described
        self._described: dict[str, Entry] = {}
        for entry in calendar.zones:
            self._described.setdefault(_key(_called(entry)), entry)
        self._own = [_called(entry) for entry in calendar.zones]
        self._floats_in = calendar.properties.get("X-WR-TIMEZONE", "")
        self._known: dict[str, Clock | None] = {}

    def named(self, called: str) -> Clock:
        """The clock of that name. Raises Unreadable for one that nobody knows."""
        if called not in self._known:
            entry = self._described.get(_key(called)) or self._descriptions.by_name.get(_key(called))
            same = (called, tuple(entry.lines) if entry else ())
            if same not in self._descriptions.found:
                self._descriptions.found[same] = self._found(called, entry)
            self._known[called] = self._descriptions.found[same]
        found = self._known[called]
        if found is None:
            raise Unreadable(NO_ZONE)
        return found

    def of_floating(self) -> Clock | None:
        """The clock of times that name none; None when the calendar names none either."""
        return self.named(self._floats_in) if self._floats_in else None

    def of_days(self) -> tuple[tzinfo, ...]:
        """On whose walls its days are, the likeliest first."""
        found: list[tzinfo] = []
        for called in (self._floats_in, *self._own):
            try:
                found += [self.named(called).tz] if called else []
            except Unreadable:
                continue
        return (*found, self._home)

    def _found(self, called: str, entry: Entry | None) -> Clock | None:
        name = _iana_name(called)
        if name:
            return Clock(zone(name), name)
        plain = called[len(_MICROSOFT) :] if called.lower().startswith(_MICROSOFT) else called
        if plain.lower() in _UTC_NAMES:
            return Clock(UTC, "UTC")
        windows = _windows_zones().get(plain) or _windows_zones().get(_NUMBERED.sub("", plain))
        described = _description(entry)
        if described is None:
            return Clock(zone(windows)) if windows else _shown_clock(plain)
        for candidate in _candidates(windows, self._home):
            if described.agrees_with(candidate, self._years):
                return Clock(candidate)
        return Clock(described)


def _description(entry: Entry | None) -> DescribedZone | None:
    if entry is None:
        return None
    try:
        return described_zone(entry)
    except BadZone:
        return None


def _iana_name(called: str) -> str:
    """The zone of that name, or of the end of it, as older programs write it: "/x.org/1/Europe/Paris"."""
    parts = called.split("/")
    for start in range(len(parts)):
        ending = "/".join(parts[start:])
        if is_known_zone(ending):
            return ending
        if start == 0 and (found := _by_lower_case().get(ending.lower())):
            return found
    return ""


def _candidates(windows: str | None, home: tzinfo) -> Iterator[tzinfo]:
    if windows:
        yield zone(windows)
    yield home
    for name in dict.fromkeys(_windows_zones().values()):
        if name != windows and is_known_zone(name):
            yield zone(name)


def _shown_clock(called: str) -> Clock | None:
    """Names as Windows shows them, "(UTC+01:00) Amsterdam, Berlin, Rome", and mere offsets, "GMT+0100"."""
    found = _SHOWN.fullmatch(called)
    if found is not None:
        minutes = _minutes(found[1], found[2])
        american = _windows_zones().get(_AMERICAN.sub(" Standard Time", found[3]))
        if american:  # "(UTC-05:00) Eastern Time (US & Canada)"
            return Clock(zone(american))
        for place in re.split(r"[,;/&]| and ", found[3]):
            for name in _by_place().get(place.strip().lower().replace(" ", "_"), []):
                winter = min(_offset(zone(name), month) for month in (1, 7))
                if winter == timedelta(minutes=minutes):
                    return Clock(zone(name))
        return Clock(UTC, "UTC") if not minutes and "coordinated" in found[3].lower() else None
    fixed = _FIXED.fullmatch(called)
    if fixed is None or abs(_minutes(fixed[1], fixed[2])) > 14 * 60:
        return None
    return Clock(timezone(timedelta(minutes=_minutes(fixed[1], fixed[2]))))


def _minutes(hours: str | None, minutes: str | None) -> int:
    sign = -1 if (hours or "").startswith("-") else 1
    return int(hours or 0) * 60 + sign * int(minutes or 0)


def _offset(tz: tzinfo, month: int) -> timedelta:
    return datetime(2026, month, 1, tzinfo=UTC).astimezone(tz).utcoffset() or timedelta()


def _called(entry: Entry) -> str:
    return next((timed_value(line) for line in entry.lines if name_of(line) == "TZID"), "")


def timed_value(line: str) -> str:
    """All that stands behind the first colon: names of zones hold colons."""
    return line.partition(":")[2].strip().strip('"')


def _key(called: str) -> str:
    return " ".join(called.lower().split())


@cache
def _by_lower_case() -> dict[str, str]:
    return {name.lower(): name for name in known_zones()}


@cache
def _by_place() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in sorted(known_zones()):
        area, slash, _ = name.partition("/")
        if slash and area not in {"Etc", "SystemV", "US", "posix", "right"}:
            found.setdefault(name.rpartition("/")[2].lower(), []).append(name)
    return found


@cache
def _windows_zones() -> dict[str, str]:
    # Here, because it loads all of icalendar: half a second that most looks at a calendar can spare.
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    return WINDOWS_TO_OLSON
