"""Claims: the next due letters become one process's own, by one conditional UPDATE. It sends nothing.

The statements are made once: a delivery run asks them again and again.
"""

from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, func, or_, select, text, update
from sqlalchemy.sql.dml import ReturningUpdate
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from exchange.mail.wire.claimed_letter import ClaimedLetter
from exchange.models import LetterState
from exchange.models.letters import IS_WAITED_FOR

_LETTERS: Table = SQLModel.metadata.tables["letter"]


_NOW = bindparam("now", type_=UTCDateTime())

_DUE = (
    select(_LETTERS.c.id, _LETTERS.c.attempts)
    .where(
        _LETTERS.c.state == LetterState.QUEUED.value,
        _LETTERS.c.due_at <= _NOW,
        _LETTERS.c.held_at.is_(None),
        or_(_LETTERS.c.next_try_at.is_(None), _LETTERS.c.next_try_at <= _NOW),
        or_(_LETTERS.c.useless_after.is_(None), _LETTERS.c.useless_after > _NOW),
    )
    .order_by(_LETTERS.c.due_at, _LETTERS.c.id)
)
_WAITED_FOR = _DUE.where(text(IS_WAITED_FOR))  # somebody sits and waits for these


def _but(due: "Select[tuple[int | None, int]]", resting: frozenset[str]) -> "Select[tuple[int | None, int]]":
    """What is due without letters to some domains."""
    address = func.lower(_LETTERS.c.to_address)
    return due.where(*(~address.endswith(f"@{domain}", autoescape=True) for domain in sorted(resting)))


def _claiming(due: "Select[tuple[int | None, int]]") -> "ReturningUpdate[Any]":
    """The UPDATE that takes some of what is due.

    A common table expression: as a plain subquery PostgreSQL may run it, and lock, more than once.
    """
    locked = (
        due.where(_LETTERS.c.attempts == bindparam("tries"))
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return (
        update(_LETTERS)
        .where(_LETTERS.c.id.in_(select(locked.c.id)), _LETTERS.c.state == LetterState.QUEUED.value)
        .values(
            state=LetterState.SENDING.value,
            claimed_at=_NOW,
            claimed_by=bindparam("worker"),
            attempts=_LETTERS.c.attempts + 1,
        )
        .returning(*(_LETTERS.c[name] for name in ClaimedLetter._fields))
    )


@lru_cache(maxsize=16)
def _in_order(
    resting: frozenset[str],
) -> "tuple[tuple[Select[tuple[int | None, int]], ReturningUpdate[Any]], ...]":
    """What is claimed before what: each time the look for one, and the claim."""
    kinds = (_but(_WAITED_FOR, resting), _but(_DUE, resting))
    return tuple((due.limit(1), _claiming(due)) for due in kinds)


def is_due(connection: Connection, now: datetime, resting: frozenset[str] = frozenset()) -> bool:
    """Whether a letter waits: a look without a lock, so that an idle tick opens no connection.

    Letters to domains that are ``resting`` do not count.
    """
    _, (following, _claim) = _in_order(resting)
    return connection.execute(following, {"now": now}).first() is not None


def claim(
    connection: Connection, *, worker: str, now: datetime, most: int, resting: frozenset[str] = frozenset()
) -> list[ClaimedLetter]:
    """The next due letters, from now on the worker's, the longest due first; [] when none is left.

    Those that somebody waits for go before all others. One that was tried before is claimed alone: it may
    be what ended a process, and others that were claimed with it would count its tries as theirs. The
    claim holds once the transaction is committed.
    """
    for following, claiming in _in_order(resting):
        first = connection.execute(following, {"now": now}).first()
        if first is not None:
            tries = first.attempts
            values = {"now": now, "worker": worker, "tries": tries, "most": 1 if tries else most}
            claimed = (ClaimedLetter(*row) for row in connection.execute(claiming, values))
            return sorted(claimed, key=attrgetter("due_at", "id"))
    return []
