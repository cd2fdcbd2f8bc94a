"""Who has an address, what a link's token belongs to, and where a person is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func
from sqlmodel import Session, col, select

from exchange.models import Passkey, Person, RecoveryCode, SecondFactor, SignInLink, WebSession
from exchange.settings import Settings
from exchange.tokens import digest
from exchange.web.access.sessions import idle_limit


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
            col(SignInLink.confirms_session_id).is_(None),
        )
    ).first()


def is_known_link(session: Session, token: str) -> bool:
    """Whether the token was ever given out: one that was used or expired is no guess."""
    found = select(SignInLink.id).where(SignInLink.token_digest == digest(token))
    return session.exec(found).first() is not None


@dataclass(frozen=True)
class Factors:
    """The second factors of a person."""

    passkeys: Sequence[Passkey]
    totp_since: datetime | None  # since when an app makes codes; None: it does not
    codes_left: int  # recovery codes that were not used

    @property
    def count(self) -> int:
        """How many there are; recovery codes stand in for one and are none."""
        return len(self.passkeys) + (self.totp_since is not None)


def factors_of(session: Session, person: Person) -> Factors:
    """The second factors that ``person`` has set up."""
    passkeys = session.exec(
        select(Passkey).where(Passkey.person_id == person.id).order_by(col(Passkey.id))
    ).all()
    kept = session.get(SecondFactor, person.id)
    codes = session.exec(
        select(func.count(col(RecoveryCode.id))).where(
            RecoveryCode.person_id == person.id, col(RecoveryCode.used_at).is_(None)
        )
    ).one()
    return Factors(passkeys, kept.totp_since if kept else None, codes)


def has_factor(session: Session, person: Person) -> bool:
    """Whether ``person`` has a second factor."""
    return factors_of(session, person).count > 0


def open_sessions(
    session: Session, person: Person, settings: Settings, now: datetime
) -> Sequence[WebSession]:
    """Where ``person`` is signed in, the latest sign-in first."""
    seen_at = func.coalesce(WebSession.last_seen_at, WebSession.created_at)
    return session.exec(
        select(WebSession)
        .where(
            WebSession.person_id == person.id,
            seen_at > now - idle_limit(person, settings),
            col(WebSession.awaits_factor).is_(False),
            col(WebSession.revoked_at).is_(None),
            col(WebSession.expires_at) > now,
        )
        .order_by(col(WebSession.created_at).desc(), col(WebSession.id).desc())
    ).all()
