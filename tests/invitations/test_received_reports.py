"""Reports of letters that did not arrive, as mail servers of all makers write them."""

import base64
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.mail.inbox.bounce_reports import report_in
from exchange.mail.inbox.parsed_message import incoming
from exchange.mail.outbox.refused_addresses import marks
from exchange.mail.wire.mime_message import build_message
from exchange.mail.wire.refusal_words import enhanced_code, is_dead_address, status_of
from exchange.models import Letter, LetterState, TrainingEvent
from tests.invitations.conftest import Post
from tests.invitations.mailbox import Box, handled, read, sent_letter

READER = "Maria Ruiz"
DEAD = "550 5.1.1 <@ATT@>: Recipient address rejected: User unknown"


@pytest.fixture
def box(training: TrainingEvent) -> Box:
    return Box()


def fields(
    status: str = "5.1.1", words: str = DEAD, to: str = "rfc822; @ATT@", action: str = "failed"
) -> str:
    return f"Final-Recipient: {to}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {words}\n"


def part(kind: str, body: str) -> str:
    return f"Content-Type: {kind}\n\n{body}\n"


def report(*groups: str, kind: str = "message/delivery-status", about: str = "Message-ID: @MID@\n") -> str:
    body = "\n".join(["Reporting-MTA: dns; mx.example.net\n", *groups])
    parts = [part("text/plain", "Sorry."), part(kind, body), part("text/rfc822-headers", about)]
    return multipart("report; report-type=delivery-status", *parts)


