"""What a plan would mean: every city's clock for each meeting, what speaks against it, a better start.

It saves nothing; actions.py asks it for the blocks before it saves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from exchange.busy_times import Company, clashes
from exchange.city_calendars import calendars_of
from exchange.cycles.drafts import CycleDraft, LaidCycle, LaidMeeting, lay
from exchange.errors import InvalidInput
from exchange.models import Cycle
from exchange.nearby_meetings import network_events
from exchange.rules.findings.clock_findings import clock_findings, repeated_time
from exchange.rules.findings.day_findings import (
    NetworkEvent,
    findings_for_session,
    findings_for_span,
    findings_for_week,
)
from exchange.rules.findings.finding_types import Finding, Severity, slug, sort_findings
from exchange.rules.findings.observance_findings import observance_findings
from exchange.rules.programme.cycles import StageDates, StagePlan, is_clean_start, next_clean_start
from exchange.rules.time.city_clocks import ClockRow, clock_rows
from exchange.rules.time.holidays import CityCalendar, holiday_on
from exchange.rules.time.observances import Observance
from exchange.rules.time.timezones import WallTime, resolve


@dataclass(frozen=True)
class MeetingClocks:
    """One sitting with every city's clock; ``notes`` are about clocks that are out of step."""

    meeting: LaidMeeting
    at: datetime
    rows: list[ClockRow]
    notes: list[Finding]


@dataclass(frozen=True)
class Preview:
    """A draft as it would be: ``clean_start`` is a better Monday, None when its own is clean."""

    laid: LaidCycle
    meetings: list[MeetingClocks]
    findings: list[Finding]
    clean_start: date | None

    @property
    def blocks(self) -> list[Finding]:
        """The findings that need a reason."""
        return [finding for finding in self.findings if finding.severity is Severity.BLOCK]


@dataclass(frozen=True)
class Span:
    """What findings are about: a cycle's weeks, its stages' first days, its meetings, and who comes."""

    starts_on: date
    ends_on: date
    stages: Sequence[StageDates]
    meetings: Sequence[LaidMeeting]
    company: Company
    cycle_id: int | None = None

    @property
    def lead_city_id(self) -> int:
        """The city that leads, and so hosts the meetings."""
        return self.company.host_id or 0


def preview(
    session: Session,
    draft: CycleDraft,
    *,
    plan: StagePlan,
    own_zone: str,
    cycle_id: int | None = None,
    observances: Sequence[Observance] = (),
) -> Preview:
    """Everything a page shows before a draft is saved. Raises InvalidInput at the field that is wrong."""
    laid = lay(draft, plan)
    calendars = calendars_of(session, laid.starts_on)
    within = [stage for stage in laid.stages if not stage.is_before and not stage.is_after]
    company = Company(draft.lead_city_id, draft.city_ids, draft.group_ids)
    span = Span(laid.starts_on, laid.ends_on, within, laid.meetings, company, cycle_id)
    return Preview(
        laid=laid,
        meetings=clocks_of(laid.meetings, calendars, host_id=draft.lead_city_id, own_zone=own_zone),
        findings=findings_of(session, span, calendars, observances),
        clean_start=_clean_start(laid.starts_on, draft.duration_weeks, calendars),
    )


def span_of(cycle: Cycle, plan: StagePlan) -> Span:
    """A saved cycle as findings see it; needs its stages, sittings, cities and groups loaded."""
    phases = {rule.key: rule.phase for rule in plan.stages}
    stages = [
        StageDates(s.key, s.name, s.owner, s.starts_on, s.ends_on)
        for s in cycle.stages
        if phases.get(s.key, "within") == "within"
    ]
    last_on = max((stage.ends_on for stage in stages), default=cycle.starts_on)
    company = Company(
        cycle.lead_city_id,
        frozenset(city.id or 0 for city in cycle.cities),
        frozenset(group.id or 0 for group in cycle.groups),
    )
    return Span(cycle.starts_on, last_on, stages, meetings_of(cycle, plan), company, cycle.id)


