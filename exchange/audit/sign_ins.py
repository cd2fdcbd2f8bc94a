"""Refused sign-ins in the trail: few enough that nobody fills it by trying.

Sign-ins that succeed are recorded by whoever makes the session.
"""

from datetime import datetime

from sqlmodel import Session

from exchange.audit.recording import is_first_this_hour, record


def record_refused_sign_in(
    session: Session, *, why: str, now: datetime, person_id: int | None = None
) -> None:
    """That a sign-in was refused, and why, in a few words without addresses or tokens.

    ``person_id`` is whose link or account it was, None when that is unknown. One entry for each reason and
    person in an hour; in a transaction of its own where the refusal undoes the one it is raised in.
    """
    subject = f"person:{person_id}" if person_id else "sign-in"
    if is_first_this_hour(session, f"sign-in refused:{why}:{subject}", now):
        record(session, actor=None, action="sign-in refused", subject=subject, after={"why": why}, now=now)
