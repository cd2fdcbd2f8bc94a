"""Claims: the next due letters become one process's own, by one conditional UPDATE. It sends nothing.

The statements are made once: a delivery run asks them again and again.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Table, bindparam, or_, select, update
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from exchange.models import LetterState

_LETTERS: Table = SQLModel.metadata.tables["letter"]


class ClaimedLetter(NamedTuple):
    """What is needed of a letter to send it and to write down what became of it; columns of Letter.

    A run takes them by the hundred, and making the whole model of each takes longer than sending it.
    """

    id: int
    kind: str
    to_name: str
    to_address: str
    subject: str
    text: str
    html: str
    calendar: str
    message_id: str
    unsubscribe_url: str
    due_at: datetime
    claimed_at: datetime
    claimed_by: str
    attempts: int


_NOW = bindparam("now", type_=UTCDateTime())

_DUE = (
    select(_LETTERS.c.id, _LETTERS.c.attempts)
    .where(
        _LETTERS.c.state == LetterState.QUEUED.value,
        _LETTERS.c.due_at <= _NOW,
        or_(_LETTERS.c.next_try_at.is_(None), _LETTERS.c.next_try_at <= _NOW),
        or_(_LETTERS.c.useless_after.is_(None), _LETTERS.c.useless_after > _NOW),
    )
    .order_by(_LETTERS.c.due_at, _LETTERS.c.id)
)
_NEXT = _DUE.limit(1)
# A common table expression: as a plain subquery PostgreSQL may run it, and lock, more than once.
_LOCKED = (
    _DUE.where(_LETTERS.c.attempts == bindparam("tries"))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("due")
)
_CLAIM = (
    update(_LETTERS)
    .where(_LETTERS.c.id.in_(select(_LOCKED.c.id)), _LETTERS.c.state == LetterState.QUEUED.value)
    .values(
        state=LetterState.SENDING.value,
        claimed_at=_NOW,
        claimed_by=bindparam("worker"),
        attempts=_LETTERS.c.attempts + 1,
    )
    .returning(*(_LETTERS.c[name] for name in ClaimedLetter._fields))
)


def is_due(connection: Connection, now: datetime) -> bool:
    """Whether a letter waits: a look without a lock, so that an idle tick opens no connection."""
    return connection.execute(_NEXT, {"now": now}).first() is not None


def claim(connection: Connection, *, worker: str, now: datetime, most: int) -> list[ClaimedLetter]:
    """The next due letters, from now on the worker's, the longest due first; [] when none is left.

    One that was tried before is claimed alone: it may be what ended a process, and others that were
    claimed with it would count its tries as theirs. The claim holds once the transaction is committed.
    """
    following = connection.execute(_NEXT, {"now": now}).first()
    if following is None:
        return []
    tries = following.attempts
    values = {"now": now, "worker": worker, "tries": tries, "most": 1 if tries else most}
    rows = connection.execute(_CLAIM, values)
    return sorted((ClaimedLetter(*row) for row in rows), key=lambda letter: (letter.due_at, letter.id))
