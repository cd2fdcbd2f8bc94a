"""The lines of the page of feeds: which a reader may subscribe to, where, and how fresh they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from exchange.access.things import thing_of_calendar
from exchange.feeds.content.feed_owners import feed_name, feeds_but_of_others, load_wholly
from exchange.feeds.subscriptions.feed_fetches import NEVER, Fetches, fetches_of
from exchange.feeds.subscriptions.secret_addresses import current_address, may_have_address, webcal
from exchange.models import Feed, FeedKind, FeedSlot, PublishedFeed
from exchange.rules.access.policy import Right, may
from exchange.settings import Settings
from exchange.web.access.request_context import Viewer
from exchange.web.presentation.paging import Paged, holds_all, page_of_list


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
    fetches: Fetches = NEVER
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


def lines_for(
    session: Session, reader: Viewer, settings: Settings, now: datetime, *, search: str = "", page: int = 1
) -> Paged[FeedLine]:
    """A page of all but others' own for who plans; else the public one, the city's, the groups', one's own.

    Those alone in whose name each word of ``search`` stands.
    """
    words = search.casefold().split()
    all_ = feeds_but_of_others(session, reader.person.id)
    mine = (feed for feed in all_ if is_for(feed, reader))
    found = page_of_list([feed for feed in mine if holds_all(feed_name(feed), words)], page)
    feeds = found.rows
    load_wholly(session, feeds)
    published_at, fetches = _dates(session, feeds), fetches_of(session, feeds, now)
    lines = [
        FeedLine(
            id=feed.id,
            kind=FeedKind(feed.kind),
            name=feed_name(feed),
            address=current_address(settings, feed),
            published_at=published_at.get(feed.id),
            fetches=fetches.get(feed.id, NEVER),
            may_have_address=may_have_address(feed, now),
            is_mine=may_change(feed, reader),
        )
        for feed in feeds
        if feed.id is not None
    ]
    return Paged(lines, found.found, found.number)


def is_for(feed: Feed, reader: Viewer) -> bool:
    """Whether the reader may see a feed's page and address; the public one is everybody's."""
    return feed.kind == FeedKind.NETWORK or may(reader.standing, Right.READ, thing_of_calendar(feed))


def may_change(feed: Feed, reader: Viewer) -> bool:
    """Whether the reader may revoke and replace a feed's address: one's own, and by role the others."""
    return feed.kind != FeedKind.NETWORK and may(reader.standing, Right.CHANGE, thing_of_calendar(feed))


def answers_for_city(reader: Viewer) -> bool:
    """Whether the reader speaks for their city, and so may tell others when it is busy."""
    return reader.person.city_id in reader.standing.cities or reader.standing.plans


def _dates(session: Session, feeds: Sequence[Feed]) -> dict[int, datetime | None]:
    """When what each feed shows last changed: its list, or an event in it."""
    slots = session.exec(select(col(FeedSlot.id), col(FeedSlot.published_at)))
    variants = {str(slot_id): published_at for slot_id, published_at in slots}
    rows = session.exec(
        select(PublishedFeed.feed_id, col(PublishedFeed.published_at), PublishedFeed.slots).where(
            col(PublishedFeed.feed_id).in_([feed.id for feed in feeds])
        )
    ).all()
    newest = {listed: _newest(variants, listed) for listed in {listed for _, _, listed in rows}}
    return {feed_id: max(filter(None, (at, newest[listed]))) if at else None for feed_id, at, listed in rows}


def _newest(variants: Mapping[str, datetime], listed: str) -> datetime | None:
    """When the last of the slots that a feed lists was published; many feeds list the same hundreds."""
    return max(filter(None, map(variants.get, listed.split())), default=None)
