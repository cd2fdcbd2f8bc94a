"""A message out of the mailbox: who sent it, to which addresses, and which parts it has.

Pure. Whatever a message holds, reading it raises nothing but Unreadable.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from email.utils import getaddresses
from hashlib import sha256

_RECIPIENTS = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "Resent-To")


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
        return next(iter(self._addresses("From")), "")

    @property
    def recipients(self) -> list[str]:
        """Every address the message was sent to, as headers have it, in lower case."""
        return [address for name in _RECIPIENTS for address in self._addresses(name)]

    def parts(self, content_type: str) -> Iterator[Message]:
        """The parts of a type, in order."""
        return (part for part in self.message.walk() if part.get_content_type() == content_type)

    def _addresses(self, header: str) -> list[str]:
        # The older policy gives headers as plain text: a broken one cannot raise.
        texts = [str(text) for text in self.message.get_all(header, [])]
        return [address.lower() for _, address in getaddresses(texts) if "@" in address]


def incoming(content: bytes) -> Incoming:
    """Parse a message; one that is broken in part keeps what could be read."""
    return Incoming(message_from_bytes(content, policy=policy.compat32), sha256(content).hexdigest())


def payload(part: Message) -> bytes:
    """What a part carries, decoded. Raises Unreadable."""
    try:
        found = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError) as error:
        raise Unreadable(str(error)) from error
    return found if isinstance(found, bytes) else b""
