"""Which letter a message speaks of: what it returns of it, and what it names. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message

from exchange.mail.inbox.parsed_message import Incoming, Unreadable, payload, texts_of, whole_body
from exchange.mail.wire.mime_message import LETTER_ID

_WHOLE = ("message/rfc822", "message/global")
_HEADERS = ("text/rfc822-headers", "message/global-headers", "message/rfc822-headers")
_NAMED = re.compile(r"<[^<>@\s]{1,200}@[^<>@\s]{1,200}>")
_NAMES_MOST = 50  # of Message-IDs that are looked up for one message


@dataclass(frozen=True)
class Returned:
    """A letter as somebody gave it back: Message-IDs that may be its own, the likeliest first; from, to."""

    message_ids: tuple[str, ...]
    sender: str = ""
    recipients: tuple[str, ...] = ()


def returned_letter(found: Incoming) -> Returned:
    """The letter that a message returns in full or as headers, or names in its own headers or text."""
    headers = [Incoming(one, "") for one in _returned(found)]
    ids = [_one_line(one.message[name]) for one in headers for name in (LETTER_ID, "Message-ID")]
    ids += [name for field in ("In-Reply-To", "References") for name in _named(found.message[field])]
    ids += [name for text in texts_of(found) for name in _NAMED.findall(text)]
    return Returned(
        tuple(dict.fromkeys(filter(None, ids)))[:_NAMES_MOST],
        next((one.sender for one in headers if one.sender), ""),
        tuple(address for one in headers for address in one.addresses("To")),
    )


def _returned(found: Incoming) -> Iterator[Message]:
    for part in found.parts(*_WHOLE, *_HEADERS):
        inner = part.get_payload()
        if isinstance(inner, list) and inner and isinstance(inner[0], Message) and inner[0].keys():
            yield inner[0]
        for read in (payload, whole_body):
            try:
                message = message_from_bytes(read(part).lstrip(), policy=policy.compat32)
            except Unreadable:
                continue
            if message.keys():
                yield message


def _named(field: object) -> list[str]:
    return _NAMED.findall(str(field or ""))


def _one_line(field: object) -> str:
    return "".join(str(field or "").split())
