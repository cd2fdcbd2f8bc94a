"""Which cities a plan is made for, and on which Mondays none of its exchanges may begin.

What a plan proposes is taken without a block: here is what blocks, as the forms of exchanges and events see
it. Not the problem made of it (problem_from_wishes.py).
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from sqlmodel import Session

from exchange.city_calendars import PLANNED_FOR, calendars_among, every_city, leads_between
from exchange.cycles.drafts import LaidMeeting, other_meetings
from exchange.models import City
from exchange.planning.wishes.wishes import Wishes
from exchange.rules.findings.day_findings import Finding, blocks_for_session
from exchange.rules.programme.cycles import StagePlan, stages_for
from exchange.rules.time.holidays import CityCalendar
from exchange.rules.time.timezones import NonexistentTime

DAY = timedelta(days=1)


def cities_of_plan(session: Session, wishes: Wishes) -> tuple[list[City], set[str]]:
    """The cities, by name, and the slugs of those that lead on any day of the horizon.

    Whoever leads later has a say from then on, and their holidays stop what falls on them: to the planner
    they lead throughout. Where nobody leads, the first city does, as the one that is offered as the lead.
    """
    first_on, last_on = wishes.start_on - DAY, wishes.last_on + DAY  # the date may be another on their wall
    known = every_city(session)
    leads = {city.slug for city in known if leads_between(city, first_on, last_on)}
    found = [c for c in known if c.status_on(wishes.start_on) in PLANNED_FOR or c.slug in leads]
    return found, leads or {city.slug for city in found[:1]}


def mondays_without_start(
    wishes: Wishes, plan: StagePlan, cities: Sequence[City], leads: Collection[str]
) -> list[str]:
    """The Mondays from which a meeting that goes with the start, such as the scoping call, would be blocked.

    They are blocked whoever of ``leads`` leads the exchange.
    """
    hosts = [city.id for city in cities if city.slug in leads]
    weeks = (wishes.start_on + timedelta(weeks=n) for n in range(wishes.weeks))
    mondays = (on for on in weeks if on.weekday() == 0)  # of another day the problem's own check tells
    return [on.isoformat() for on in mondays if _is_blocked(on, plan, cities, hosts)]


def _is_blocked(
    starts_on: date, plan: StagePlan, cities: Sequence[City], hosts: Collection[int | None]
) -> bool:
    """Whether such a meeting meets a block, or an hour that the clocks skip."""
    meetings = other_meetings(plan, stages_for(plan, starts_on, duration_weeks=plan.duration_weeks))
    calendars = calendars_among(cities, starts_on)
    try:
        return any(blocks_of_meetings(meetings, calendars, host_id=host) for host in hosts)
    except NonexistentTime:
        return True


def blocks_of_meetings(
    meetings: Iterable[LaidMeeting], calendars: Sequence[CityCalendar], *, host_id: int | None
) -> list[Finding]:
    """What blocks any of the meetings, each fact once."""
    found: dict[str, Finding] = {}
    for meeting in meetings:
        for finding in blocks_for_session(meeting.wall, meeting.minutes, calendars, host_id=host_id):
            found.setdefault(finding.key, finding)
    return list(found.values())
