"""Publish feeds: mark what a change may touch, and write finished bytes for the requests that come.

A request never builds and this never answers one. What a feed shows is decided in redact.py.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from hashlib import sha256
from typing import cast
from uuid import uuid4

import structlog
from sqlalchemy import CursorResult, or_, update
from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from exchange import audit
from exchange.db import Database
from exchange.feeds.addresses import add_address, revoke_city_feed
from exchange.feeds.build import Head, Publisher, calendar_bytes
from exchange.feeds.queries import audience_of, entries_for, feed_name
from exchange.models import (
    City,
    Cycle,
    ExpertGroup,
    Feed,
    FeedAddress,
    FeedKind,
    PublishedFeed,
    Sitting,
    Stage,
    TrainingEvent,
)
from exchange.rules.timezones import wall_time, zone_data_version
from exchange.settings import Settings

log = structlog.get_logger("exchange")

_ONE_SECOND = timedelta(seconds=1)


def new_uid() -> str:
    """A UID for an entry's whole life; it names nobody (RFC 7986 5.3)."""
    return f"{uuid4()}@exchange"


def touch(entry: Stage | Sitting | TrainingEvent, now: datetime) -> None:
    """Say that readers will see a change of an entry already published: a higher SEQUENCE, a new DTSTAMP."""
    entry.sequence += 1
    entry.changed_at = now


def mark_cycle_stale(session: Session, cycle: Cycle) -> None:
    """Have every feed looked at again that may show the cycle now or may have shown it before."""
    mark_all_stale(session)


def mark_training_stale(session: Session, training: TrainingEvent) -> None:
    """Have every feed looked at again that may show the event now or may have shown it before."""
    mark_all_stale(session)


def mark_all_stale(session: Session) -> None:
    """Have every feed looked at again; one whose bytes come out the same keeps them and its ETag.

    Rows are written even when they are stale already: the write waits for a publisher that has
    taken a row and read the old state, and makes it look again.
    """
    audit.wait_for_turn(session)
    session.execute(update(PublishedFeed).values(is_stale=True))


def ensure_feeds(session: Session, settings: Settings, now: datetime) -> None:
    """The public feed, and one feed with one address per city of the network and per expert group.

    Makes what is missing and changes nothing that stands: a revoked feed stays revoked. A city
    whose memberships have all ended gets none.
    """
    audit.wait_for_turn(session)
    for feed in _missing_feeds(session, now):
        _add(session, feed)
        if feed.kind != FeedKind.NETWORK:
            add_address(session, feed, settings=settings, now=now)


def publish_stale(database: Database, settings: Settings, now: datetime) -> int:
    """Write every feed anew that is stale or was built with other zone data; how many were looked at.

    New cities and groups get their feeds first, and former members' feeds stop. Each feed has its own
    transaction, so that many publishers may run: one of them takes it, and one that fails stays
    stale for the next tick without keeping the others.
    """
    _make_missing(database, settings, now)
    _stop_former_members(database, now)
    done = 0
    for feed_id in _due(database):
        try:
            with database.transaction() as session:
                done += _publish(session, feed_id, settings, now)
        except Exception:  # the next feed is not to blame; the log has the cause, the row stays stale
            log.exception("feed not published", feed_id=feed_id)
    return done


def feed_bytes(session: Session, feed: Feed, settings: Settings) -> bytes:
    """A feed's calendar as the rows stand now."""
    audience = audience_of(feed, settings.network_time_zone)
    entries = entries_for(session, audience, network=settings.network_short_name)
    return calendar_bytes(head_of(feed, settings), entries)


def head_of(feed: Feed, settings: Settings) -> Head:
    """What a feed's calendar says of itself; the city's clock is its own, the network's for the others."""
    organizer_name, address = parseaddr(settings.mail_from)
    network = settings.network_short_name
    return Head(
        name=f"{network} {feed_name(feed)}" if feed.kind != FeedKind.NETWORK else f"{network} programme",
        description=_description(feed, settings),
        page_url=f"{settings.base_url}/feeds" if feed.kind != FeedKind.NETWORK else f"{settings.base_url}/",
        time_zone=feed.city.time_zone if feed.city else settings.network_time_zone,
        publisher=Publisher(settings.base_url, organizer_name or settings.network_name, address),
    )


def _description(feed: Feed, settings: Settings) -> str:
    if feed.kind == FeedKind.NETWORK:
        return f"Exchanges and training events of the {settings.network_name} that are open to all."
    return (
        f"Exchanges and training events of the {settings.network_name} for {feed_name(feed)}."
        " The address of this calendar is a secret: do not pass it on."
    )


