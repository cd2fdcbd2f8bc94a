"""Invitations to meetings with their answers, and what was read in the mailbox that takes replies."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of, one_of_or_empty
from exchange.models.people import Person


class Answer(StrEnum):
    """Whether somebody comes."""

    NONE = "none"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"


class Channel(StrEnum):
    """How an answer came in."""

    LINK = "link"
    CALENDAR = "calendar"
    BY_HAND = "by hand"  # a coordinator took what a calendar had sent


class Invitation(SQLModel, table=True):
    """One person's invitation to one meeting of a cycle, board or planning team, or to one event, to the end.

    ``says`` is what the last calendar part told (time, place); ``is_off`` whether that was a CANCEL.
    ``answer`` is about the time that ``says`` holds, which was first told with ``time_sequence``.
    Tokens are derived again when they are needed.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("person_id", "cycle_id", "meeting"),
        UniqueConstraint("person_id", "training_id"),
        UniqueConstraint("person_id", "board_meeting_id"),
        UniqueConstraint("person_id", "preparation_step_id"),
        UniqueConstraint("uid", "person_id"),
        one_of("answer", Answer),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    cycle_id: int | None = Field(default=None, foreign_key="cycle.id", index=True)
    meeting: str = ""  # key of config/cycle.toml; "" for all else
    training_id: int | None = Field(default=None, foreign_key="training_event.id", index=True)
    board_meeting_id: int | None = Field(default=None, foreign_key="board_meeting.id", index=True)
    preparation_step_id: int | None = Field(default=None, foreign_key="preparation_step.id", index=True)
    uid: str  # RFC 5545 UID, this person's own; of a planning meeting the one that it has in feeds
    sequence: int = 0  # RFC 5545 SEQUENCE: rises when ``says`` changes
    time_sequence: int = 0  # the SEQUENCE since which the time is what it is
    changed_at: datetime  # DTSTAMP of the last calendar part
    link_digest: str = Field(unique=True)  # SHA-256 of the token in the answer link, hex
    reply_digest: str = Field(unique=True)  # the same of the token in the address that takes replies
    sent_to: str = ""  # the address that was invited
    says: dict[str, object] | None = Field(default=None, sa_type=JSON)  # None: no calendar part went out
    is_off: bool = False
    answer: str = Answer.NONE
    answered_at: datetime | None = None
    answered_by: str = ""  # a Channel
    comment: str = ""  # what they wrote beside the answer

    person: Person = Relationship()


class MailKind(StrEnum):
    """What a message in the mailbox was."""

    REPLY = "reply"
    REPORT = "report"
    UNREADABLE = "unreadable"


class HandledMail(SQLModel, table=True):
    """One message of the mailbox that concerned us, handled once; ``key`` is the claim.

    One that was not taken may be offered to coordinators, who take it or set it aside: ``answer`` is what
    it says, as far as that could be read.
    """

    __tablename__ = "handled_mail"
    __table_args__ = (one_of("kind", MailKind), one_of_or_empty("answer", Answer))

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)  # SHA-256 of the message, hex
    handled_at: datetime
    kind: str
    is_taken: bool  # False: it changed nothing
    outcome: str  # in words, in English
    sender: str = ""  # as the message says it; may be forged
    is_offered: bool = False  # until somebody decides
    answer: str = ""
    comment: str = ""
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    invitation_id: int | None = Field(default=None, foreign_key="invitation.id", index=True)

    person: Person | None = Relationship()
    invitation: Invitation | None = Relationship()


class MailboxMark(SQLModel, table=True):
    """How far a mailbox has been read: IMAP's UIDVALIDITY and the last UID (RFC 9051 2.3.1)."""

    __tablename__ = "mailbox_mark"

    mailbox: str = Field(primary_key=True)  # digest of its address
    uid_validity: int = Field(sa_type=BigInteger)  # 32 bits without a sign
    last_uid: int = Field(sa_type=BigInteger)


class RefusedAddress(SQLModel, table=True):
    """An address that a mail server refused for good: it gets no more letters until somebody clears it."""

    __tablename__ = "refused_address"

    id: int | None = Field(default=None, primary_key=True)
    address: str = Field(unique=True)  # lower case
    refused_at: datetime
    words: str  # the server's, or a report's
    letter_id: int | None = Field(default=None, foreign_key="letter.id", index=True)
