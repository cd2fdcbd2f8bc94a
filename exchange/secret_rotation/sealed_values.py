"""What is encrypted or digested under the secret key: sealed anew where that can be done, else forgotten."""

from datetime import datetime

from cryptography.fernet import InvalidToken
from sqlmodel import Session, col, func, select

from exchange import audit
from exchange.accounts import totp
from exchange.accounts.letters_to_owners import tell_owner
from exchange.accounts.recovery_codes import forget_codes
from exchange.busy import encryption
from exchange.errors import ConfigurationError, Conflict
from exchange.mail.writing.occasions.account_letters import SignInNews
from exchange.models import BusyCalendar, Erasure, Person, RecoveryCode, SecondFactor
from exchange.settings import Settings


def seal_apps(session: Session, old: Settings, new: Settings) -> int:
    """Encrypt the secrets of people's apps anew: their codes go on. How many could be read."""
    sealed = 0
    factors = select(SecondFactor, Person).join(Person).where(SecondFactor.totp_sealed != "")
    for factor, person in session.exec(factors).all():
        try:
            secret = totp.unseal(factor.totp_sealed, person, old)
        except Conflict:
            continue  # of a secret before the old one: its owner was told then
        factor.totp_sealed = totp.seal(secret, person, new)
        session.add(factor)
        sealed += 1
    return sealed


def seal_busy_calendars(session: Session, old: Settings, new: Settings) -> int:
    """Encrypt the addresses of busy calendars anew; how many could be read."""
    sealed = 0
    for calendar in session.exec(select(BusyCalendar).order_by(col(BusyCalendar.id))).all():
        try:
            source = encryption.unseal(calendar.sealed, old)
        except (ConfigurationError, InvalidToken):
            continue  # as above
        calendar.sealed = encryption.seal(source, new)
        session.add(calendar)
        sealed += 1
    return sealed


def end_recovery_codes(session: Session, new: Settings, now: datetime) -> int:
    """Delete codes that can never be right again, and tell whose they were; how many people that are.

    Only their digest under the old secret is kept, so that they cannot be carried over.
    """
    owners = select(RecoveryCode.person_id).where(col(RecoveryCode.used_at).is_(None))
    people = session.exec(select(Person).where(col(Person.id).in_(owners)).order_by(col(Person.id))).all()
    for person in people:
        forget_codes(session, person)
        subject = f"person:{person.id}"
        entry = audit.record(session, actor=None, action="end recovery codes", subject=subject, now=now)
        tell_owner(session, person, SignInNews.CODES_ENDED, entry, settings=new, now=now)
    return len(people)


def count_erased_addresses(session: Session) -> int:
    """Addresses that may not be entered again, and will not be known again: only a digest of each is kept."""
    blocks = select(func.count()).select_from(Erasure).where(col(Erasure.lifted_at).is_(None))
    return session.exec(blocks).one()
