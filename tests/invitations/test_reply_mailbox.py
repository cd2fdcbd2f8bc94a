"""Answers of calendars and reports of failed letters, as strangers and programs write them."""

import threading
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar, Event, vCalAddress
from sqlmodel import select

from exchange.audit import actor_name
from exchange.db import Database
from exchange.errors import ConfigurationError
from exchange.invitations.invitation_links import answer_link, reply_address
from exchange.mail.inbox.imap import ImapMailbox
from exchange.mail.outbox.refused_addresses import marks
from exchange.mail.wire.transport import Unreachable
from exchange.models import (
    Answer,
    AuditEntry,
    HandledMail,
    Invitation,
    Letter,
    LetterState,
    MailboxMark,
    Role,
    TrainingEvent,
)
from tests.factories import make_person
from tests.invitations.conftest import INVITED_AT, Post
from tests.invitations.mailbox import Box, read, sent_letter
from tests.invitations.test_change_announcements import move_event, tell
from tests.pages import text_of
from tests.sign_in import SignIn


@pytest.fixture
def box(training: TrainingEvent) -> Box:
    return Box()


def reply(post: Post, name: str = "Maria Ruiz", partstat: str = "ACCEPTED", **change: object) -> bytes:
    """What a calendar sends that answers the invitation it got; ``change`` makes it another."""
    invitation = post.invitation(name)
    facts: dict[str, object] = {
        "uid": invitation.uid,
        "sequence": invitation.sequence,
        "attendee": invitation.sent_to,
        "sender": invitation.sent_to,
        "organizer": reply_address(post.settings, invitation),
        "to": reply_address(post.settings, invitation),
        "stamp": post.clock(),
        "method": "REPLY",
    } | change
    calendar, event = Calendar(), Event()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Test//EN")
    calendar.add("method", facts["method"])
    event.add("uid", facts["uid"])
    event.add("sequence", facts["sequence"])
    event.add("dtstamp", facts["stamp"])
    event.add("dtstart", datetime(2027, 3, 11, 9, tzinfo=UTC))
    attendee = vCalAddress(f"MAILTO:{facts['attendee']}")
    attendee.params["PARTSTAT"] = partstat
    event.add("attendee", attendee)
    event.add("organizer", f"mailto:{facts['organizer']}")
    calendar.add_component(event)
    message = EmailMessage()
    message["From"], message["To"] = f"Maria <{facts['sender']}>", str(facts["to"])
    message["Subject"] = "Accepted"
    message.set_content("Yes\n")
    message.add_alternative(
        calendar.to_ical().decode(), subtype="calendar", params={"method": str(facts["method"])}
    )
    return message.as_bytes()


def outcomes(database: Database) -> list[tuple[bool, str]]:
    with database.reading() as session:
        found = session.exec(select(HandledMail).order_by(HandledMail.id))
        return [(one.is_taken, one.outcome) for one in found]


@pytest.mark.parametrize(
    ("partstat", "answer"),
    [("ACCEPTED", Answer.ACCEPTED), ("TENTATIVE", Answer.TENTATIVE), ("DECLINED", Answer.DECLINED)],
)
def test_a_calendars_answer_is_taken_once(post: Post, box: Box, partstat: str, answer: Answer) -> None:
    box.contents.append(reply(post, partstat=partstat))
    assert read(post, box) == 1
    assert read(post, box) == 0
    invitation = post.invitation("Maria Ruiz")
    assert (invitation.answer, invitation.answered_by) == (answer, "calendar")
    with post.database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "answer invitation")).one()
        assert actor_name(session, entry) == "Maria Ruiz"
        assert entry.after == {"answer": answer.value, "by": "calendar", "to": "training:1"}


def test_an_answer_sent_to_the_sender_is_proven_by_its_organizer(post: Post, box: Box) -> None:
    """Some programs answer to From; the calendar in it still names the secret address."""
    box.contents.append(reply(post, to="programme@example.org"))
    read(post, box)
    assert post.invitation("Maria Ruiz").answer == Answer.ACCEPTED


