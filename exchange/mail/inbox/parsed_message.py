"""A message out of the mailbox: who sent it, to which addresses, and which parts it has.

Pure. Whatever a message holds, reading it raises nothing but Unreadable.
"""

import base64
import binascii
import codecs
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from email.utils import getaddresses
from hashlib import sha256

from exchange.rules.plain_text import is_control

_RECIPIENTS = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "Resent-To")
_SENDERS = ("From", "Sender", "Reply-To")  # whoever answers for somebody names them in one of the others
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_MARKS = (  # of an encoding, at the beginning of a text; the longer first
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


_HEADER_MAX = 20_000  # characters of one header with addresses: some hundred recipients


class Unreadable(Exception):
    """The message is broken where it matters."""


@dataclass(frozen=True)
class Incoming:
    """One message; ``key`` is the digest of all its bytes: the same message has the same one everywhere."""

    message: Message
    key: str

    @property
    def sender(self) -> str:
        """The address in From, in lower case; "" for none. Anybody can write it."""
        return next(iter(self.addresses("From")), "")

    @property
    def senders(self) -> list[str]:
        """Every address that the message says it comes from, in lower case."""
        return [address for name in _SENDERS for address in self.addresses(name)]

    @property
    def recipients(self) -> list[str]:
        """Every address the message was sent to, as headers have it, in lower case."""
        return [address for name in _RECIPIENTS for address in self.addresses(name)]

    def parts(self, *content_types: str) -> Iterator[Message]:
        """The parts of these types, in order, wherever they are."""
        return (part for part in self.message.walk() if part.get_content_type() in content_types)

    def addresses(self, header: str) -> list[str]:
        """The addresses in a header, in lower case."""
        # The older policy gives headers as plain text: a broken one cannot raise.
        texts = [str(text)[:_HEADER_MAX] for text in self.message.get_all(header, [])]
        try:
            found = getaddresses(texts)
        except (RecursionError, ValueError, IndexError):  # brackets in brackets, a thousand deep
            return []
        addresses = ("".join(one for one in address if not is_control(one)).lower() for _, address in found)
        return [address for address in addresses if "@" in address]


def incoming(content: bytes) -> Incoming:
    """Parse a message; one that is broken in part keeps what could be read. Raises RecursionError."""
    return Incoming(message_from_bytes(content, policy=policy.compat32), sha256(content).hexdigest())


def unparsed(content: bytes) -> Incoming:
    """The same message where it could not be taken apart: it can be told from others, and no more."""
    return Incoming(Message(), sha256(content).hexdigest())


def payload(part: Message) -> bytes:
    """What a part carries, decoded. Raises Unreadable."""
    try:
        found = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError) as error:
        raise Unreadable(str(error)) from error
    return found if isinstance(found, bytes) else b""


def whole_body(part: Message) -> bytes:
    """What a part carries that the library takes apart (reports, messages), as it was sent and decoded.

    Such parts may not be encoded (RFC 2046 5.2.1); gateways encode them all the same, and the library
    then reads the encoded text as headers. Raises Unreadable.
    """
    try:
        whole = part.as_bytes(policy=policy.compat32)
        blank = _BLANK_LINE.search(whole)
        body = whole[blank.end() :] if blank else b""
        encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
        if encoding == "base64" and b":" not in body:  # encoded in truth: its alphabet has no colon
            return base64.b64decode(body)
        return quopri.decodestring(body) if encoding == "quoted-printable" else body
    except (ValueError, LookupError, AssertionError, TypeError, AttributeError, binascii.Error) as error:
        raise Unreadable(str(error)) from error


def text_of(part: Message) -> str:
    """The text of a part: by its own mark, in UTF-8, or in the encoding that it names. Raises Unreadable."""
    return decoded(payload(part), str(part.get_content_charset() or ""))


def texts_of(found: Incoming) -> Iterator[str]:
    """The plain texts of a message that can be read."""
    for part in found.parts("text/plain"):
        try:
            yield text_of(part)
        except Unreadable:
            continue


def decoded(content: bytes, charset: str) -> str:
    """Text from bytes; what a mark or the bytes show for themselves counts before the name of an encoding."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content.decode(name, "replace")
    wide = _wide(content)
    for name in filter(None, (wide, "utf-8", charset)):
        try:
            return content.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("latin-1")


def _wide(content: bytes) -> str:
    """UTF-16 without a mark: every second byte of plain letters is 0."""
    start = content[:40]
    if len(start) < 4 or 0 not in start:
        return ""
    if not any(start[0::2]):
        return "utf-16-be"
    return "utf-16-le" if not any(start[1::2]) else ""
