"""What a draft would mean: every city's clock, what speaks against the day, and the rhythm it makes.

Pure: it reads no rows. queries.py gathers what it needs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from exchange.models import NOT_TRAINING
from exchange.rules.findings.clock_findings import clock_findings, repeated_time
from exchange.rules.findings.day_findings import NetworkEvent, findings_for_session, findings_for_week
from exchange.rules.findings.finding_types import Finding, Severity, sort_findings
from exchange.rules.findings.observance_findings import observance_findings
from exchange.rules.programme.trainings import GAP_MAX_DAYS, GAP_MIN_DAYS
from exchange.rules.time.city_clocks import ClockRow, clock_rows
from exchange.rules.time.holidays import CityCalendar
from exchange.rules.time.observances import Observance
from exchange.rules.time.timezones import WallTime, instant
from exchange.trainings.drafts import TrainingDraft


@dataclass(frozen=True)
class Preview:
    """All that is shown before saving; ``notes`` are about clocks that are out of step."""

    wall: WallTime
    minutes: int
    rows: tuple[ClockRow, ...]
    notes: tuple[Finding, ...]
    findings: tuple[Finding, ...]

    @property
    def blocks(self) -> tuple[Finding, ...]:
        """The findings that need a reason before the event is saved."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.BLOCK)


@dataclass(frozen=True)
class Surroundings:
    """What a draft is looked at against: clocks, the rest of the programme, busy calendars, observances."""

    calendars: Sequence[CityCalendar]
    others: Sequence[NetworkEvent]
    training_dates: Sequence[date]
    clashes: Sequence[Finding] = ()
    observances: Sequence[Observance] = ()


def preview_of(draft: TrainingDraft, around: Surroundings, *, own_zone: str) -> Preview:
    """What the draft would mean. Raises NonexistentTime and UnknownZone for a wall time that is none."""
    wall, minutes, calendars, host_id = draft.wall, draft.minutes, around.calendars, draft.host_city_id
    return Preview(
        wall=wall,
        minutes=minutes,
        rows=tuple(clock_rows(wall, minutes, calendars, host_id=host_id, own_zone=own_zone)),
        notes=tuple(sort_findings(clock_findings(instant(wall), calendars, host_id=host_id))),
        findings=tuple(findings_of(draft, around)),
    )


def findings_of(draft: TrainingDraft, around: Surroundings) -> list[Finding]:
    """What speaks against the draft and what is good to know, sorted."""
    zones = [calendar.time_zone for calendar in around.calendars]
    is_training = draft.kind not in NOT_TRAINING
    rhythm = cadence_findings(draft.on_local, around.training_dates) if is_training else []
    return sort_findings(
        [
            *findings_for_session(draft.wall, draft.minutes, around.calendars, host_id=draft.host_city_id),
            *findings_for_week(draft.on_local, around.others),
            *rhythm,
            *repeated_time(draft.wall),
            *around.clashes,
            *observance_findings(draft.wall, draft.minutes, zones, around.observances),
        ]
    )


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
