"""Touch what is published and names a city or a theme, when the name or the city's clock changes.

RFC 5545 wants a new DTSTAMP with every new text. No entry names a group; only its feed's name does.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from exchange.feeds.publishing.publish import touch
from exchange.models import City, Cycle, CycleCity, Theme, TrainingCity, TrainingEvent


def touch_naming_city(session: Session, city: City, now: datetime) -> None:
    """Touch the entries of what the city leads, hosts or is part of; each may say its name and its clock."""
    contributes = select(CycleCity.cycle_id).where(CycleCity.city_id == city.id)
    invited = select(TrainingCity.training_id).where(TrainingCity.city_id == city.id)
    takes_part = or_(col(Cycle.lead_city_id) == city.id, col(Cycle.id).in_(contributes))
    trainings = session.exec(
        select(TrainingEvent).where(
            col(TrainingEvent.published_at).is_not(None),
            or_(col(TrainingEvent.host_city_id) == city.id, col(TrainingEvent.id).in_(invited)),
        )
    )
    _touch_cycles(_published(session, takes_part), now)
    for training in trainings:
        touch(training, now)


def touch_naming_theme(session: Session, theme: Theme, now: datetime) -> None:
    """Touch the entries of the cycles on the theme."""
    _touch_cycles(_published(session, col(Cycle.theme_id) == theme.id), now)


def _published(session: Session, which: ColumnElement[bool]) -> Iterable[Cycle]:
    return session.exec(
        select(Cycle)
        .where(col(Cycle.published_at).is_not(None), which)
        .options(selectinload(Cycle.stages), selectinload(Cycle.sittings))  # type: ignore[arg-type]  # SQLModel types relations as their values
    ).all()


def _touch_cycles(cycles: Iterable[Cycle], now: datetime) -> None:
    for cycle in cycles:
        for stage in cycle.stages:
            touch(stage, now)
        for sitting in cycle.sittings:
            touch(sitting, now)
