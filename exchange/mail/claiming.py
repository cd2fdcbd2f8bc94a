"""Claims: the next due letter becomes one process's own, by one conditional UPDATE. It sends nothing.

The statements are made once: a delivery run asks them for every letter.
"""

from datetime import datetime

from sqlalchemy import Table, bindparam, or_, select, update
from sqlmodel import Session, SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from exchange.models import Letter, LetterState

_LETTERS: Table = SQLModel.metadata.tables["letter"]
_NOW = bindparam("now", type_=UTCDateTime())

_NEXT_DUE = (
    select(_LETTERS.c.id)
    .where(
        _LETTERS.c.state == LetterState.QUEUED.value,
        _LETTERS.c.due_at <= _NOW,
        or_(_LETTERS.c.next_try_at.is_(None), _LETTERS.c.next_try_at <= _NOW),
        or_(_LETTERS.c.useless_after.is_(None), _LETTERS.c.useless_after > _NOW),
    )
    .order_by(_LETTERS.c.due_at, _LETTERS.c.id)
    .limit(1)
)
_CLAIM = (
    update(_LETTERS)
    .where(
        _LETTERS.c.id == _NEXT_DUE.with_for_update(skip_locked=True).scalar_subquery(),
        _LETTERS.c.state == LetterState.QUEUED.value,
    )
    .values(
        state=LetterState.SENDING.value,
        claimed_at=_NOW,
        claimed_by=bindparam("worker"),
        attempts=_LETTERS.c.attempts + 1,
    )
    .returning(*_LETTERS.c)
)


def is_due(session: Session, now: datetime) -> bool:
    """Whether a letter waits: a look without a lock, so that an idle tick opens no connection."""
    return session.connection().execute(_NEXT_DUE, {"now": now}).first() is not None


def claimed(session: Session, *, worker: str, now: datetime) -> Letter | None:
    """The next due letter, from now on the worker's; None when none is left or another was faster.

    The claim holds once the transaction is committed; nothing is sent before.
    """
    found = session.connection().execute(_CLAIM, {"now": now, "worker": worker}).mappings().first()
    return Letter(**found) if found else None
