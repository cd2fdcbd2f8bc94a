"""VTIMEZONE components, written from the zone data in use.

Not the calendar library's own: its onsets are an hour late in spring. Rules are yearly with one
BYDAY wherever the zone allows, because Outlook reads nothing else.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from exchange.rules.time.timezones import utc_offset

RULE_CHECK_YEARS = 10  # beyond those covered: tells "fourth Sunday" from "last Sunday"
ALWAYS = datetime(1970, 1, 1)  # noqa: DTZ001 - local time; onset of an offset that held before all events
RULES_BEGIN = (
    1970  # as most programs write them; vobject takes a London that begins later for UTC, and drops it
)
_NO_LEAP_YEAR = 2027
_DAY = timedelta(days=1)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class Onset:
    """One change of the clocks; ``local`` is naive, on the clock that ran until then."""

    local: datetime
    before: timedelta
    after: timedelta


@dataclass(frozen=True)
class YearlyRule:
    """A change that comes every year: weekday number ``nth`` of the month (-1: the last).

    With ``nth`` None it is the first such weekday on or after the day ``from_day``.
    """

    month: int
    weekday: int
    nth: int | None
    from_day: int
    at: time
    before: timedelta
    after: timedelta

    def onset(self, year: int) -> Onset:
        """The change of that year."""
        return Onset(datetime.combine(self._on(year), self.at), self.before, self.after)

    def recurrence(self) -> str:
        """The RRULE value (RFC 5545 3.3.10)."""
        weekday = _WEEKDAYS[self.weekday]
        if self.nth is not None:
            return f"FREQ=YEARLY;BYMONTH={self.month};BYDAY={self.nth}{weekday}"
        days = ",".join(str(day) for day in range(self.from_day, self.from_day + 7))
        return f"FREQ=YEARLY;BYMONTH={self.month};BYMONTHDAY={days};BYDAY={weekday}"

    def _on(self, year: int) -> date:
        if self.nth == -1:
            next_month = date(year + self.month // 12, self.month % 12 + 1, 1)
            return next_month - timedelta(days=(next_month.weekday() - self.weekday - 1) % 7 + 1)
        earliest = date(year, self.month, 7 * self.nth - 6 if self.nth else self.from_day)
        return earliest + timedelta(days=(self.weekday - earliest.weekday()) % 7)


def timezone_bytes(time_zone: str, first_year: int, last_year: int) -> bytes:
    """The VTIMEZONE of a zone, right at every instant of the years from first to last (local).

    Lines end in CRLF. One STANDARD and one DAYLIGHT with yearly rules; a single STANDARD where the
    clocks never change; one component per change where the changes follow no yearly rule.
    """
    lines = ("BEGIN:VTIMEZONE", f"TZID:{time_zone}", *_observances(time_zone, first_year, last_year))
    return "".join(f"{line}\r\n" for line in (*lines, "END:VTIMEZONE")).encode()


@lru_cache(maxsize=1024)  # zone data never changes while a process runs
def _observances(time_zone: str, first_year: int, last_year: int) -> tuple[str, ...]:
    onsets = _onsets(time_zone, first_year, last_year + RULE_CHECK_YEARS)
    covered = [onset for onset in onsets if onset.local.year <= last_year]
    if not covered:
        offset = utc_offset(time_zone, datetime(first_year, 7, 1, tzinfo=UTC))
        return _observance("STANDARD", Onset(ALWAYS, offset, offset))
    rules = (
        _yearly_rules(onsets, first_year, last_year + RULE_CHECK_YEARS, _by_weekday_number)
        or _yearly_rules(covered, first_year, last_year, _by_weekday_number)
        or _yearly_rules(covered, first_year, last_year, _by_first_weekday_from)
    )
    if rules:
        return tuple(line for rule in rules for line in _yearly_observance(rule))
    return _one_by_one(covered, is_last=len(covered) == len(onsets))


def _onsets(time_zone: str, first_year: int, last_year: int) -> list[Onset]:
    """Every change of the zone's offset in the years, in order."""
    day = datetime(first_year, 1, 1, tzinfo=UTC) - _DAY
    end = datetime(last_year + 1, 1, 1, tzinfo=UTC) + _DAY
    found = []
    before = utc_offset(time_zone, day)
    while day < end:
        after = utc_offset(time_zone, day + _DAY)
        if after != before:
            at = _moment_of_change(time_zone, day, day + _DAY)
            found.append(Onset(at.replace(tzinfo=None) + before, before, after))
        before, day = after, day + _DAY
    return [onset for onset in found if first_year <= onset.local.year <= last_year]


