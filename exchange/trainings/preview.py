"""What a draft would mean: every city's clock, what speaks against the day, and the rhythm it makes.

Pure: it reads no rows. queries.py gathers what it needs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from exchange.rules.findings import (
    Finding,
    NetworkEvent,
    Severity,
    findings_for_session,
    findings_for_week,
    sort_findings,
)
from exchange.rules.holidays import CityCalendar
from exchange.rules.timezones import WallTime, resolve, wall_time
from exchange.rules.trainings import GAP_MAX_DAYS, GAP_MIN_DAYS
from exchange.trainings.drafts import TrainingDraft

EARLY = time(7)  # letters and people alike are left alone from 21:00 to 07:00
LATE = time(21)
NIGHT_ENDS = time(5)
NIGHT_STARTS = time(23)
ONE_DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class CityClock:
    """When an event is in one city: ``starts`` and ``ends`` on its wall.

    ``hours`` is "" within working hours and "outside" them by day; "early" before 07:00, "late" after
    21:00, and "night" when part of it lies between 23:00 and 05:00.
    """

    city_id: int
    city: str
    starts: WallTime
    ends: WallTime
    hours: str
    is_host: bool
    is_reader: bool


@dataclass(frozen=True)
class Preview:
    """All that is shown before saving. ``is_repeated``: the wall time occurs twice, the first was taken."""

    clocks: tuple[CityClock, ...]
    findings: tuple[Finding, ...]
    is_repeated: bool

    @property
    def blocks(self) -> tuple[Finding, ...]:
        """The findings that need a reason before the event is saved."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.BLOCK)


@dataclass(frozen=True)
class Surroundings:
    """What a draft is looked at against: clocks, the rest of the programme, and busy calendars."""

    calendars: Sequence[CityCalendar]
    others: Sequence[NetworkEvent]
    training_dates: Sequence[date]
    clashes: Sequence[Finding] = ()


def preview_of(draft: TrainingDraft, around: Surroundings, *, reader_city_id: int | None) -> Preview:
    """What the draft would mean. Raises NonexistentTime and UnknownZone for a wall time that is none."""
    resolved = resolve(draft.wall)
    findings = [
        *findings_for_session(draft.wall, draft.minutes, around.calendars, host_id=draft.host_city_id),
        *findings_for_week(draft.on_local, around.others),
        *cadence_findings(draft.on_local, around.training_dates),
        *around.clashes,
    ]
    clocks = clocks_of(
        resolved.at,
        draft.minutes,
        around.calendars,
        host_id=draft.host_city_id,
        reader_city_id=reader_city_id,
    )
    return Preview(tuple(clocks), tuple(sort_findings(findings)), resolved.is_repeated)


def clocks_of(
    at: datetime,
    minutes: int,
    calendars: Sequence[CityCalendar],
    *,
    host_id: int | None,
    reader_city_id: int | None,
) -> list[CityClock]:
    """Each city's wall time: the reader's city first, then the host, the lead cities, the others by name."""
    ends_at = at + timedelta(minutes=minutes)
    clocks = [
        CityClock(
            city_id=calendar.city_id,
            city=calendar.city,
            starts=wall_time(at, calendar.time_zone),
            ends=wall_time(ends_at, calendar.time_zone),
            hours=_hours(calendar, wall_time(at, calendar.time_zone), minutes),
            is_host=calendar.city_id == host_id,
            is_reader=calendar.city_id == reader_city_id,
        )
        for calendar in sorted(calendars, key=lambda calendar: (not calendar.is_lead, calendar.city))
    ]
    return sorted(clocks, key=lambda clock: (not clock.is_reader, not clock.is_host))


def cadence_findings(on: date, dates: Iterable[date]) -> list[Finding]:
    """Warnings when the event stands closer to its neighbours than 28 days or further than 35."""
    known = sorted(dates)
    before = max((other for other in known if other <= on), default=None)
    after = min((other for other in known if other > on), default=None)
    found = []
    if before is not None:
        found += _gap("before", "Gap to the event before, on %(other)s: ", before, (on - before).days)
    if after is not None:
        found += _gap("after", "Gap to the event after, on %(other)s: ", after, (after - on).days)
    return found


def _gap(side: str, opening: str, other: date, days: int) -> list[Finding]:
    if GAP_MIN_DAYS <= days <= GAP_MAX_DAYS:
        return []
    rest = (
        "%(days)s days, longer than %(limit)s."
        if days > GAP_MAX_DAYS
        else "%(days)s days, shorter than %(limit)s."
    )
    limit = GAP_MAX_DAYS if days > GAP_MAX_DAYS else GAP_MIN_DAYS
    return [
        Finding(
            Severity.WARN,
            f"cadence:{side}:{other.isoformat()}",
            opening + rest,
            {"other": other, "days": days, "limit": limit},
        )
    ]


def _hours(calendar: CityCalendar, starts: WallTime, minutes: int) -> str:
    """How the hours sit with the city's day, by what its wall shows; of long events only the start counts."""
    ends = starts.naive + timedelta(minutes=minutes if minutes < ONE_DAY_MINUTES else 0)
    if starts.at < NIGHT_ENDS or ends > datetime.combine(starts.on, NIGHT_STARTS):
        return "night"
    if starts.at < EARLY:
        return "early"
    if ends > datetime.combine(starts.on, LATE):
        return "late"
    is_work = calendar.work_starts <= starts.at and ends <= datetime.combine(starts.on, calendar.work_ends)
    return "" if is_work else "outside"
