"""Attendance and nominations whose time is over: counted, and forgotten. How long that is, others say."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, update
from sqlmodel import Session, SQLModel, col, select

from exchange.models import (
    AttendanceSheet,
    Nomination,
    NominationState,
    Sitting,
    TrainingEvent,
)
from exchange.rules.time.timezones import wall_time

_TABLES = SQLModel.metadata.tables


def attendance_due(session: Session, before: datetime) -> list[int]:
    """The ids of sheets whose meeting was before that, by its date."""
    first_kept_on = wall_time(before, "UTC").on
    found = session.exec(
        select(AttendanceSheet.id)
        .outerjoin(TrainingEvent, col(AttendanceSheet.training_id) == TrainingEvent.id)
        .outerjoin(Sitting, col(AttendanceSheet.sitting_id) == Sitting.id)
        .where(or_(col(TrainingEvent.on_local) < first_kept_on, col(Sitting.on_local) < first_kept_on))
    )
    return [one for one in found if one is not None]


def forget_attendance(session: Session, before: datetime) -> int:
    """Delete them with their rows; how many."""
    sheets = attendance_due(session, before)
    rows, table = _TABLES["attendance"], _TABLES["attendance_sheet"]
    connection = session.connection()
    connection.execute(delete(rows).where(rows.c.sheet_id.in_(sheets)))
    connection.execute(delete(table).where(table.c.id.in_(sheets)))
    return len(sheets)


def nominations_due(session: Session, before: datetime) -> int:
    """How many colleagues were named before that, and nobody decided."""
    return session.exec(select(func.count()).select_from(Nomination).where(_is_old(before))).one()


def forget_nominations(session: Session, before: datetime, now: datetime) -> int:
    """Decline them without a word, and forget their names and addresses; how many."""
    table = _TABLES["nomination"]
    gone = {"name": "", "email": "", "state": NominationState.DECLINED.value, "decided_at": now}
    return session.connection().execute(update(table).where(_is_old(before)).values(gone)).rowcount


def _is_old(before: datetime) -> ColumnElement[bool]:
    is_waiting = col(Nomination.state) == NominationState.WAITING
    return and_(is_waiting, col(Nomination.made_at) < before)
