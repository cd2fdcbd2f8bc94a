"""What must change in a state that is put back before anybody works on it: time has passed outside.

Letters have their own rules (mail/outbox/held_letters.py).
"""

from datetime import datetime

from sqlalchemy import UpdateBase, delete, update
from sqlmodel import Session, col

from exchange import audit
from exchange.backups.making import SUBJECT
from exchange.backups.manifest import Manifest
from exchange.feeds.publishing.invalidation import mark_all_stale
from exchange.models import (
    ProviderAccount,
    ProviderAttempt,
    PublishedFeed,
    SignInLink,
    SignInRequest,
    WebSession,
)

RESTORED = "restore backup"  # in the audit trail


def ends_of_sessions(now: datetime) -> list[UpdateBase]:
    """What ends every session and sign-in link: some were ended after the backup, and would work again.

    Accounts at an identity provider are forgotten, because some may have been taken from their person since;
    the next sign-in finds its person anew, by the verified address.
    """
    return [
        update(WebSession).where(col(WebSession.revoked_at).is_(None)).values(revoked_at=now),
        update(SignInLink).where(col(SignInLink.used_at).is_(None)).values(used_at=now),
        *map(delete, (SignInRequest, ProviderAttempt, ProviderAccount)),
    ]


def end_all_sessions(session: Session, now: datetime) -> None:
    """Do that."""
    for statement in ends_of_sessions(now):
        session.connection().execute(statement)


def publish_anew(session: Session, now: datetime) -> None:
    """Let every calendar be newer than what its readers have: some hold states that are no more.

    A program that asks by date alone would be told that nothing is new.
    """
    was_published = col(PublishedFeed.published_at).is_not(None)
    second = now.replace(microsecond=0)
    session.connection().execute(update(PublishedFeed).where(was_published).values(published_at=second))
    mark_all_stale(session)


def record_restore(session: Session, manifest: Manifest, held: int, now: datetime) -> None:
    """Into the trail, whose later entries are gone: what was put back, and how many letters are held."""
    after = {"made": manifest.made_at, "sha256": manifest.database.sha256, "held": held}
    audit.record(session, actor=None, action=RESTORED, subject=SUBJECT, after=after, now=now)
