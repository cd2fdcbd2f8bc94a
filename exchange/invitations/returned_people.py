"""Whoever is written to again, after they were away, hears of what changed meanwhile.

It writes no letters: change_announcements.py does, at the next tick.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from exchange.invitations.actions import release_key
from exchange.mail.schedule.told_dates import QUIET
from exchange.models import Cycle, Invitation, Letter, LetterState, Person, Stage, TrainingEvent

ONE_DAY = timedelta(days=1)  # a date ahead is one of any city's wall


def tell_returned(session: Session, person: Person, now: datetime) -> None:
    """Let somebody who can be reached again hear of what changed meanwhile: everybody else knows it.

    Looks at what is ahead that they had letters about. Called inside the change, after it is flushed.
    """
    _release_again(session, person)
    letters = select(Letter).where(Letter.person_id == person.id, col(Letter.tells).is_not(None)).subquery()
    ahead_on = now.date() - ONE_DAY
    cycles = select(Cycle).where(
        col(Cycle.id).in_(select(letters.c.cycle_id)),
        col(Cycle.id).in_(select(Stage.cycle_id).where(col(Stage.ends_on) >= ahead_on)),
    )
    trainings = select(TrainingEvent).where(
        col(TrainingEvent.id).in_(select(letters.c.training_id)), col(TrainingEvent.on_local) >= ahead_on
    )
    for about in (*session.exec(cycles), *session.exec(trainings)):
        if about.told is None and about.tell_at is None:
            about.tell_at = now + QUIET


def _release_again(session: Session, person: Person) -> None:
    """Let letters that they are no longer invited, taken back while they were away, be written again."""
    off = select(Invitation).where(Invitation.person_id == person.id, col(Invitation.is_off))
    for invitation in session.exec(off):
        once_key = f"{release_key(invitation)}{invitation.sequence}"
        letter = session.exec(select(Letter).where(Letter.once_key == once_key)).first()
        if letter is not None and letter.state == LetterState.WITHDRAWN:
            invitation.is_off = False
