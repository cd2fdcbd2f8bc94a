"""The calendar of one published feed: its bytes, put together from its variants, and its file's name."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from exchange.feeds.content.feed_owners import feed_name
from exchange.feeds.content.subscriber_filters import EVERYTHING, Filter
from exchange.feeds.icalendar.vcalendar import Part, assembled
from exchange.feeds.serving.responses import FileName
from exchange.models import Feed, FeedComponent, FeedKind, FeedSlot, PublishedFeed

_AT_ONCE = 500  # ids in one statement: SQLite takes some thousands
_PARTS: Any = sa.select(  # rows are read as plain tuples
    *(
        col(column)
        for column in (
            FeedComponent.uid,
            FeedComponent.starts_at,
            FeedComponent.content,
            FeedComponent.time_zone,
            FeedComponent.first_year,
            FeedComponent.last_year,
            FeedComponent.kind,
            FeedComponent.theme,
        )
    )
)
_VARIANTS = sa.select(col(FeedSlot.version), col(FeedSlot.published_at))


@dataclass(frozen=True)
class CalendarDocument:
    """The bytes of a feed, and which state of it they are: of its row and, summed, of its variants."""

    content: bytes
    published_at: datetime
    version: int
    variants: tuple[int, ...]
    variant_versions: int


def calendar_document(session: Session, row: PublishedFeed, wanted: Filter = EVERYTHING) -> CalendarDocument:
    """The published calendar, or what a filter lets through of it, as of one state of the database.

    The row must have been published. Raises LookupError when a variant it lists is not there.
    """
    if row.published_at is None:
        raise ValueError("nothing was ever published of this feed")
    variants = tuple(map(int, row.slots.split()))
    parts, versions, dates = [], 0, [row.published_at]
    for start in range(0, len(variants), _AT_ONCE):
        some = variants[start : start + _AT_ONCE]
        of_variants = _VARIANTS.where(col(FeedSlot.id).in_(some))
        found = session.connection().execute(of_variants).all()
        if len(found) != len(some):
            raise LookupError(f"feed {row.feed_id} lists variants that are not there")
        versions += sum(version for version, _ in found)
        dates += [published_at for _, published_at in found]
        of_parts = _PARTS.where(col(FeedComponent.slot_id).in_(some))
        parts += [Part(*values) for values in session.connection().execute(of_parts)]
    let_through = [part for part in parts if wanted.passes(part.kind, part.theme)]
    content = assembled(row.head, row.time_zone, let_through)
    return CalendarDocument(content, max(dates), row.version, variants, versions)


def file_name_of(feed: Feed) -> FileName:
    """What the feed's file is called. A person's is named after nobody."""
    if feed.kind == FeedKind.NETWORK:
        return FileName("network")
    if feed.kind == FeedKind.PERSON:
        return FileName("calendar")
    plain = _plain(feed.city.slug if feed.city else feed.group.key if feed.group else "")
    name = feed_name(feed)
    if feed.kind == FeedKind.BUSY:
        plain = f"{plain}-busy"
    return FileName(plain, "" if _plain(name) == plain else name)


def _plain(name: str) -> str:
    """Letters, digits and hyphens, so that no header needs quoting."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "calendar"
