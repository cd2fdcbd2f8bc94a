"""The outbox: the only way out for mail, in the transaction of the deed that calls for it.

It stores letters and takes them back; it opens no socket. Delivery is delivery.py's.
"""

import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Table, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from exchange import audit
from exchange.models import Letter, LetterState, Person
from exchange.rules.stage_plan import MessageClass

_TABLES = SQLModel.metadata.tables
_LETTERS: Table = _TABLES["letter"]
_CHASES: Table = _TABLES["chase"]

SIGN_IN = "sign-in"  # the kind whose text is a secret: shown to nobody, forgotten once sent


@dataclass(frozen=True)
class ComposedLetter:
    """A letter as its reader will see it. ``domain`` is the right half of its Message-ID.

    ``unsubscribe_url``, of programme letters, is where the button of mail programs posts to (RFC 8058).
    ``calendar`` is an iCalendar object that goes along, "" for none; ``tells`` which dates it told.
    """

    subject: str
    text: str
    html: str
    domain: str = "exchange.invalid"
    message_class: MessageClass = MessageClass.SERVICE
    unsubscribe_url: str = ""
    calendar: str = ""
    tells: dict[str, object] | None = None


def queue(  # noqa: PLR0913 - the facts of one row, each by its name
    session: Session,
    letter: ComposedLetter,
    *,
    to: Person,
    once_key: str,
    kind: str,
    why: str,
    now: datetime,
    due_at: datetime | None = None,
    useless_after: datetime | None = None,
    cycle_id: int | None = None,
    training_id: int | None = None,
    chase_week: str = "",
) -> Letter | None:
    """Put a letter into the outbox, once per ``once_key``.

    ``due_at`` is the earliest moment it leaves, now when it is None; after ``useless_after``, if given, it
    does not leave at all.
    None means that the key was used before, by whichever process, or that the address was refused for
    good. A letter that was withdrawn before anybody got it is queued again with the new text, under
    the Message-ID it has. Header text is cleaned here: line breaks and control characters become spaces.
    ``chase_week`` ("2027-W05") is taken up by a chasing letter; None as well when the person had one in it.
    """
    if kind != SIGN_IN and is_refused(session, to.email):
        return None  # who asks for a sign-in letter now may well read there again
    if chase_week and not _has_taken(session, to, chase_week):
        return None
    facts = {
        "kind": kind,
        "cycle_id": cycle_id,
        "training_id": training_id,
        "why": why,
        "due_at": due_at or now,
        "useless_after": useless_after,
    }
    values = facts | _content(letter, to) | _untried(now)
    letter_id = _inserted(session, once_key, letter.domain, values)
    if chase_week:
        _settle_week(session, to, chase_week, letter_id)
    return None if letter_id is None else session.get(Letter, letter_id, populate_existing=True)


def _content(letter: ComposedLetter, to: Person) -> dict[str, object]:
    """What is sent, and to whom: names and addresses as they are now."""
    return {
        "person_id": to.id,
        "to_name": one_line(to.name),
        "to_address": to.email,
        "subject": one_line(letter.subject),
        "text": letter.text,
        "html": letter.html,
        "message_class": letter.message_class.value,
        "unsubscribe_url": letter.unsubscribe_url,
        "calendar": letter.calendar,
        "tells": letter.tells,
    }


def _untried(now: datetime) -> dict[str, object]:
    """What delivery keeps of a letter that it has not seen: also of one that is queued again."""
    return {
        "queued_at": now,
        "state": LetterState.QUEUED.value,
        "claimed_at": None,
        "claimed_by": "",
        "attempts": 0,
        "next_try_at": None,
        "recalled": "",
        "last_answer": "",
    }


def _inserted(session: Session, once_key: str, domain: str, values: Mapping[str, object]) -> int | None:
    """The id of the new row, or of one that was taken back and is written anew; None for any other."""
    message_id = f"<{uuid.uuid4()}@{domain}>"
    statement = (
        _insert(session, _LETTERS)
        .values(once_key=once_key, message_id=message_id, **values)
        .on_conflict_do_update(
            index_elements=["once_key"],
            set_=values,
            where=_LETTERS.c.state == LetterState.WITHDRAWN.value,
        )
        .returning(_LETTERS.c.id)
    )
    return session.connection().execute(statement).scalar_one_or_none()


def is_refused(session: Session, address: str) -> bool:
    """Whether a mail server refused the address for good, and nobody has cleared it since."""
    refused = select(_TABLES["refused_address"].c.id).where(
        _TABLES["refused_address"].c.address == address.lower()
    )
    return session.connection().execute(refused).first() is not None


def withdraw_waiting(
    session: Session,
    *,
    cycle_id: int | None = None,
    training_id: int | None = None,
    person_id: int | None = None,
    why: str,
) -> int:
    """Take back what waits about a cycle or an event, or for a person, that was just changed; how many.

    Called in the transaction of the change, after it is flushed. What is still called for is queued
    again at the next tick, as things are then. A letter on its way is recalled: it may arrive as it
    is, but when its try fails it is taken back. Writers take turns here, so that two never deadlock.
    """
    audit.wait_for_turn(session)
    named = {"cycle_id": cycle_id, "training_id": training_id, "person_id": person_id}
    conditions = [_LETTERS.c[name] == row_id for name, row_id in named.items() if row_id is not None]
    if not conditions:
        raise ValueError("withdraw_waiting needs a cycle, an event or a person")
    return _withdraw(session, or_(*conditions), why)


