"""The outbox: the only way out for mail, in the transaction of the change that calls for it.

It stores letters; withdrawals.py takes them back, delivery.py sends them.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, case, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from exchange.models import Letter, LetterState, Person, gave_week_back
from exchange.rules.plain_text import is_control
from exchange.rules.programme.stage_plan import MessageClass

_TABLES = SQLModel.metadata.tables
_LETTERS: Table = _TABLES["letter"]
_CHASES: Table = _TABLES["chase"]

SIGN_IN = "sign-in"  # the kind whose text is a secret: shown to nobody, forgotten once sent
CHANGE, HALT, RELEASE = "change", "halt", "release"  # it moved; it does not take place; no longer invited
RECEIPT, PASSED_ON, MORE_DAYS, TRIAL = "receipt", "passed on", "more days", "trial"
NEW_ADDRESS = "new address"  # of a calendar
ACCOUNT = "account"  # news of a person's own sign-in
ADDRESS, RIGHTS = "address", "rights"  # of a person, to confirm; an answer about personal data
PRODUCT_REVIEW, PRODUCT_REMINDER, PRODUCT_OUT = "product review", "product reminder", "product out"
YOUR_ACTIONS = "your actions"  # of an exchange whose product is out
REQUEST_RECEIPT, REQUEST_OUTCOME = "request receipt", "request outcome"
REQUEST_EXTENSION = "request extension"  # a later day was promised
DUTIES = "duties"  # all that its reader owes
BOARD_MEETING = "board meeting"  # invited, changed, called off, or for others now
PLANNING_MEETING = "planning meeting"  # the same, to those who plan an event
BOARD_DIGEST = "board digest"  # what happened in a quarter
WELCOME, FAREWELL = "welcome", "farewell"  # to somebody new; to the people of a city that leaves
THANKS = "event thanks"  # to those who were there
NOTE = "note"  # to the network
NOTE_TO_CONFIRM = "note to confirm"  # an urgent one waits for a second coordinator
NO_DATES = "{}"  # what a letter tells that says no date, as JSON
ONCE_ONLY = (  # no tick writes them again
    *(SIGN_IN, RELEASE, RECEIPT, PASSED_ON, MORE_DAYS, TRIAL),
    *(NEW_ADDRESS, ACCOUNT, ADDRESS, RIGHTS, WELCOME, FAREWELL, THANKS),
    *(PRODUCT_REVIEW, PRODUCT_REMINDER, PRODUCT_OUT),
    *(NOTE, NOTE_TO_CONFIRM),
    *(REQUEST_RECEIPT, REQUEST_OUTCOME, REQUEST_EXTENSION),
)


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
    ask_id: int | None = None,
    product_id: int | None = None,
    note_id: int | None = None,
    chase_week: str = "",
) -> Letter | None:
    """Put a letter into the outbox, once per ``once_key``.

    It leaves from ``due_at`` on, now when it is None; after ``useless_after``, if given, not at all.
    None means that the key was used before, by whichever process, or that the address was refused for
    good. A letter that was withdrawn before anybody got it is queued again with the new text, under
    the Message-ID it has; at the same address it goes on waiting as long as its tries before call for.
    Beside one that may have arrived and said something else it is a letter of its own.
    Headers are made one line. A chasing letter takes ``chase_week`` ("2027-W05"); None when it was taken.
    """
    if kind != SIGN_IN and is_refused(session, to.email):
        return None  # who asks for a sign-in letter now may well read there again
    if chase_week and not _has_taken(session, to, chase_week):
        return None
    facts = {"cycle_id": cycle_id, "training_id": training_id, "ask_id": ask_id} | {
        "product_id": product_id,
        "note_id": note_id,
        "kind": kind,
        "why": why,
        "due_at": due_at or now,
        "useless_after": useless_after,
    }
    values = facts | content_of(letter, to) | waiting_since(now)
    letter_id = _stored(session, once_key, letter.domain, values)
    if chase_week:
        _settle_week(session, to, chase_week, letter_id)
    return None if letter_id is None else session.get(Letter, letter_id, populate_existing=True)


def content_of(letter: ComposedLetter, to: Person) -> dict[str, object]:
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


def waiting_since(now: datetime) -> dict[str, object]:
    """What delivery keeps of a letter that nobody holds: of a new one, and of one that is queued again."""
    return {
        "queued_at": now,
        "state": LetterState.QUEUED.value,
        "claimed_at": None,
        "claimed_by": "",
        "recalled": "",
        "last_answer": "",
    }


def _tries(to_address: object) -> dict[str, object]:
    """The tries of a letter that is queued again: those at the same address count on."""
    is_same = _LETTERS.c.to_address == to_address
    return {
        "attempts": case((is_same, _LETTERS.c.attempts), else_=0),
        "next_try_at": case((is_same, _LETTERS.c.next_try_at), else_=None),
    }


def _stored(session: Session, once_key: str, domain: str, values: dict[str, object]) -> int | None:
    """The id of the row that waits now; None when the key was used by a letter that stays as it is."""
    letter_id = _inserted(session, once_key, domain, values)
    if letter_id is None and _gives_up_key(session, once_key):
        letter_id = _inserted(session, once_key, domain, values)
    return letter_id


def _inserted(session: Session, once_key: str, domain: str, values: dict[str, object]) -> int | None:
    """The id of the new row, or of one that was taken back and is written anew; None for any other."""
    message_id = f"<{uuid.uuid4()}@{domain}>"
    new = insert_into(session, _LETTERS).values(
        once_key=once_key, message_id=message_id, attempts=0, next_try_at=None, **values
    )
    told, tells = (
        func.coalesce(of.tells["after"].as_string(), NO_DATES) for of in (_LETTERS.c, new.excluded)
    )
    may_contradict = _LETTERS.c.may_have_arrived & told.not_in((NO_DATES, tells)) & (tells != NO_DATES)
    statement = new.on_conflict_do_update(
        index_elements=["once_key"],
        set_=values | _tries(values["to_address"]),
        where=(_LETTERS.c.state == LetterState.WITHDRAWN.value) & ~may_contradict,
    ).returning(_LETTERS.c.id)
    return session.connection().execute(statement).scalar_one_or_none()


def _gives_up_key(session: Session, once_key: str) -> bool:
    """Whether the key was held by a withdrawn letter that may have arrived and said something else.

    It keeps its Message-ID, for a bounce may name it, and leaves the key to the letter that says what holds.
    """
    is_held = (_LETTERS.c.once_key == once_key) & (_LETTERS.c.state == LetterState.WITHDRAWN.value)
    freed = update(_LETTERS).where(is_held).values(once_key=once_key + "!" + _LETTERS.c.message_id)
    return session.connection().execute(freed).rowcount == 1


def is_refused(session: Session, address: str) -> bool:
    """Whether a mail server refused the address for good, and nobody has cleared it since."""
    refused = select(_TABLES["refused_address"].c.id).where(
        _TABLES["refused_address"].c.address == address.lower()
    )
    return session.connection().execute(refused).first() is not None


def one_line(text: str) -> str:
    """The text fit for a header: line breaks and control characters become spaces, runs of space one."""
    clean = (" " if is_control(c) else c for c in text)
    return " ".join("".join(clean).split())


def _has_taken(session: Session, person: Person, week: str) -> bool:
    """Take a person's week for a chasing letter: False when another has it that did not give it back."""
    is_free = select(_LETTERS.c.id).where(_LETTERS.c.id == _CHASES.c.letter_id, gave_week_back()).exists()
    claim = (
        insert_into(session, _CHASES)
        .values(person_id=person.id, week=week, letter_id=None)
        .on_conflict_do_update(index_elements=["person_id", "week"], set_={"letter_id": None}, where=is_free)
        .returning(_CHASES.c.week)
    )
    return session.connection().execute(claim).first() is not None


def _settle_week(session: Session, person: Person, week: str, letter_id: int | None) -> None:
    """Write down which letter has the week, or give it back when there is none after all."""
    is_claim = (_CHASES.c.person_id == person.id) & (_CHASES.c.week == week)
    statement = update(_CHASES).values(letter_id=letter_id) if letter_id else delete(_CHASES)
    session.connection().execute(statement.where(is_claim))


def insert_into(session: Session, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Both databases know ON CONFLICT; each dialect has its own word for it."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
