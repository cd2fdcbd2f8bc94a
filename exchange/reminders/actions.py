"""Queue the letters that the programme calls for by now. It sends nothing and moves nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from jinja2 import TemplateError
from sqlmodel import Session, col, select

from exchange.audit import has_held_still
from exchange.errors import Conflict
from exchange.invitations.invitation_letters import written_letter
from exchange.mail.outbox.letter_queue import ComposedLetter, queue
from exchange.mail.schedule.planned import Planned
from exchange.mail.schedule.task_links import with_questions, with_tasks
from exchange.mail.writing.custom_wording import Wordings, load_wordings
from exchange.models import City, Cycle, Person, TrainingEvent
from exchange.rules.programme.stage_plan import StagePlan
from exchange.settings import Settings

log = structlog.get_logger("exchange.reminders")


class BeingChanged(Conflict):
    """Somebody is saving something just now, and it is not known yet what."""


def queue_letters(
    session: Session, letters: Iterable[Planned], *, plan: StagePlan, settings: Settings, now: datetime
) -> int:
    """Put letters that are due into the outbox; how many were put there.

    May run twice, late, or beside itself: the outbox takes each once.
    """
    queued = 0
    wordings = load_wordings(session)
    for due in with_questions(session, letters, plan):
        linked, *riders = (
            with_tasks(session, one, plan=plan, settings=settings, now=now) for one in (due, *due.riders)
        )
        linked = replace(linked, riders=tuple(riders))
        composed = _composed(session, linked, plan, settings, now, wordings)
        if composed is None:
            continue
        letter = queue(
            session,
            composed,
            to=due.person,
            once_key=due.filed_as.once_key,
            kind=due.filed_as.kind,
            why=due.filed_as.why.text,
            due_at=due.due_at,
            useless_after=due.leaves_until,
            now=now,
            cycle_id=due.cycle.id if due.cycle else None,
            training_id=due.training.id if due.training else None,
            chase_week=due.chase_week,
        )
        queued += letter is not None
    return queued


def hold_programme(session: Session, letters: Sequence[Planned]) -> None:
    """Keep what letters are made of as it is until the transaction ends.

    An action that changes it waits, and then finds the letters that were queued here and takes them back.
    So does one about none of these rows, because the trail waits, too. Raises BeingChanged when somebody has
    that: end the transaction, and try again. No turn is waited for here: who has it may want these rows.
    """
    people = {one.person.id for one in letters}
    held = (
        (Cycle.id, {one.cycle.id for one in letters if one.cycle}),
        (TrainingEvent.id, {one.training.id for one in letters if one.training}),
        (City.id, {one.person.city_id for one in letters}),
        (Person.id, people),
    )
    for row_id, ids in held:
        rows = select(row_id).where(col(row_id).in_(ids)).order_by(col(row_id))
        session.exec(rows.with_for_update(read=True)).all()
    if not has_held_still(session):
        raise BeingChanged("Somebody is saving something.")


def _composed(
    session: Session, due: Planned, plan: StagePlan, settings: Settings, now: datetime, wordings: Wordings
) -> ComposedLetter | None:
    """The letter, or None with a line in the log: one that cannot be written must not stop the others."""
    try:
        return written_letter(session, due, plan=plan, settings=settings, now=now, wordings=wordings)
    except (TemplateError, KeyError, ValueError):
        log.exception("letter not written", once_key=due.once_key)
        return None
