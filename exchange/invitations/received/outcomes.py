"""What became of one message, and writing it down once. It decides nothing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, select

from exchange.mail.inbox.parsed_message import Incoming
from exchange.models import Answer, HandledMail, MailKind

SENDER_MAX = 200  # characters of an address that are kept

_HANDLED: Table = SQLModel.metadata.tables["handled_mail"]


@dataclass(frozen=True)
class Outcome:
    """What became of one message, in English words for coordinators.

    ``is_offered``: it changed nothing, and a coordinator may take it; ``answer`` is what it says.
    """

    kind: MailKind
    is_taken: bool
    words: str
    person_id: int | None = None
    invitation_id: int | None = None
    is_offered: bool = False
    answer: Answer | None = None
    comment: str = ""


def is_handled(session: Session, found: Incoming) -> bool:
    """Whether the message was handled before, by whichever clock."""
    return session.exec(select(HandledMail.id).where(col(HandledMail.key) == found.key)).first() is not None


def claim(session: Session, found: Incoming, outcome: Outcome, now: datetime) -> bool:
    """Write down what became of a message; False when another clock was faster."""
    values = {
        "key": found.key,
        "handled_at": now,
        "kind": outcome.kind.value,
        "is_taken": outcome.is_taken,
        "outcome": outcome.words,
        "sender": found.sender[:SENDER_MAX],
        "person_id": outcome.person_id,
        "invitation_id": outcome.invitation_id,
        "is_offered": outcome.is_offered,
        "answer": outcome.answer.value if outcome.answer else "",
        "comment": outcome.comment,
    }
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(_HANDLED).values(values).on_conflict_do_nothing().returning(_HANDLED.c.id)
    return session.connection().execute(statement).first() is not None


def forget_handled(session: Session, before: datetime) -> int:
    """Forget what was handled before a moment; how many messages. Not what may still be read again."""
    found = session.connection().execute(delete(_HANDLED).where(_HANDLED.c.handled_at < before))
    return found.rowcount
