"""Work out what is to be published: which variants differ from the programme, which feeds list which.

Reads one state of the database and writes nothing. What a feed shows is decided in redaction.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
import structlog
from sqlmodel import Session, col, select

from exchange.answering.product_status import products_of
from exchange.duties.configured import profiles_of
from exchange.duties.prepared_events import begun_preparations
from exchange.feeds.content.feed_owners import audience_of, city_of, with_owners
from exchange.feeds.content.member_cities import members_invited
from exchange.feeds.content.programme_items import Item, Reader, Shown, published_items
from exchange.feeds.content.variants_by_reader import AnyShown, Programme, VariantName, shown_meetings
from exchange.feeds.icalendar.calendar_properties import properties_of, publisher_of
from exchange.feeds.icalendar.vevent import properties_bytes
from exchange.feeds.publishing.invalidation import EVERYTHING
from exchange.feeds.publishing.stored_variants import (
    EventWriter,
    Renewal,
    StoredVariant,
    frame,
    release,
    renewal,
    set_same_apart,
    stored_variants,
)
from exchange.models import Cycle, Feed, FeedChange, PublishedFeed, TrainingEvent
from exchange.settings import Settings

log = structlog.get_logger("exchange")

_feed: Any = PublishedFeed.__table__  # type: ignore[attr-defined]  # the plain tables: rows come as tuples
_change: Any = FeedChange.__table__  # type: ignore[attr-defined]  # as above
_ALL_FEEDS = sa.select(_feed.c.feed_id)
_WAITING = sa.union_all(
    sa.select(_change.c.id, _change.c.item, sa.null()),
    sa.select(sa.null(), sa.null(), _feed.c.feed_id).where(
        _feed.c.looked_on.is_(None)
        | (_feed.c.looked_on < sa.bindparam("today"))
        | (_feed.c.built_with != sa.bindparam("made_with"))
    ),
)


@dataclass(frozen=True)
class Due:
    """What waits: changes by id with the item each names, and feeds to be worked out completely."""

    changes: dict[int, str]
    feed_ids: frozenset[int]

    @property
    def items(self) -> frozenset[str]:
        """What changed, by name."""
        return frozenset(self.changes.values()) - {EVERYTHING}

    def __bool__(self) -> bool:
        return bool(self.changes or self.feed_ids)


@dataclass
class Listing:
    """What a feed is to list: variants that stay by their ids, others by name, as they may be new."""

    row: PublishedFeed
    is_full: bool
    properties: bytes
    time_zone: str
    stay: frozenset[int] = frozenset()
    names: set[VariantName] = field(default_factory=set)


@dataclass
class Draft:
    """What is to be written. What failed stays due: items by their changes, feeds by a look to come."""

    due: Due
    made_with: str
    on: date
    stored: dict[VariantName, StoredVariant]
    listings: list[Listing] = field(default_factory=list)
    renewals: list[Renewal] = field(default_factory=list)
    failed_items: set[str] = field(default_factory=set)
    failed_feeds: set[int] = field(default_factory=set)


def made_with(settings: Settings) -> str:
    """All that feeds are written from besides rows; another value has them looked at again."""
    told = (settings.network_short_name, settings.network_name, settings.network_time_zone)
    profiles = sha256(repr(profiles_of(settings)).encode()).hexdigest()[:16]
    return f"{frame()} {release()} {publisher_of(settings)!r} {told!r} {profiles}"


def due_on(session: Session, settings: Settings, today: date) -> Due:
    """What a change, another day, new zone data, a new release or a failure made due."""
    told = {"today": today, "made_with": made_with(settings)}
    waiting = session.connection().execute(_WAITING, told).all()
    changes = {id_: item for id_, item, _ in waiting if id_ is not None}
    feed_ids = frozenset(feed_id for _, _, feed_id in waiting if feed_id is not None)
    if EVERYTHING in changes.values():
        feed_ids = frozenset(session.connection().execute(_ALL_FEEDS).scalars())
    return Due(changes, feed_ids)


def draft_of(session: Session, due: Due, settings: Settings, on: date) -> Draft:
    """What is due, worked out; lists are looked at only if somebody else may see an item."""
    names = None if due.feed_ids else due.items
    items = published_items(session, names)
    shown: dict[str, AnyShown] = dict(_shown(session, items, settings, on))
    shown |= shown_meetings(session, settings.network_short_name, on, names)
    draft = Draft(due, made_with(settings), on, stored_variants(session, names))
    moved = {item for item in due.items if not _has_same_readers(item, shown.get(item), draft.stored)}
    if due.feed_ids or moved:
        _list(session, draft, shown, moved, settings)
    wanted = {name for listing in draft.listings for name in listing.names}
    wanted |= {name for name in draft.stored if name[0] in due.items - moved}
    _write_variants(draft, wanted, shown, settings)
    if due.feed_ids and _has_same_frame(draft):  # perhaps because of another release
        set_same_apart(session, draft.renewals)
    draft.failed_feeds |= {
        listing.row.feed_id
        for listing in draft.listings
        if any(item in draft.failed_items for item, _ in listing.names)
    }
    return draft


def _shown(session: Session, items: Mapping[str, Item], settings: Settings, on: date) -> dict[str, Shown]:
    """The items with what other tables hold about them."""
    network = settings.network_short_name
    cycle_ids = [row.id or 0 for row in items.values() if isinstance(row, Cycle)]
    products = products_of(session, cycle_ids) if cycle_ids else {}
    trainings = {row.id or 0: row for row in items.values() if isinstance(row, TrainingEvent)}
    members = members_invited(session, trainings.values())
    begun = begun_preparations(session, list(trainings), profiles_of(settings), on)
    return {
        name: Shown(row, network, on, products.get(row.id or 0))
        if isinstance(row, Cycle)
        else Shown(row, network, on, members=members.get(row.id or 0, ()), prepared=begun.get(row.id or 0))
        for name, row in items.items()
    }


def ids_in(row: PublishedFeed) -> frozenset[int]:
    """The variants a feed lists."""
    return frozenset(map(int, row.slots.split()))


def _has_same_readers(item: str, shown: AnyShown | None, stored: dict[VariantName, StoredVariant]) -> bool:
    """Whether the item's variants serve the readers it has now; not known when it had none."""
    reaches = {variant.reach for name, variant in stored.items() if name[0] == item}
    return shown is not None and reaches == {shown.reach}


