"""The message of a letter: whatever its words are, a reader's program finds them again."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.mail.outbox.letter_queue import one_line
from exchange.mail.wire.mime_message import Unwritable, enveloped
from tests.mail.letters import NOW
from tests.mail.wire.test_smtp import letter

CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
NAMES = WORDS.map(one_line).filter(str.strip)


def read(**fields: object) -> EmailMessage:
    """As a mail program gets it."""
    found = message_from_bytes(on_the_wire(**fields), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def on_the_wire(**fields: object) -> bytes:
    envelope = enveloped(letter(**fields), mail_from="Exchange <exchange@example.org>", now=NOW)  # type: ignore[arg-type]
    assert (envelope.sender, envelope.recipient) == ("exchange@example.org", "reader@example.org")
    assert all(line.endswith(b"\r") for line in envelope.content.split(b"\n")[:-1])
    assert max(map(len, envelope.content.split(b"\r\n"))) <= 998  # RFC 5322 2.1.1
    return envelope.content


def lines(message: EmailMessage, kind: str) -> list[bytes]:
    part = next(part for part in message.walk() if part.get_content_type() == kind)
    return bytes(part.get_payload(decode=True)).splitlines()  # type: ignore[arg-type]


@given(text=WORDS, html=WORDS)
def test_words_arrive_as_they_were_written(text: str, html: str) -> None:
    message = read(text=text, html=html, calendar=CALENDAR)
    assert lines(message, "text/plain") == text.encode().splitlines()
    assert lines(message, "text/html") == html.encode().splitlines()
    assert lines(message, "text/calendar") == CALENDAR.encode().splitlines()
    assert [part.get_content_type() for part in message.iter_parts()] == [
        "multipart/alternative",
        "application/ics",
    ]


@given(name=NAMES, subject=NAMES)
def test_names_and_subjects_arrive_as_they_were_written(name: str, subject: str) -> None:
    message = read(name=name, subject=subject)
    (reader,) = message["To"].addresses
    assert reader.addr_spec == "reader@example.org"
    # The library's newer parser keeps the space between two encoded words, which RFC 2047 6.2 says is none.
    (plain,) = getaddresses([message_from_bytes(on_the_wire(name=name, subject=subject))["To"]])
    assert str(make_header(decode_header(plain[0]))).split() == name.split()
    assert str(message["Subject"]).split() == subject.split()


@pytest.mark.parametrize("address", ["reader@example.org", "läsare@example.org"])
@pytest.mark.parametrize(
    "name",
    ["Åsa Berg, Fire", "Åsa )", "Åsa <b@example.org>", "Ann; Bo: Cy", 'Åsa "the" Berg', "=?utf-8?q?x?="]
    + [
        "Å" * 60,
        "Åsa Lindgren-Strömberg (Räddningstjänsten, Storstockholms brandförsvar), stand-in for Örjan",
    ],
)
def test_a_name_is_one_reader_whatever_stands_in_it(name: str, address: str) -> None:
    """The library took the quotes from around words that are not ASCII, so that a comma parted readers."""
    found = enveloped(letter(address, name), mail_from="Exchange <exchange@example.org>", now=NOW)
    written = found.content.partition(b"\r\nSubject: ")[0].partition(b"\r\nTo: ")[2].decode()
    assert max(map(len, written.split("\r\n"))) <= 78
    ((words, spec),) = getaddresses([written.replace("\r\n", "")])
    assert spec == address
    assert str(make_header(decode_header(words))).split() == name.split()


def test_a_sender_is_one_too() -> None:
    written = enveloped(letter(), mail_from='"Nätverk, Stockholm" <exchange@example.org>', now=NOW).content
    ((words, spec),) = getaddresses([message_from_bytes(written)["From"]])
    assert (str(make_header(decode_header(words))), spec) == ("Nätverk, Stockholm", "exchange@example.org")


@pytest.mark.parametrize("words", ["--=_alternative", "--=_mixed--", ".", "From here", "=3D"])
def test_no_words_end_a_part(words: str) -> None:
    """All letters share their boundaries; no encoding of a part can hold one."""
    message = read(text=f"a\n{words}\nb", html=f"<p>\n{words}\n", calendar=CALENDAR)
    assert lines(message, "text/plain") == [b"a", words.encode(), b"b"]
    assert lines(message, "text/html") == [b"<p>", words.encode()]


@pytest.mark.parametrize("field", ["subject", "message_id", "unsubscribe_url"])
@pytest.mark.parametrize(
    "text", ["a\r\nBcc: all@example.org", "a\n", "å\n", "a\r", "a\x0bb", "\na", "a\u2028b"]
)
def test_no_header_holds_a_line_break(field: str, text: str) -> None:
    """Releases of Python before 3.11.10 and 3.12.5 let some of them through (CVE-2024-6923)."""
    with pytest.raises(Unwritable):
        read(**{field: text})


@pytest.mark.parametrize(
    "subject",
    [
        "[TLP:CLEAR] =?utf-8?q?not_encoded?= and more",
        "=?utf-8?b?eA==?=",
        "[TLP:CLEAR] half =?utf-8?q?" + "x" * 90,
        "Why =?iso-8859-1?Q?a?= =?iso-8859-1?Q?b?=",
    ],
)
def test_words_that_look_encoded_arrive_as_they_were_written(subject: str) -> None:
    """A title that somebody typed was decoded by mail programs, and said something else."""
    raw = on_the_wire(subject=subject)
    plain = message_from_bytes(raw)["Subject"]
    assert str(make_header(decode_header(plain))) == subject
    marking = subject.partition("=?")[0]
    assert f"\r\nSubject: {marking}".encode() in raw
    assert max(map(len, raw.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 90


def test_letters_about_one_event_refer_to_one_thread_and_ask_for_no_answers_of_machines() -> None:
    first, second = (read(cycle_id=12, message_id=f"<{n}@exchange.example.org>") for n in range(2))
    assert first["References"] == second["References"] == "<cycle-12@exchange.example.org>"
    assert read(training_id=12)["References"] != first["References"]
    assert read()["References"] is None
    assert (first["X-Auto-Response-Suppress"], first["Auto-Submitted"]) == (
        "OOF, AutoReply",
        "auto-generated",
    )
    assert first["X-Exchange-Letter"] == first["Message-ID"]
