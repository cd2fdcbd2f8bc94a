"""Which letters are due and not yet in the outbox."""

from datetime import datetime

from sqlmodel import Session, col, select

from exchange.mail.schedule import Planned, live_letters
from exchange.models import City, Cycle, Person, TrainingEvent
from exchange.rules.stage_plan import StagePlan


def hold_programme(session: Session) -> None:
    """Keep what letters are made of as it is until the transaction ends.

    A deed that changes it waits, and then finds the letters that were queued here and takes them back.
    """
    for row_id in (Cycle.id, TrainingEvent.id, City.id, Person.id):
        session.exec(select(row_id).order_by(col(row_id)).with_for_update(read=True)).all()


def due_letters(session: Session, *, plan: StagePlan, now: datetime) -> list[Planned]:
    """Letters whose moment has come and whose use has not passed.

    One that comes late for a person asleep is among them, with the next morning as its due_at.
    """
    planned = live_letters(session, now, now, plan=plan, now=now)
    return [one for one in planned if one.letter.due_at <= now]
