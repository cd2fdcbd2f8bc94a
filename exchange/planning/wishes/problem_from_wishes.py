"""The planner's problem made of a coordinator's wishes and of what the database knows.

What stands in the programme already stays: its exchanges are pauses between which others are planned,
its training events are pinned, and what it costs the cities is counted in. It solves nothing.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session

from exchange.busy_times import busy_intervals
from exchange.city_calendars import city_calendar
from exchange.errors import InvalidInput
from exchange.models import City
from exchange.planner.files.json_fields import instant_text
from exchange.planner.files.problem_checks import check_not_past
from exchange.planner.files.problem_cities import NEVER, city_from
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.problem.problem import Burden
from exchange.planner.problem.walls import walls_of
from exchange.planning.burdens.ledger import Meeting, points_by_city, shoulder_of
from exchange.planning.burdens.programme_meetings import (
    instant_of,
    meeting_of_cycle,
    meeting_of_training,
    meetings_between,
    midnight,
)
from exchange.planning.wishes.existing_programme import DAY, ExistingProgramme, PlanDays, existing_programme
from exchange.planning.wishes.planned_cities import cities_of_plan, mondays_without_start
from exchange.planning.wishes.wished_needs import with_needs
from exchange.planning.wishes.wishes import MUST_COME, NOBODY, Wishes
from exchange.rules.programme.cycles import StagePlan
from exchange.rules.time.holidays import CityCalendar
from exchange.rules.time.quiet_periods import spans

STEP_MINUTES = 30
EVENT_PIN = "event:"  # names the pin of a training event of the programme, with its id
Document = dict[str, object]


def problem_document(
    session: Session, wishes: Wishes, *, plan: StagePlan, weights: Burden, now: datetime
) -> Document:
    """The complete PROBLEM.json, checked. Raises InvalidInput whose field is a path of it."""
    wishes = with_needs(wishes)
    cities, leads = cities_of_plan(session, wishes)
    if not cities:
        raise InvalidInput("No city is a lead or member city on that day, so there is nobody to plan for.")
    closed = mondays_without_start(wishes, plan, cities, leads) if wishes.has_cycles else []
    known = _cities(session, cities, wishes, leads)
    walls = walls_of([city_from("cities", city) for city in known])
    days = PlanDays(walls, {city.id or 0: city.slug for city in cities}, wishes.hosts)
    existing = existing_programme(session, wishes, days)
    document: Document = {
        "start_on": wishes.start_on.isoformat(),
        "weeks": wishes.weeks,
        "step_minutes": STEP_MINUTES,
        "cities": known,
        "cycles": _cycles(wishes, existing, plan) | {"no_start_on": closed} if wishes.has_cycles else None,
        "trainings": _trainings(wishes, existing) if wishes.has_trainings else None,
        "preferred_weekdays": list(wishes.weekdays),
        "pins": _pins(wishes, existing),
        "forbidden_on": [*_closed(wishes), *_taken_weeks(wishes, existing, plan)],
        "burden": {"shoulder": weights.shoulder, "night": weights.night, "per": weights.per},
        "max_allowance": wishes.allowance_percent / 100,
        "fairness": wishes.fairness,
        "give_up": list(wishes.given_up),
        **_past(session, cities, wishes, existing, plan=plan, weights=weights),
    }
    problem = problem_from(document)
    check_not_past(problem, walls.date(now))
    return document_of(problem)


def _cities(
    session: Session, cities: Sequence[City], wishes: Wishes, leads: Collection[str]
) -> list[Document]:
    busy: dict[int, list[list[str]]] = {}
    begin, end = midnight(wishes.start_on) - DAY, midnight(wishes.last_on) + timedelta(days=3)
    for time in busy_intervals(session, [city.id or 0 for city in cities], begin, end):
        if time.is_tentative:  # a plan may fall on it; its page says so
            continue
        busy.setdefault(time.city_id, []).append([instant_text(time.starts_at), instant_text(time.ends_at)])
    return [
        _city(city, city_calendar(city, wishes.start_on), wishes, is_lead=city.slug in leads)
        | {"busy": busy.get(city.id or 0, [])}
        for city in cities
    ]


def _city(city: City, calendar: CityCalendar, wishes: Wishes, *, is_lead: bool) -> Document:
    quiet = {
        (begin.isoformat(), end.isoformat())
        for period in calendar.quiet
        for begin, end in spans(period, wishes.start_on, wishes.last_on)
    }
    must_come = is_lead or city.slug in wishes.required
    return {
        "id": city.slug,
        "name": city.name,
        "time_zone": city.time_zone,
        "holidays": {
            "country": calendar.country,
            "subdivision": calendar.subdivision,
            "categories": list(calendar.categories),
        },
        "lead": is_lead,
        "required": city.slug in wishes.required,
        "core": [f"{calendar.work_starts:%H:%M}", f"{calendar.work_ends:%H:%M}"],
        "shoulder": [f"{at:%H:%M}" for at in shoulder_of(calendar)],
        **_hours(calendar, wishes, must_come=must_come),
        "quiet": [list(span) for span in sorted(quiet)],
    }


def _hours(calendar: CityCalendar, wishes: Wishes, *, must_come: bool) -> Document:
    """The hours in which a city may be asked to come, as wide as its working hours at least."""
    if wishes.hours_for == NOBODY or (wishes.hours_for == MUST_COME and not must_come):
        return {}
    first, last = min(wishes.earliest, calendar.work_starts), max(wishes.latest, calendar.work_ends)
    outside = NEVER if wishes.is_never_outside else 1
    return {"acceptable": [f"{first:%H:%M}", f"{last:%H:%M}"], "outside": outside}


def _cycles(wishes: Wishes, existing: ExistingProgramme, plan: StagePlan) -> Document:
    taken = [(cycle.starts_on, cycle.ends_on) for cycle in existing.cycles]
    if wishes.is_choosing and taken:
        raise InvalidInput(
            "Exchanges stand in these weeks already, as on %(day)s: give the pauses, or plan other weeks.",
            field="cycles.pauses",
            day=taken[0][0].isoformat(),
        )
    pauses = [[first.isoformat(), last.isoformat()] for first, last in sorted({*wishes.pauses, *taken})]
    return {
        "weeks": plan.duration_weeks,
        "cadence_weeks": wishes.cadence_weeks,
        "session_weeks": list(wishes.session_weeks),
        "session_minutes": wishes.session_minutes,
        "sittings": wishes.sittings,
        "pauses": "choose" if wishes.is_choosing else pauses,
        "count": wishes.cycle_count,
    }


def _trainings(wishes: Wishes, existing: ExistingProgramme) -> Document:
    return {
        "gap_days": [wishes.gap_least_days, wishes.gap_most_days],
        "kinds": [
            {
                "name": kind.kind,
                "minutes": kind.minutes,
                "per_year": kind.per_year,
                "weeks": [kind.first_week, kind.last_week] if kind.first_week else None,
            }
            for kind in wishes.kinds
        ],
        "hosts": list(wishes.hosts),
        "count": wishes.count,
        "last_on": existing.before.isoformat() if existing.before else None,
    }


def _pins(wishes: Wishes, existing: ExistingProgramme) -> list[Document]:
    kinds = {kind.kind for kind in wishes.kinds}
    return [
        {
            "kind": "training",
            "on": existing.days.day_of_event(row).isoformat(),
            "starts_at": _on_the_step(instant_of(row)),
            "host": existing.days.host_of(row.host_city_id),
            "training": row.kind if row.kind in kinds else None,
            "name": f"{EVENT_PIN}{row.id}",
        }
        for row in existing.pinned
    ]


def _on_the_step(at: datetime) -> str | None:
    """The instant, or None for an hour between the planner's slots: then only its day is pinned."""
    return instant_text(at) if at.minute % STEP_MINUTES == 0 else None


