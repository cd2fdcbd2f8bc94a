"""Delivery status notifications (RFC 3464): which letter did not arrive, and what was said. Pure."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message

from exchange.mail.inbox.parsed_message import Incoming, payload

_FAILED = "failed"


@dataclass(frozen=True)
class Report:
    """One letter that failed: the Message-ID it had, to whom, and the words with their status (RFC 3463)."""

    message_id: str
    recipients: frozenset[str]
    status: str
    words: str

    @property
    def is_for_good(self) -> bool:
        """Whether the far server said never; False when somebody gave up trying."""
        return self.status.startswith("5")


def is_report(found: Incoming) -> bool:
    """Whether a message reports on the delivery of another."""
    return found.message.get_content_type() == "multipart/report" and any(
        found.parts("message/delivery-status")
    )


def failures(found: Incoming) -> list[Report]:
    """What a report says did not arrive; nothing for one that says "delayed", "delivered" or "relayed"."""
    message_id = _original_id(found)
    groups = [group for part in found.parts("message/delivery-status") for group in _groups(part)]
    return [
        Report(
            message_id=message_id,
            recipients=frozenset(
                _address(group[name]) for name in ("Final-Recipient", "Original-Recipient") if group[name]
            ),
            status=str(group["Status"] or "").strip(),
            words=" ".join(f"{group['Status'] or ''} {_text(group['Diagnostic-Code'])}".split()),
        )
        for group in groups
        if str(group["Action"] or "").strip().lower() == _FAILED
    ]


def _groups(part: Message) -> list[Message]:
    """The groups of fields of a report, each read as headers; the first is about the message itself."""
    found = part.get_payload()
    return [group for group in found if isinstance(group, Message)] if isinstance(found, list) else []


def _original_id(found: Incoming) -> str:
    """The Message-ID of the letter that the report has with it, in full or as headers."""
    for part in found.parts("message/rfc822"):
        inner = part.get_payload()
        if isinstance(inner, list) and inner and isinstance(inner[0], Message):
            return _one_line(inner[0]["Message-ID"])
    for part in found.parts("text/rfc822-headers"):
        return _one_line(message_from_bytes(payload(part), policy=policy.compat32)["Message-ID"])
    return ""


def _address(field: object) -> str:
    """ "rfc822; reader@example.org" without its type (RFC 3464 2.3.1)."""
    return str(field).rpartition(";")[2].strip().strip("<>").lower()


def _text(field: object) -> str:
    """ "smtp; 550 5.1.1 No such user" without its type."""
    return str(field or "").partition(";")[2].strip() or str(field or "")


def _one_line(field: object) -> str:
    return "".join(str(field or "").split())