def withdraw_planned(session: Session, why: str) -> int:
    """Take back all that waits about cycles and events, as withdraw_waiting; how many letters that were.

    For changes that many letters may show: a city's name or clock.
    """
    audit.wait_for_turn(session)
    is_planned = _LETTERS.c.cycle_id.is_not(None) | _LETTERS.c.training_id.is_not(None)
    return _withdraw(session, is_planned, why)


def withdraw_chasing(session: Session, cycle_id: int, why: str) -> int:
    """Take back the chasing letters of a cycle that wait, as withdraw_waiting: somebody answered."""
    audit.wait_for_turn(session)
    chasing = select(_CHASES.c.letter_id).where(_CHASES.c.letter_id.is_not(None))
    return _withdraw(session, (_LETTERS.c.cycle_id == cycle_id) & _LETTERS.c.id.in_(chasing), why)


def withdraw_programme(session: Session, person_id: int, why: str) -> int:
    """Take back what waits of programme letters to a person, as withdraw_waiting."""
    audit.wait_for_turn(session)
    is_programme = _LETTERS.c.message_class == MessageClass.PROGRAMME.value
    return _withdraw(session, is_programme & (_LETTERS.c.person_id == person_id), why)


def withdraw_kind(session: Session, kind: str, cycle_id: int | None, why: str) -> int:
    """Take back what waits of one kind of letter, of one cycle or (None) of all, as withdraw_waiting."""
    audit.wait_for_turn(session)
    is_of_kind = _LETTERS.c.kind == kind
    return _withdraw(
        session, is_of_kind if cycle_id is None else is_of_kind & (_LETTERS.c.cycle_id == cycle_id), why
    )


def withdraw_outdated(session: Session) -> int:
    """Take back what waits although it no longer holds; how many letters that were.

    Outdated are letters of a cycle or a training event that was cancelled or postponed, and
    letters to people who left.
    """
    leavers = select(_TABLES["person"].c.id).where(_TABLES["person"].c.is_active.is_(False))
    cycles, trainings = _halted(_TABLES["cycle"]), _halted(_TABLES["training_event"])
    outdated = {
        "The exchange was postponed or cancelled.": _LETTERS.c.cycle_id.in_(cycles),
        "The event was postponed or cancelled.": _LETTERS.c.training_id.in_(trainings),
        "The person left the network.": _LETTERS.c.person_id.in_(leavers),
    }
    _locked(session, or_(*outdated.values()))
    return sum(_withdraw(session, condition, why) for why, condition in outdated.items())


def withdraw_useless(session: Session, now: datetime) -> int:
    """Take back letters whose use has passed before they could leave; how many letters that were."""
    return _withdraw(session, _LETTERS.c.useless_after <= now, "Its use had passed before it could be sent.")


def one_line(text: str) -> str:
    """The text fit for a header: line breaks and control characters become spaces, runs of space one."""
    clean = (" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in text)
    return " ".join("".join(clean).split())


def _has_taken(session: Session, person: Person, week: str) -> bool:
    """Take a person's week for a chasing letter: False when another has it that was not taken back."""
    was_withdrawn = (
        select(_LETTERS.c.id)
        .where(_LETTERS.c.id == _CHASES.c.letter_id, _LETTERS.c.state == LetterState.WITHDRAWN.value)
        .exists()
    )
    claim = (
        _insert(session, _CHASES)
        .values(person_id=person.id, week=week, letter_id=None)
        .on_conflict_do_update(
            index_elements=["person_id", "week"], set_={"letter_id": None}, where=was_withdrawn
        )
        .returning(_CHASES.c.week)
    )
    return session.connection().execute(claim).first() is not None


def _settle_week(session: Session, person: Person, week: str, letter_id: int | None) -> None:
    """Write down which letter has the week, or give it back when there is none after all."""
    is_claim = (_CHASES.c.person_id == person.id) & (_CHASES.c.week == week)
    deed = update(_CHASES).values(letter_id=letter_id) if letter_id else delete(_CHASES)
    session.connection().execute(deed.where(is_claim))


def _insert(session: Session, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Both databases know ON CONFLICT; each dialect has its own word for it."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def _halted(table: Table) -> Select[tuple[int]]:
    return select(table.c.id).where(or_(table.c.cancelled_at.is_not(None), table.c.postponed_at.is_not(None)))


def _withdraw(session: Session, condition: ColumnElement[bool], reason: str) -> int:
    """Withdraw what is queued and recall what is being sent; how many were queued."""
    rows = _locked(session, condition)
    queued = [row_id for row_id, state in rows if state == LetterState.QUEUED.value]
    sending = [row_id for row_id, state in rows if state == LetterState.SENDING.value]
    _set(session, queued, state=LetterState.WITHDRAWN.value, last_answer=reason)
    _set(session, sending, recalled=reason)
    return len(queued)


def _locked(session: Session, condition: ColumnElement[bool]) -> list[tuple[int, str]]:
    """Ids and states of unfinished letters, locked: no state changes before this transaction ends.

    Everybody locks by id, so that two never wait for each other.
    """
    unfinished = _LETTERS.c.state.in_((LetterState.QUEUED.value, LetterState.SENDING.value))
    found = select(_LETTERS.c.id, _LETTERS.c.state).where(unfinished, condition).order_by(_LETTERS.c.id)
    return [(row.id, row.state) for row in session.connection().execute(found.with_for_update())]


def _set(session: Session, letter_ids: list[int], **values: str) -> None:
    if letter_ids:
        statement = update(_LETTERS).where(_LETTERS.c.id.in_(letter_ids)).values(**values)
        session.connection().execute(statement)
