"""Who has an address, what a link's token belongs to, and where a person is signed in."""

from collections.abc import Sequence
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func
from sqlmodel import Session, col, select

from exchange.models import Person, SignInLink, WebSession
from exchange.tokens import digest


def person_with_address(session: Session, email: str) -> Person | None:
    """Who in the network has this address, however it is written; None for others."""
    return session.exec(
        select(Person).where(func.lower(col(Person.email)) == as_kept(email), col(Person.is_active))
    ).first()


def as_kept(email: str) -> str:
    """The address as a person's is kept: letters composed, "xn--" spelled out (RFC 5891), lower case."""
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return email.lower()


def usable_link(session: Session, token: str, now: datetime) -> SignInLink | None:
    """The link of ``token`` while it can still sign somebody in; None when it is used, expired or unknown."""
    return session.exec(
        select(SignInLink).where(
            SignInLink.token_digest == digest(token),
            col(SignInLink.used_at).is_(None),
            col(SignInLink.expires_at) > now,
        )
    ).first()


def open_sessions(session: Session, person: Person, now: datetime) -> Sequence[WebSession]:
    """Where ``person`` is signed in, the latest sign-in first."""
    return session.exec(
        select(WebSession)
        .where(
            WebSession.person_id == person.id,
            col(WebSession.revoked_at).is_(None),
            col(WebSession.expires_at) > now,
        )
        .order_by(col(WebSession.created_at).desc(), col(WebSession.id).desc())
    ).all()
