"""The lines of the page of feeds: which a reader may subscribe to, where, and how fresh they are."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from exchange.feeds.addresses import current_address, may_have_address, webcal
from exchange.feeds.owners import all_feeds, feed_name
from exchange.models import Feed, FeedKind, FeedSlot, PublishedFeed, Role
from exchange.settings import Settings
from exchange.web.permissions import Permission
from exchange.web.request import Viewer

ANSWERS_FOR_CITY = (Role.COORDINATOR, Role.CITY_LEAD, Role.CITY_CONTACT)


@dataclass(frozen=True)
class FeedLine:
    """One feed; ``address`` None when it has been revoked or cannot be derived any more.

    ``may_have_address`` False for a city that has left the network. ``is_mine``: the reader may revoke
    and replace the address.
    """

    id: int
    kind: FeedKind
    name: str
    address: str | None
    published_at: datetime | None
    may_have_address: bool = True
    is_mine: bool = False

    @property
    def webcal(self) -> str:
        """The address that opens a calendar program."""
        return webcal(self.address or "")

    @property
    def is_secret(self) -> bool:
        """Whether the address must not be passed on."""
        return self.kind is not FeedKind.NETWORK


def lines_for(session: Session, reader: Viewer, settings: Settings, now: datetime) -> list[FeedLine]:
    """All but other people's for those who plan; else the public one, the city's, the groups', one's own."""
    feeds = [feed for feed in all_feeds(session) if is_for(feed, reader)]
    published_at = _dates(session)
    return [
        FeedLine(
            id=feed.id,
            kind=FeedKind(feed.kind),
            name=feed_name(feed),
            address=current_address(settings, feed),
            published_at=published_at.get(feed.id),
            may_have_address=may_have_address(feed, now),
            is_mine=may_change(feed, reader),
        )
        for feed in feeds
        if feed.id is not None
    ]


def is_for(feed: Feed, reader: Viewer) -> bool:
    """Whether the reader may see a feed's page and address. A person's feed is theirs alone."""
    if feed.kind == FeedKind.PERSON:
        return feed.person_id == reader.person.id
    if feed.kind == FeedKind.NETWORK or reader.may(Permission.PLAN_PROGRAMME):
        return True
    return feed.city_id == reader.person.city_id or feed.group_id in reader.group_ids


def may_change(feed: Feed, reader: Viewer) -> bool:
    """Whether the reader may revoke and replace a feed's address: one's own, and by role the others."""
    if feed.kind == FeedKind.PERSON:
        return feed.person_id == reader.person.id
    if feed.kind == FeedKind.BUSY and answers_for_city(reader) and feed.city_id == reader.person.city_id:
        return True
    return feed.kind != FeedKind.NETWORK and reader.may(Permission.ADMINISTER)


def answers_for_city(reader: Viewer) -> bool:
    """Whether the reader speaks for their city, and so may tell others when it is busy."""
    return any(reader.person.has_role(role) for role in ANSWERS_FOR_CITY)


def _dates(session: Session) -> dict[int, datetime | None]:
    """When what each feed shows last changed: its list, or an event in it."""
    slots = dict(session.exec(select(col(FeedSlot.id), col(FeedSlot.published_at))).all())
    rows = session.exec(
        select(PublishedFeed.feed_id, col(PublishedFeed.published_at), PublishedFeed.slots)
    ).all()
    return {
        feed_id: max([at, *(slots[id_] for id_ in map(int, listed.split()) if id_ in slots)]) if at else None
        for feed_id, at, listed in rows
    }
