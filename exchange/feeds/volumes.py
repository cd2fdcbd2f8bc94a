"""One published feed as a whole: its bytes, put together from its list, and the name of its file."""

import re

from sqlmodel import Session

from exchange.feeds.answers import Named
from exchange.feeds.components import parts_of
from exchange.feeds.filters import EVERYTHING, Filter
from exchange.feeds.joining import joined
from exchange.feeds.queries import feed_name
from exchange.models import Feed, FeedKind, PublishedFeed


def calendar_of(session: Session, row: PublishedFeed, wanted: Filter = EVERYTHING) -> bytes:
    """The published calendar, or what a filter lets through of it; empty bytes before the first time."""
    if not row.version:
        return b""
    parts = [part for part in parts_of(session, row.parts.split()) if wanted.passes(part.kind, part.theme)]
    return joined(row.head, row.time_zone, parts)


def named(feed: Feed) -> Named:
    """What the feed's file is called. A person's is named after nobody."""
    if feed.kind == FeedKind.NETWORK:
        return Named("network")
    if feed.kind == FeedKind.PERSON:
        return Named("calendar")
    plain = _plain(feed.city.slug if feed.city else feed.group.key if feed.group else "")
    name = feed_name(feed)
    if feed.kind == FeedKind.BUSY:
        plain = f"{plain}-busy"
    return Named(plain, "" if _plain(name) == plain else name)


def _plain(name: str) -> str:
    """Letters, digits and hyphens, so that no header needs quoting."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "calendar"
