"""Cycles as pages need them: loaded whole, so that a template asks the database nothing more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.calendars import calendars_of, planning_cities
from exchange.errors import InvalidInput, NotFound
from exchange.feeds.entries import Audience
from exchange.feeds.redact import showing_of_cycle
from exchange.feeds.whole import whole_cycle
from exchange.models import AuditEntry, City, Cycle, ExpertGroup, Override, Theme
from exchange.rules.cycles import StagePlan, next_clean_start, next_start


@dataclass(frozen=True)
class Reader:
    """Who looks: people who plan see everything, others what one of their audiences takes part in."""

    plans: bool
    audiences: tuple[Audience, ...] = ()


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


def cycles_seen_by(session: Session, reader: Reader) -> list[Cycle]:
    """All cycles the reader may know of, by start, whole."""
    found = session.exec(
        select(Cycle).options(*whole_cycle()).order_by(col(Cycle.starts_on), col(Cycle.id))
    ).unique()
    return [cycle for cycle in found if may_see(cycle, reader)]


def cycle_seen_by(session: Session, cycle_id: int, reader: Reader) -> Cycle:
    """One cycle, whole. Raises NotFound when there is none, or none for this reader."""
    cycle = (
        session.exec(select(Cycle).where(col(Cycle.id) == cycle_id).options(*whole_cycle())).unique().first()
    )
    if cycle is None or not may_see(cycle, reader):
        raise NotFound("There is no such cycle, or it is not for you to see.")
    return cycle


def cycle_to_plan(session: Session, cycle_id: int) -> Cycle:
    """One cycle, whole, for somebody who plans."""
    return cycle_seen_by(session, cycle_id, Reader(plans=True))


def cycle_to_change(session: Session, cycle_id: int) -> Cycle:
    """One cycle, whole, its row locked until the transaction ends."""
    session.exec(select(col(Cycle.id)).where(col(Cycle.id) == cycle_id).with_for_update()).first()
    return cycle_to_plan(session, cycle_id)


def may_see(cycle: Cycle, reader: Reader) -> bool:
    """Whether the reader may know of the cycle and read its page, which holds all of it."""
    if reader.plans:
        return True
    if cycle.published_at is None:
        return False
    return any(showing_of_cycle(cycle, audience) is not None for audience in reader.audiences)


def overrides_of(session: Session, cycle_id: int) -> list[Override]:
    """The blocks that were set aside for a cycle, oldest first, with who did it."""
    found = session.exec(
        select(Override)
        .where(Override.cycle_id == cycle_id)
        .options(joinedload(Override.person))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(Override.id))
    )
    return list(found)


def history_of(session: Session, cycle_id: int) -> list[AuditEntry]:
    """What was done to a cycle, newest first."""
    found = session.exec(
        select(AuditEntry)
        .where(AuditEntry.subject == f"cycle:{cycle_id}")
        .order_by(col(AuditEntry.id).desc())
    )
    return list(found)


def usual_start(session: Session, plan: StagePlan, today: date) -> date:
    """The Monday to offer for a new cycle: after the last one by cadence, and in time to prepare it,
    moved past the lead cities' quiet periods.
    """
    last = session.exec(
        select(Cycle).where(col(Cycle.cancelled_at).is_(None)).order_by(col(Cycle.starts_on).desc())
    ).first()
    lead_weeks = max((-rule.first_week for rule in plan.stages if rule.first_week < 0), default=0)
    soonest = today + timedelta(days=-today.weekday() % 7, weeks=lead_weeks)
    if last is not None:
        soonest = max(soonest, next_start(last.starts_on, max(plan.cadence_weeks, last.duration_weeks)))
    try:
        return next_clean_start(soonest, plan.duration_weeks, calendars_of(session, soonest))
    except InvalidInput:
        return soonest  # never free of quiet periods: the form's findings will say so
