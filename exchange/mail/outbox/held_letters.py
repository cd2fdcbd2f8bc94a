"""Letters held back after a restore: they may have gone before, and only a coordinator can know.

A held letter waits like any other, may be taken back and written anew, and is not claimed. It sends nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Table, func, or_, select, update
from sqlmodel import Session, SQLModel

from exchange import audit
from exchange.models import LetterState, Person

_LETTERS: Table = SQLModel.metadata.tables["letter"]
SUBJECT = "held letters"  # in the audit trail
TAKEN_AS_SENT = "Held after a restore, and taken as sent: a coordinator knew that it had gone."
_WAITS = _LETTERS.c.state.in_((LetterState.QUEUED.value, LetterState.SENDING.value))
IS_HELD = _WAITS & _LETTERS.c.held_at.is_not(None)


@dataclass(frozen=True)
class HeldKind:
    """How many letters of one kind are held."""

    kind: str
    count: int


def hold_doubtful(session: Session, now: datetime) -> Sequence[HeldKind]:
    """Hold what may have gone between the backup and ``now``, the moment of the restore; what that is.

    That was due by now, that was being sent when the backup was made, or that the ticks have written since,
    from a state that does not know what has gone. What is due later cannot have gone, and is let go.
    """
    connection = session.connection()
    may_have_gone = or_(
        _LETTERS.c.state == LetterState.SENDING.value, _LETTERS.c.due_at <= now, _LETTERS.c.queued_at >= now
    )
    connection.execute(update(_LETTERS).where(IS_HELD, ~may_have_gone).values(held_at=None))
    connection.execute(
        update(_LETTERS).where(_WAITS, may_have_gone).values(held_at=now, may_have_arrived=True)
    )
    return held_kinds(session)


def held_kinds(session: Session, *of: ColumnElement[bool]) -> list[HeldKind]:
    """What is held, by kind; ``of`` leaves out what its reader may not know of."""
    counted = select(_LETTERS.c.kind, func.count()).where(IS_HELD, *of).group_by(_LETTERS.c.kind)
    return [HeldKind(kind, count) for kind, count in session.connection().execute(counted.order_by("kind"))]


def count_held(session: Session, *of: ColumnElement[bool]) -> int:
    """How many letters are held; ``of`` as above."""
    return sum(one.count for one in held_kinds(session, *of))


def held_ids(session: Session, *of: ColumnElement[bool]) -> list[int]:
    """The ids of held letters; ``of`` as above."""
    return list(session.connection().execute(select(_LETTERS.c.id).where(IS_HELD, *of)).scalars())


def let_go(session: Session, ids: Collection[int], *, actor: Person | None, now: datetime) -> int:
    """Let held letters be sent, when they are due; how many there still were. No actor: the command line."""
    audit.wait_for_turn(session)
    return _decided(session, ids, "let held letters go", actor, now, held_at=None)


def take_as_sent(session: Session, ids: Collection[int], *, actor: Person | None, now: datetime) -> int:
    """Never send held letters again: they went before the restore. How many there still were.

    Readers count as told, so that the next change is told from there.
    """
    audit.wait_for_turn(session)
    sent = {
        "state": LetterState.SENT.value,
        "sent_at": now,
        "last_answer": TAKEN_AS_SENT,
        "next_try_at": None,
    }
    unclaimed = {"claimed_by": "", "claimed_at": None, "held_at": None}
    return _decided(session, ids, "take held letters as sent", actor, now, **sent, **unclaimed)


def _decided(
    session: Session,
    ids: Collection[int],
    action: str,
    actor: Person | None,
    now: datetime,
    **values: object,
) -> int:
    chosen: ColumnElement[bool] = IS_HELD & _LETTERS.c.id.in_(ids)
    locked = select(_LETTERS.c.id).where(chosen).order_by(_LETTERS.c.id).with_for_update()
    found = list(session.connection().execute(locked).scalars())
    if not found:
        return 0
    session.connection().execute(update(_LETTERS).where(_LETTERS.c.id.in_(found)).values(**values))
    audit.record(session, actor=actor, action=action, subject=SUBJECT, after={"letters": found}, now=now)
    return len(found)