def test_an_international_domain_is_the_same_in_either_writing(
    post: Post, box: Box, database: Database
) -> None:
    with database.transaction() as session:
        for one in session.exec(select(Invitation)):
            if one.person.name == "Maria Ruiz":
                one.sent_to = "maria@bücher.example"
    box.contents.append(
        reply(post, attendee="Maria@xn--bcher-kva.example", sender="maria@XN--bcher-kva.example")
    )
    read(post, box)
    assert post.invitation("Maria Ruiz").answer == Answer.ACCEPTED


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"uid": "stranger@example.org"}, "It answers an invitation that is not ours."),
        (
            {"to": "programme@example.org", "organizer": "programme@example.org"},
            "It lacks the secret address of the invitation: it may be forged.",
        ),
        (
            {"to": "programme+" + "a" * 32 + "@example.org", "organizer": "x@example.org"},
            "It lacks the secret address of the invitation: it may be forged.",
        ),
        ({"attendee": "other@example.org"}, "It answers for somebody else than the invited person."),
        ({"sender": "mallory@example.org"}, "It was sent by somebody else than the invited person."),
        (
            {"method": "COUNTER"},
            "It neither accepts nor declines: another time was proposed, or somebody else named.",
        ),
    ],
)
def test_what_cannot_be_trusted_changes_nothing_and_is_shown(
    post: Post, box: Box, sign_in: SignIn, change: dict[str, object], words: str
) -> None:
    box.contents.append(reply(post, **change))
    assert read(post, box) == 1
    assert post.invitation("Maria Ruiz").answer == Answer.NONE
    assert outcomes(post.database) == [(False, words)]
    with post.database.transaction() as session:
        city = session.exec(select(Invitation)).first().person.city
        planner = make_person(session, city=city, roles=[Role.COORDINATOR])
    page = text_of(sign_in(planner).get("/letters/replies"))
    assert f"Not taken {words}" in page


def test_an_answer_with_anothers_token_is_forged(post: Post, box: Box) -> None:
    """A colleague knows the address of their own invitation, and answers for Maria."""
    other = reply_address(post.settings, post.invitation("Åsa Öberg"))
    box.contents.append(reply(post, to=other, organizer=other))
    read(post, box)
    assert post.invitation("Maria Ruiz").answer == Answer.NONE


def test_an_answer_to_the_time_of_before_a_move_is_stale(post: Post, box: Box) -> None:
    box.contents.append(reply(post))
    move_event(post, INVITED_AT, on_local=date(2027, 3, 25))
    tell(post, INVITED_AT + timedelta(minutes=10))
    read(post, box)
    assert outcomes(post.database) == [(False, "It answers an older version: the meeting has changed since.")]
    box.contents.append(reply(post, partstat="TENTATIVE"))
    read(post, box)
    assert post.invitation("Maria Ruiz").answer == Answer.TENTATIVE


def test_the_later_of_two_answers_stands_in_whichever_order_they_arrive(
    post: Post, box: Box, client: FlaskClient
) -> None:
    """Accepted in the calendar at nine, declined by the link at ten; the mail came at eleven."""
    nine = post.clock()
    accepted = reply(post, stamp=nine)
    post.clock.advance(hours=1)
    link = answer_link(post.settings, post.invitation("Maria Ruiz"))
    client.post(link.removeprefix(post.settings.base_url), data={"answer": "declined"})
    post.clock.advance(hours=1)
    box.contents.append(accepted)
    read(post, box)
    assert outcomes(post.database) == [(False, "It is older than the answer that stands.")]
    assert post.invitation("Maria Ruiz").answer == Answer.DECLINED


def test_an_answer_that_comes_after_the_meeting_began_is_not_taken(post: Post, box: Box) -> None:
    post.clock.set(datetime(2027, 3, 11, 12, tzinfo=UTC))
    box.contents.append(reply(post))
    read(post, box)
    assert outcomes(post.database)[0][1].startswith("This meeting has begun")


BROKEN = [
    b"",
    b"\x00\xff\xfe" * 50,
    b"From: \xff\nContent-Type: text/calendar; charset=nonsense\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\n",
    b"Content-Type: text/calendar\nContent-Transfer-Encoding: base64\n\n!!!not base64!!!",
    b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n--x",
    b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n",
    b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nSEQUENCE:many\r\n"
    b"END:VEVENT\r\nEND:VCALENDAR\r\n",
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n"
    b"Content-Type: message/delivery-status\n\nnonsense\n\nAction: failed\nStatus: 5.1.1\n\n--x--\n",
    b"Content-Type: message/rfc822\n\n" * 1200,
    b"From: " + b"(" * 4_000 + b"\nTo: programme@example.org\n\nx\n",
    b"From: mailer-daemon@example.net\n\n" + b"-" * 500_000,
    b"From: mailer-daemon@example.net\n\nHi. This is the\n\n<" + b"@" * 500_000,
    b"Content-Type: message/delivery-status\n\nx" + b" " * 500_000 + b"x\n",
]


def test_malformed_mail_never_stops_what_comes_after_it(post: Post, box: Box) -> None:
    box.contents += [*BROKEN, reply(post)]
    read(post, box)
    assert post.invitation("Maria Ruiz").answer == Answer.ACCEPTED
    assert read(post, box) == 0
    assert all(not is_taken for is_taken, _ in outcomes(post.database)[:-1])


