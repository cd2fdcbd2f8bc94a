"""Letters that went out, for the audit trail: to whom, when, and the digest of what was sent.

Delivery leaves the digest in the letter's row, which costs it nothing; a tick takes it from there.
"""

import hashlib
from datetime import datetime

from sqlalchemy import Table, bindparam, select, update
from sqlmodel import Session, SQLModel

from exchange.audit import record_done, wait_for_turn
from exchange.mail.wire.claimed_letter import ClaimedLetter

AT_ONCE = 500  # letters of one transaction: others wait for the trail that long
_LETTERS: Table = SQLModel.metadata.tables["letter"]
_FOUND = (
    select(_LETTERS.c.id, _LETTERS.c.person_id, _LETTERS.c.kind, _LETTERS.c.sent_at, _LETTERS.c.sent_digest)
    .where(_LETTERS.c.sent_digest != "")
    .order_by(_LETTERS.c.id)
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True)
)
_TAKEN = update(_LETTERS).where(_LETTERS.c.id == bindparam("letter_id")).values(sent_digest="")


def digest_of(letter: ClaimedLetter) -> str:
    """SHA-256 of the subject, text, HTML and calendar as they were sent, in hex."""
    parts = (letter.subject, letter.text, letter.html, letter.calendar)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def has_unrecorded(session: Session) -> bool:
    """Whether something was sent that the trail does not have; looked for without a lock."""
    waiting = select(_LETTERS.c.id).where(_LETTERS.c.sent_digest != "").limit(1)
    return session.connection().execute(waiting).first() is not None


def record_sent(session: Session, now: datetime) -> int:
    """Put letters that were sent into the trail, at most AT_ONCE; how many."""
    wait_for_turn(session)
    rows = session.connection().execute(_FOUND).all()
    if not rows:
        return 0
    done = (
        (
            f"letter:{row.id}",
            {
                "to": f"person:{row.person_id}" if row.person_id else "nobody in the network",
                "kind": row.kind,
                "sent": row.sent_at,
                "sha256": row.sent_digest,
            },
        )
        for row in rows
    )
    count = record_done(session, "send letter", done, now)
    session.connection().execute(_TAKEN, [{"letter_id": row.id} for row in rows])
    return count
