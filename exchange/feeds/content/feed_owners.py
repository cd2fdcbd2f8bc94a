"""Whose each feed is: its owner, its name, its language, and the audience that reads it.

What an audience may see, queries.py asks redaction.py.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from exchange.access.standings import BoardSeat, Liaison, Seats, standing
from exchange.feeds.content.entries import Audience
from exchange.languages import FEED_LANGUAGES
from exchange.models import SPEAKS_FOR_CITY, City, ExpertGroup, Feed, FeedKind, Person, Role
from exchange.rules.access.rings import Ring

ANSWER_FOR_CITY = (*SPEAKS_FOR_CITY, Role.COORDINATOR)


def all_feeds(session: Session) -> list[Feed]:
    """Every feed, addresses and owner loaded: the public one, then by kind and by name."""
    addresses = selectinload(Feed.addresses)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return sorted(session.exec(with_owners().options(addresses)).all(), key=_in_reading_order)


def feeds_but_of_others(session: Session, person_id: int | None) -> list[Feed]:
    """The same without the calendars of other people; their owners' names alone, for a list of many."""
    names = (
        joinedload(Feed.city).load_only(City.name),  # type: ignore[arg-type]  # as above, and columns
        joinedload(Feed.group).load_only(ExpertGroup.name),  # type: ignore[arg-type]  # as above
        joinedload(Feed.person).load_only(Person.name),  # type: ignore[arg-type]  # as above
    )
    is_mine = (col(Feed.kind) != FeedKind.PERSON) | (col(Feed.person_id) == person_id)
    return sorted(session.exec(select(Feed).where(is_mine).options(*names)).all(), key=_in_reading_order)


def load_wholly(session: Session, feeds: Iterable[Feed]) -> None:
    """Load addresses and owners of some feeds, of which not all was loaded."""
    addresses = selectinload(Feed.addresses)  # type: ignore[arg-type]  # as above
    ids = [feed.id for feed in feeds]
    session.exec(with_owners().where(col(Feed.id).in_(ids)).options(addresses)).all()


def feeds_with_addresses(session: Session) -> list[Feed]:
    """The public feed and the private ones that somebody can read, in the order of all_feeds."""
    return [feed for feed in all_feeds(session) if feed.kind == FeedKind.NETWORK or has_address(feed)]


def with_owners() -> SelectOfScalar[Feed]:
    """Feeds with what audience_of and feed_name need: city, group, person, the person's city and seats."""
    memberships = City.memberships
    return select(Feed).options(
        joinedload(Feed.city).selectinload(memberships),  # type: ignore[arg-type]  # as above
        joinedload(Feed.group),  # type: ignore[arg-type]  # as above
        joinedload(Feed.person).selectinload(Person.city).selectinload(memberships),  # type: ignore[arg-type]  # as above
        joinedload(Feed.person).joinedload(Person.organisation),  # type: ignore[arg-type]  # as above
        joinedload(Feed.person).selectinload(Person.roles),  # type: ignore[arg-type]  # as above
        selectinload(Feed.seats),  # type: ignore[arg-type]  # as above
        selectinload(Feed.board_seats),  # type: ignore[arg-type]  # as above
    )


def audience_of(feed: Feed, network_time_zone: str = "UTC", on: date | None = None) -> Audience:
    """Who reads a feed; a city and a person by the city's clock, a group by the network's.

    A person reads their city's programme when they answer for it, and their groups': an expert has not to
    look for the own exchanges among the city's. Nothing of a city outside its memberships, and of groups
    and names only what pages show the person on ``on``, a day in UTC; None asks for nobody's membership.
    Needs with_owners.
    """
    language = language_of(feed)
    if feed.person is not None:
        return _own_audience(feed, feed.person, on)
    if feed.city is not None:
        ring = Ring.BUSY if feed.kind == FeedKind.BUSY else Ring.CITY
        city_id = feed.city_id if _holds(feed.city, on) else None
        return Audience(ring, city_id=city_id, time_zone=feed.city.time_zone, language=language)
    if feed.kind == FeedKind.GROUP:
        zone = network_time_zone
        return Audience(Ring.GROUP, group_id=feed.group_id, time_zone=zone, language=language)
    return Audience(Ring.PUBLIC, language=language)


def _own_audience(feed: Feed, person: Person, on: date | None) -> Audience:
    city, stands = person.city, None if on is None else standing(person, seats_of_owner(feed), on)
    answers = _holds(city, on) and any(person.has_role(role) for role in ANSWER_FOR_CITY)
    groups = frozenset(seat.group_id for seat in feed.seats)
    boards = frozenset(seat.board_id for seat in feed.board_seats)
    return Audience(
        Ring.PERSON,
        city_id=city.id if answers else None,
        group_ids=groups if stands is None else stands.groups,
        board_ids=boards if stands is None else stands.boards,
        time_zone=city.time_zone,
        language=language_of(feed),
        alarm_minutes=feed.alarm_minutes,
        organisation_id=min(stands.organisations, default=None) if stands is not None else None,
        person_id=person.id if stands is None or stands.is_in_network else None,
    )


def _holds(city: City, on: date | None) -> bool:
    return on is None or city.status_on(on) is not None


def seats_of_owner(feed: Feed) -> Seats:
    """The seats of the person it is for; needs with_owners."""
    seats = Seats()
    for seat in feed.seats:
        seats.groups[seat.person_id].add(seat.group_id)
    for place in feed.board_seats:
        seats.boards[place.person_id].add(BoardSeat(place.board_id, place.starts_on, place.ends_on))
    person = feed.person
    if person is not None and person.organisation is not None and person.has_role(Role.LIAISON):
        seats.liaisons[person.id or 0] = Liaison(person.organisation.id or 0, person.organisation.ends_on)
    return seats


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


def has_address(feed: Feed) -> bool:
    """Whether somebody can read it: an address is in force. Needs the addresses loaded."""
    return any(address.revoked_at is None for address in feed.addresses)


def _in_reading_order(feed: Feed) -> tuple[int, str]:
    return list(FeedKind).index(FeedKind(feed.kind)), feed_name(feed)
