"""The audit trail: who did what, in the transaction of the deed, chained by hash.

It records and verifies; it never changes or deletes a row.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from exchange.models import AuditEntry, AuditHead, Person

GENESIS = "0" * 64  # what the first entry stands on


def record(
    session: Session,
    *,
    actor: Person | None,
    action: str,
    subject: str,
    now: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Add one entry to the chain.

    ``actor`` None means the system itself; ``subject`` is a noun and an id ("cycle:12");
    ``before`` and ``after`` hold what changed, dates and times as ISO text.
    Writers wait for one another here until their transactions end.
    """
    head = _locked_head(session)
    entry = AuditEntry(
        at=now,
        actor_id=actor.id if actor else None,
        actor=actor.name if actor else "system",
        action=action,
        subject=subject,
        before=_plain(before),
        after=_plain(after),
        reason=reason,
        previous_hash=head.hash,
        hash="",
    )
    entry.hash = _hash(entry)
    head.hash = entry.hash
    session.add(entry)
    session.flush()
    return entry


def wait_for_turn(session: Session) -> None:
    """Queue behind the other writers now, before other rows are locked, so that two deeds never deadlock."""
    _locked_head(session)


def first_broken(session: Session) -> AuditEntry | None:
    """The first entry that does not follow from the one before it; None when the whole chain verifies."""
    previous = GENESIS
    for entry in session.exec(select(AuditEntry).order_by(col(AuditEntry.id))):
        if entry.previous_hash != previous or entry.hash != _hash(entry):
            return entry
        previous = entry.hash
    return None


def _locked_head(session: Session) -> AuditHead:
    """The row the first migration put there, locked until the transaction ends."""
    return session.exec(select(AuditHead).with_for_update().execution_options(populate_existing=True)).one()


def _plain(values: Mapping[str, object] | None) -> dict[str, object] | None:
    """The values as JSON gives them back, so that the hash is the same when read again."""
    if values is None:
        return None
    plain: dict[str, object] = json.loads(json.dumps(values, default=_text))
    return plain


def _text(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _hash(entry: AuditEntry) -> str:
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