def _make_missing(database: Database, settings: Settings, now: datetime) -> None:
    with database.reading() as session:
        if not _missing_feeds(session, now):
            return
    with database.transaction() as session:
        ensure_feeds(session, settings, now)


def _missing_feeds(session: Session, now: datetime) -> list[Feed]:
    """The feeds that ought to stand and do not, not yet added."""
    cities = session.exec(
        select(City).options(selectinload(City.memberships)).order_by(col(City.name))  # type: ignore[arg-type]  # SQLModel types relations as their values
    ).all()
    city_ids = [city.id for city in cities if not _has_left(city, now)]
    group_ids = session.exec(select(ExpertGroup.id).order_by(col(ExpertGroup.id))).all()
    known = {
        (feed.kind, feed.city_id, feed.group_id) for feed in session.exec(select(Feed).order_by(col(Feed.id)))
    }
    wanted: list[tuple[str, int | None, int | None]] = [
        (FeedKind.NETWORK, None, None),
        *((FeedKind.CITY, city_id, None) for city_id in city_ids),
        *((FeedKind.GROUP, None, group_id) for group_id in group_ids),
    ]
    return [
        Feed(kind=kind, city_id=city_id, group_id=group_id)
        for kind, city_id, group_id in wanted
        if (kind, city_id, group_id) not in known
    ]


def _add(session: Session, feed: Feed) -> None:
    session.add(feed)
    session.flush()
    if feed.id is None:
        raise ValueError("the database gives an id")
    session.add(PublishedFeed(feed_id=feed.id))


def _stop_former_members(database: Database, now: datetime) -> None:
    with database.reading() as session:
        if not _former_members_with_feed(session, now):
            return
    with database.transaction() as session:
        audit.wait_for_turn(session)
        for city in _former_members_with_feed(session, now):
            revoke_city_feed(session, city, actor=None, now=now, reason="membership ended")


def _former_members_with_feed(session: Session, now: datetime) -> list[City]:
    """Cities whose last membership has run out, whoever wrote its end and when."""
    with_feed = (
        select(Feed.city_id)
        .join(FeedAddress, col(FeedAddress.feed_id) == col(Feed.id))
        .where(col(Feed.city_id).is_not(None), col(FeedAddress.revoked_at).is_(None))
    )
    cities = session.exec(
        select(City).where(col(City.id).in_(with_feed)).options(selectinload(City.memberships))  # type: ignore[arg-type]  # SQLModel types relations as their values
    ).all()
    return [city for city in cities if _has_left(city, now)]


def _has_left(city: City, now: datetime) -> bool:
    """Whether the city is no member any more, nor about to be one, by its own date."""
    return city.is_former_on(wall_time(now, city.time_zone).on)


def _due(database: Database) -> Sequence[int]:
    with database.reading() as session:
        return session.exec(
            select(PublishedFeed.feed_id)
            .where(
                or_(
                    col(PublishedFeed.is_stale),
                    col(PublishedFeed.zone_data) != zone_data_version(),
                )
            )
            .order_by(col(PublishedFeed.feed_id))
        ).all()


def _publish(session: Session, feed_id: int, settings: Settings, now: datetime) -> bool:
    """Take the feed and write it; False when another publisher got there first."""
    if not _claim(session, feed_id):
        return False
    feed = session.exec(select(Feed).where(Feed.id == feed_id)).one()
    row = session.exec(select(PublishedFeed).where(PublishedFeed.feed_id == feed_id)).one()
    content = feed_bytes(session, feed, settings)
    if row.published_at is None or content != row.content:
        row.content = content
        row.etag = f'"{sha256(content).hexdigest()}"'
        row.published_at = _later(row.published_at, now)
        session.add(row)
    return True


def _claim(session: Session, feed_id: int) -> bool:
    """Lock the row and call it fresh before anything is read.

    A change committed later finds the row fresh, or waits here for us, and marks it again.
    """
    version = zone_data_version()
    claim = (
        update(PublishedFeed)
        .where(
            col(PublishedFeed.feed_id) == feed_id,
            or_(col(PublishedFeed.is_stale), col(PublishedFeed.zone_data) != version),
        )
        .values(is_stale=False, zone_data=version)
    )
    # execute() is typed for rows to read; an UPDATE gives a cursor with a count
    return cast("CursorResult[tuple[()]]", session.execute(claim)).rowcount == 1


def _later(before: datetime | None, now: datetime) -> datetime:
    """Whole seconds, as Last-Modified has no finer ones, and after the time before though clocks differ."""
    whole = now.replace(microsecond=0)
    return whole if before is None else max(whole, before + _ONE_SECOND)
