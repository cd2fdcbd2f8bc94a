"""Which letters are due and not yet in the outbox."""

from datetime import datetime

from sqlmodel import Session

from exchange.mail.schedule import Planned, live_letters
from exchange.rules.stage_plan import StagePlan


def due_letters(session: Session, *, plan: StagePlan, now: datetime) -> list[Planned]:
    """Letters whose moment has come and whose use has not passed.

    One that comes late for a person asleep is among them, with the next morning as its due_at.
    """
    planned = live_letters(session, now, now, plan=plan, now=now)
    return [one for one in planned if one.letter.due_at <= now]
