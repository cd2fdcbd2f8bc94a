"""The outbox: the only way out for mail, in the transaction of the deed that calls for it.

It stores letters and takes them back; it opens no socket. Delivery is delivery.py's.
"""

import unicodedata
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Table, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from exchange.models import Letter, LetterState, Person

_TABLES = SQLModel.metadata.tables
_LETTERS: Table = _TABLES["letter"]

SIGN_IN = "sign-in"  # the kind whose text is a secret: shown to nobody, forgotten once sent


@dataclass(frozen=True)
class ComposedLetter:
    """A letter as its reader will see it. ``domain`` is the right half of its Message-ID."""

    subject: str
    text: str
    html: str
    domain: str = "exchange.invalid"


def queue(  # noqa: PLR0913 - the facts of one row, each by its name
    session: Session,
    letter: ComposedLetter,
    *,
    to: Person,
    once_key: str,
    kind: str,
    why: str,
    due_at: datetime,
    useless_after: datetime | None,
    now: datetime,
    cycle_id: int | None = None,
    training_id: int | None = None,
) -> Letter | None:
    """Put a letter into the outbox, once per ``once_key``.

    ``due_at`` is the earliest moment it leaves; after ``useless_after`` it does not leave at all.
    None means that the key was used before, by whichever process. A letter that was withdrawn
    before anybody got it is queued again with the new text, under the Message-ID it has.
    Header text is cleaned here: line breaks and control characters become spaces.
    """
    values = {
        "kind": kind,
        "person_id": to.id,
        "cycle_id": cycle_id,
        "training_id": training_id,
        "to_name": one_line(to.name),
        "to_address": to.email,
        "subject": one_line(letter.subject),
        "text": letter.text,
        "html": letter.html,
        "why": why,
        "queued_at": now,
        "due_at": due_at,
        "useless_after": useless_after,
        "state": LetterState.QUEUED.value,
        "claimed_at": None,
        "claimed_by": "",
        "attempts": 0,
        "next_try_at": None,
        "last_answer": "",
    }
    message_id = f"<{uuid.uuid4()}@{letter.domain}>"
    statement = (
        _insert(session)
        .values(once_key=once_key, message_id=message_id, **values)
        .on_conflict_do_update(
            index_elements=["once_key"],
            set_=values,
            where=_LETTERS.c.state == LetterState.WITHDRAWN.value,
        )
        .returning(_LETTERS.c.id)
    )
    letter_id = session.connection().execute(statement).scalar_one_or_none()
    return None if letter_id is None else session.get(Letter, letter_id, populate_existing=True)


def withdraw_outdated(session: Session) -> int:
    """Take back what waits although it no longer holds; how many letters that were.

    Outdated are letters of a cycle or a training event that was cancelled or postponed, and
    letters to people who left.
    """
    leavers = select(_TABLES["person"].c.id).where(_TABLES["person"].c.is_active.is_(False))
    cycles, trainings = _halted(_TABLES["cycle"]), _halted(_TABLES["training_event"])
    return (
        _withdraw(session, _LETTERS.c.cycle_id.in_(cycles), "The exchange was postponed or cancelled.")
        + _withdraw(session, _LETTERS.c.training_id.in_(trainings), "The event was postponed or cancelled.")
        + _withdraw(session, _LETTERS.c.person_id.in_(leavers), "The person left the network.")
    )


def withdraw_useless(session: Session, now: datetime) -> int:
    """Take back letters whose use has passed before they could leave; how many letters that were."""
    return _withdraw(session, _LETTERS.c.useless_after <= now, "Its use had passed before it could be sent.")


def one_line(text: str) -> str:
    """The text fit for a header: line breaks and control characters become spaces, runs of space one."""
    clean = (" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in text)
    return " ".join("".join(clean).split())


def _insert(session: Session) -> sqlite.Insert | postgresql.Insert:
    """Both databases know ON CONFLICT; each dialect has its own word for it."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(_LETTERS)
    return postgresql.insert(_LETTERS)


def _halted(table: Table) -> Select[tuple[int]]:
    return select(table.c.id).where(or_(table.c.cancelled_at.is_not(None), table.c.postponed_at.is_not(None)))


def _withdraw(session: Session, condition: ColumnElement[bool], reason: str) -> int:
    result = session.connection().execute(
        update(_LETTERS)
        .where(_LETTERS.c.state == LetterState.QUEUED.value, condition)
        .values(state=LetterState.WITHDRAWN.value, last_answer=reason)
    )
    return result.rowcount
