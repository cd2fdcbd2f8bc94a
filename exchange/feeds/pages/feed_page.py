"""The page of one feed: the entries that its calendar shows, from the same query, and its address."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from sqlmodel import Session, col, select

from exchange.duties.configured import profiles_of
from exchange.feeds.content.entries import Entry
from exchange.feeds.content.feed_owners import audience_of, feed_name, language_of
from exchange.feeds.content.queries import entries_for
from exchange.feeds.content.subscriber_filters import Filter
from exchange.feeds.publishing.duty_entries import owed_of_feeds
from exchange.feeds.subscriptions.feed_fetches import NEVER, Fetches, fetches_of
from exchange.feeds.subscriptions.secret_addresses import current_address, webcal
from exchange.models import Feed, FeedKind, Theme
from exchange.settings import Settings


@dataclass(frozen=True)
class FeedPage:
    """What the page shows; ``address`` None when the feed has none. ``themes`` are those of its entries."""

    id: int
    name: str
    is_secret: bool
    language: str
    address: str | None
    entries: list[Entry]
    kinds: list[str]
    themes: list[Theme]
    fetches: Fetches

    @property
    def webcal(self) -> str:
        """The address that opens a calendar program."""
        return webcal(self.address or "")


def feed_page(session: Session, feed: Feed, wanted: Filter, *, settings: Settings, now: datetime) -> FeedPage:
    """The feed as its subscribers have it on the day of ``now`` (UTC), through a filter."""
    on = now.date()
    audience = audience_of(feed, settings.network_time_zone, on)
    name, profiles = settings.network_short_name, profiles_of(settings)
    entries = entries_for(session, audience, network=name, on=on, profiles=profiles)
    owed = owed_of_feeds(session, [feed], settings, on).values()
    entries += [entry for one in owed for entry in one.owed]
    entries.sort(key=lambda entry: (entry.starts_at, entry.uid))
    address = current_address(settings, feed)
    return FeedPage(
        id=feed.id or 0,
        name=feed_name(feed),
        is_secret=feed.kind != FeedKind.NETWORK,
        language=language_of(feed),
        address=f"{address}{query_of(wanted)}" if address else None,
        entries=[entry for entry in entries if wanted.passes(entry.shown_kind, entry.theme)],
        kinds=sorted({entry.shown_kind for entry in entries} - {""}),
        themes=_themes(session, (entry.theme for entry in entries)),
        fetches=fetches_of(session, [feed], now).get(feed.id or 0, NEVER),
    )


def query_of(wanted: Filter) -> str:
    """The part of an address that asks for a filter; "" for everything. The same filter, the same text."""
    pairs = [
        *(("kind", kind) for kind in sorted(wanted.kinds)),
        *(("theme", key) for key in sorted(wanted.themes)),
    ]
    return f"?{urlencode(pairs)}" if pairs else ""


def _themes(session: Session, keys: Iterable[str]) -> list[Theme]:
    found = select(Theme).where(col(Theme.key).in_({key for key in keys if key})).order_by(col(Theme.key))
    return list(session.exec(found).all())
