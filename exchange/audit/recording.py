"""Writing the trail: one entry more, chained to the last and signed; the head and the day's anchor with it.

Nothing here reads entries back; verification.py does.
"""

import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from sqlalchemy import bindparam, text
from sqlmodel import Session, select
from sqlmodel.sql.sqltypes import UTCDateTime

from exchange.audit.canonical import anchor_message, entry_message, head_message, plain, text_digest
from exchange.audit.keys import KeyRing, keys_of
from exchange.audit.people import named
from exchange.errors import ExchangeError
from exchange.models import AuditAnchor, AuditEntry, AuditHead, AuditOnce, Person

SEALED = "seal trail"  # the first entry under a key, where there were others before
_TAKE = text("INSERT INTO audit_once (what, hour_at) VALUES (:what, :hour) ON CONFLICT DO NOTHING")
_FORGET = text("DELETE FROM audit_once WHERE hour_at < :hour")


class BrokenTrail(ExchangeError):
    """The head of the trail is not as this installation left it: nothing is put on top of that."""


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
    ``before`` and ``after`` hold what changed, dates and times as ISO text, and people as ``named`` does.
    No name or address of anybody, no name of a file and no text that people write (an answer, a brief, an
    agenda) belongs there: numbers and digests do (kept_text). Writers wait for one another here until their
    transactions end. Raises BrokenTrail where the head was tampered with, or signed under another key.
    """
    head, keys = _head_to_write_on(session, now)
    entry = AuditEntry(
        at=now,
        actor_id=actor.id if actor else None,
        actor=named(actor) if actor else "system",
        action=action,
        subject=subject,
        before=plain(before),
        after=plain(after),
        reason=reason,
        previous_hash="",
        hash="",
    )
    _put_on_top(session, head, entry, keys)
    session.flush()
    return entry


def record_done(
    session: Session, action: str, done: Iterable[tuple[str, Mapping[str, object]]], now: datetime
) -> int:
    """What the system itself did to many things alike, an entry for each: its subject, and what to say of it.

    How many there were. Costs a fraction of recording each by itself; raises as record does.
    """
    head, keys = _head_to_write_on(session, now)
    before = head.count  # with the seal, where there was one to put
    for subject, after in done:
        entry = AuditEntry(
            at=now,
            actor="system",
            action=action,
            subject=subject,
            after=plain(after),
            previous_hash="",
            hash="",
        )
        _put_on_top(session, head, entry, keys)
    session.flush()
    return head.count - before


def has_unsealed(session: Session) -> bool:
    """Whether there are entries from before there were keys, and none since."""
    head = session.exec(select(AuditHead)).one()
    return not head.key_id and head.count > 0


def seal_unkeyed(session: Session, now: datetime) -> None:
    """Sign the last hash of entries from before there were keys, unless that was done."""
    _head_to_write_on(session, now)
    session.flush()


def wait_for_turn(session: Session) -> None:
    """Queue behind the other writers now, before other rows are locked, so that no two of them deadlock."""
    _locked_head(session)


def has_held_still(session: Session) -> bool:
    """Keep everybody from writing until the transaction ends; False when somebody has their turn just now.

    It waits for nobody, so that who locked other rows before may ask.
    """
    held = select(AuditHead.id).with_for_update(read=True, skip_locked=True)
    return session.exec(held).first() is not None


def was_this_hour(session: Session, what: str, now: datetime) -> bool:
    """Whether is_first_this_hour was asked about it in this hour already; asks without a lock."""
    return session.get(AuditOnce, (what, _hour_of(now))) is not None


def is_first_this_hour(session: Session, what: str, now: datetime) -> bool:
    """Whether nothing of this kind was written this hour: what strangers cause must not fill the trail."""
    this_hour = bindparam("hour", _hour_of(now), type_=UTCDateTime())
    connection = session.connection()
    if connection.execute(_TAKE.bindparams(this_hour, what=what)).rowcount == 0:
        return False
    connection.execute(_FORGET.bindparams(this_hour))
    return True


def check_head(head: AuditHead, keys: KeyRing) -> None:
    """Raise BrokenTrail unless the head is as one of the keys signed it, or no key has signed yet."""
    if not head.key_id:
        return
    if head.key_id not in keys.keys:
        raise BrokenTrail(
            "The audit trail was signed under key %(key)s, which this process does not have. Give every"
            " process the same EXCHANGE_AUDIT_KEY, or the same file audit.key, old keys included.",
            key=head.key_id,
        )
    if not keys.is_signed(head.mac, head.key_id, _message_of(head)):
        raise BrokenTrail(
            "The head of the audit trail was changed from outside. Nothing is saved until that is looked"
            " into: python -m exchange audit verify"
        )


def _hour_of(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _locked_head(session: Session) -> AuditHead:
    """The row the first migration put there, locked until the transaction ends."""
    return session.exec(select(AuditHead).with_for_update().execution_options(populate_existing=True)).one()


def _head_to_write_on(session: Session, now: datetime) -> tuple[AuditHead, KeyRing]:
    """The head, locked and as it should be, and the keys; what no key signed before is sealed."""
    head, keys = _locked_head(session), keys_of(session)
    check_head(head, keys)
    _anchor_day(session, head, now, keys)  # first: it flushes, and the head must not go out half-changed
    if not head.key_id and head.count:
        _seal_unkeyed(session, head, keys, now)
    return head, keys


def _seal_unkeyed(session: Session, head: AuditHead, keys: KeyRing, now: datetime) -> None:
    """What stood there before keys were used holds from now on: its last hash is signed."""
    head.unkeyed_id = head.last_id
    seal = AuditEntry(
        at=now,
        actor="system",
        action=SEALED,
        subject="trail",
        after={"entries": head.count, "hash": head.hash},
        previous_hash="",
        hash="",
    )
    _put_on_top(session, head, seal, keys)


def _put_on_top(session: Session, head: AuditHead, entry: AuditEntry, keys: KeyRing) -> None:
    entry.id = head.last_id + 1
    entry.key_id = keys.signing
    entry.previous_hash = head.hash
    entry.salt = secrets.token_hex(16)
    entry.text_digest = text_digest(entry)
    entry.hash = keys.mac(keys.signing, entry_message(entry)) or ""
    session.add(entry)
    head.hash, head.count, head.last_id = entry.hash, head.count + 1, entry.id
    head.key_id = keys.signing
    head.mac = keys.mac(keys.signing, _message_of(head)) or ""
    session.add(head)


def _anchor_day(session: Session, head: AuditHead, now: datetime, keys: KeyRing) -> None:
    """Once a day, before its first entry: how the head stands."""
    day = now.astimezone(UTC).date()
    if session.get(AuditAnchor, day) is not None:
        return
    message = anchor_message(now, head.count, head.last_id, head.hash)
    session.add(
        AuditAnchor(
            day=day,
            at=now,
            count=head.count,
            last_id=head.last_id,
            hash=head.hash,
            key_id=keys.signing,
            mac=keys.mac(keys.signing, message) or "",
        )
    )
    session.flush()


def _message_of(head: AuditHead) -> bytes:
    return head_message(head.count, head.last_id, head.unkeyed_id, head.hash)
