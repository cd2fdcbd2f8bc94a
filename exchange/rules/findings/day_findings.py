"""Findings: what speaks against a day, a session or a span, and what is good to know about it.

Not decisions: a person may overrule a block with a reason, kept under the finding's key.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from exchange.rules.findings.clock_findings import clock_findings
from exchange.rules.findings.finding_types import Finding, Severity, slug, sort_findings
from exchange.rules.sentences import Value
from exchange.rules.time.holidays import (
    CityCalendar,
    half_day_on,
    holiday_on,
    is_squeeze_day,
    is_weekend,
    optional_day_on,
)
from exchange.rules.time.quiet_periods import spans
from exchange.rules.time.timezones import WallTime, instant, wall_time

__all__ = [
    "Finding",
    "NetworkEvent",
    "Severity",
    "blocks_for_session",
    "findings_for_day",
    "findings_for_session",
    "findings_for_span",
    "findings_for_week",
    "sort_findings",
]

AFTERNOON = time(12, 0)  # half days end at 12:00-14:00: later than this people are gone
SATURDAY = 5


@dataclass(frozen=True)
class NetworkEvent:
    """Another event of the network; ``title`` as its marking lets the reader see it.

    ``key`` names it for good, like "cycle:12".
    """

    title: str
    on: date
    key: str


def findings_for_day(
    on: date, calendars: Sequence[CityCalendar], *, host_id: int | None, afternoon: bool = False
) -> list[Finding]:
    """What speaks against a day, sorted. ``host_id`` is the host's city_id, None when undecided.

    Block: a holiday of the host or of a lead city. Warn: any other city's holiday, a weekend, a
    squeeze day, a quiet period, and with ``afternoon`` a half day.
    """
    found = list(_weekend(on))
    found += _quiet_findings([(c, on, on) for c in calendars], lighter=Severity.WARN)
    for calendar in calendars:
        found += _free_day(calendar, on, host_id)
        if afternoon:
            found += _half_day(calendar, on)
    return sort_findings(found)


def findings_for_session(
    wall: WallTime, minutes: int, calendars: Sequence[CityCalendar], *, host_id: int | None
) -> list[Finding]:
    """What speaks against a session on each city's own dates of it, and clocks out of step, sorted.

    Raises NonexistentTime and UnknownZone for a wall time that is none.
    """
    starts_at, visits = _visits(wall, minutes, calendars)
    found = list(_weekend(wall.on))
    days = [(visit.calendar, visit.first_on, visit.last_on) for visit in visits]
    found += _quiet_findings(days, lighter=Severity.WARN)
    for visit in visits:
        found += _findings_of_visit(visit, wall.on, host_id)
    return sort_findings(found + clock_findings(starts_at, calendars, host_id=host_id))


def blocks_for_session(
    wall: WallTime, minutes: int, calendars: Sequence[CityCalendar], *, host_id: int | None
) -> list[Finding]:
    """The blocks among findings_for_session, sorted, at a fraction of the work; it raises the same."""
    heavy = [calendar for calendar in calendars if _is_heavy(calendar, host_id)]
    _, visits = _visits(wall, minutes, heavy)
    found = [f for visit in visits for on in visit.days for f in _free_day(visit.calendar, on, host_id)]
    return sort_findings(finding for finding in found if finding.severity is Severity.BLOCK)


def findings_for_span(first_on: date, last_on: date, calendars: Sequence[CityCalendar]) -> list[Finding]:
    """Quiet periods that the days first_on..last_on touch, one finding for the cities that share it.

    A warning when a lead city is among them, else information.
    """
    visits = [(calendar, first_on, last_on) for calendar in calendars]
    return sort_findings(_quiet_findings(visits, lighter=Severity.INFORM))


def findings_for_week(on: date, others: Sequence[NetworkEvent]) -> list[Finding]:
    """Other events of the network in the same ISO week, as information."""
    week = on.isocalendar()[:2]
    near = [other for other in others if other.on.isocalendar()[:2] == week]
    return sort_findings([_same_week(other) for other in near])


@dataclass(frozen=True)
class _Visit:
    """A session as one city lives it: its local dates, and whether it reaches the afternoon."""

    calendar: CityCalendar
    first_on: date
    last_on: date
    reaches_afternoon: bool

    @classmethod
    def of(cls, calendar: CityCalendar, starts_at: datetime, ends_at: datetime) -> "_Visit":
        first = wall_time(starts_at, calendar.time_zone)
        last = wall_time(ends_at - timedelta(microseconds=1), calendar.time_zone)
        return cls(calendar, first.on, last.on, first.on != last.on or last.at >= AFTERNOON)

    @property
    def days(self) -> list[date]:
        return sorted({self.first_on, self.last_on})


def _visits(wall: WallTime, minutes: int, calendars: Sequence[CityCalendar]) -> tuple[datetime, list[_Visit]]:
    """When the session begins, and what it is to each city."""
    starts_at = instant(wall)
    ends_at = starts_at + timedelta(minutes=minutes)
    return starts_at, [_Visit.of(calendar, starts_at, ends_at) for calendar in calendars]


def _is_heavy(calendar: CityCalendar, host_id: int | None) -> bool:
    """Whether the city's holidays block rather than warn."""
    return calendar.is_lead or calendar.city_id == host_id


