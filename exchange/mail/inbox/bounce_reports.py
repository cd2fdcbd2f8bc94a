"""Delivery status notifications (RFC 3464, RFC 6533): which letter failed, and what was said. Pure."""

import re
from dataclasses import dataclass
from email import message_from_string, policy
from email.message import Message

from exchange.mail.inbox.parsed_message import Incoming, whole_body
from exchange.mail.inbox.returned_letter import Returned, returned_letter
from exchange.mail.wire.refusal_words import basic_code, is_about_address, says_unknown, status_of

STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
_REPORT_MAX = 100_000  # bytes of a report that are read; one for a thousand readers is shorter
_SAID_MAX = 2_000  # characters of a server's answer
_ESCAPED = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_FAILED, _ARRIVED = frozenset({"failed"}), frozenset({"delivered", "relayed", "expanded"})


@dataclass(frozen=True)
class Failure:
    """What is said of one recipient of a letter: the addresses it had on the way, and the words.

    ``final`` is the one at which it failed, "" where none is told.
    """

    recipients: frozenset[str]
    action: str
    status: str  # RFC 3463; "" where none is said
    words: str
    final: str = ""

    @property
    def has_failed(self) -> bool:
        """Whether the letter is not on its way to this recipient any more."""
        return self.action in _FAILED

    @property
    def has_arrived(self) -> bool:
        """Whether it went on from where the report was written."""
        return self.action in _ARRIVED

    @property
    def is_dead_address(self) -> bool:
        """Whether no letter would arrive there, as far as the words say."""
        is_unknown = basic_code(self.words).startswith("5") and says_unknown(self.words)
        return is_about_address(self.status, self.words, unless_said=is_unknown)


@dataclass(frozen=True)
class Report:
    """One report: which letter it is about, and what became of it for each recipient."""

    about: Returned
    failures: tuple[Failure, ...]


def is_report(found: Incoming) -> bool:
    """Whether a message reports on the delivery of another, in whatever it is wrapped."""
    return any(found.parts(*STATUS_PARTS))


def report_in(found: Incoming) -> Report:
    """What a report says, of each recipient. Raises Unreadable."""
    groups = [group for part in found.parts(*STATUS_PARTS) for group in _groups(part)]
    return Report(returned_letter(found), tuple(_failure(group) for group in groups if group["Action"]))


def _failure(group: Message) -> Failure:
    said = _text(group["Diagnostic-Code"])[:_SAID_MAX]
    status = str(group["Status"] or "").strip()
    names = ("Final-Recipient", "Original-Recipient")
    return Failure(
        recipients=frozenset(_address(group[name]) for name in names if group[name]),
        action=str(group["Action"]).strip().lower().partition(" ")[0],
        status=status_of(status, said),
        words=" ".join(f"{status} {said}".split()),
        final=_address(group["Final-Recipient"]) if group["Final-Recipient"] else "",
    )


def _groups(part: Message) -> list[Message]:
    """The groups of fields of a report, each read as headers; the first is about the message itself."""
    groups: list[list[str]] = [[]]
    for line in whole_body(part)[:_REPORT_MAX].decode("utf-8", "replace").splitlines():
        if line.strip():
            groups[-1].append(line)
        elif groups[-1]:
            groups.append([])
    texts = ("\n".join(lines).strip() for lines in groups)
    return [message_from_string(text + "\n\n", policy=policy.compat32) for text in texts]


def _address(field: object) -> str:
    """ "rfc822; reader@example.org" without its type (RFC 3464 2.3.1), in UTF-8 (RFC 6533 3)."""
    text = str(field).rpartition(";")[2].strip().strip("<>").lower()
    return _ESCAPED.sub(lambda found: _character(found.group(1)), text)


def _character(digits: str) -> str:
    number = int(digits, 16)
    return chr(number) if number <= 0x10FFFF else ""


def _text(field: object) -> str:
    """ "smtp; 550 5.1.1 No such user" without its type."""
    text = str(field or "")
    return text.partition(";")[2].strip() or text
