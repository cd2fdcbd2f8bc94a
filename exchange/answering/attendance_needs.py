"""What people need at an event where they meet, food or access: theirs to tell, for its hosts alone to read.

Who they are the policy says (Kind.NEEDS). It stands apart from the answer, goes with a refusal, and is
let go some weeks after the event. No letter, feed or export of others has it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange import audit
from exchange.models import Answer, AttendanceNeed, Invitation, Person, TrainingEvent
from exchange.models.trainings import TrainingMode


def is_asked(training: TrainingEvent | None) -> bool:
    """Whether people are asked what they need: where they meet in one place."""
    return training is not None and training.mode != TrainingMode.VIRTUAL


def need_of(session: Session, invitation: Invitation) -> AttendanceNeed | None:
    """What the invited person told of this event."""
    return session.exec(
        select(AttendanceNeed).where(
            AttendanceNeed.training_id == invitation.training_id,
            AttendanceNeed.person_id == invitation.person_id,
        )
    ).first()


def needs_of(session: Session, training: TrainingEvent) -> Sequence[AttendanceNeed]:
    """What those who come told, with their city, by name."""
    return session.exec(
        select(AttendanceNeed)
        .join(Person, col(AttendanceNeed.person_id) == Person.id)
        .where(AttendanceNeed.training_id == training.id)
        .options(joinedload(AttendanceNeed.person).joinedload(Person.city))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(Person.name), col(AttendanceNeed.id))
    ).all()


def keep_need(session: Session, invitation: Invitation, text: str, *, is_gone: bool, now: datetime) -> None:
    """Write down what was told; "" leaves what was told before, ``is_gone`` takes it away.

    The audit trail has that it was told, never what.
    """
    if is_gone:
        drop_need(session, invitation, now)
        return
    if not text or invitation.answer == Answer.DECLINED:
        return
    held = need_of(session, invitation)
    if held is None:
        held = AttendanceNeed(
            training_id=invitation.training_id or 0, person_id=invitation.person_id, text=text, given_at=now
        )
    held.text, held.given_at = text, now
    session.add(held)
    session.flush()
    _record(session, invitation, "tell needs", now)


def drop_need(session: Session, invitation: Invitation, now: datetime) -> None:
    """Take away what was told: they do not come, or say so. Nothing when nothing was."""
    held = need_of(session, invitation)
    if held is not None:
        session.delete(held)
        _record(session, invitation, "take needs back", now)


def _record(session: Session, invitation: Invitation, action: str, now: datetime) -> None:
    session.flush()
    subject = f"invitation:{invitation.id}"
    audit.record(session, actor=invitation.person, action=action, subject=subject, now=now)
