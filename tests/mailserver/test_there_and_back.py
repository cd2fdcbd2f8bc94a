"""Through a real Postfix into a real Dovecot mailbox, and the answer back: the event page shows it."""

import smtplib
from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import quote

import pytest
from icalendar import Calendar, Event
from sqlmodel import select

from exchange.db import Database
from exchange.invitations.reply_mailbox import read_mailbox
from exchange.mail.inbox.imap import ImapMailbox
from exchange.mail.outbox.delivery import deliver_due
from exchange.mail.outbox.refused_addresses import marks
from exchange.mail.wire.smtp import SmtpTransport
from exchange.mail.wire.transport import Unreachable
from exchange.models import Answer, HandledMail, LetterState, MailKind, Person, Role, TrainingEvent
from tests.factories import make_person
from tests.invitations.conftest import INVITED_AT, Post, event
from tests.mailserver.conftest import BOX, READER
from tests.mailserver.servers import PASSWORD, MailServers, wait_for
from tests.pages import text_of
from tests.sign_in import SignIn

pytestmark = pytest.mark.mailserver
SINCE = date(2000, 1, 1)  # the servers live in today's time, the Exchange in 2027


@pytest.fixture
def training(database: Database, post: Post) -> TrainingEvent:
    """Three are invited; only Maria has a mailbox."""
    with database.transaction() as session:
        made = event(session)
        session.exec(select(Person).where(Person.name == "Maria Ruiz")).one().email = f"{READER}@example.org"
    assert post.tick(INVITED_AT) == 3
    return made


def deliver(post: Post, servers: MailServers) -> int:
    url = servers.smtp_url(BOX)
    carrier = SmtpTransport(url, timeout=10, tls=servers.tls)
    now = INVITED_AT + timedelta(minutes=1)
    return deliver_due(post.database, carrier, post.settings, now=now, worker="test:1", limit=10).sent


def newest(servers: MailServers, user: str) -> EmailMessage | None:
    box = ImapMailbox(servers.imap_url(user), timeout=10, tls=servers.tls)
    found = box.read(None, since=SINCE, limit=1000)
    return message_from_bytes(found[-1].content, policy=policy.default) if found else None  # type: ignore[return-value]


def invitation_for(servers: MailServers, uid: str) -> EmailMessage:
    def found() -> bool:
        message = newest(servers, READER)
        return message is not None and uid in calendar_of(message)

    wait_for(found, "the invitation in Dovecot")
    message = newest(servers, READER)
    assert message is not None
    return message


def calendar_of(message: EmailMessage) -> str:
    part = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    return str(part.get_content())


def accept(invitation: EmailMessage) -> EmailMessage:
    """What a calendar program makes of the invitation when its reader presses Accept (RFC 5546 3.2.3)."""
    (asked,) = Calendar.from_ical(calendar_of(invitation)).events
    attendee = asked["ATTENDEE"]
    attendee.params["PARTSTAT"] = "ACCEPTED"
    del attendee.params["RSVP"]
    answer, entry = Calendar(), Event()
    for name, value in (("version", "2.0"), ("prodid", "-//Reader//EN"), ("method", "REPLY")):
        answer.add(name, value)
    for name in ("UID", "SEQUENCE", "DTSTART", "ORGANIZER"):
        entry[name] = asked[name]
    entry["ATTENDEE"] = attendee
    entry.add("dtstamp", INVITED_AT + timedelta(minutes=2))
    answer.add_component(entry)
    message = EmailMessage()
    message["From"] = f"Maria Ruiz <{READER}@example.org>"
    message["To"] = str(asked["ORGANIZER"]).removeprefix("mailto:")
    message["Subject"] = f"Accepted: {invitation['Subject']}"
    message.set_content("Maria Ruiz has accepted.\n")
    message.add_alternative(answer.to_ical().decode(), subtype="calendar", params={"method": "REPLY"})
    return message


