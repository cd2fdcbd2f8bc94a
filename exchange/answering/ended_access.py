"""Ending what lets a person in: sessions, links, accounts elsewhere. For good: nothing here revives one.

For those who change people; signing out by oneself is exchange.accounts'. The caller's audit row says why.
"""

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col

from exchange.models import Person, PersonalLink, ProviderAccount, SignInLink, WebSession


def end_links(session: Session, person: Person, *, why: str, now: datetime) -> None:
    """End what came with a person's address: links that sign in and that answer, accounts at the provider.

    An account is matched anew by the address of then: who runs the old address's provider is no way in.
    """
    _end_sign_in_links(session, person, now)
    accounts = delete(ProviderAccount).where(col(ProviderAccount.person_id) == person.id)
    session.connection().execute(accounts)
    session.connection().execute(
        update(PersonalLink)
        .where(col(PersonalLink.person_id) == person.id, col(PersonalLink.revoked_at).is_(None))
        .values(revoked_at=now, revoked_why=why)
    )


def end_sessions(session: Session, person: Person, *, now: datetime) -> None:
    """End all sessions of a person, and the sign-in links on their way: they sign in anew, if they may."""
    _end_sign_in_links(session, person, now)
    session.connection().execute(
        update(WebSession)
        .where(col(WebSession.person_id) == person.id, col(WebSession.revoked_at).is_(None))
        .values(revoked_at=now)
    )


def _end_sign_in_links(session: Session, person: Person, now: datetime) -> None:
    session.connection().execute(
        update(SignInLink)
        .where(col(SignInLink.person_id) == person.id, col(SignInLink.used_at).is_(None))
        .values(used_at=now)
    )
