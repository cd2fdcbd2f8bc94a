"""What still blocks an entry when it is taken: only what a coordinator pinned, or a pasted file, lets stand.

The blocks are those of the forms of exchanges and events, for the meetings that taking the entry would make.
It reads; adoption.py takes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session, col, or_, select

from exchange.city_calendars import calendars_among, city_calendar, every_city
from exchange.cycles.drafts import LaidMeeting, other_meetings
from exchange.cycles.moves import is_held
from exchange.cycles.preview import meetings_of
from exchange.models import City, Cycle, MembershipStatus, Override, TrainingEvent
from exchange.planner.plan import Entry
from exchange.planning.proposal.entry_rows import Place, Proposal
from exchange.planning.proposal.plan_entries import cycle_starts, offered_leads, session_walls
from exchange.planning.wishes.planned_cities import blocks_of_meetings
from exchange.rules.findings.day_findings import Finding, Severity, findings_for_session
from exchange.rules.programme.cycles import StagePlan, stages_for
from exchange.rules.time.holidays import CityCalendar
from exchange.rules.time.timezones import WallTime, instant, wall_time


@dataclass(frozen=True)
class Beside:
    """A meeting that goes with the start of a proposed exchange, and what speaks against its day."""

    meeting: LaidMeeting
    findings: Sequence[Finding]  # blocks and warnings

    @property
    def at(self) -> datetime:
        """When it begins."""
        return instant(self.meeting.wall)


@dataclass(frozen=True)
class EntryFindings:
    """By the names of entries that are not in the programme: what blocks them, and what goes with them."""

    blocks: Mapping[str, Sequence[Finding]]
    beside: Mapping[str, Sequence[Beside]]


@dataclass(frozen=True)
class _Context:
    proposal: Proposal
    stage_plan: StagePlan
    cities: Mapping[str, City]
    now: datetime

    def calendars(self, on: date) -> list[CityCalendar]:
        return calendars_among(list(self.cities.values()), on)


def findings_of_entries(
    session: Session, proposal: Proposal, stage_plan: StagePlan, now: datetime
) -> EntryFindings:
    """What the forms would find of the entries that are left, with the lead cities that are offered."""
    cities = {city.slug: city for city in every_city(session)}
    context = _Context(proposal, stage_plan, cities, now)
    starts = cycle_starts(proposal.problem, proposal.plan.entries)
    leads = offered_leads(proposal.problem, proposal.plan.entries)
    answered = _answered(session, proposal)
    blocks, beside = {}, {}
    for entry in proposal.left:
        place = proposal.places.get(entry.name)
        if entry.kind == "training":
            found = _blocks_of_training(context, entry, place)
        else:
            starts_on, lead = starts[entry.name], cities.get(leads[entry.name])
            found = _blocks_of_session(context, entry, place, starts_on, lead)
            if place is None:
                beside[entry.name] = _beside(context, starts_on, lead)
        left = [each for each in found if (entry.name, each.key) not in answered]
        if left:
            blocks[entry.name] = left
    return EntryFindings(blocks, beside)


def _blocks_of_session(
    context: _Context, entry: Entry, place: Place | None, starts_on: date, lead: City | None
) -> list[Finding]:
    if place is not None and isinstance(place.row, Cycle):
        meetings = _moved_meetings(context, place.row, entry, starts_on)
        host_id: int | None = place.row.lead_city_id
    elif lead is None:  # a pasted file may name cities that the network has not
        return []
    else:
        on, walls = session_walls(entry, lead.time_zone, context.proposal.problem)
        live = context.stage_plan.session
        meetings = _others(context, starts_on) + [
            LaidMeeting(live.key, live.name, n, WallTime(on, wall.at, wall.time_zone), entry.minutes)
            for n, wall in enumerate(walls, 1)
        ]
        host_id = lead.id
    return blocks_of_meetings(meetings, context.calendars(starts_on), host_id=host_id)


def _others(context: _Context, starts_on: date) -> list[LaidMeeting]:
    cycles = context.proposal.problem.cycles
    weeks = cycles.weeks if cycles else context.stage_plan.duration_weeks
    return other_meetings(context.stage_plan, stages_for(context.stage_plan, starts_on, duration_weeks=weeks))


def _moved_meetings(context: _Context, cycle: Cycle, entry: Entry, starts_on: date) -> list[LaidMeeting]:
    """A cycle's sittings after the move: those beside the session go with the start unless they were held."""
    plan, shift = context.stage_plan, starts_on - cycle.starts_on
    waiting = {(s.meeting, s.number) for s in cycle.sittings if not is_held(s, context.now)}
    instants = iter(entry.sittings or (entry.starts_at,))
    found = []
    for meeting in meetings_of(cycle, plan):
        wall = meeting.wall
        if meeting.meeting == plan.session.key and (at := next(instants, None)) is not None:
            wall = wall_time(at, wall.time_zone)
        elif (meeting.meeting, meeting.number) in waiting:
            wall = replace(wall, on=wall.on + shift)
        found.append(replace(meeting, wall=wall))
    return found


def _blocks_of_training(context: _Context, entry: Entry, place: Place | None) -> list[Finding]:
    host = context.cities.get(entry.host or "")
    row = place.row if place else None
    if isinstance(row, TrainingEvent) and host is None:
        host = next((city for city in context.cities.values() if city.id == row.host_city_id), None)
    if host is None:
        return []
    wall = wall_time(entry.starts_at, host.time_zone)
    on = wall.on
    calendars = [
        city_calendar(city, on)
        for city in context.cities.values()
        if city is host or city.status_on(on) is MembershipStatus.LEAD
    ]
    minutes = row.minutes if isinstance(row, TrainingEvent) else entry.minutes
    meeting = LaidMeeting("training", entry.name, 1, wall, minutes)
    return blocks_of_meetings([meeting], calendars, host_id=host.id)


def _beside(context: _Context, starts_on: date, lead: City | None) -> list[Beside]:
    calendars = context.calendars(starts_on)
    found = []
    for meeting in _others(context, starts_on):
        findings = findings_for_session(
            meeting.wall, meeting.minutes, calendars, host_id=lead.id if lead else None
        )
        found.append(Beside(meeting, [each for each in findings if each.severity is not Severity.INFORM]))
    return found


def _answered(session: Session, proposal: Proposal) -> set[tuple[str, str]]:
    """The entry and the key of each block that was set aside with a reason already."""
    names = {(isinstance(place.row, Cycle), place.row.id): name for name, place in proposal.places.items()}
    ids = [[number for is_cycle, number in names if is_cycle is kind] for kind in (True, False)]
    rows = session.exec(
        select(Override).where(or_(col(Override.cycle_id).in_(ids[0]), col(Override.training_id).in_(ids[1])))
    ).all()
    return {
        (names[row.cycle_id is not None, row.cycle_id or row.training_id], row.finding_key) for row in rows
    }