def send_as_reader(servers: MailServers, message: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", servers.smtp_port, timeout=10) as connection:
        connection.starttls(context=servers.tls)
        connection.login(f"{READER}@example.org", PASSWORD)
        connection.send_message(message)


def read_until(post: Post, servers: MailServers, kind: MailKind, count: int) -> None:
    box = ImapMailbox(servers.imap_url(BOX), timeout=10, tls=servers.tls)
    now = INVITED_AT + timedelta(minutes=5)

    def is_read() -> bool:
        read_mailbox(post.database, LongAgo(box), post.settings, clock=lambda: now)
        with post.database.reading() as session:
            found = session.exec(select(HandledMail).where(HandledMail.kind == kind, HandledMail.is_taken))
            return len(found.all()) == count

    wait_for(is_read, f"{count} messages: {kind}")


class LongAgo:
    """The mailbox, read from its beginning: the clock of the Exchange is ahead of the servers'."""

    def __init__(self, box: ImapMailbox) -> None:
        self.box = box

    def read(self, after: object, *, since: date, limit: int) -> object:
        return self.box.read(after, since=SINCE, limit=limit)  # type: ignore[arg-type]


def test_an_invitation_goes_out_and_its_answer_comes_back(
    post: Post, training: TrainingEvent, servers: MailServers, sign_in: SignIn, database: Database
) -> None:
    assert deliver(post, servers) == 3
    uid = post.invitation("Maria Ruiz").uid
    received = invitation_for(servers, uid)
    assert received.get_content_type() == "multipart/mixed"
    assert [part.get_filename() for part in received.iter_attachments()] == ["invite.ics"]
    send_as_reader(servers, accept(received))
    read_until(post, servers, MailKind.REPLY, 1)
    assert post.invitation("Maria Ruiz").answer == Answer.ACCEPTED

    with database.transaction() as session:
        city = session.exec(select(Person)).first().city  # type: ignore[union-attr]
        planner = make_person(session, city=city, roles=[Role.COORDINATOR])
    page = text_of(sign_in(planner).get(f"/trainings/{training.id}"))
    assert "Invited: 3. Coming: 1, perhaps: 0, not coming: 0, no answer yet: 2." in page
    assert "Washington DC 1 Maria Ruiz" in page

    # The two without a mailbox were accepted by Postfix and refused by Dovecot: it reports them.
    read_until(post, servers, MailKind.REPORT, 2)
    with database.reading() as session:
        marked = {mark.person.name for mark in marks(session) if mark.person}
    assert marked == {"Åsa Öberg", "Tom Baker-Lane"}
    states = {letter.to_name: letter.state for letter in post.letters()}
    assert states == {
        "Maria Ruiz": LetterState.SENT,
        "Åsa Öberg": LetterState.REFUSED,
        "Tom Baker-Lane": LetterState.REFUSED,
    }


def test_a_mailbox_is_read_from_where_it_was_left_a_few_at_a_time(servers: MailServers) -> None:
    box = ImapMailbox(servers.imap_url(BOX), timeout=10, tls=servers.tls)
    before = len(box.read(None, since=SINCE, limit=1000))
    for number in range(3):
        message = EmailMessage()
        message["From"], message["To"] = f"{READER}@example.org", f"{BOX}@example.org"
        message["Subject"] = f"Number {number}"
        message.set_content("Hello\n")
        send_as_reader(servers, message)
    wait_for(lambda: len(box.read(None, since=SINCE, limit=1000)) == before + 3, "three messages")
    every = box.read(None, since=SINCE, limit=1000)
    _first, second, third = last = every[-3:]
    # A mail server delivers them in any order; what counts is the order in which they lie there.
    assert sorted(n for n in range(3) for one in last if b"Number %d" % n in one.content) == [0, 1, 2]
    assert [one.position for one in box.read(second.position, since=SINCE, limit=9)] == [third.position]
    assert box.read(third.position, since=SINCE, limit=9) == []
    assert len(box.read(None, since=SINCE, limit=1)) == 1
    assert box.read(None, since=SINCE, limit=0) == []


def test_a_wrong_password_and_a_server_nobody_vouches_for_leave_the_mailbox_alone(
    servers: MailServers,
) -> None:
    wrong = servers.imap_url(BOX).replace(quote(PASSWORD, safe=""), "wrong")
    with pytest.raises(Unreachable, match="AUTHENTICATIONFAILED"):
        ImapMailbox(wrong, timeout=10, tls=servers.tls).read(None, since=SINCE, limit=1)
    with pytest.raises(Unreachable, match="certificate verify failed"):
        ImapMailbox(servers.imap_url(BOX), timeout=10).read(None, since=SINCE, limit=1)
