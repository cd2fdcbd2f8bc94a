"""Whose each feed is: its owner, its name, its language, and the audience that reads it.

What an audience may see, queries.py asks redact.py.
"""

from datetime import date

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, select
from sqlmodel.sql.expression import SelectOfScalar

from exchange.feeds.entries import Audience
from exchange.languages import FEED_LANGUAGES
from exchange.models import City, Feed, FeedKind, Person, Role
from exchange.rules.rings import Ring

ANSWER_FOR_CITY = (Role.CITY_LEAD, Role.CITY_CONTACT, Role.COORDINATOR)


def all_feeds(session: Session) -> list[Feed]:
    """Every feed, addresses and owner loaded: the public one, then by kind and by name."""
    addresses = selectinload(Feed.addresses)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return sorted(session.exec(with_owners().options(addresses)).all(), key=_in_reading_order)


def feeds_with_addresses(session: Session) -> list[Feed]:
    """The public feed and the private ones that somebody can read, in the order of all_feeds."""
    return [feed for feed in all_feeds(session) if feed.kind == FeedKind.NETWORK or _has_address(feed)]


def with_owners() -> SelectOfScalar[Feed]:
    """Feeds with what audience_of and feed_name need: city, group, person, the person's city and groups."""
    memberships = City.memberships
    return select(Feed).options(
        joinedload(Feed.city).selectinload(memberships),  # type: ignore[arg-type]  # as above
        joinedload(Feed.group),  # type: ignore[arg-type]  # as above
        joinedload(Feed.person).selectinload(Person.city).selectinload(memberships),  # type: ignore[arg-type]  # as above
        joinedload(Feed.person).selectinload(Person.roles),  # type: ignore[arg-type]  # as above
        selectinload(Feed.seats),  # type: ignore[arg-type]  # as above
    )


def audience_of(feed: Feed, network_time_zone: str = "UTC", on: date | None = None) -> Audience:
    """Who reads a feed; a city and a person by the city's clock, a group by the network's.

    A person reads their city's programme when they answer for it and it has not left by ``on``, and their
    groups': an expert has not to look for the own exchanges among the city's. Needs with_owners.
    """
    language = language_of(feed)
    if feed.person is not None:
        person, city = feed.person, feed.person.city
        answers = any(person.has_role(role) for role in ANSWER_FOR_CITY)
        return Audience(
            Ring.PERSON,
            city_id=city.id if answers and (on is None or not city.is_former_on(on)) else None,
            group_ids=frozenset(seat.group_id for seat in feed.seats),
            time_zone=city.time_zone,
            language=language,
            alarm_minutes=feed.alarm_minutes,
        )
    if feed.city is not None:
        ring = Ring.BUSY if feed.kind == FeedKind.BUSY else Ring.CITY
        return Audience(ring, city_id=feed.city_id, time_zone=feed.city.time_zone, language=language)
    if feed.kind == FeedKind.GROUP:
        zone = network_time_zone
        return Audience(Ring.GROUP, group_id=feed.group_id, time_zone=zone, language=language)
    return Audience(Ring.PUBLIC, language=language)


def language_of(feed: Feed) -> str:
    """A feed's own language, its city's or its person's; English when that is none we write in."""
    owner = feed.city or feed.person
    wanted = feed.language or (owner.language if owner else "")
    return wanted if wanted in FEED_LANGUAGES else FEED_LANGUAGES[0]


def city_of(feed: Feed) -> City | None:
    """The city a feed is read for, a person's own included."""
    return feed.person.city if feed.person is not None else feed.city


def feed_name(feed: Feed) -> str:
    """The city's, the group's or the person's name; "Public programme" for everybody's."""
    name = owner_name(feed)
    return f"{name}, busy times" if feed.kind == FeedKind.BUSY else name or "Public programme"


def owner_name(feed: Feed) -> str:
    """The name of the city, the group or the person it is for; "" for everybody's."""
    owner = feed.city or feed.group or feed.person
    return owner.name if owner is not None else ""


def _has_address(feed: Feed) -> bool:
    return any(address.revoked_at is None for address in feed.addresses)


def _in_reading_order(feed: Feed) -> tuple[int, str]:
    return list(FeedKind).index(FeedKind(feed.kind)), feed_name(feed)
