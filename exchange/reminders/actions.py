"""Queue the letters that the programme calls for by now. It sends nothing and moves nothing."""

from datetime import datetime

import structlog
from jinja2 import TemplateError
from sqlmodel import Session

from exchange.invitations.letters import written_letter
from exchange.mail.edited import Wordings, load_wordings
from exchange.mail.outbox import ComposedLetter, queue
from exchange.mail.schedule import Planned
from exchange.mail.tasks import with_tasks
from exchange.reminders.queries import due_letters, hold_programme
from exchange.rules.stage_plan import StagePlan
from exchange.settings import Settings

log = structlog.get_logger("exchange.reminders")


def queue_due(session: Session, *, plan: StagePlan, settings: Settings, now: datetime) -> int:
    """Put every letter that is due and still of use into the outbox; how many were put there.

    May run twice, late, or beside itself: the outbox takes each once.
    """
    queued = 0
    hold_programme(session)
    wordings = load_wordings(session)
    for due in due_letters(session, plan=plan, now=now):
        linked = with_tasks(session, due, plan=plan, settings=settings, now=now)
        composed = _composed(session, linked, plan, settings, now, wordings)
        if composed is None:
            continue
        letter = queue(
            session,
            composed,
            to=due.person,
            once_key=due.once_key,
            kind=due.kind,
            why=due.why.text,
            due_at=due.due_at,
            useless_after=due.leaves_until,
            now=now,
            cycle_id=due.cycle.id if due.cycle else None,
            training_id=due.training.id if due.training else None,
            chase_week=due.chase_week,
        )
        queued += letter is not None
    return queued


def _composed(
    session: Session, due: Planned, plan: StagePlan, settings: Settings, now: datetime, wordings: Wordings
) -> ComposedLetter | None:
    """The letter, or None with a line in the log: one that cannot be written must not stop the others."""
    try:
        return written_letter(session, due, plan=plan, settings=settings, now=now, wordings=wordings)
    except (TemplateError, KeyError, ValueError):
        log.exception("letter not written", once_key=due.once_key)
        return None
