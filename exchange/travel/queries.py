"""Journeys to an event, and the facts of travel of a year."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, or_
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from exchange.errors import NotFound
from exchange.models import (
    Attendance,
    AttendanceSheet,
    City,
    Cycle,
    Journeys,
    Presence,
    Sitting,
    TrainingEvent,
)
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.travel import TravelYear, travel_year


def training_with_id(session: Session, training_id: int) -> TrainingEvent:
    """The event with its host, cities and groups. Raises NotFound."""
    found = session.exec(
        select(TrainingEvent)
        .where(TrainingEvent.id == training_id)
        .options(
            joinedload(TrainingEvent.host_city),  # type: ignore[arg-type]  # SQLModel types relations as their values
            selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
        )
    ).first()
    if found is None:
        raise NotFound("There is no such page, or it is not for you to see.")
    return found


def journeys_to(session: Session, training_id: int) -> Sequence[Journeys]:
    """What is noted of an event, by city."""
    return session.exec(
        select(Journeys)
        .join(City)
        .where(Journeys.training_id == training_id)
        .options(joinedload(Journeys.city))  # type: ignore[arg-type]  # as above
        .order_by(col(City.name), col(Journeys.transport))
    ).all()


def city_choices(session: Session) -> list[tuple[int, str]]:
    """Every city to choose from, by name."""
    rows = session.exec(select(City.id, City.name).order_by(col(City.name))).all()
    return [(city_id or 0, name) for city_id, name in rows]


def travel_of(session: Session, year: int) -> TravelYear:
    """How the events of a year were held, and how people came to them; a few statements.

    An event counts in the year of its date on its own wall, once it is published and unless it was called
    off. Of people who were noted as there, those at sittings of exchanges count, too. TLP:RED is left out
    for everybody, as of all figures that are read by more than who is named.
    """
    of_year = select(TrainingEvent.id).where(
        col(TrainingEvent.published_at).is_not(None),
        col(TrainingEvent.cancelled_at).is_(None),
        col(TrainingEvent.postponed_at).is_(None),
        col(TrainingEvent.marking) != Marking.RED,
        col(TrainingEvent.on_local).between(date(year, 1, 1), date(year, 12, 31)),
    )
    modes = session.exec(select(TrainingEvent.mode).where(col(TrainingEvent.id).in_(of_year))).all()
    journeys = session.exec(
        select(Journeys.transport, Journeys.people).where(col(Journeys.training_id).in_(of_year))
    ).all()
    sittings = _sittings_of(year)
    present = dict(
        session.exec(
            select(Attendance.presence, func.sum(Attendance.people))
            .join(AttendanceSheet)
            .where(
                or_(
                    col(AttendanceSheet.training_id).in_(of_year),
                    col(AttendanceSheet.sitting_id).in_(sittings),
                )
            )
            .group_by(col(Attendance.presence))
        ).all()
    )
    return travel_year(
        year,
        modes,
        journeys,
        in_person=present.get(Presence.IN_PERSON, 0),
        remote=present.get(Presence.REMOTE, 0),
    )


def _sittings_of(year: int) -> SelectOfScalar[int | None]:
    """The sittings of a year's published exchanges, but for TLP:RED."""
    return (
        select(col(Sitting.id))
        .join(Cycle)
        .where(
            col(Sitting.on_local).between(date(year, 1, 1), date(year, 12, 31)),
            col(Cycle.published_at).is_not(None),
            col(Cycle.marking) != Marking.RED,
        )
    )
