"""From a letter's row to the message on the wire. It stores nothing and sends nothing."""

import re
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parseaddr

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from exchange.models import Letter

UNSUBSCRIBE = "List-Unsubscribe"
TRUE_READER = "X-Exchange-Reader"  # who would have got a letter that safe mode sends elsewhere


class Unwritable(Exception):
    """The letter cannot be put into a message; the text says why."""


class LetterPolicy(EmailPolicy):
    """The standard policy, but a header's first word stays beside its name.

    The library may break the line right after "Subject:"; some filters then read a subject that begins
    with a space, and the marking must stand first.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        """The header as bytes; at most ten characters longer than the recommended 78, an address whole."""
        if name == UNSUBSCRIBE and value.isascii():
            # The library would write a long address as encoded words, which no mail program opens.
            return f"{name}: {value}{self.linesep}".encode()
        folded = super().fold_binary(name, value)
        end = self.linesep.encode()
        return folded.replace(f"{name}:".encode() + end, f"{name}:".encode(), 1)


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
        message["From"] = sender(mail_from)
        message["To"] = Address(letter.to_name, username=local_part, domain=domain)
        message["Subject"] = f"{letter.subject} (for {letter.to_name})" if all_to else letter.subject
        message["Date"] = now
        message["Message-ID"] = letter.message_id
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
        if letter.unsubscribe_url and not all_to:
            message[UNSUBSCRIBE] = f"<{letter.unsubscribe_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        if all_to:
            message[TRUE_READER] = letter.to_address
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
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


def _address(address: str) -> ValidatedEmail:
    try:
        return validate_email(address, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise Unwritable(f"This is not an e-mail address. {error}") from error
