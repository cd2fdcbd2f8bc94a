"""What the ticks do with letters that are due, within one transaction of a test."""

from datetime import datetime

from sqlmodel import Session

from exchange.invitations import withdrawn_invitations
from exchange.mail.schedule import outlooks
from exchange.reminders.actions import queue_letters
from exchange.rules.programme.stage_plan import StagePlan
from exchange.settings import Settings


def queue_due(session: Session, *, plan: StagePlan, settings: Settings, now: datetime) -> int:
    """Queue all that is due, whatever is known from before; how many letters that were."""
    queued = 0
    for item in outlooks.current(session, now):
        found = outlooks.look(session, item, plan=plan, now=now)
        queued += queue_letters(session, found.due, plan=plan, settings=settings, now=now)
    return queued


def release_all(session: Session, *, plan: StagePlan, settings: Settings, now: datetime) -> int:
    """Let go everybody whom nothing invites any more; how many were told."""
    items = withdrawn_invitations.items_in_calendars(session, now)
    found = (
        withdrawn_invitations.release(session, one, plan=plan, settings=settings, now=now) for one in items
    )
    return sum(found)