def _findings_of_visit(visit: _Visit, wall_on: date, host_id: int | None) -> Iterator[Finding]:
    calendar = visit.calendar
    for on in visit.days:
        yield from _free_day(calendar, on, host_id)
        if is_weekend(calendar, on) and not any(_weekend(wall_on)):
            yield _warn(
                f"weekend:{slug(calendar.city)}:{on.isoformat()}",
                "%(on)s is a weekend in %(city)s.",
                {"on": on, "city": calendar.city},
            )
    if visit.reaches_afternoon:
        yield from _half_day(calendar, visit.first_on)


def _weekend(on: date) -> Iterator[Finding]:
    if on.weekday() >= SATURDAY:
        yield _warn(f"weekend:{on.isoformat()}", "%(on)s is a weekend.", {"on": on})


def _free_day(calendar: CityCalendar, on: date, host_id: int | None) -> Iterator[Finding]:
    where = f"{slug(calendar.city)}:{on.isoformat()}"
    about: dict[str, Value] = {"city": calendar.city, "on": on}
    holiday = holiday_on(calendar, on)
    if holiday:
        yield Finding(
            Severity.BLOCK if _is_heavy(calendar, host_id) else Severity.WARN,
            f"holiday:{where}",
            "%(on)s is %(holiday)s in %(city)s.",
            about | {"holiday": holiday},
        )
    elif optional := optional_day_on(calendar, on):
        template = "%(on)s is an optional holiday in %(city)s: %(optional)s."
        yield _warn(f"optional:{where}", template, about | {"optional": optional})
    elif is_squeeze_day(calendar, on):
        template = "%(on)s is a squeeze day in %(city)s: many take it off between two free days."
        yield _warn(f"squeeze:{where}", template, about)


def _half_day(calendar: CityCalendar, on: date) -> Iterator[Finding]:
    half_day = half_day_on(calendar, on)
    if half_day:
        yield _warn(
            f"half-day:{slug(calendar.city)}:{on.isoformat()}",
            "%(on)s is a half day in %(city)s: %(half_day)s.",
            {"on": on, "city": calendar.city, "half_day": half_day},
        )


def _quiet_findings(visits: Sequence[tuple[CityCalendar, date, date]], *, lighter: Severity) -> list[Finding]:
    """One finding for each quiet period touched; WARN when a lead city keeps it, else ``lighter``."""
    keepers: dict[tuple[str, date, date], list[CityCalendar]] = {}
    for calendar, first_on, last_on in visits:
        for period in calendar.quiet:
            for begin, end in spans(period, first_on, last_on):
                keepers.setdefault((period.name, begin, end), []).append(calendar)
    return [
        Finding(
            Severity.WARN if any(c.is_lead for c in cities) else lighter,
            f"quiet:{slug(name)}:{begin.isoformat()}:{end.isoformat()}",
            "Quiet period %(name)s from %(first)s to %(last)s: %(cities)s.",
            {"name": name, "first": begin, "last": end, "cities": ", ".join(c.city for c in cities)},
        )
        for (name, begin, end), cities in keepers.items()
    ]


def _same_week(other: NetworkEvent) -> Finding:
    return Finding(
        Severity.INFORM,
        f"same-week:{other.key}",
        "%(title)s is in the same week, on %(on)s.",
        {"title": other.title, "on": other.on},
    )


def _warn(key: str, template: str, values: Mapping[str, Value]) -> Finding:
    return Finding(Severity.WARN, key, template, values)
