"""The lines of the page of feeds: which a reader may subscribe to, where, and how fresh they are."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from exchange.feeds.addresses import current_address, may_have_address, webcal
from exchange.feeds.queries import all_feeds, feed_name
from exchange.models import Feed, FeedKind, PublishedFeed
from exchange.settings import Settings
from exchange.web.permissions import Permission
from exchange.web.request import Viewer


@dataclass(frozen=True)
class FeedLine:
    """One feed; ``address`` None when it has been revoked or cannot be derived any more.

    ``may_have_address`` False for a city that has left the network.
    """

    id: int
    kind: FeedKind
    name: str
    address: str | None
    published_at: datetime | None
    may_have_address: bool = True

    @property
    def webcal(self) -> str:
        """The address that opens a calendar program."""
        return webcal(self.address or "")

    @property
    def is_secret(self) -> bool:
        """Whether the address must not be passed on."""
        return self.kind is not FeedKind.NETWORK


def lines_for(session: Session, reader: Viewer, settings: Settings, now: datetime) -> list[FeedLine]:
    """All feeds for people who plan; for others the public one, their city's and their groups'."""
    feeds = [feed for feed in all_feeds(session) if _is_for(feed, reader)]
    published = select(col(PublishedFeed.feed_id), col(PublishedFeed.published_at))
    published_at = dict(session.exec(published).all())
    return [
        FeedLine(
            id=feed.id,
            kind=FeedKind(feed.kind),
            name=feed_name(feed),
            address=current_address(settings, feed),
            published_at=published_at.get(feed.id),
            may_have_address=may_have_address(feed, now),
        )
        for feed in feeds
        if feed.id is not None
    ]


def _is_for(feed: Feed, reader: Viewer) -> bool:
    if feed.kind == FeedKind.NETWORK or reader.may(Permission.PLAN_PROGRAMME):
        return True
    return feed.city_id == reader.person.city_id or feed.group_id in reader.group_ids
