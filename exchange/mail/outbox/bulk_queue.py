"""The outbox for one letter to many readers: the promises of letter_queue.queue, in a few statements.

A once-key that was ever used takes no second letter, also when the first was taken back.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import Table
from sqlmodel import Session, SQLModel, select

from exchange.mail.outbox.letter_queue import ComposedLetter, content_of, insert_into, waiting_since
from exchange.models import Person, RefusedAddress

_LETTERS: Table = SQLModel.metadata.tables["letter"]
_AT_ONCE = 500  # rows of one statement: a letter has some thousands of characters


@dataclass(frozen=True)
class Copy:
    """One reader's copy, with its once-key and the instant from which it leaves."""

    letter: ComposedLetter
    to: Person
    once_key: str
    due_at: datetime


def queue_copies(
    session: Session, copies: Iterable[Copy], *, kind: str, why: str, note_id: int, now: datetime
) -> int:
    """Put all copies into the outbox, but those to addresses that were refused for good; how many went in."""
    refused = set(session.exec(select(RefusedAddress.address)))
    wanted = (one for one in copies if one.to.email.lower() not in refused)
    same = {"kind": kind, "why": why, "note_id": note_id, "useless_after": None, "attempts": 0}
    same |= waiting_since(now)
    return sum(_insert(session, some, same) for some in _in_parts(wanted))


def _in_parts(copies: Iterator[Copy]) -> Iterator[list[Copy]]:
    while some := list(islice(copies, _AT_ONCE)):
        yield some


def _insert(session: Session, copies: Sequence[Copy], same: dict[str, object]) -> int:
    rows = [
        same
        | content_of(one.letter, one.to)
        | {
            "once_key": one.once_key,
            "message_id": f"<{uuid.uuid4()}@{one.letter.domain}>",
            "due_at": one.due_at,
            "may_have_arrived": False,
            "sent_digest": "",
        }
        for one in copies
    ]
    statement = insert_into(session, _LETTERS).on_conflict_do_nothing(index_elements=["once_key"])
    stored = session.connection().execute(statement.returning(_LETTERS.c.id), rows)
    return len(stored.all())
