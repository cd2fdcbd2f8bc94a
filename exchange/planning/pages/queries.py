"""What pages of plans ask of the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy
from sqlmodel import Session, SQLModel, col, func, select

from exchange.city_calendars import calendars_of, planning_cities
from exchange.errors import NotFound
from exchange.models import AuditEntry, City, MembershipStatus, Person, PlanRequest, TrainingKind
from exchange.planner.problem.problem import Burden
from exchange.planning.burdens.ledger import Ledger, ledger_of
from exchange.planning.burdens.programme_meetings import cycles_between, meetings_between
from exchange.planning.wishes.wishes import WishedKind, Wishes
from exchange.rules.programme.cycles import StagePlan

AHEAD_WEEKS = 4  # that a plan begins after today at the earliest, unless somebody writes another day
LOOK_AHEAD_WEEKS = 200  # for exchanges that stand already
YEAR_WEEKS = 52  # that a plan covers, unless somebody writes another number
PAST_WEEKS = 52  # of burden that the fairness page and the next plan count
USUAL_KINDS = (
    WishedKind(TrainingKind.WEBINAR.value, 120),
    WishedKind(TrainingKind.WORKSHOP.value, 180, 4),
    WishedKind(TrainingKind.CONFERENCE.value, 180, 1, 15, 26),
    WishedKind(TrainingKind.TABLE_TOP.value, 180, 1, 37, 48),
)

_TABLES = SQLModel.metadata.tables
_REQUESTS, _ENTRIES, _PEOPLE = _TABLES["plan_request"], _TABLES["plan_entry"], _TABLES["person"]


@dataclass(frozen=True)
class PlanLine:
    """A request in the list: without its documents, which may be large."""

    id: int
    asked_at: datetime
    asked_by: str | None
    state: str
    failure: str
    start_on: date
    weeks: int
    parent_id: int | None
    taken: int


def plan_lines(session: Session, most: int = 100) -> list[PlanLine]:
    """The requests, newest first."""
    taken = sqlalchemy.select(func.count()).where(_ENTRIES.c.plan_id == _REQUESTS.c.id).scalar_subquery()
    row = _REQUESTS.c
    about = (row.id, row.asked_at, _PEOPLE.c.name, row.state, row.failure)
    lines = session.connection().execute(
        sqlalchemy.select(*about, row.start_on, row.weeks, row.parent_id, taken)
        .join_from(_REQUESTS, _PEOPLE, row.asked_by_id == _PEOPLE.c.id, isouter=True)
        .order_by(row.id.desc())
        .limit(most)
    )
    return [PlanLine(*line) for line in lines]


def plan_request(session: Session, plan_id: int) -> PlanRequest:
    """One request with all its columns. Raises NotFound."""
    found = session.get(PlanRequest, plan_id)
    if found is None:
        raise NotFound("There is no such plan.")
    return found


def asked_by(session: Session, request: PlanRequest) -> str:
    """Who asked, "" when nobody knows any more."""
    person = session.get(Person, request.asked_by_id) if request.asked_by_id else None
    return person.name if person else ""


def children_of(session: Session, plan_id: int) -> Sequence[int]:
    """The plans that were made from this one."""
    ids = select(col(PlanRequest.id)).where(col(PlanRequest.parent_id) == plan_id)
    return [number for number in session.exec(ids.order_by(col(PlanRequest.id))) if number]


def history_of(session: Session, plan_id: int) -> Sequence[AuditEntry]:
    """What was done to a plan, newest first."""
    return session.exec(
        select(AuditEntry).where(AuditEntry.subject == f"plan:{plan_id}").order_by(col(AuditEntry.id).desc())
    ).all()


def hosts_on(session: Session, on: date) -> list[City]:
    """Cities that may host: lead cities first, then members, by name."""
    cities = planning_cities(session, on)
    return sorted(cities, key=lambda city: (city.status_on(on) is not MembershipStatus.LEAD, city.name))


def usual_wishes(session: Session, today: date, plan: StagePlan) -> Wishes:
    """What the form offers: a year after what stands already, hosted by the lead cities in turn.

    One exchange fewer than fit, with pauses that the planner chooses: as many as fit, one behind the other,
    have their sessions in quiet periods of summer and Christmas in any year.
    """
    soonest = today + timedelta(weeks=AHEAD_WEEKS)
    existing = cycles_between(session, soonest, today + timedelta(weeks=LOOK_AHEAD_WEEKS))
    start = max([soonest, *(cycle.ends_on + timedelta(days=1) for cycle in existing)])
    start += timedelta(days=-start.weekday() % 7)
    leads = [c.slug for c in hosts_on(session, start) if c.status_on(start) is MembershipStatus.LEAD]
    return Wishes(
        start_on=start,
        weeks=YEAR_WEEKS,
        cadence_weeks=plan.cadence_weeks,
        is_choosing=True,
        cycle_count=max(1, (YEAR_WEEKS - plan.duration_weeks) // plan.cadence_weeks),
        session_minutes=plan.session.minutes,
        kinds=USUAL_KINDS,
        hosts=tuple(leads),
        past_weeks=PAST_WEEKS,
    )


def ledger(session: Session, now: datetime, today: date, *, plan: StagePlan, weights: Burden) -> Ledger:
    """What each city of today's network has borne in the past year and is planned to bear."""
    first, last = now - timedelta(weeks=PAST_WEEKS), now + timedelta(weeks=LOOK_AHEAD_WEEKS)
    meetings = meetings_between(session, first, last, plan=plan)
    return ledger_of(meetings, calendars_of(session, today), weights, now)
