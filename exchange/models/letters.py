"""Letters: the outbox and its history. One row is one letter to one person, written in one piece."""

import json
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ColumnElement, Index, or_, text
from sqlmodel import Field, Relationship, SQLModel, col

from exchange.models.base import one_of
from exchange.models.people import Person
from exchange.rules.programme.stage_plan import MessageClass

# Somebody sits and waits for these kinds, so that they leave before all others.
WAITED_FOR = ("sign-in", "receipt", "address", "passed on", "trial")
# Written out: SQLite uses an index of some rows only for a condition without bound values.
IS_WAITED_FOR = f"letter.state = 'queued' AND letter.kind IN ({', '.join(map(repr, WAITED_FOR))})"
_WAITED_FOR = text(IS_WAITED_FOR.replace("letter.", ""))
_IS_SENT = text("sent_digest <> ''")
CARRIED = "carried"  # in what a letter tells: once-key and kind of each letter that went along


class LetterState(StrEnum):
    """Where a letter is."""

    QUEUED = "queued"  # waits for due_at, or for the next try
    SENDING = "sending"  # claimed by a delivery process
    SENT = "sent"  # a server took it
    REFUSED = "refused"  # a server refused it for good
    WITHDRAWN = "withdrawn"  # taken back before it was sent


class Letter(SQLModel, table=True):
    """A letter that was decided to be sent."""

    __tablename__ = "letter"
    __table_args__ = (
        one_of("state", LetterState),
        one_of("message_class", MessageClass),
        Index("ix_letter_state_due_at", "state", "due_at"),
        Index("ix_letter_waited_for", "due_at", sqlite_where=_WAITED_FOR, postgresql_where=_WAITED_FOR),
        Index("ix_letter_sent_digest", "id", sqlite_where=_IS_SENT, postgresql_where=_IS_SENT),
    )

    id: int | None = Field(default=None, primary_key=True)
    once_key: str = Field(unique=True)  # the event it belongs to: the same event never makes two letters
    kind: str  # "E1", "sign-in"
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    cycle_id: int | None = Field(default=None, foreign_key="cycle.id", index=True)
    training_id: int | None = Field(default=None, foreign_key="training_event.id", index=True)
    ask_id: int | None = Field(default=None, foreign_key="ask.id", index=True)  # not of a cycle's own asks
    product_id: int | None = Field(default=None, foreign_key="product.id", index=True)  # of no cycle's plan
    note_id: int | None = Field(default=None, foreign_key="note.id", index=True)
    to_name: str
    to_address: str
    subject: str
    text: str
    html: str
    calendar: str = ""  # an iCalendar object of RFC 5546 that goes along; "": none; "…": taken out at rest
    tells: dict[str, object] | None = Field(default=None, sa_type=JSON)  # dates: mail.schedule.told_dates
    why: str = ""  # for the page of letters: the rule that called for it
    message_id: str = Field(unique=True)  # RFC 5322, the same on every try
    message_class: str = MessageClass.SERVICE
    unsubscribe_url: str = ""  # RFC 8058; only of programme letters
    queued_at: datetime
    due_at: datetime  # not before
    useless_after: datetime | None = None  # not sent at all when this has passed
    state: str = LetterState.QUEUED
    claimed_at: datetime | None = None
    claimed_by: str = ""
    attempts: int = 0
    next_try_at: datetime | None = None
    may_have_arrived: bool = False  # a try ended without the server's answer
    held_at: datetime | None = None  # kept back since a restore: it may have gone already; None: it goes
    recalled: str = ""  # why it is taken back should the try that it is on fail; "": nothing is known
    sent_at: datetime | None = None
    last_answer: str = ""  # what the server said last
    sent_digest: str = ""  # of what was sent, from the sending until the audit trail has it

    person: Person | None = Relationship()


def is_of_kind(*kinds: str) -> ColumnElement[bool]:
    """Of a letter: it is of one of these kinds, or one of them goes along in it under another's key."""
    carried = col(Letter.tells)[CARRIED].as_string()
    # As text, for both databases know LIKE: of each pair the kind stands last.
    inside = (carried.contains(f"{json.dumps(kind)}]", autoescape=True) for kind in kinds)
    return or_(col(Letter.kind).in_(kinds), *inside)
