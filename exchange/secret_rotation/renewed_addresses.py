"""Addresses that the secret key makes, replaced: of calendars, and those that answers to invitations take."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from exchange.feeds.subscriptions.secret_addresses import (
    may_have_address,
    replace_address,
    revoke_address,
    token_for,
    token_of,
)
from exchange.invitations.invitation_links import link_token, seal, secret_name
from exchange.mail.writing.custom_wording import load_wordings
from exchange.models import Feed, FeedAddress, FeedKind, Invitation
from exchange.network.actions.new_addresses import ROTATED, keepers_of, tell_keepers
from exchange.settings import Settings
from exchange.tokens import digest


@dataclass(frozen=True)
class Change:
    """From which secret to which, when, and why, for the audit trail."""

    old: Settings
    new: Settings
    now: datetime
    why: str


def feeds_signed_with(session: Session, settings: Settings) -> list[Feed]:
    """Private feeds whose address in force is made with the secret of ``settings``."""
    feeds = session.exec(
        select(Feed)
        .where(Feed.kind != FeedKind.NETWORK)
        .options(selectinload(Feed.addresses))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(Feed.id))
    )
    return [feed for feed in feeds if token_of(settings, feed)]


def count_addresses_of_others(session: Session, settings: Settings) -> int:
    """Addresses of private feeds in force that the secret of ``settings`` does not make; they open."""
    in_force = session.exec(
        select(FeedAddress)
        .join(Feed)
        .where(Feed.kind != FeedKind.NETWORK, col(FeedAddress.revoked_at).is_(None))
    )
    return sum(
        digest(token_for(settings, address.feed_id, address.serial)) != address.token_digest
        for address in in_force
    )


def count_invitations(session: Session, settings: Settings, *, are_made: bool) -> int:
    """Invitations whose answer link the secret of ``settings`` makes, or does not make."""
    sealed = session.exec(select(Invitation))
    return sum(
        (digest(link_token(settings, secret_name(one))) == one.link_digest) is are_made for one in sealed
    )


def renew_feeds(session: Session, change: Change) -> int:
    """Give each such feed a new address, and tell by letter who keeps it; how many."""
    wordings = load_wordings(session)
    feeds = feeds_signed_with(session, change.old)
    for feed in feeds:
        if not may_have_address(feed, change.now):
            revoke_address(session, feed, actor=None, now=change.now, reason=change.why)
            continue
        made = replace_address(
            session, feed, actor=None, settings=change.new, now=change.now, reason=change.why
        )
        keepers = keepers_of(session, feed)
        tell_keepers(session, made, keepers, ROTATED, wordings=wordings, settings=change.new, now=change.now)
    return len(feeds)


def renew_invitations(session: Session, change: Change) -> dict[str, str]:
    """Seal every invitation of the old secret anew: the token of each answer link, and the new one."""
    renewed = {}
    for invitation in session.exec(select(Invitation).order_by(col(Invitation.id))).all():
        old = link_token(change.old, secret_name(invitation))
        if digest(old) != invitation.link_digest:
            continue
        seal(change.new, invitation)
        session.add(invitation)
        renewed[old] = link_token(change.new, secret_name(invitation))
    session.flush()
    return renewed
