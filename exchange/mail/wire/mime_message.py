"""From a letter's row to the message on the wire. It stores nothing and sends nothing."""

import base64
import quopri
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from functools import cache, lru_cache
from typing import Any

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from exchange.mail.wire.claimed_letter import ClaimedLetter
from exchange.models import Letter
from exchange.rules.plain_text import is_control

UNSUBSCRIBE = "List-Unsubscribe"
NO_ANSWERS = "X-Auto-Response-Suppress"  # Exchange's own, which does not heed Auto-Submitted
MAILBOXES = frozenset({"From", "To"})  # headers of one mailbox each (RFC 5322 3.4)
LETTER_ID = "X-Exchange-Letter"  # the Message-ID once more: relays may replace that one
TRUE_READER = "X-Exchange-Reader"  # who would have got a letter that safe mode sends elsewhere
_PLAIN = frozenset(
    {
        *(*MAILBOXES, "Date", "Message-ID", "References", LETTER_ID, "Auto-Submitted", NO_ANSWERS),
        *(UNSUBSCRIBE, "List-Unsubscribe-Post"),
    }
)
_ENCODED_MARK = "=?"
_LINE_MAX = 78  # RFC 5322 2.1.1
_KEPT_CHARACTERS = 100  # of headers that come again: types, versions, dates


class Unwritable(Exception):
    """The letter cannot be put into a message; the text says why."""


class _Literal(str):
    """Words that look like encoded words (RFC 2047) and are none: somebody typed them."""

    __slots__ = ()


