"""How many were at events and sittings, by city, sector and how: figures without names.

Whoever asks brings what the reader may know of; nothing here names a person.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, case, func, or_
from sqlalchemy import select as sa_select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from exchange.access.conditions import readable_cycles, readable_trainings
from exchange.models import (
    NOT_TRAINING,
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


@dataclass(frozen=True)
class Head:
    """Somebody, or so many people without a name, at one meeting: for counting, never for showing.

    ``sector`` is an OrganisationKind, "" where none is known. ``person_id`` None: nobody knows who they were.
    """

    row_id: int
    person_id: int | None
    city: str
    sector: str
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
    So are meetings of boards and planners, as in all figures of what was held.
    """
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
        .where(_noted_between(date(year, 1, 1), date(year, 12, 31), standing))
        .group_by(col(City.id), col(City.name), col(Attendance.sector))
        .order_by(col(City.name), col(Attendance.sector))
    )
    return [YearCount(*row) for row in found]


def heads_between(session: Session, first_on: date, last_on: date, standing: Standing) -> list[Head]:
    """Who was at meetings of these days, both included, as counts_of_year counts them."""
    found = session.execute(
        sa_select(
            *(col(Attendance.id), col(Attendance.person_id), col(City.name)),
            *(col(Attendance.sector), col(Attendance.people)),
        )
        .select_from(Attendance)
        .join(AttendanceSheet, col(Attendance.sheet_id) == AttendanceSheet.id)
        .join(City, col(Attendance.city_id) == City.id)
        .where(_noted_between(first_on, last_on, standing))
        .order_by(col(Attendance.id))
    )
    return [Head(*row) for row in found]


def _noted_between(first_on: date, last_on: date, standing: Standing) -> ColumnElement[bool]:
    """Of sheets that were noted, of meetings of these days that ``standing`` may know of below TLP:RED."""
    of_events = select(TrainingEvent.id).where(
        col(TrainingEvent.on_local).between(first_on, last_on),
        col(TrainingEvent.marking) != Marking.RED,
        col(TrainingEvent.kind).not_in(NOT_TRAINING),
        readable_trainings(standing),
    )
    of_sittings = (
        select(Sitting.id)
        .join(Cycle, col(Sitting.cycle_id) == Cycle.id)
        .where(
            col(Sitting.on_local).between(first_on, last_on),
            col(Cycle.marking) != Marking.RED,
            readable_cycles(standing),
        )
    )
    return col(AttendanceSheet.noted_at).is_not(None) & or_(
        col(AttendanceSheet.training_id).in_(of_events), col(AttendanceSheet.sitting_id).in_(of_sittings)
    )


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
