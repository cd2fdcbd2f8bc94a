"""Markings raised or lowered, in the trail under an action of their own: what was, what is, and why.

Who may lower one, and that a reason is asked for, is decided by whoever changes it.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from exchange.audit.recording import record
from exchange.models import Person

CHANGE_MARKING = "change marking"
MARKING = "marking"  # the fact of an entry that holds one


def record_marking(
    session: Session,
    subject: str,
    before: str,
    after: str,
    *,
    actor: Person | None,
    reason: str,
    now: datetime,
    about: Mapping[str, object] | None = None,
) -> None:
    """Record that the marking of ``subject`` became another one; nothing when it stays, or had none.

    ``about`` says in which cycle it is, where the subject is none itself: {"in": "cycle:12"}.
    """
    if not before or before == after:
        return
    record(
        session,
        actor=actor,
        action=CHANGE_MARKING,
        subject=subject,
        before={MARKING: str(before)},
        after={MARKING: str(after), **(about or {})},
        reason=reason.strip(),
        now=now,
    )