class LetterPolicy(EmailPolicy):
    """The standard policy, but a header's first word stays beside its name, and what is plain costs little.

    The library may break the line right after "Subject:"; some filters then read a subject that begins
    with a space, and the marking must stand first. Parsing and folding a header takes it longer than all
    else a letter needs: what was parsed is kept, and a header that fits its line is written as it stands.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:  # noqa: ANN401 - as the library has it
        """The header as it is kept. Raises ValueError for line breaks and control characters."""
        is_plain = isinstance(value, str) and value.isprintable() and (value.isascii() or name in MAILBOXES)
        if name in _PLAIN and is_plain:
            return name, value
        if isinstance(value, str) and _ENCODED_MARK in value and is_plain:
            return name, _Literal(value)
        if isinstance(value, str) and len(value) <= _KEPT_CHARACTERS:
            return _parsed(self, name, value)
        return self.parsed(name, value) if isinstance(value, str) else super().header_store_parse(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """The header as bytes; at most ten characters longer than the recommended 78, an address unbroken."""
        text = str(value)
        if isinstance(value, _Literal):
            return _literal(name, value, self.linesep)
        if name in MAILBOXES:  # the library unquotes what is not ASCII, and a comma parts readers
            return _folded(f"{name}: {text}", self.linesep).encode()
        fits = len(name) + 2 + len(text) <= _LINE_MAX or name == UNSUBSCRIBE
        if fits and text.isascii() and text.isprintable():
            # Of a long address the library would make encoded words, which no mail program opens.
            return f"{name}: {text}{self.linesep}".encode()
        folded = super().fold_binary(name, value)
        end = self.linesep.encode()
        return folded.replace(f"{name}:".encode() + end, f"{name}:".encode(), 1)

    def header_max_count(self, name: str) -> int | None:
        """How often a header may stand in one message; the library makes a class anew for each answer."""
        return _max_count(name)

    def parsed(self, name: str, value: str) -> tuple[str, Any]:
        """What the library makes of a header.

        Line breaks are refused here: older releases of it look for two lines and overlook one that ends.
        """
        if any(is_control(character) for character in value):
            raise ValueError(f"{name} holds a line break or another control character")
        return super().header_store_parse(name, value)


@lru_cache(maxsize=256)
def _parsed(policy: LetterPolicy, name: str, value: str) -> tuple[str, Any]:
    """The same headers come again in every letter; what is parsed is never changed."""
    return policy.parsed(name, value)


@cache
def _max_count(name: str) -> int | None:
    return EmailPolicy.header_max_count(ASCII, name)


@dataclass(frozen=True)
class Envelope:
    """What a mail server is handed: both addresses as RFC 5321 writes them, and the message with CRLF."""

    sender: str
    recipient: str
    content: bytes


_ONLY_NAME = re.compile(r"([A-Za-z-]+:)?")  # the first word stays beside it
_BEFORE_SPACES = re.compile(r"(?<=\S)(?= )")
_METHOD = re.compile(r"^METHOD:([A-Z]+)\r?$", re.MULTILINE)

ASCII = LetterPolicy(linesep="\r\n")
UNICODE = LetterPolicy(linesep="\r\n", utf8=True)


def enveloped(letter: Letter | ClaimedLetter, *, mail_from: str, now: datetime, all_to: str = "") -> Envelope:
    """The letter as it goes on the wire; see build_message, which it raises Unwritable like."""
    message = build_message(letter, mail_from=mail_from, now=now, all_to=all_to)
    recipient = wire_address(all_to or letter.to_address)
    return Envelope(sender(mail_from).addr_spec, recipient, message.as_bytes())


def build_message(
    letter: Letter | ClaimedLetter, *, mail_from: str, now: datetime, all_to: str = ""
) -> EmailMessage:
    """The message: text first, HTML beside it, under the letter's own Message-ID.

    With ``all_to``, the address of safe mode, it goes there; the subject's end and a header name the reader.
    Raises Unwritable when an address is none, or a header holds what no header may.
    """
    to = _address(all_to or letter.to_address)
    address = wire_address(all_to or letter.to_address)
    message = EmailMessage(policy=ASCII if to.ascii_email else UNICODE)
    try:
        message["From"] = _mailbox(sender(mail_from).display_name, sender(mail_from).addr_spec)
        message["To"] = _mailbox(letter.to_name, address)
        message["Subject"] = f"{letter.subject} (for {letter.to_name})" if all_to else letter.subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = letter.message_id
        message[LETTER_ID] = letter.message_id
        if letter.cycle_id or letter.training_id:
            message["References"] = _thread_of(letter)
        message[NO_ANSWERS] = "OOF, AutoReply"  # reports of delivery are welcome
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
        if letter.unsubscribe_url and not all_to:
            message[UNSUBSCRIBE] = f"<{letter.unsubscribe_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        if all_to:
            message[TRUE_READER] = letter.to_address
        _fill(message, letter)
    except (ValueError, MessageError) as error:
        raise Unwritable(str(error)) from error
    return message


def _thread_of(letter: Letter | ClaimedLetter) -> str:
    """A Message-ID that no letter has, and all letters about one exchange or event refer to."""
    item = f"cycle-{letter.cycle_id}" if letter.cycle_id else f"training-{letter.training_id}"
    return f"<{item}@{letter.message_id.rpartition('@')[2].rstrip('>')}>"


def _fill(message: EmailMessage, letter: Letter | ClaimedLetter) -> None:
    """Text, HTML and calendar as wordings of one letter, the calendar as a file as well (RFC 6047 2.4).

    The shape that mail programs of all makers know. Its parts are put together here: the library's
    add_alternative parses what it wrote at each step, which takes longer than sending.
    """
    wordings = [
        _part("text/plain", "quoted-printable", letter.text),
        _part("text/html", "base64", letter.html),
    ]
    if not letter.calendar:
        _hold(message, "alternative", wordings)
        return
    method = _METHOD.search(letter.calendar)
    if method is None:
        raise ValueError("a calendar part names its method")
    wordings.append(_part("text/calendar", "base64", letter.calendar, f"; method={method.group(1)}"))
    body = EmailMessage(policy=message.policy)
    _hold(body, "alternative", wordings)
    file = _part("application/ics", "base64", letter.calendar)
    file["Content-Disposition"] = 'attachment; filename="invite.ics"'
    _hold(message, "mixed", [body, file])


def _hold(message: EmailMessage, kind: str, parts: Iterable[EmailMessage]) -> None:
    """The boundary stands in no quoted-printable and no base64 (RFC 2045 6.7), so all letters share it."""
    message["MIME-Version"] = "1.0"
    message["Content-Type"] = f'multipart/{kind}; boundary="=_{kind}"'
    for part in parts:
        message.attach(part)


def _part(kind: str, encoding: str, text: str, more: str = "") -> EmailMessage:
    lines = text.encode().splitlines()
    if encoding == "base64":
        encoded = base64.encodebytes(b"\r\n".join([*lines, b""]))  # as text is meant there (RFC 2045 6.8)
    else:
        encoded = quopri.encodestring(b"\n".join([*lines, b""]))
    part = EmailMessage(policy=ASCII)
    part["Content-Type"] = f'{kind}; charset="utf-8"{more}'
    part["Content-Transfer-Encoding"] = encoding
    part.set_payload(encoded.decode("ascii"))
    return part


@lru_cache(maxsize=256)
def _mailbox(name: str, address: str) -> str:
    """Somebody as RFC 5322 writes them, on one line: quoted, or in encoded words what is not ASCII.

    Raises ValueError for control characters, which would be hidden in encoded words.
    """
    if any(is_control(character) for character in name):
        raise ValueError("a name holds a line break or another control character")
    if not name.isascii() or "=?" in name:
        name = " ".join(Header(name, "utf-8", header_name="From").encode().split())
    local_part, _, domain = address.rpartition("@")
    return str(Address(name, username=local_part, domain=domain))


def _literal(name: str, text: str, linesep: str) -> bytes:
    """A header of which a mail program shows every character as it stands: encoded where it looks encoded."""
    start = text.rfind(" ", 0, text.index(_ENCODED_MARK)) + 1
    encoded = Header(text[start:], "utf-8", header_name=f"{name}: {text[:start]}").encode(linesep=linesep)
    return f"{name}: {text[:start]}{encoded}{linesep}".encode()


def _folded(text: str, linesep: str) -> str:
    """A header in lines of 78 characters at most, broken before spaces, as far as there are any."""
    lines = [""]
    for word in _BEFORE_SPACES.split(text):
        if len(lines[-1]) + len(word) > _LINE_MAX and not _ONLY_NAME.fullmatch(lines[-1]):
            lines.append("")
        lines[-1] += word
    return linesep.join(lines) + linesep


@cache
def sender(mail_from: str) -> Address:
    """The address that letters come from, parsed from the setting."""
    name, address = parseaddr(mail_from)
    return Address(name, addr_spec=address)


def wire_address(address: str) -> str:
    """The address as SMTP carries it: the domain in ASCII; only a local part may stay as it is.

    Raises Unwritable when it is no address.
    """
    valid = _address(address)
    return valid.ascii_email or f"{valid.local_part}@{valid.ascii_domain}"


def same_address(one: str, other: str) -> bool:
    """Whether two addresses are one: in whichever case, and with a domain in either of its writings."""
    return _canonical(one) == _canonical(other)


def _canonical(address: str) -> str:
    try:
        return wire_address(address).lower()
    except Unwritable:
        return address.strip().lower()


@lru_cache(maxsize=1024)
def _address(address: str) -> ValidatedEmail:
    try:
        return validate_email(address, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise Unwritable(f"This is not an e-mail address. {error}") from error
