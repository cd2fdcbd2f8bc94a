"""What a web process knows of feeds between two looks: addresses, and the versions that are published.

It reads; response_cache.py decides when, and what that means for what it holds.
"""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func
from sqlmodel import Session, col, select

from exchange.feeds.serving.address_ends import ends_of_feeds
from exchange.feeds.serving.address_state import AddressState
from exchange.models import Feed, FeedAddress, FeedChange, FeedKind, FeedSlot, PublishedFeed
from exchange.tokens import digest


@dataclass(frozen=True)
class Index:
    """Every address, and the versions that feeds and variants are at, as of one look.

    A token is hashed once a look: calendars are asked for again and again, and nothing else costs as much.
    """

    stamp: tuple[int, ...]
    versions: dict[int, int]
    variants: dict[int, int]
    addresses: dict[str, AddressState]
    network: AddressState | None
    met: dict[str, AddressState] = field(default_factory=dict)  # by token, those that were asked for

    def find(self, token: str) -> AddressState | None:
        """The address that a token belongs to; None for a token that none ever had."""
        found = self.met.get(token)
        if found is None:
            found = self.addresses.get(digest(token))
            if found is not None:
                self.met[token] = found
        return found


def stamp_of(session: Session) -> tuple[int, ...]:
    """Numbers that no change, no publication, no new address and no revocation leaves as they were."""
    told: sa.Select[Any] = sa.select(
        select(func.count(col(PublishedFeed.feed_id))).scalar_subquery(),
        select(func.coalesce(func.sum(col(PublishedFeed.version)), 0)).scalar_subquery(),
        select(func.count(col(FeedSlot.id))).scalar_subquery(),
        select(func.coalesce(func.sum(col(FeedSlot.version)), 0)).scalar_subquery(),
        select(func.count(col(FeedAddress.id))).scalar_subquery(),
        select(func.count(col(FeedAddress.revoked_at))).scalar_subquery(),
        select(func.count(col(FeedChange.id))).scalar_subquery(),
        select(func.coalesce(func.max(col(FeedChange.id)), 0)).scalar_subquery(),
    )
    row = session.connection().execute(told).one()
    return tuple(int(number) for number in row)


def read_index(session: Session, stamp: tuple[int, ...]) -> Index:
    """All of it as of now; ``stamp`` is what stamp_of said before."""
    versions = session.exec(select(PublishedFeed.feed_id, PublishedFeed.version)).all()
    variants = session.exec(select(FeedSlot.id, FeedSlot.version)).all()
    addresses = session.exec(
        select(FeedAddress.token_digest, FeedAddress.feed_id, FeedAddress.serial, FeedAddress.revoked_at)
    ).all()
    ends_at = ends_of_feeds(session)
    network_id = session.exec(select(Feed.id).where(Feed.kind == FeedKind.NETWORK)).first()
    return Index(
        stamp=stamp,
        versions=dict(versions),
        variants={id_: version for id_, version in variants if id_},
        addresses={
            token: AddressState(feed_id, serial, revoked_at is not None, ends_at.get(feed_id))
            for token, feed_id, serial, revoked_at in addresses
        },
        network=None if network_id is None else AddressState(network_id, 0, is_revoked=False),
    )