def multipart(kind: str, *parts: str, boundary: str = "b") -> str:
    inner = "".join(f"--{boundary}\n{one}\n" for one in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n{inner}--{boundary}--\n'


def outer(body: str, sender: str = "MAILER-DAEMON@mx.example.net", more: str = "") -> str:
    return f"From: {sender}\nTo: programme@example.org\n{more}MIME-Version: 1.0\n{body}"


def base64_part(kind: str, body: str) -> str:
    encoded = base64.encodebytes(body.encode()).decode()
    return f"Content-Type: {kind}\nContent-Transfer-Encoding: base64\n\n{encoded}\n"


def reported(post: Post, box: Box, text: str) -> Letter:
    letter = sent_letter(post, READER)
    for name, value in (("ATT", letter.to_address), ("MID", letter.message_id)):
        text = text.replace(f"@{name}@", value)
    box.contents.append(text.replace("\n", "\r\n").encode())
    read(post, box)
    return post.letters(to_name=READER)[0]


def marked(post: Post) -> list[str]:
    with post.database.reading() as session:
        return [mark.refused.address for mark in marks(session)]


STATUS = f"Reporting-MTA: dns; x\n\n{fields()}"
ABOUT = part("text/rfc822-headers", "Message-ID: @MID@\n")
MARKS = {
    "a report inside of another wrapping": multipart("mixed", report(fields()), boundary="outside"),
    "a report that is called mixed": multipart("mixed", part("message/delivery-status", STATUS), ABOUT),
    "RFC 6533": multipart(
        "report; report-type=global-delivery-status",
        part("message/global-delivery-status", STATUS.replace("rfc822;", "utf-8;")),
        part("message/global-headers", "Message-ID: @MID@\n"),
    ),
    "the letter named in References alone": report(fields(), about="Subject: x\n"),
    "our recipient's status among others'": report(
        fields("4.2.2", "452 4.2.2 full", "rfc822; other@example.org", "delayed"), fields()
    ),
    "an answer in several lines": report(fields("5.0.0", "550-5.1.1 The account\n does not exist")),
    "no code but words": report(fields("5.0.0", "550 No such user here")),
    "an address in brackets": report(fields(to="rfc822;<@ATT@>")),
}


@pytest.mark.parametrize("name", MARKS)
def test_a_dead_address_is_marked(post: Post, box: Box, name: str) -> None:
    more = "References: @MID@\n" if "References" in name else ""
    letter = reported(post, box, outer(MARKS[name], more=more))
    assert (letter.state, marked(post)) == (LetterState.REFUSED, [letter.to_address])


def test_a_mailbox_that_passes_letters_on_is_not_marked_for_the_place_it_passes_them_to(
    post: Post, box: Box
) -> None:
    passed_on = "Original-Recipient: rfc822;@ATT@\n" + fields(to="rfc822; old@elsewhere.example.net")
    letter = reported(post, box, outer(report(passed_on)))
    assert (letter.state, marked(post)) == (LetterState.REFUSED, [])


def test_parts_in_base64_are_read(post: Post, box: Box) -> None:
    letter = sent_letter(post, READER)
    status = STATUS.replace("@ATT@", letter.to_address)
    about = f"Message-ID: {letter.message_id}\n"
    parts = [base64_part("message/delivery-status", status), base64_part("message/rfc822", about)]
    assert reported(post, box, outer(multipart("report", *parts))).state == LetterState.REFUSED
    assert marked(post) == [letter.to_address]


ABOUT_US = [
    ("5.1.7", "550 5.1.7 Invalid address of the sender"),
    ("5.1.8", "550 5.1.8 Domain not found"),
    ("5.1.1", "550 5.1.1 <programme@example.org>: Sender address rejected: not verified"),
    ("5.0.0", "550 Blocked: 5.1.1.20 is listed at bl.example"),
    ("5.0.0", "554 Access from [5.1.1.2] denied"),
    ("5.0.0", "554 This message looks like spam"),
    ("5.7.1", "550 5.7.1 Client host rejected"),
    ("5.6.0", "554 5.6.0 Content rejected"),
    ("5.0.0", "550 relaying denied"),
    ("5.0.0", ""),
    ("5.2.2", "552 5.2.2 Mailbox full"),
    ("5.2.1", "550 5.2.1 The user is receiving mail at a rate that prevents additional messages"),
    ("4.4.7", "451 4.4.7 expired"),
]


@pytest.mark.parametrize(("status", "words"), ABOUT_US)
def test_what_is_about_us_marks_nobody(post: Post, box: Box, status: str, words: str) -> None:
    letter = reported(post, box, outer(report(fields(status, words))))
    assert (letter.state, marked(post)) == (LetterState.REFUSED, [])
    assert handled(post)[0].is_taken


SHOWN = {
    "a place to which the mailbox passes on, among several": report(
        fields(to="rfc822; first@elsewhere.example", action="relayed"), fields(to="rfc822; second@x.example")
    ),
    "plain text of a server": "Content-Type: text/plain\n\nYour letter @MID@ was delayed.\n",
    "a complaint": multipart(
        "report; report-type=feedback-report",
        part("message/feedback-report", "Feedback-Type: abuse\nVersion: 1\n"),
        part("message/rfc822", "Message-ID: @MID@\n\nx"),
    ),
}


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_not_certain_is_shown_and_changes_nothing(post: Post, box: Box, name: str) -> None:
    letter = reported(post, box, outer(SHOWN[name]))
    (shown,) = handled(post)
    assert (letter.state, marked(post)) == (LetterState.SENT, [])
    assert (shown.is_taken, shown.person_id) == (False, letter.person_id)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", "delayed"])
def test_a_report_of_no_failure_is_none(post: Post, box: Box, action: str) -> None:
    assert reported(post, box, outer(report(fields("2.0.0", "250 ok", action=action)))).state == "sent"
    assert handled(post) == []


EXIM = """Content-Type: text/plain

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its recipients.

  @ATT@
    host mx.example.net [192.0.2.5]
    SMTP error from remote mail server after RCPT TO:<@ATT@>:
    550 5.1.1 User unknown

------ This is a copy of the message, including all the headers. ------

Message-ID: @MID@
"""
QMAIL = """Content-Type: text/plain

Hi. This is the qmail-send program at mx.example.net.

<@ATT@>:
192.0.2.5 does not like recipient.
Remote host said: 550 5.1.1 No such user
Giving up on 192.0.2.5.

--- Below this line is a copy of the message.

Message-ID: @MID@
"""


@pytest.mark.parametrize(("text", "more"), [(EXIM, "X-Failed-Recipients: @ATT@\n"), (QMAIL, "")])
def test_plain_text_that_quotes_an_answer_is_believed(post: Post, box: Box, text: str, more: str) -> None:
    letter = reported(post, box, outer(text, more=more))
    assert (letter.state, marked(post)) == (LetterState.REFUSED, [letter.to_address])


@pytest.mark.parametrize("sender", ["reader@example.org", "MAILER-DAEMON@mx.example.net"])
def test_text_about_no_letter_of_ours_is_left_alone(post: Post, box: Box, sender: str) -> None:
    reported(post, box, outer("Content-Type: text/plain\n\n<a@example.org> is away.\n", sender=sender))
    assert handled(post) == []


def test_a_letter_is_known_by_our_header_when_a_relay_renamed_it(post: Post, box: Box) -> None:
    """The relay gives each letter a Message-ID of its own, and its reports name that one."""
    letter = sent_letter(post, READER)
    sent = build_message(letter, mail_from=post.settings.mail_from, now=post.clock()).as_string()
    renamed = re.sub(r"(?m)^Message-ID: .*$", "Message-ID: <0100@relay.example>", sent)
    assert letter.message_id in renamed
    text = multipart(
        "report",
        part("message/delivery-status", STATUS),
        part("message/rfc822", renamed.replace("\r\n", "\n")),
        boundary="outside",
    )
    letter = reported(post, box, outer(text))
    assert (letter.state, marked(post)) == (LetterState.REFUSED, [letter.to_address])


def test_an_address_outside_ascii_is_the_same_in_its_escaped_form() -> None:
    """RFC 6533 3: where a report has to be ASCII, characters stand as their numbers."""
    text = report(fields(to=r"utf-8; j\x{F6}rg@example.org"), fields(to="utf-8; jörg@example.org")).encode()
    first, second = report_in(incoming(text)).failures
    assert first.recipients == second.recipients == {"jörg@example.org"}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("550 5.1.1 No", "5.1.1"),
        ("550-5.1.1 No", "5.1.1"),
        ("550 #5.1.0 Address rejected", "5.1.0"),
        ("smtp; 550 5.1.10 null MX", "5.1.10"),
        ("550 client 5.1.1.7 rejected", ""),
        ("550 5.1.1.7 is listed", ""),
        ("550 see rule 5.1.1", ""),
        ("250 2.0.0 ok, was 550", "2.0.0"),
    ],
)
def test_a_code_stands_directly_after_the_three_digits(words: str, code: str) -> None:
    assert enhanced_code(words) == code


@given(st.ip_addresses(v=4).map(str), st.sampled_from(["550 {}", "554 host {} x", "550 [{}] no"]))
def test_an_address_of_a_machine_is_no_code(address: str, words: str) -> None:
    assert enhanced_code(words.format(address)) == ""
    assert not is_dead_address(words.format(address) + " on a blocklist", unless_said=True)


@given(st.integers(0, 9), st.integers(0, 99), st.text("abc :.", max_size=9))
def test_a_status_that_says_something_counts_before_the_answer(subject: int, detail: int, more: str) -> None:
    own = f"5.{subject}.{detail}"
    expected = "5.1.1" if own == "5.0.0" else own
    assert status_of(own, f"550 5.1.1 {more}") == expected


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(st.binary(max_size=400), st.sampled_from(["base64", "quoted-printable", "8bit"]))
def test_whatever_a_report_holds_it_is_read_or_unreadable(body: bytes, encoding: str) -> None:
    head = f"Content-Type: message/delivery-status\nContent-Transfer-Encoding: {encoding}\n\n".encode()
    try:
        report_in(incoming(head + body))
    except Exception as error:
        assert type(error).__name__ == "Unreadable"  # noqa: PT017 - any other is a failure
