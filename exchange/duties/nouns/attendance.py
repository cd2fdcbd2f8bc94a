"""Meetings that owe the note of who was there, as duties. Reads only."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.access.things import thing_of_attendance
from exchange.city_calendars import city_calendar
from exchange.duties.listed import Listed, Window
from exchange.meeting_times import ends_at
from exchange.models import AttendanceSheet, City, Cycle, Sitting, TrainingEvent
from exchange.rules.access.policy import Right
from exchange.rules.access.standing import Standing
from exchange.rules.duties.attendance import HeldMeeting, attendance_duties
from exchange.rules.duties.duty import Subject
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import wall_time

ATTENDANCE = "attendance"  # a kind of config/duties.toml
_A_MOMENT = timedelta(microseconds=1)  # a meeting that ends at midnight does not reach the next day
_BEFORE_DUE = timedelta(days=14)  # holidays between a meeting and two working days after it
_A_DAY = timedelta(days=1)  # a wall may be a day ahead


def duties_of_attendance(session: Session, window: Window) -> Iterator[Listed]:
    """Of published meetings that are over; of a reader's, those of their cities, or all for who plans."""
    standing = window.reader.standing if window.reader is not None else None
    if standing is not None and not standing.plans and not standing.cities:
        return
    days = (window.first_on - _BEFORE_DUE, wall_time(window.now, "UTC").on + _A_DAY)
    trainings, sittings = _trainings(session, standing, days), _sittings(session, standing, days)
    noted = _noted(session, [one.id or 0 for one in trainings], [one.id or 0 for one, _cycle in sittings])
    for training in trainings:
        if ends_at(training) <= window.now:
            held = _held(training, training, training.host_city, noted.get(("training", training.id)))
            yield from _listed(held, training, f"/trainings/{training.id}/attendance")
    for sitting, cycle in sittings:
        if ends_at(sitting) <= window.now:
            held = _held(cycle, sitting, cycle.lead_city, noted.get(("sitting", sitting.id)))
            yield from _listed(held, cycle, f"/sittings/{sitting.id}/attendance")


def _listed(held: HeldMeeting, about: Cycle | TrainingEvent, page: str) -> Iterator[Listed]:
    for duty in attendance_duties(held):
        yield Listed(duty, ATTENDANCE, thing_of_attendance(about), page, Right.CHANGE)


def _held(
    about: Cycle | TrainingEvent, row: Sitting | TrainingEvent, host: City, noted_at: datetime | None
) -> HeldMeeting:
    last_on = wall_time(ends_at(row) - _A_MOMENT, host.time_zone).on
    noun = "cycle" if isinstance(about, Cycle) else "training"
    return HeldMeeting(
        subject=Subject(noun, about.id or 0, about.title),
        last_on=last_on,
        host=city_calendar(host, last_on),
        host_city_id=host.id or 0,
        marking=Marking(about.marking),
        sitting_id=row.id if isinstance(row, Sitting) else None,
        noted_at=noted_at,
    )


def _trainings(session: Session, standing: Standing | None, days: tuple[date, date]) -> list[TrainingEvent]:
    host = joinedload(TrainingEvent.host_city)  # type: ignore[arg-type]  # SQLModel types relations as their values
    which = select(TrainingEvent).where(
        col(TrainingEvent.on_local).between(*days),
        col(TrainingEvent.published_at).is_not(None),
        col(TrainingEvent.cancelled_at).is_(None),
        col(TrainingEvent.postponed_at).is_(None),
    )
    if standing is not None and not standing.plans:
        which = which.where(col(TrainingEvent.host_city_id).in_(standing.cities))
    found = session.exec(
        which.options(
            host.selectinload(City.memberships),  # type: ignore[arg-type]  # as above
            host.selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
        )
    )
    return list(found)


def _sittings(
    session: Session, standing: Standing | None, days: tuple[date, date]
) -> list[tuple[Sitting, Cycle]]:
    which = select(Cycle).where(
        col(Cycle.id).in_(select(Sitting.cycle_id).where(col(Sitting.on_local).between(*days))),
        col(Cycle.published_at).is_not(None),
        col(Cycle.cancelled_at).is_(None),
        col(Cycle.postponed_at).is_(None),
    )
    if standing is not None and not standing.plans:
        which = which.where(col(Cycle.lead_city_id).in_(standing.cities))
    cycles = session.exec(
        which.options(
            joinedload(Cycle.lead_city).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
            joinedload(Cycle.lead_city).selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.cities),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.groups),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.sittings),  # type: ignore[arg-type]  # as above
        )
    ).all()
    return [(one, cycle) for cycle in cycles for one in cycle.sittings if days[0] <= one.on_local <= days[1]]


def _noted(
    session: Session, training_ids: Collection[int], sitting_ids: Collection[int]
) -> dict[tuple[str, int | None], datetime]:
    """When somebody noted who was there, by what it is about."""
    found: dict[tuple[str, int | None], datetime] = {}
    for row in session.exec(
        select(AttendanceSheet).where(
            col(AttendanceSheet.training_id).in_(training_ids)
            | col(AttendanceSheet.sitting_id).in_(sitting_ids)
        )
    ):
        key = ("training", row.training_id) if row.training_id else ("sitting", row.sitting_id)
        if row.noted_at is not None:
            found[key] = row.noted_at
    return found
