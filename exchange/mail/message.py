"""From a letter's row to the message on the wire. It stores nothing and sends nothing."""

import re
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from functools import cache, lru_cache
from typing import Any

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from exchange.models import Letter

UNSUBSCRIBE = "List-Unsubscribe"
_PLAIN = frozenset({"Message-ID", "Auto-Submitted", UNSUBSCRIBE, "List-Unsubscribe-Post"})
_LINE_MAX = 78  # RFC 5322 2.1.1
_KEPT_CHARACTERS = 100  # of headers that come again: types, versions, dates
TRUE_READER = "X-Exchange-Reader"  # who would have got a letter that safe mode sends elsewhere


class Unwritable(Exception):
    """The letter cannot be put into a message; the text says why."""


class LetterPolicy(EmailPolicy):
    """The standard policy, but a header's first word stays beside its name, and what is plain costs little.

    The library may break the line right after "Subject:"; some filters then read a subject that begins
    with a space, and the marking must stand first. Parsing and folding a header takes it longer than all
    else a letter needs: what was parsed is kept, and a header that fits its line is written as it stands.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:  # noqa: ANN401 - as the library has it
        """The header as it is kept. Raises ValueError for line breaks and control characters."""
        if name in _PLAIN and isinstance(value, str) and value.isascii() and value.isprintable():
            return name, value
        if isinstance(value, str) and len(value) <= _KEPT_CHARACTERS:
            return _parsed(self, name, value)
        return super().header_store_parse(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """The header as bytes; at most ten characters longer than the recommended 78, an address whole."""
        text = str(value)
        fits = len(name) + 2 + len(text) <= _LINE_MAX or name == UNSUBSCRIBE
        if fits and text.isascii() and text.isprintable():
            # Of a long address the library would make encoded words, which no mail program opens.
            return f"{name}: {text}{self.linesep}".encode()
        folded = super().fold_binary(name, value)
        end = self.linesep.encode()
        return folded.replace(f"{name}:".encode() + end, f"{name}:".encode(), 1)

    def parsed(self, name: str, value: str) -> tuple[str, Any]:
        """What the library makes of a header."""
        return super().header_store_parse(name, value)


@lru_cache(maxsize=256)
def _parsed(policy: LetterPolicy, name: str, value: str) -> tuple[str, Any]:
    """The same headers come again in every letter; what is parsed is never changed."""
    return policy.parsed(name, value)


_METHOD = re.compile(r"^METHOD:([A-Z]+)\r?$", re.MULTILINE)

ASCII = LetterPolicy(linesep="\r\n")
UNICODE = LetterPolicy(linesep="\r\n", utf8=True)


def build_message(letter: Letter, *, mail_from: str, now: datetime, all_to: str = "") -> EmailMessage:
    """The message: text first, HTML beside it, under the letter's own Message-ID.

    With ``all_to``, the address of safe mode, it goes there; the subject's end and a header name the reader.
    Raises Unwritable when an address is none, or a header holds what no header may.
    """
    to = _address(all_to or letter.to_address)
    local_part, _, domain = wire_address(all_to or letter.to_address).rpartition("@")
    message = EmailMessage(policy=ASCII if to.ascii_email else UNICODE)
    try:
        message["From"] = _sender_header(mail_from)
        message["To"] = Address(letter.to_name, username=local_part, domain=domain)
        message["Subject"] = f"{letter.subject} (for {letter.to_name})" if all_to else letter.subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = letter.message_id
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
        if letter.unsubscribe_url and not all_to:
            message[UNSUBSCRIBE] = f"<{letter.unsubscribe_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        if all_to:
            message[TRUE_READER] = letter.to_address
        message.set_content(letter.text)
        # In base64: the library's other encoding is written in Python, and takes longer than sending.
        message.add_alternative(letter.html, subtype="html", cte="base64")
        if letter.calendar:
            _add_calendar(message, letter.calendar)
    except (ValueError, MessageError) as error:
        raise Unwritable(str(error)) from error
    return message


def _add_calendar(message: EmailMessage, calendar: str) -> None:
    """The shape that mail programs of all makers know (RFC 6047 2.4): beside the text, and as a file."""
    method = _METHOD.search(calendar)
    if method is None:
        raise ValueError("a calendar part names its method")
    message.add_alternative(calendar, subtype="calendar", params={"method": method.group(1)}, cte="base64")
    message.add_attachment(
        calendar.encode(), maintype="application", subtype="ics", filename="invite.ics", cte="base64"
    )


@cache
def _sender_header(mail_from: str) -> str:
    return str(sender(mail_from))


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
