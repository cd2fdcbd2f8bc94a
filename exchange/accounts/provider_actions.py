"""Signing in by an account at the identity provider: begun, taken up once, matched with a person.

Nobody is made here: who is not in the network stays out. The provider is asked elsewhere.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from exchange.accounts.actions import Proof, SignedIn, open_session
from exchange.accounts.letters_to_owners import tell_owner
from exchange.accounts.provider.one_sign_in import Claimed
from exchange.accounts.provider.sign_in_refusals import SignInRefused
from exchange.accounts.queries import person_with_address
from exchange.audit import record
from exchange.errors import NotFound
from exchange.mail.writing.occasions.account_letters import SignInNews
from exchange.models import Person, ProviderAccount, ProviderAttempt
from exchange.settings import Settings
from exchange.tokens import digest

ATTEMPT_MINUTES = 15  # to sign in over there, a telephone with the second factor fetched meanwhile


def begin_sign_in(session: Session, state: str, *, leads_to: str, now: datetime) -> None:
    """Write down that a browser goes to the provider with ``state``, and where it wants to be afterwards."""
    ends_at = now + timedelta(minutes=ATTEMPT_MINUTES)
    session.add(ProviderAttempt(state_digest=digest(state), leads_to=leads_to, expires_at=ends_at))


def take_up_sign_in(session: Session, state: str, *, now: datetime) -> str | None:
    """Where a browser that came back with ``state`` wants to be; None the second time, and when late."""
    attempt = delete(ProviderAttempt).where(col(ProviderAttempt.state_digest) == digest(state))
    found = (
        session.connection()
        .execute(attempt.returning(col(ProviderAttempt.leads_to), col(ProviderAttempt.expires_at)))
        .one_or_none()
    )
    if found is None or found.expires_at <= now:
        return None
    leads_to: str = found.leads_to
    return leads_to


def sign_in_by_account(
    session: Session, claimed: Claimed, *, browser: str, settings: Settings, now: datetime
) -> SignedIn:
    """A new session for the person whose account it is, as by a link.

    The second factor is owed unless a setting believes how they signed in over there, and what is dangerous
    asks for a proof unless they did so lately. Raises SignInRefused.
    """
    person = _person_of(session, claimed, settings, now)
    believed = sorted(claimed.methods & set(settings.oidc_second_factor.split()))
    told = {"with": "account at the identity provider"}
    if believed:
        told["second factor"] = " ".join(believed)
    proof = Proof("use provider account", claimed.signed_in_at, told, is_factor=bool(believed))
    return open_session(session, person, proof, browser=browser, settings=settings, now=now)


def accounts_of(session: Session, person: Person) -> list[ProviderAccount]:
    """The accounts that sign a person in, the first one first."""
    of_person = select(ProviderAccount).where(ProviderAccount.person_id == person.id)
    return list(session.exec(of_person.order_by(col(ProviderAccount.id))))


def forget_account(
    session: Session, account_id: int, *, actor: Person, settings: Settings, now: datetime
) -> None:
    """Take one of the actor's own accounts away, and tell them. Raises NotFound."""
    account = session.get(ProviderAccount, account_id)
    if account is None or account.person_id != actor.id:
        raise NotFound("There is no such account; it may have been taken away meanwhile.")
    session.delete(account)
    subject = f"person:{actor.id}"
    entry = record(session, actor=actor, action="forget provider account", subject=subject, now=now)
    tell_owner(session, actor, SignInNews.PROVIDER_FORGOTTEN, entry, settings=settings, now=now)


def _person_of(session: Session, claimed: Claimed, settings: Settings, now: datetime) -> Person:
    account = session.exec(
        select(ProviderAccount).where(
            ProviderAccount.issuer == claimed.issuer, ProviderAccount.subject == claimed.subject
        )
    ).first()
    if account is None:
        return _matched(session, claimed, settings, now)
    person = session.get(Person, account.person_id)
    if person is None or not person.is_active:
        raise _nobody(person)
    account.last_used_at = now
    session.add(account)
    return person


def _matched(session: Session, claimed: Claimed, settings: Settings, now: datetime) -> Person:
    """Who has the address that the provider verified; their account is known by its subject from now on.

    They are told: it is one more way in, and not they may have opened it.
    """
    if not claimed.email or not claimed.is_verified:
        raise SignInRefused(
            "The identity provider has not verified the address of this account, so we cannot know that it is"
            " yours. Sign in by letter.",
            why="address not verified",
        )
    person = person_with_address(session, claimed.email)
    if person is None:
        raise _nobody(None)
    if any(one.issuer == claimed.issuer for one in accounts_of(session, person)):
        # Addresses are given to others when somebody leaves; whose account it is, the subject says.
        raise SignInRefused(
            "You signed in by another account at the identity provider before. Sign in by letter, and take"
            " that account away on the page of your account; then this one can take its place.",
            why="another account than before",
            person_id=person.id,
        )
    session.add(
        ProviderAccount(
            person_id=person.id or 0,
            issuer=claimed.issuer,
            subject=claimed.subject,
            created_at=now,
            last_used_at=now,
        )
    )
    subject = f"person:{person.id}"
    entry = record(session, actor=person, action="remember provider account", subject=subject, now=now)
    tell_owner(session, person, SignInNews.PROVIDER_REMEMBERED, entry, settings=settings, now=now)
    return person


def _nobody(person: Person | None) -> SignInRefused:
    """The same for who was never here and for who left, ``person``: their provider need not hear which."""
    return SignInRefused(
        "Nobody in the network who takes part now has the address of this account. Sign in by letter with"
        " the address at which the network writes to you, or ask the network coordinator.",
        why="nobody of the network",
        person_id=person.id if person else None,
    )
