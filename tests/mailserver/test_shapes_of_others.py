"""What other mail servers and Exchange send, through a real Postfix into the mailbox that is read."""

import smtplib
from pathlib import Path

import pytest
from sqlmodel import select

from exchange.db import Database
from exchange.invitations.invitation_links import reply_address
from exchange.mail.outbox.refused_addresses import marks
from exchange.models import Answer, Letter, LetterState, MailKind, Person, TrainingEvent
from tests.invitations.conftest import INVITED_AT, Post, event
from tests.mailserver.conftest import BOX, READER
from tests.mailserver.servers import PASSWORD, MailServers
from tests.mailserver.test_there_and_back import read_until

pytestmark = pytest.mark.mailserver
SHAPES = Path(__file__).parent / "shapes"
ADDRESSES = {"Maria Ruiz": f"{READER}@example.org", "Åsa Öberg": "åsa.öberg@example.org"}


@pytest.fixture
def training(database: Database, post: Post) -> TrainingEvent:
    """Three are invited and their letters have left; Åsa's address has letters outside ASCII."""
    with database.transaction() as session:
        made = event(session)
        for name, address in ADDRESSES.items():
            session.exec(select(Person).where(Person.name == name)).one().email = address
    assert post.tick(INVITED_AT) == 3
    with database.transaction() as session:
        for letter in session.exec(select(Letter)):
            letter.state = LetterState.SENT.value
    return made


def shaped(post: Post, shape: str, name: str) -> bytes:
    """A message of somebody else's about a reader's letter, or the reader's answer."""
    (letter,), invitation = post.letters(to_name=name), post.invitation(name)
    text = (SHAPES / f"{shape}.eml").read_text(encoding="utf-8")
    for placeholder, value in (
        ("@TO@", letter.to_address),
        ("@MID@", letter.message_id),
        ("@UID@", invitation.uid),
        ("@SEQ@", str(invitation.sequence)),
        ("@REPLY@", reply_address(post.settings, invitation)),
    ):
        text = text.replace(placeholder, value)
    return text.replace("\n", "\r\n").encode()


def send(servers: MailServers, message: bytes, sender: str, to: str) -> None:
    """Into the queue of the real Postfix, as the other server would; its own header is ASCII."""
    with smtplib.SMTP("127.0.0.1", servers.smtp_port, timeout=10) as connection:
        connection.starttls(context=servers.tls)
        connection.login(f"{READER}@example.org", PASSWORD)
        connection.ehlo()
        assert connection.sendmail(sender, [to], message, mail_options=["BODY=8BITMIME"]) == {}


def bounced(post: Post, servers: MailServers, shape: str, name: str) -> tuple[str, set[str]]:
    """The state of a reader's letter after its bounce was read, and who is marked."""
    send(servers, shaped(post, shape, name), "", f"{BOX}@example.org")
    read_until(post, servers, MailKind.REPORT, 1)
    (letter,) = post.letters(to_name=name)
    with post.database.reading() as session:
        return letter.state, {mark.person.name for mark in marks(session) if mark.person}


def test_a_bounce_of_exim_is_recognised(post: Post, training: TrainingEvent, servers: MailServers) -> None:
    assert bounced(post, servers, "exim_bounce", "Tom Baker-Lane") == (
        LetterState.REFUSED,
        {"Tom Baker-Lane"},
    )


def test_a_bounce_of_postfix_in_utf_8_is_recognised(
    post: Post, training: TrainingEvent, servers: MailServers
) -> None:
    assert bounced(post, servers, "postfix_smtputf8_bounce", "Åsa Öberg") == (
        LetterState.REFUSED,
        {"Åsa Öberg"},
    )


def test_an_answer_of_exchange_is_recognised(
    post: Post, training: TrainingEvent, servers: MailServers
) -> None:
    """Without ORGANIZER, and with a zone by its name of Windows."""
    answer = shaped(post, "exchange_reply", "Maria Ruiz")
    to = reply_address(post.settings, post.invitation("Maria Ruiz"))
    send(servers, answer, f"{READER}@example.org", to)
    read_until(post, servers, MailKind.REPLY, 1)
    assert post.invitation("Maria Ruiz").answer == Answer.ACCEPTED