def meetings_of(cycle: Cycle, plan: StagePlan) -> list[LaidMeeting]:
    """The saved sittings, by day and number."""
    names = {meeting.key: meeting.name for meeting in plan.meetings}
    in_order = sorted(cycle.sittings, key=lambda s: (s.on_local, s.meeting, s.number))
    return [
        LaidMeeting(
            s.meeting,
            names.get(s.meeting, s.meeting),
            s.number,
            WallTime(s.on_local, s.starts_local, s.time_zone),
            s.minutes,
        )
        for s in in_order
    ]


def clocks_of(
    meetings: Sequence[LaidMeeting], calendars: Sequence[CityCalendar], *, host_id: int, own_zone: str
) -> list[MeetingClocks]:
    """Each meeting on every city's wall, the reader's own first."""
    found = []
    for meeting in meetings:
        at = resolve(meeting.wall).at
        rows = clock_rows(meeting.wall, meeting.minutes, calendars, host_id=host_id, own_zone=own_zone)
        notes = sort_findings(clock_findings(at, calendars, host_id=host_id))
        found.append(MeetingClocks(meeting, at, rows, notes))
    return found


def findings_of(
    session: Session,
    span: Span,
    calendars: Sequence[CityCalendar],
    observances: Sequence[Observance] = (),
) -> list[Finding]:
    """What speaks against the span and what is good to know, sorted, each fact once.

    ``observances`` only inform and warn: who asks for blocks leaves them out.
    """
    dates = [meeting.wall.on for meeting in span.meetings]
    zones = {calendar.time_zone for calendar in calendars}
    others = network_events(session, dates, cycle_id=span.cycle_id)
    found = findings_for_span(span.starts_on, span.ends_on, calendars)
    found += _first_days(span.stages, calendars)
    for meeting in span.meetings:
        found += _findings_of_meeting(meeting, calendars, span.lead_city_id, others)
        found += observance_findings(meeting.wall, meeting.minutes, zones, observances)
    found += clashes_of(session, span)
    return sort_findings(_heaviest_of_each(found))


def clashes_of(session: Session, span: Span) -> list[Finding]:
    """Who is busy at the meetings, by the calendars that cities and people gave."""
    return clashes(session, [(meeting.wall, meeting.minutes) for meeting in span.meetings], span.company)


def _findings_of_meeting(
    meeting: LaidMeeting,
    calendars: Sequence[CityCalendar],
    host_id: int,
    others: Sequence[NetworkEvent],
) -> list[Finding]:
    found = findings_for_session(meeting.wall, meeting.minutes, calendars, host_id=host_id)
    found += findings_for_week(meeting.wall.on, others)
    return found + repeated_time(meeting.wall)


def _first_days(stages: Sequence[StageDates], calendars: Sequence[CityCalendar]) -> Iterable[Finding]:
    """Stages that begin on a lead city's holiday: their letters go out a day later there."""
    for stage in stages:
        for calendar in calendars:
            holiday = holiday_on(calendar, stage.starts_on) if calendar.is_lead else None
            if holiday:
                yield Finding(
                    Severity.INFORM,
                    f"first-day:{stage.key}:{slug(calendar.city)}:{stage.starts_on.isoformat()}",
                    "%(stage)s begins on %(on)s, %(holiday)s in %(city)s: letters there wait a working day.",
                    {
                        "stage": stage.name,
                        "on": stage.starts_on,
                        "holiday": holiday,
                        "city": calendar.city,
                    },
                )


def _heaviest_of_each(findings: Iterable[Finding]) -> list[Finding]:
    found: dict[str, Finding] = {}
    for finding in findings:
        held = found.get(finding.key)
        if held is None or finding.severity < held.severity:
            found[finding.key] = finding
    return list(found.values())


def _clean_start(on: date, duration_weeks: int, calendars: Sequence[CityCalendar]) -> date | None:
    if is_clean_start(on, duration_weeks, calendars):
        return None
    try:
        return next_clean_start(on, duration_weeks, calendars)
    except InvalidInput:
        return None  # nothing better to offer within two years: the findings say what is in the way
