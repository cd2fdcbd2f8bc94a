"""Stopping programme letters and taking them again; the reader is the actor."""

from datetime import datetime

from sqlmodel import Session, col, select

from exchange import audit
from exchange.mail.outbox.withdrawals import withdraw_programme
from exchange.models import Person


def stop_programme(session: Session, person: Person, *, how: str, now: datetime) -> None:
    """From now on service letters alone; what waits is taken back. Nothing when it was so already.

    ``how`` tells the audit trail which button it was.
    """
    row = _held(session, person)
    if row.programme_stopped_at is not None:
        return
    row.programme_stopped_at = now
    session.add(row)
    withdraw_programme(session, row.id or 0, "The reader takes no programme letters.")
    _record(session, row, "stop programme letters", how, now)


def resume_programme(session: Session, person: Person, *, how: str, now: datetime) -> None:
    """Programme letters come again, from the next one due on. Nothing when they never stopped."""
    row = _held(session, person)
    if row.programme_stopped_at is None:
        return
    row.programme_stopped_at = None
    session.add(row)
    _record(session, row, "take programme letters again", how, now)


def _held(session: Session, person: Person) -> Person:
    """The row, locked: a tick that writes letters now is waited for, and the next one waits."""
    return session.exec(select(Person).where(col(Person.id) == person.id).with_for_update()).one()


def _record(session: Session, person: Person, action: str, how: str, now: datetime) -> None:
    audit.record(
        session, actor=person, action=action, subject=f"person:{person.id}", now=now, after={"by": how}
    )
