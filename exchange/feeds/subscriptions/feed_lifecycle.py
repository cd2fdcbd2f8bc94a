"""Which feeds there are: one for all, one per city of the network and expert group; and which have to stop.

A person's feed and a city's busy feed are made by those who want them, in secret_addresses.py.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import exists
from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from exchange import audit
from exchange.db import Database
from exchange.feeds.subscriptions.secret_addresses import add_address, revoke_address, revoke_city_feed
from exchange.models import City, ExpertGroup, Feed, FeedAddress, FeedKind, Membership, Person, PublishedFeed
from exchange.rules.time.timezones import wall_time
from exchange.settings import Settings

_ONE_DAY = timedelta(days=1)  # no city's date is further from UTC's


def ensure_feeds(session: Session, settings: Settings, now: datetime) -> None:
    """The public feed, and one feed with one address per city of the network and per expert group.

    Makes what is missing and changes nothing that is there: a revoked feed stays revoked. A city
    whose memberships have all ended gets none.
    """
    audit.wait_for_turn(session)
    given: list[tuple[str, dict[str, object]]] = []
    for feed in _missing_feeds(session, now):
        add_feed(session, feed)
        if feed.kind != FeedKind.NETWORK:
            address = add_address(session, feed, settings=settings, now=now)
            given.append((f"feed:{feed.id}", {"serials": [address.serial]}))
    audit.record_done(session, "give feed address", given, now)


def add_feed(session: Session, feed: Feed) -> None:
    """A new feed, to be published by the next tick."""
    session.add(feed)
    session.flush()
    if feed.id is None:
        raise ValueError("the database gives an id")
    session.add(PublishedFeed(feed_id=feed.id))
    session.flush()


def make_missing(database: Database, settings: Settings, now: datetime) -> bool:
    """ensure_feeds, in a transaction of its own, when there is something to make; whether there was."""
    with database.reading() as session:
        if not _missing_feeds(session, now):
            return False
    with database.transaction() as session:
        ensure_feeds(session, settings, now)
    return True


def stop_ended(database: Database, now: datetime) -> None:
    """Stop the feeds of cities whose last membership has run out and of people who have left."""
    with database.reading() as session:
        if not _former_members_with_feed(session, now) and not _feeds_of_the_gone(session):
            return
    with database.transaction() as session:
        audit.wait_for_turn(session)
        for city in _former_members_with_feed(session, now):
            revoke_city_feed(session, city, actor=None, now=now, reason="membership ended")
        for feed in _feeds_of_the_gone(session):
            revoke_address(session, feed, actor=None, now=now, reason="the person has left")


def _missing_feeds(session: Session, now: datetime) -> list[Feed]:
    """The feeds that ought to exist and do not, not yet added."""
    wanted = [] if _has_network_feed(session) else [Feed(kind=FeedKind.NETWORK)]
    without_feed = ~exists().where(col(Feed.city_id) == col(City.id), col(Feed.kind) == FeedKind.CITY)
    cities = session.exec(
        select(City)
        .where(without_feed)
        .options(selectinload(City.memberships))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(City.name))
    ).all()
    groups = session.exec(
        select(ExpertGroup.id)
        .where(~exists().where(col(Feed.group_id) == col(ExpertGroup.id)))
        .order_by(col(ExpertGroup.id))
    ).all()
    wanted += [Feed(kind=FeedKind.CITY, city_id=city.id) for city in cities if not _has_left(city, now)]
    return wanted + [Feed(kind=FeedKind.GROUP, group_id=group_id) for group_id in groups]


def _has_network_feed(session: Session) -> bool:
    return session.exec(select(Feed.id).where(Feed.kind == FeedKind.NETWORK)).first() is not None


def _former_members_with_feed(session: Session, now: datetime) -> list[City]:
    """Cities whose last membership has run out, whoever wrote its end and when."""
    with_address = (
        exists()
        .where(col(Feed.city_id) == col(City.id), col(FeedAddress.feed_id) == col(Feed.id))
        .where(col(FeedAddress.revoked_at).is_(None))
    )
    lasts = exists().where(
        col(Membership.city_id) == col(City.id),
        col(Membership.ends_on).is_(None) | (col(Membership.ends_on) > now.date() + _ONE_DAY),
    )
    cities = session.exec(
        select(City).where(with_address, ~lasts).options(selectinload(City.memberships))  # type: ignore[arg-type]  # SQLModel types relations as their values
    ).all()
    return [city for city in cities if _has_left(city, now)]


def _feeds_of_the_gone(session: Session) -> Iterable[Feed]:
    in_force = exists().where(col(FeedAddress.feed_id) == col(Feed.id), col(FeedAddress.revoked_at).is_(None))
    return session.exec(
        select(Feed).join(Person).where(col(Person.is_active).is_(False), in_force).order_by(col(Feed.id))
    ).all()


def _has_left(city: City, now: datetime) -> bool:
    """Whether the city is no member any more, nor about to be one, by its own date."""
    return city.is_former_on(wall_time(now, city.time_zone).on)