def _closed(wishes: Wishes) -> Iterable[Document]:
    for first, last in wishes.closed:
        yield {"from_on": first.isoformat(), "to_on": last.isoformat(), "kind": None}


def _taken_weeks(wishes: Wishes, existing: ExistingProgramme, plan: StagePlan) -> Iterable[Document]:
    """No training event in the week of a session that stands, and nothing in that of an event beside."""
    if wishes.has_trainings:
        for cycle in existing.cycles:
            for at in meeting_of_cycle(cycle, plan).sittings:
                yield from _week_of(existing.days.day_of_session(at), "training", wishes)
    kinds = [*(["session"] if wishes.has_cycles else []), *(["training"] if wishes.has_trainings else [])]
    for row in existing.beside:
        for kind in kinds:
            yield from _week_of(existing.days.day_of_event(row), kind, wishes)


def _week_of(on: date, kind: str, wishes: Wishes) -> Iterable[Document]:
    monday = on - timedelta(days=on.weekday())
    if wishes.start_on <= monday <= wishes.last_on:
        sunday = monday + timedelta(days=6)
        yield {"from_on": monday.isoformat(), "to_on": sunday.isoformat(), "kind": kind}


def _past(
    session: Session,
    cities: Sequence[City],
    wishes: Wishes,
    existing: ExistingProgramme,
    *,
    plan: StagePlan,
    weights: Burden,
) -> Document:
    """What the cities have borne before the horizon, and bear in it by what stays and is not planned anew."""
    begin = midnight(wishes.start_on) - timedelta(weeks=wishes.past_weeks)
    near = meetings_between(session, begin, midnight(wishes.start_on) + DAY, plan=plan)
    before = [each for each in near if existing.days.day_of_meeting(each) < wishes.start_on]
    stays = [meeting_of_cycle(cycle, plan) for cycle in existing.cycles]
    stays += [meeting_of_training(row) for row in existing.beside]
    counted = {meeting.key: meeting for meeting in [*before, *stays] if meeting.sittings}
    calendars = [city_calendar(city, wishes.start_on) for city in cities]
    points = points_by_city(list(counted.values()), calendars, weights)
    slugs = {city.id or 0: city.slug for city in cities}
    return {
        "past_burden": {slugs[city_id]: count for city_id, count in points.items() if count},
        "past_hosting": _hosted(before, slugs),
    }


def _hosted(meetings: Iterable[Meeting], slugs: dict[int, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for meeting in meetings:
        host = slugs.get(meeting.host_id or 0)
        if meeting.kind == "training" and host:
            found[host] = found.get(host, 0) + 1
    return found
