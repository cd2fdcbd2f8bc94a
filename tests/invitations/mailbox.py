"""A mailbox in memory, and what became of the messages in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import col, select

from exchange.invitations.reply_mailbox import read_mailbox
from exchange.mail.inbox.imap import Fetched, Position
from exchange.models import HandledMail, Letter, LetterState
from tests.invitations.conftest import Post


@dataclass
class Box:
    """Gives what was put in, from where it was left."""

    contents: list[bytes] = field(default_factory=list)
    validity: int = 7

    def read(self, after: Position | None, *, since: date, limit: int) -> Sequence[Fetched]:
        first = after.last_uid if after and after.uid_validity == self.validity else 0
        every = [Fetched(Position(self.validity, n), text) for n, text in enumerate(self.contents, 1)]
        return every[first:][:limit]


def read(post: Post, box: Box) -> int:
    return read_mailbox(post.database, box, post.settings, clock=post.clock)


def handled(post: Post) -> list[HandledMail]:
    """What was written down of messages that concerned us, in the order read."""
    with post.database.reading() as session:
        found = list(session.exec(select(HandledMail).order_by(col(HandledMail.id))))
        session.expunge_all()
        return found


def sent_letter(post: Post, name: str = "Maria Ruiz") -> Letter:
    """The one letter of a person, from now on sent."""
    (letter,) = post.letters(to_name=name)
    with post.database.transaction() as session:
        session.merge(letter).state = LetterState.SENT.value
    return letter
