"""A zone as a file describes it (VTIMEZONE, RFC 5545 3.6.5): a clock, and whether it is one that we know.

No names: zones.py knows those.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice

from dateutil.rrule import rrulestr

from exchange.calendar_reading.components import Entry
from exchange.calendar_reading.content_lines import name_of, timed_property

FIRST_YEAR, LAST_YEAR = 1990, 2060  # of the changes that are worked out; events are between
CHANGES_MAX = 2_000
RULES_MAX = 20  # of one half; a rule whose days never come is looked through to the last year
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?", re.ASCII)
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?Z?", re.ASCII)
_UNTIL = re.compile(r";?UNTIL=([0-9T]+Z?)", re.IGNORECASE)
_STEP = re.compile(r"[1-9][0-9]?", re.ASCII)
_SECOND = timedelta(seconds=1)


class BadZone(Exception):
    """The description describes no clock."""


@dataclass(frozen=True)
class _Change:
    """From ``wall`` on, by the clock before it, the clock is another one."""

    wall: datetime
    before: timedelta
    after: timedelta

    @property
    def at(self) -> datetime:
        return self.wall - self.before  # naive, UTC


class DescribedZone(tzinfo):
    """A clock by the changes of its description."""

    def __init__(self, changes: Iterable[_Change]) -> None:
        self._changes = sorted(changes, key=lambda change: change.at)
        if not self._changes:
            raise BadZone
        self._walls = [change.wall for change in self._changes]
        self._ats = [change.at for change in self._changes]

    def utcoffset(self, dt: datetime | None) -> timedelta:
        """As PEP 495 has it: in the gap and in the repeated hour the offset before, with ``fold`` after."""
        if dt is None:
            return self._changes[0].before
        wall = dt.replace(tzinfo=None, fold=0)
        number = bisect_right(self._walls, wall)
        if dt.fold and number < len(self._changes):
            change = self._changes[number]
            if change.wall - (change.before - change.after) <= wall:  # the repeated hour before it
                return change.after
        if not number:
            return self._changes[0].before
        change = self._changes[number - 1]
        is_in_gap = wall < change.wall + (change.after - change.before)
        return change.before if is_in_gap and not dt.fold else change.after

    def dst(self, dt: datetime | None) -> None:
        """Not known, and not asked."""

    def tzname(self, dt: datetime | None) -> str:
        """No zone of ours."""
        return "described"

    def fromutc(self, dt: datetime) -> datetime:
        """What the clock shows at a moment."""
        at = dt.replace(tzinfo=None)
        number = bisect_right(self._ats, at)
        change = self._changes[max(number - 1, 0)]
        shown = at + (change.after if number else change.before)
        is_second = bool(number) and shown < change.wall
        return shown.replace(tzinfo=self, fold=int(is_second))

    def agrees_with(self, other: tzinfo, years: range) -> bool:
        """Whether another clock shows the same through all of these years."""
        asked = [
            datetime(year, month, 1 + 14 * half, 12, tzinfo=UTC)
            for year in years
            for month in range(1, 13)
            for half in (0, 1)
        ]
        for change in self._changes:
            if change.at.year in years:
                asked += [change.at.replace(tzinfo=UTC), change.at.replace(tzinfo=UTC) - _SECOND]
        return all(at.astimezone(self).utcoffset() == at.astimezone(other).utcoffset() for at in asked)


def described_zone(entry: Entry) -> DescribedZone:
    """Raises BadZone for a description without sense."""
    try:
        return DescribedZone(_changes(entry.lines))
    except BadZone:
        raise
    except Exception as error:
        # dateutil raises many things for rules that are none; all mean that the clock is not known.
        raise BadZone from error


def _changes(lines: Iterable[str]) -> list[_Change]:
    found: list[_Change] = []
    half: dict[str, list[str]] | None = None
    for line in lines:
        name, value = name_of(line), timed_property(line).value
        if name == "BEGIN":
            half = {}
        elif name == "END" and half is not None:
            found += _of_half(half)
            half = None
        elif half is not None:
            half.setdefault(name, []).append(value)
    return found


def _of_half(half: dict[str, list[str]]) -> list[_Change]:
    """The changes of one STANDARD or DAYLIGHT."""
    before, after = _offset(half["TZOFFSETFROM"][0]), _offset(half["TZOFFSETTO"][0])
    begins = _time(half["DTSTART"][0])
    walls = [begins, *(_time(one) for value in half.get("RDATE", []) for one in value.split(",") if one)]
    if len(half.get("RRULE", [])) > RULES_MAX:
        raise BadZone
    for rule in half.get("RRULE", []):
        walls += _repeated(begins, rule, before)
    return [_Change(wall, before, after) for wall in dict.fromkeys(walls)]


def _repeated(begins: datetime, rule: str, before: timedelta) -> list[datetime]:
    until = _UNTIL.search(rule)
    ends = _time(f"{until[1]}T235959" if len(until[1]) == 8 else until[1]) if until else None
    if ends is not None and until is not None and until[1].upper().endswith("Z"):
        ends += before
    parts = _parts(_UNTIL.sub("", rule))
    count = int(parts.pop("COUNT", CHANGES_MAX))
    if count == CHANGES_MAX and begins.year < FIRST_YEAR:
        begins = begins.replace(year=FIRST_YEAR)
    last = min(filter(None, (ends, datetime(LAST_YEAR, 12, 31))))  # noqa: DTZ001  # a wall
    bounded = ";".join(f"{name}={value}" for name, value in parts.items()) + f";UNTIL={last:%Y%m%dT%H%M%S}"
    return list(islice(rrulestr(bounded, dtstart=begins), min(count, CHANGES_MAX)))


def _parts(rule: str) -> dict[str, str]:
    """The parts of a yearly rule; no law has another. dateutil never ends with some of those."""
    named = [part.partition("=") for part in rule.upper().split(";") if part]
    parts = {name.strip(): value.strip() for name, _, value in named}
    if (
        len(parts) < len(named)
        or parts.get("FREQ") != "YEARLY"
        or not _STEP.fullmatch(parts.get("INTERVAL", "1"))
    ):
        raise BadZone
    return parts


def _offset(text: str) -> timedelta:
    found = _OFFSET.fullmatch(text)
    if found is None:
        raise BadZone
    length = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    if length >= timedelta(hours=24):
        raise BadZone
    return -length if found[1] == "-" else length


def _time(text: str) -> datetime:
    found = _TIME.fullmatch(text.upper())
    if found is None:
        raise BadZone
    return datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001  # six numbers of a wall
