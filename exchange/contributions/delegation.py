"""Who answers: hand a task on, mark a group done. Commits nothing.

Each takes back the reminders that wait: those that are still called for are written anew by the next tick.
"""

from datetime import datetime

from sqlmodel import Session

from exchange import audit
from exchange.answering.personal_links import link_for, revoke_links, task_of
from exchange.contributions.actions import refuse_late
from exchange.contributions.queries import AnswerAccess
from exchange.errors import Conflict, Forbidden
from exchange.mail.outbox.letter_queue import PASSED_ON, queue
from exchange.mail.outbox.withdrawals import withdraw_chasing_about
from exchange.mail.writing.answer_letters import passed_letter
from exchange.mail.writing.custom_wording import load_wordings
from exchange.models import Person
from exchange.settings import Settings
from exchange.tokens import digest


def pass_to_deputy(
    session: Session, access: AnswerAccess, deputy: Person, *, settings: Settings, now: datetime
) -> None:
    """Hand the task on: the old link ends, the deputy gets a letter with a new one, the record stays."""
    refuse_late(access)
    before = access.holder
    task = task_of(access.addressee)
    revoke_links(session, task, why="passed on", now=now)
    access.addressee.holder = deputy
    access.addressee.holder_id = deputy.id or 0
    session.flush()
    withdraw_chasing_about(session, access.ask, "A task was handed to a deputy.")
    url = link_for(session, task, to=deputy, settings=settings, now=now)
    letter = passed_letter(
        deputy, before, access.subject, access.party_name, access.last_on, url, settings=settings
    )
    queue(
        session,
        letter.written(settings, load_wordings(session)),
        to=deputy,
        once_key=f"passed:{digest(url)}",
        kind=PASSED_ON,
        why="A task was handed to a deputy.",
        now=now,
    )
    audit.record(
        session,
        actor=before,
        action="pass answer to deputy",
        subject=access.subject_key,
        before={"for": access.party_name, "who answers": audit.named(before)},
        after={"for": access.party_name, "who answers": audit.named(deputy)},
        now=now,
    )


def mark_group_done(session: Session, access: AnswerAccess, *, now: datetime) -> None:
    """The chair says that the group has answered: nobody of it is reminded any more."""
    _set_done(session, access, now, now)


def reopen_group(session: Session, access: AnswerAccess, *, now: datetime) -> None:
    """The chair takes that back."""
    _set_done(session, access, None, now)


def _set_done(session: Session, access: AnswerAccess, done_at: datetime | None, now: datetime) -> None:
    if not access.is_chair:
        raise Forbidden("Only the chair of the group says whether it is done.")
    party = access.party
    if (party.done_at is None) == (done_at is None):
        raise Conflict("Somebody did that already.")
    party.done_at, party.done_by_id = done_at, access.addressee.holder_id if done_at else None
    session.flush()
    withdraw_chasing_about(session, access.ask, "A chair said whether the group is done.")
    audit.record(
        session,
        actor=access.holder,
        action="mark group done" if done_at else "reopen group",
        subject=access.subject_key,
        after={"for": access.party_name},
        now=now,
    )