def _moment_of_change(time_zone: str, low: datetime, high: datetime) -> datetime:
    """The first second after ``low`` at which the offset is that of ``high``."""
    after = utc_offset(time_zone, high)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if utc_offset(time_zone, middle) == after:
            high = middle
        else:
            low = middle
    return high


_Candidates = Callable[[Sequence[Onset]], Iterator[YearlyRule]]


def _yearly_rules(
    onsets: Sequence[Onset], first_year: int, last_year: int, candidates: _Candidates
) -> tuple[YearlyRule, YearlyRule] | None:
    """The rules of summer's end (STANDARD) and summer's begin (DAYLIGHT); None when there are no such two."""
    ends = [onset for onset in onsets if onset.after < onset.before]
    begins = [onset for onset in onsets if onset.after > onset.before]
    years = range(first_year, last_year + 1)
    standard, daylight = _fitting(ends, years, candidates), _fitting(begins, years, candidates)
    if not standard or not daylight:
        return None
    is_pair = (standard.before, standard.after) == (daylight.after, daylight.before)
    return (standard, daylight) if is_pair else None


def _fitting(onsets: Sequence[Onset], years: range, candidates: _Candidates) -> YearlyRule | None:
    """The first candidate that gives exactly these changes."""
    if not onsets:
        return None
    fits = (rule for rule in candidates(onsets) if [rule.onset(year) for year in years] == list(onsets))
    return next(fits, None)


def _by_weekday_number(onsets: Sequence[Onset]) -> Iterator[YearlyRule]:
    """ "The last Sunday" first, then "the second Sunday"."""
    first = onsets[0].local
    for nth in (-1, (first.day - 1) // 7 + 1):
        yield _rule(onsets[0], nth=nth, from_day=1)


def _by_first_weekday_from(onsets: Sequence[Onset]) -> Iterator[YearlyRule]:
    """ "The first Sunday from the 2nd on", as Chile has it; the seven days lie in the month."""
    earliest = min(onset.local.day for onset in onsets)
    latest = monthrange(_NO_LEAP_YEAR, onsets[0].local.month)[1] - 6
    yield _rule(onsets[0], nth=None, from_day=min(earliest, latest))


def _rule(onset: Onset, *, nth: int | None, from_day: int) -> YearlyRule:
    local = onset.local
    return YearlyRule(local.month, local.weekday(), nth, from_day, local.time(), onset.before, onset.after)


def _yearly_observance(rule: YearlyRule) -> tuple[str, ...]:
    """The rule from long before the first year covered on: only the years covered are asked for."""
    name = "DAYLIGHT" if rule.after > rule.before else "STANDARD"
    return _observance(name, rule.onset(RULES_BEGIN), f"RRULE:{rule.recurrence()}")


def _one_by_one(onsets: Sequence[Onset], *, is_last: bool) -> tuple[str, ...]:
    """Each change by itself after the offset that held before them.

    ``is_last``: the clocks do not change again after these. What they stay on is standard time,
    whichever way they went (Vancouver, March 2026).
    """
    first = onsets[0].before
    lines = [*_observance("STANDARD", Onset(ALWAYS, first, first))]
    for onset in onsets:
        stays = is_last and onset is onsets[-1]
        name = "DAYLIGHT" if onset.after > onset.before and not stays else "STANDARD"
        lines += _observance(name, onset)
    return tuple(lines)


def _observance(name: str, onset: Onset, *extra: str) -> tuple[str, ...]:
    """RFC 5545 3.6.5: DTSTART is local time on the clock of TZOFFSETFROM."""
    return (
        f"BEGIN:{name}",
        f"DTSTART:{onset.local:%Y%m%dT%H%M%S}",
        f"TZOFFSETFROM:{_offset(onset.before)}",
        f"TZOFFSETTO:{_offset(onset.after)}",
        *extra,
        f"END:{name}",
    )


def _offset(offset: timedelta) -> str:
    """RFC 5545 3.3.14: "+0545", "-0330"; seconds only where there are any."""
    seconds = int(offset.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    minutes, seconds_left = divmod(rest, 60)
    text = f"{'-' if seconds < 0 else '+'}{hours:02d}{minutes:02d}"
    return f"{text}{seconds_left:02d}" if seconds_left else text