def test_letters_of_people_and_invitations_of_others_are_left_alone(post: Post, box: Box) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "reader@example.org", "programme@example.org"
    message.set_content("I shall be ten minutes late.\n")
    elsewhere = {"to": "programme@example.org", "organizer": "host@example.org", "uid": "theirs"}
    box.contents += [message.as_bytes(), reply(post, method="REQUEST", **elsewhere)]
    assert read(post, box) == 0
    assert outcomes(post.database) == []


def test_our_own_invitation_sent_back_to_a_secret_address_is_shown(post: Post, box: Box) -> None:
    box.contents.append(reply(post, method="REQUEST"))
    assert read(post, box) == 1
    [(is_taken, words)] = outcomes(post.database)
    assert not is_taken
    assert "no answer: read it in the mailbox" in words


def test_a_refusal_from_between_two_acceptances_is_older_than_the_second(post: Post, box: Box) -> None:
    for at, said in ((0, "ACCEPTED"), (120, "ACCEPTED"), (60, "DECLINED")):
        box.contents.append(reply(post, partstat=said, stamp=post.clock() - timedelta(minutes=300 - at)))
        read(post, box)
    assert post.invitation("Maria Ruiz").answer == Answer.ACCEPTED


def test_two_clocks_reading_one_mailbox_count_a_reply_once(post: Post, box: Box) -> None:
    box.contents += [reply(post, name) for name in ("Maria Ruiz", "Åsa Öberg", "Tom Baker-Lane")]
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(read(post, box))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 3
    assert len(outcomes(post.database)) == 3
    with post.database.reading() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == "answer invitation")).all()
        assert len(entries) == 3
        assert session.exec(select(MailboxMark.last_uid)).one() == 3


def test_a_mailbox_that_was_built_anew_is_read_again_and_nothing_counts_twice(post: Post, box: Box) -> None:
    box.contents.append(reply(post))
    assert read(post, box) == 1
    box.validity = 4_000_000_000  # another UIDVALIDITY: all UIDs are new
    assert read(post, box) == 0
    box.contents.append(reply(post, "Åsa Öberg"))
    assert read(post, box) == 1


def report(letter: Letter, *, status: str = "5.1.1", action: str = "failed", to: str = "") -> bytes:
    """RFC 3464, as Postfix writes it."""
    words = f"smtp; 550 {status} <{letter.to_address}>: Recipient address rejected"
    return (
        "From: MAILER-DAEMON@mail.example.org\r\nTo: programme@example.org\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mail.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; {to or letter.to_address}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: {words}\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"From: programme@example.org\r\nMessage-ID: {letter.message_id}\r\n\r\n--b--\r\n"
    ).encode()


def test_a_report_that_a_letter_did_not_arrive_marks_its_address(post: Post, box: Box) -> None:
    letter = sent_letter(post)
    box.contents.append(report(letter))
    assert read(post, box) == 1
    assert post.letters(to_name="Maria Ruiz")[0].state == LetterState.REFUSED
    with post.database.reading() as session:
        (mark,) = marks(session)
        assert (mark.refused.address, mark.refused.letter_id) == (letter.to_address, letter.id)
        assert mark.person
        assert mark.person.name == "Maria Ruiz"
        assert "550 5.1.1" in mark.refused.words


@pytest.mark.parametrize(
    ("change", "is_recorded"),
    [({"action": "delayed"}, False), ({"to": "other@example.org"}, True), ({"status": "4.4.7"}, True)],
)
def test_a_report_of_something_else_marks_nobody(
    post: Post, box: Box, change: dict[str, str], is_recorded: bool
) -> None:
    box.contents.append(report(sent_letter(post), **change))
    assert read(post, box) == is_recorded
    with post.database.reading() as session:
        assert marks(session) == []


def test_a_report_without_our_message_id_marks_nobody(post: Post, box: Box) -> None:
    """Whoever knows an address could have it struck off."""
    letter = sent_letter(post)
    letter.message_id = "<guessed@example.org>"
    box.contents.append(report(letter))
    read(post, box)
    with post.database.reading() as session:
        assert marks(session) == []
    assert outcomes(post.database) == [(False, "It reports on a letter that we did not send.")]


@pytest.mark.parametrize("url", ["imap.example.org", "https://host", "imaps://", "imaps://host:no"])
def test_an_address_of_no_mailbox_is_said_so(url: str) -> None:
    with pytest.raises(ConfigurationError, match="EXCHANGE_IMAP_URL is not understood"):
        ImapMailbox(url, timeout=1)


def test_a_mailbox_out_of_reach_is_said_so() -> None:
    with pytest.raises(Unreachable, match="refused"):
        ImapMailbox("imaps://user:password@127.0.0.1:9", timeout=1).read(
            None, since=date(2027, 1, 1), limit=1
        )
