"""Cycles as pages need them: with everything loaded, so that a template asks the database nothing more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import Session, col, select

from exchange.access.conditions import readable_cycles
from exchange.access.things import thing_of_cycle
from exchange.city_calendars import calendars_of, planning_cities
from exchange.errors import InvalidInput, NotFound
from exchange.feeds.content.eager_loading import cycle_loader_options
from exchange.models import City, Cycle, ExpertGroup, Theme
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.cycles import StagePlan, next_clean_start, next_start


@dataclass(frozen=True)
class Choices:
    """What a form of a cycle offers."""

    themes: Sequence[Theme]
    cities: Sequence[City]
    groups: Sequence[ExpertGroup]


def choices(session: Session, on: date, *, also: Iterable[City] = ()) -> Choices:
    """Themes, the lead and member cities on ``on``, and expert groups.

    ``also`` holds cities that take part already: one that left the network may stay in its cycle.
    """
    cities = {city.id: city for city in [*planning_cities(session, on), *also]}
    return Choices(
        themes=session.exec(select(Theme).order_by(col(Theme.key))).all(),
        cities=sorted(cities.values(), key=lambda city: city.name),
        groups=session.exec(select(ExpertGroup).order_by(col(ExpertGroup.id))).all(),
    )


def cycles_seen_by(
    session: Session, standing: Standing, load: Sequence[ORMOption] | None = None
) -> list[Cycle]:
    """All cycles that ``standing`` may know of, by start, with ``load`` or else everything loaded.

    Their cities and groups are among it: the policy asks for them.
    """
    found = session.exec(
        select(Cycle)
        .where(readable_cycles(standing))
        .options(*(cycle_loader_options() if load is None else load))
        .order_by(col(Cycle.starts_on), col(Cycle.id))
    ).unique()
    return [cycle for cycle in found if may(standing, Right.READ, thing_of_cycle(cycle))]


def cycle_seen_by(session: Session, cycle_id: int, standing: Standing) -> Cycle:
    """One cycle, everything loaded. Raises NotFound when there is none, or none for this reader."""
    cycle = _loaded(session, cycle_id)
    if cycle is None or not may(standing, Right.READ, thing_of_cycle(cycle)):
        raise NotFound("There is no such cycle, or it is not for you to see.")
    return cycle


def cycle_to_plan(session: Session, cycle_id: int) -> Cycle:
    """One cycle, everything loaded, for a route of those who plan, which its guard has judged."""
    cycle = _loaded(session, cycle_id)
    if cycle is None:
        raise NotFound("There is no such cycle, or it is not for you to see.")
    return cycle


def cycle_to_change(session: Session, cycle_id: int) -> Cycle:
    """The same, its row locked until the transaction ends."""
    session.exec(select(col(Cycle.id)).where(col(Cycle.id) == cycle_id).with_for_update()).first()
    return cycle_to_plan(session, cycle_id)


def _loaded(session: Session, cycle_id: int) -> Cycle | None:
    found = session.exec(select(Cycle).where(col(Cycle.id) == cycle_id).options(*cycle_loader_options()))
    return found.unique().first()


def usual_start(session: Session, plan: StagePlan, today: date) -> date:
    """The Monday to offer for a new cycle: after the last one by cadence, and in time to prepare it,
    moved past the lead cities' quiet periods.

    What is TLP:RED counts for nobody: not all who plan may know of it.
    """
    last = session.exec(
        select(Cycle)
        .where(col(Cycle.cancelled_at).is_(None), col(Cycle.marking) != Marking.RED)
        .order_by(col(Cycle.starts_on).desc())
    ).first()
    lead_weeks = max((-rule.first_week for rule in plan.stages if rule.first_week < 0), default=0)
    soonest = today + timedelta(days=-today.weekday() % 7, weeks=lead_weeks)
    if last is not None:
        soonest = max(soonest, next_start(last.starts_on, max(plan.cadence_weeks, last.duration_weeks)))
    try:
        return next_clean_start(soonest, plan.duration_weeks, calendars_of(session, soonest))
    except InvalidInput:
        return soonest  # never free of quiet periods: the form's findings will say so
