"""Read what a request for a calendar is answered with: one row, found by the digest of its token."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from exchange.models import City, ExpertGroup, Feed, FeedAddress, FeedKind, PublishedFeed
from exchange.tokens import digest


@dataclass(frozen=True)
class ServedFeed:
    """The finished bytes of one feed; ``published_at`` None means that none were ever published."""

    content: bytes
    etag: str
    published_at: datetime | None
    file_name: str
    is_secret: bool
    is_revoked: bool = False


def network_feed(session: Session) -> ServedFeed | None:
    """The public feed; None in a database that has no feeds yet."""
    found = session.exec(
        select(PublishedFeed)
        .join(Feed, col(Feed.id) == col(PublishedFeed.feed_id))
        .where(Feed.kind == FeedKind.NETWORK)
    ).first()
    if found is None:
        return None
    return ServedFeed(found.content, found.etag, found.published_at, "network.ics", is_secret=False)


def feed_at(session: Session, token: str) -> ServedFeed | None:
    """The private feed behind a token; None when no feed ever had that one."""
    found = session.exec(
        select(PublishedFeed, FeedAddress.revoked_at, City.slug, ExpertGroup.key)
        .join(FeedAddress, col(FeedAddress.feed_id) == col(PublishedFeed.feed_id))
        .join(Feed, col(Feed.id) == col(PublishedFeed.feed_id))
        .outerjoin(City, col(City.id) == col(Feed.city_id))
        .outerjoin(ExpertGroup, col(ExpertGroup.id) == col(Feed.group_id))
        .where(FeedAddress.token_digest == digest(token))
    ).first()
    if found is None:
        return None
    row, revoked_at, slug, key = found
    return ServedFeed(
        content=row.content,
        etag=row.etag,
        published_at=row.published_at,
        file_name=f"{_plain(slug or key)}.ics",
        is_secret=True,
        is_revoked=revoked_at is not None,
    )


def _plain(name: str) -> str:
    """Letters, digits and hyphens, so that no header needs quoting."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "calendar"
