"""Feeds that somebody asks for: a person's own, and a city's busy times."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from exchange import audit
from exchange.errors import InvalidInput
from exchange.feeds.subscriptions.feed_lifecycle import add_feed
from exchange.feeds.subscriptions.secret_addresses import replace_address
from exchange.languages import FEED_LANGUAGES
from exchange.models import City, Feed, FeedKind, Person, PublishedFeed
from exchange.settings import Settings

ALARMS = (5, 15, 30, 60, 24 * 60)  # minutes before the start


@dataclass(frozen=True)
class Wishes:
    """How a person wants their own calendar; no alarms when ``alarm_minutes`` is None."""

    language: str
    alarm_minutes: int | None = None


def own_feed(session: Session, person: Person) -> Feed | None:
    """The calendar a person made, whether it has an address or not."""
    return session.exec(select(Feed).where(Feed.person_id == person.id)).first()


def busy_feed(session: Session, city: City) -> Feed | None:
    """The calendar of a city's busy times."""
    return session.exec(select(Feed).where(Feed.city_id == city.id, Feed.kind == FeedKind.BUSY)).first()


def make_own_feed(
    session: Session, person: Person, wishes: Wishes, *, settings: Settings, now: datetime
) -> Feed:
    """The person's calendar as wished, with an address: a new one when the last was revoked.

    Raises InvalidInput, fields "language" and "alarm_minutes".
    """
    _check(wishes)
    audit.wait_for_turn(session)
    feed = own_feed(session, person) or Feed(kind=FeedKind.PERSON, person_id=person.id)
    if feed.id is None:
        add_feed(session, feed)
    before = {"language": feed.language, "alarm minutes": feed.alarm_minutes}
    feed.language, feed.alarm_minutes = wishes.language, wishes.alarm_minutes
    after = {"language": feed.language, "alarm minutes": feed.alarm_minutes}
    if before != after:
        session.get_one(PublishedFeed, feed.id).looked_on = None  # every event is another one now
        audit.record(
            session,
            actor=person,
            action="set up own feed",
            subject=f"feed:{feed.id}",
            before=before,
            after=after,
            now=now,
        )
    _give_address(session, feed, actor=person, settings=settings, now=now)
    return feed


def make_busy_feed(session: Session, city: City, *, actor: Person, settings: Settings, now: datetime) -> Feed:
    """The calendar of a city's busy times, with an address; nothing changes when it has one."""
    audit.wait_for_turn(session)
    feed = busy_feed(session, city) or Feed(kind=FeedKind.BUSY, city_id=city.id)
    if feed.id is None:
        add_feed(session, feed)
    _give_address(session, feed, actor=actor, settings=settings, now=now)
    return feed


def _give_address(session: Session, feed: Feed, *, actor: Person, settings: Settings, now: datetime) -> None:
    session.flush()
    session.refresh(feed)
    if all(address.revoked_at for address in feed.addresses):
        replace_address(session, feed, actor=actor, settings=settings, now=now)


def _check(wishes: Wishes) -> None:
    if wishes.language not in FEED_LANGUAGES:
        raise InvalidInput("Choose one of the languages.", field="language")
    if wishes.alarm_minutes is not None and wishes.alarm_minutes not in ALARMS:
        raise InvalidInput("Choose one of the times.", field="alarm_minutes")