def _has_same_frame(draft: Draft) -> bool:
    """Whether what is around events is written as it was in every feed that is looked at."""
    before = {listing.row.built_with.partition(" ")[0] for listing in draft.listings if listing.is_full}
    return before - {""} == {frame()}


def _list(
    session: Session, draft: Draft, shown: dict[str, AnyShown], moved: set[str], settings: Settings
) -> None:
    """Complete lists for the feeds that are due; for the others the variants of the moved items anew."""
    outdated = {variant.id for name, variant in draft.stored.items() if name[0] in moved}
    programme = Programme(shown)
    anew = Programme({item: shown[item] for item in moved if item in shown})
    feeds = {feed.id: feed for feed in session.exec(with_owners()).all()}
    for row in session.exec(select(PublishedFeed).order_by(col(PublishedFeed.feed_id))).all():
        try:
            reader = Reader(
                audience_of(feeds[row.feed_id], settings.network_time_zone, draft.on),
                city_of(feeds[row.feed_id]),
            )
            if row.feed_id in draft.due.feed_ids:
                listing = _full_listing(row, feeds[row.feed_id], settings)
                listing.names = programme.names_for(reader)
            else:
                stay = ids_in(row) - outdated
                listing = Listing(row, False, row.head, row.time_zone, stay, anew.names_for(reader))
            draft.listings.append(listing)
        except Exception:  # the next feed is not to blame; the log has the cause, the row stays due
            log.exception("feed not published", feed_id=row.feed_id)
            draft.failed_feeds.add(row.feed_id)


def _full_listing(row: PublishedFeed, feed: Feed, settings: Settings) -> Listing:
    properties = properties_of(feed, settings)
    return Listing(row, True, properties_bytes(properties), properties.time_zone)


def _write_variants(
    draft: Draft, wanted: set[VariantName], shown: dict[str, AnyShown], settings: Settings
) -> None:
    writer = EventWriter(publisher_of(settings), draft.made_with)
    for name in sorted(wanted):
        try:
            found = renewal(name, shown[name[0]], draft.stored.get(name), writer)
        except Exception:  # as above
            log.exception("event not published", item=name[0])
            draft.failed_items.add(name[0])
        else:
            draft.renewals += [found] if found else []
