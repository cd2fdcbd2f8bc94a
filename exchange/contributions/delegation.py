"""Who answers: hand a task on, mark a group done. Commits nothing.

Each takes back the reminders that wait: those that are still called for are written anew by the next tick.
"""

from datetime import datetime

from sqlmodel import Session

from exchange import audit
from exchange.answering.links import link_for, revoke_links, task_of
from exchange.contributions.actions import refuse_late
from exchange.contributions.queries import Desk
from exchange.errors import Conflict, Forbidden
from exchange.mail.answer_letters import passed_letter
from exchange.mail.edited import load_wordings
from exchange.mail.outbox import queue, withdraw_chasing
from exchange.models import Person
from exchange.settings import Settings
from exchange.tokens import digest


def pass_to_deputy(
    session: Session, desk: Desk, deputy: Person, *, settings: Settings, now: datetime
) -> None:
    """Hand the task on: the old link ends, the deputy gets a letter with a new one, the record stays."""
    refuse_late(desk)
    before = desk.holder
    task = task_of(desk.addressee)
    revoke_links(session, task, why="passed on", now=now)
    desk.addressee.holder = deputy
    desk.addressee.holder_id = deputy.id or 0
    session.flush()
    withdraw_chasing(session, desk.cycle.id or 0, "A task was handed to a deputy.")
    url = link_for(session, task, to=deputy, settings=settings, now=now)
    letter = passed_letter(deputy, before, desk.cycle, desk.party_name, desk.last_on, url, settings=settings)
    queue(
        session,
        letter.written(settings, load_wordings(session)),
        to=deputy,
        once_key=f"passed:{digest(url)}",
        kind="passed on",
        why="A task was handed to a deputy.",
        now=now,
    )
    audit.record(
        session,
        actor=before,
        action="pass answer to deputy",
        subject=f"cycle:{desk.cycle.id}",
        before={"for": desk.party_name, "who answers": before.name},
        after={"for": desk.party_name, "who answers": deputy.name},
        now=now,
    )


def mark_group_done(session: Session, desk: Desk, *, now: datetime) -> None:
    """The chair says that the group has answered: nobody of it is reminded any more."""
    _set_done(session, desk, now, now)


def reopen_group(session: Session, desk: Desk, *, now: datetime) -> None:
    """The chair takes that back."""
    _set_done(session, desk, None, now)


def _set_done(session: Session, desk: Desk, done_at: datetime | None, now: datetime) -> None:
    if not desk.is_chair:
        raise Forbidden("Only the chair of the group says whether it is done.")
    party = desk.party
    if (party.done_at is None) == (done_at is None):
        raise Conflict("Somebody did that already.")
    party.done_at, party.done_by_id = done_at, desk.addressee.holder_id if done_at else None
    session.flush()
    withdraw_chasing(session, desk.cycle.id or 0, "A chair said whether the group is done.")
    audit.record(
        session,
        actor=desk.holder,
        action="mark group done" if done_at else "reopen group",
        subject=f"cycle:{desk.cycle.id}",
        after={"for": desk.party_name},
        now=now,
    )
