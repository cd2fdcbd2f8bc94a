"""The rotation of the secret key, in one transaction: done twice, the second time finds nothing to do.

It reads and writes no setting and no file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr
from sqlalchemy import update
from sqlmodel import Session, col

from exchange import audit
from exchange.answering.personal_links import count_links_of_others, links_signed_with, renew_links
from exchange.db import Database
from exchange.errors import ConfigurationError
from exchange.models import WebSession
from exchange.secret_rotation import sealed_values
from exchange.secret_rotation.renewed_addresses import (
    Change,
    count_addresses_of_others,
    count_invitations,
    feeds_signed_with,
    renew_feeds,
    renew_invitations,
)
from exchange.secret_rotation.waiting_letters import renew_waiting
from exchange.settings import Settings

ROTATED, SUBJECT = "rotate secret key", "secret key"  # in the audit trail
WHY = "The secret key of this installation was changed."


@dataclass(frozen=True)
class Rotated:
    """How much of each was replaced, sealed anew, or ended for good."""

    feeds: int
    links: int
    invitations: int
    letters: int
    apps: int
    busy_calendars: int
    people_without_codes: int
    erased_addresses: int

    def lines(self) -> Iterator[str]:
        """What people have to know, in sentences."""
        yield (
            f"Ended and given anew: {self.feeds} addresses of calendars (a letter tells who keeps each),"
            f" {self.links} personal links and {self.invitations} links and reply addresses of"
            " invitations (the next"
            f" letters bring the new ones; {self.letters} letters that wait have them), every link to letter"
            " preferences, and all sessions: everybody signs in anew."
        )
        yield (
            f"Ended: the recovery codes of {self.people_without_codes} people, whom a letter asks to"
            " make new ones;"
            f" {self.erased_addresses} erased addresses can be entered again, because only their digests"
            " were kept."
        )
        yield (
            f"Stay: passkeys, codes of {self.apps} apps and {self.busy_calendars} addresses of busy"
            " calendars, sealed"
            " under the new key. Whoever had the old key and the database has read those."
        )


def rotate(database: Database, *, old: SecretStr, new: Settings, now: datetime, why: str = WHY) -> Rotated:
    """End all that ``old`` made, give it anew with the secret of ``new``, and say so in the audit trail."""
    before = new.model_copy(update={"secret_key": old})
    with database.transaction() as session:
        audit.wait_for_turn(session)
        done = _rotated(session, Change(before, new, now, why))
        after = {name: count for name, count in vars(done).items() if count}
        audit.record(session, actor=None, action=ROTATED, subject=SUBJECT, after=after, now=now, reason=why)
    return done


def has_made(database: Database, secret: SecretStr, settings: Settings) -> bool:
    """Whether an address of a calendar, a personal link or an invitation was made with the secret."""
    with database.reading() as session:
        asked = settings.model_copy(update={"secret_key": secret})
        return bool(
            feeds_signed_with(session, asked)
            or links_signed_with(session, asked)
            or count_invitations(session, asked, are_made=True)
        )


def count_others(database: Database, new: Settings, now: datetime) -> int:
    """Addresses of calendars, personal links and invitations that the secret of ``new`` did not make.

    All of them open: only a digest of each is kept, which is right whatever the secret is by now.
    """
    with database.reading() as session:
        return (
            count_addresses_of_others(session, new)
            + count_links_of_others(session, new, now)
            + count_invitations(session, new, are_made=False)
        )


def is_done(database: Database, *, old: SecretStr, new: Settings, now: datetime) -> bool:
    """Whether all that opens was made with the secret of ``new``, and something was.

    Raises ConfigurationError when something opens that was made with neither.
    """
    if has_made(database, old, new):
        return False
    others = count_others(database, new, now)
    if others:
        raise ConfigurationError(
            "The old secret key made nothing here, and yet %(count)s addresses of calendars, links and"
            " invitations open that the new one did not make: is it the right one? Nothing was changed.",
            count=others,
        )
    return has_made(database, new.secret_key, new)


def _rotated(session: Session, change: Change) -> Rotated:
    links = renew_links(session, old=change.old, new=change.new, why=change.why, now=change.now)
    invitations = renew_invitations(session, change)
    letters = renew_waiting(session, {**links, **invitations}, change.old, change.new)
    ended = update(WebSession).where(col(WebSession.revoked_at).is_(None)).values(revoked_at=change.now)
    session.connection().execute(ended)
    return Rotated(
        feeds=renew_feeds(session, change),
        links=len(links),
        invitations=len(invitations),
        letters=letters,
        apps=sealed_values.seal_apps(session, change.old, change.new),
        busy_calendars=sealed_values.seal_busy_calendars(session, change.old, change.new),
        people_without_codes=sealed_values.end_recovery_codes(session, change.new, change.now),
        erased_addresses=sealed_values.count_erased_addresses(session),
    )
