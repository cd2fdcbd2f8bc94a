"""What exactly is signed: one spelling in bytes of each entry, of the head and of each anchor.

Both databases give back the same values for it: instants to the microsecond in UTC, JSON with its keys
sorted, floats as the shortest text that reads back the same, nothing but ASCII.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Protocol

GENESIS = "0" * 64  # what the first entry stands on
_ENTRY, _HEAD, _ANCHOR = "exchange audit entry 2", "exchange audit head 2", "exchange audit anchor 2"

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Entry(Protocol):
    """A row of the trail, as a model or as bare columns."""

    id: int | None
    at: datetime
    actor_id: int | None
    actor: str
    action: str
    subject: str
    before: dict[str, object] | None
    after: dict[str, object] | None
    reason: str
    salt: str
    text_digest: str
    previous_hash: str
    hash: str
    key_id: str


def plain(values: Mapping[str, object] | None) -> dict[str, object] | None:
    """The values as both databases give them back from JSON; what JSON has no word for becomes text."""
    if values is None:
        return None
    read: dict[str, object] = json.loads(json.dumps(values, default=_text), parse_constant=str)
    return read


def entry_message(entry: Entry, number: int | None = None) -> bytes:
    """What the hash of an entry signs; ``number`` in place of its own, to see where it once stood.

    Its texts are signed by their digest: so a person's name can leave the trail without breaking it.
    """
    return _line(
        _ENTRY,
        entry.id if number is None else number,
        entry.key_id,
        entry.previous_hash,
        instant(entry.at),
        entry.actor_id,
        entry.action,
        entry.subject,
        entry.text_digest,
    )


def text_digest(entry: Entry) -> str:
    """SHA-256 of what an entry tells in words, with a salt that keeps short names from being guessed."""
    told = _line(entry.salt, entry.actor, entry.before, entry.after, entry.reason)
    return hashlib.sha256(told).hexdigest()


def content_digest(content: object) -> str:
    """SHA-256 of what somebody wrote, as the trail keeps it of an answer or a product."""
    return hashlib.sha256(_line(content)).hexdigest()


def head_message(count: int, last_id: int, unkeyed_id: int, newest: str) -> bytes:
    """What signs the head: how many entries, the last, the last that no key signed, the newest hash."""
    return _line(_HEAD, count, last_id, unkeyed_id, newest)


def kept_text(text: str) -> str:
    """What the trail keeps of a text that people write: its digest; "" of none.

    Such a text may name anybody, and what the trail holds no erasure can take away.
    """
    return content_digest(text) if text else ""


def is_digest(text: str) -> bool:
    """Whether the text is a digest as the trail keeps them."""
    return _DIGEST.fullmatch(text) is not None


def anchor_message(at: datetime, count: int, last_id: int, newest: str) -> bytes:
    """What signs an anchor: when it was taken and how the head stood."""
    return _line(_ANCHOR, instant(at), count, last_id, newest)


def unkeyed_hash(entry: Entry) -> str:
    """The hash of an entry from before there were keys."""
    fields = [
        entry.previous_hash,
        entry.at.isoformat(),
        entry.actor_id,
        entry.actor,
        entry.action,
        entry.subject,
        entry.before,
        entry.after,
        entry.reason,
    ]
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def instant(at: datetime) -> str:
    """An instant to the microsecond, in UTC, always of one length."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _line(*fields: object) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def _text(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
