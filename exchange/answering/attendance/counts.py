"""How many were at events and sittings, by city, sector and how: figures without names.

Whoever asks brings what the reader may know of; nothing here names a person.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import case, func, or_
from sqlalchemy import select as sa_select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from exchange.access.conditions import readable_cycles, readable_trainings
from exchange.models import (
    Attendance,
    AttendanceSheet,
    City,
    Cycle,
    Presence,
    Sitting,
    TrainingEvent,
)
from exchange.rules.access.standing import Standing
from exchange.rules.markings.tlp_labels import Marking


@dataclass(frozen=True)
class CityCount:
    """How many of one city were at one meeting, and how many of them took part from elsewhere."""

    city: str
    people: int
    remote: int
    city_id: int = field(default=0, compare=False)


@dataclass(frozen=True)
class YearCount:
    """One city's and sector's part in a year: ``people`` counts somebody once for each meeting they were at.

    ``sector`` is an OrganisationKind, "" where none is known; ``meetings`` those with anybody of them.
    """

    city_id: int
    city: str
    sector: str
    meetings: int
    people: int


def counts_of_training(session: Session, training_id: int) -> list[CityCount]:
    """Who was at an event, by city; empty while nobody has noted it."""
    return counts_of_trainings(session, [training_id]).get(training_id, [])


def counts_of_trainings(session: Session, training_ids: Collection[int]) -> dict[int, list[CityCount]]:
    """The same of many events, by their id; one of which nobody has noted it is left out."""
    return _counts(session, col(AttendanceSheet.training_id), training_ids)


def counts_of_sittings(session: Session, sitting_ids: Collection[int]) -> dict[int, list[CityCount]]:
    """The same of sittings."""
    return _counts(session, col(AttendanceSheet.sitting_id), sitting_ids)


def counts_of_year(session: Session, year: int, standing: Standing) -> Sequence[YearCount]:
    """Presence of a year by city and sector, of what ``standing`` may know of; dates on the meetings' walls.

    What is TLP:RED is left out for everybody: a figure of the year is read by more than who is named on it.
    """
    first_on, last_on = date(year, 1, 1), date(year, 12, 31)
    is_of_event = (
        col(TrainingEvent.on_local).between(first_on, last_on)
        & (col(TrainingEvent.marking) != Marking.RED)
        & readable_trainings(standing)
    )
    is_of_sitting = (
        col(Sitting.on_local).between(first_on, last_on)
        & (col(Cycle.marking) != Marking.RED)
        & readable_cycles(standing)
    )
    people = func.sum(Attendance.people)
    found = session.execute(
        sa_select(
            col(City.id),
            col(City.name),
            col(Attendance.sector),
            func.count(func.distinct(Attendance.sheet_id)),
            people,
        )
        .select_from(Attendance)
        .join(AttendanceSheet, col(Attendance.sheet_id) == AttendanceSheet.id)
        .join(City, col(Attendance.city_id) == City.id)
        .outerjoin(TrainingEvent, col(AttendanceSheet.training_id) == TrainingEvent.id)
        .outerjoin(Sitting, col(AttendanceSheet.sitting_id) == Sitting.id)
        .outerjoin(Cycle, col(Sitting.cycle_id) == Cycle.id)
        .where(col(AttendanceSheet.noted_at).is_not(None), or_(is_of_event, is_of_sitting))
        .group_by(col(City.id), col(City.name), col(Attendance.sector))
        .order_by(col(City.name), col(Attendance.sector))
    )
    return [YearCount(*row) for row in found]


def _counts(session: Session, of: Mapped[int | None], ids: Collection[int]) -> dict[int, list[CityCount]]:
    remote = case((col(Attendance.presence) == Presence.REMOTE, col(Attendance.people)), else_=0)
    found: dict[int, list[CityCount]] = {}
    for meeting_id, city, people, elsewhere, city_id in session.execute(
        sa_select(of, col(City.name), func.sum(Attendance.people), func.sum(remote), col(City.id))
        .select_from(Attendance)
        .join(AttendanceSheet, col(Attendance.sheet_id) == AttendanceSheet.id)
        .join(City, col(Attendance.city_id) == City.id)
        .where(of.in_(ids), col(AttendanceSheet.noted_at).is_not(None))
        .group_by(of, col(City.id), col(City.name))
        .order_by(col(City.name))
    ):
        if meeting_id is not None:
            found.setdefault(meeting_id, []).append(CityCount(city, people, elsewhere, city_id))
    return found
