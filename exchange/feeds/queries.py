"""What each feed shows: the entries of an audience, and the feeds that show a cycle or an event.

The programme pages of people who do not plan read the same entries. A number of statements that
does not depend on how much there is.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from exchange.answering.products import products_of
from exchange.feeds.entries import PUBLIC, Audience, Entry, EntryKind, EntryStatus
from exchange.feeds.redact import (
    entries_of_cycle,
    entries_of_training,
    is_for_all,
    is_member,
    showing_of_cycle,
    showing_of_training,
    with_product,
)
from exchange.feeds.whole import whole_cycle
from exchange.languages import FEED_LANGUAGES
from exchange.models import (
    City,
    Cycle,
    CycleCity,
    CycleGroup,
    Feed,
    FeedKind,
    Person,
    Role,
    TrainingCity,
    TrainingEvent,
    TrainingGroup,
)
from exchange.rules.markings import Marking
from exchange.rules.rings import Ring

__all__ = [
    "PUBLIC",
    "Audience",
    "Entry",
    "EntryKind",
    "EntryStatus",
    "all_feeds",
    "audience_of",
    "city_of",
    "concerns",
    "entries_for",
    "feed_name",
    "feeds_showing_cycle",
    "feeds_showing_training",
    "feeds_with_addresses",
    "language_of",
    "owner_name",
    "with_owners",
]

ANSWER_FOR_CITY = (Role.CITY_LEAD, Role.CITY_CONTACT, Role.COORDINATOR)


def entries_for(
    session: Session, audience: Audience, *, network: str = "Network", on: date | None = None
) -> list[Entry]:
    """All published entries an audience may see, by when they begin; drafts never.

    A city or group sees what it takes part in and whatever is CLEAR; a person and a busy feed only what
    they take part in; anybody else what is CLEAR. ``network`` is the short name in neutral titles: "CTPN
    event". What was called off leaves some weeks after its date: those that have by ``on`` (in UTC) are
    left out, and None keeps all.
    """
    cycles = _published_cycles(session, audience)
    products = products_of(session, [cycle.id or 0 for cycle in cycles])
    of_cycles = [
        entry
        for cycle in cycles
        for entry in with_product(
            entries_of_cycle(cycle, audience, network), cycle, products.get(cycle.id or 0), audience
        )
    ]
    of_trainings = [
        entry
        for training in _published_trainings(session, audience)
        for entry in entries_of_training(training, audience, network)
    ]
    found = [entry for entry in of_cycles + of_trainings if on is None or not entry.has_left(on)]
    return sorted(found, key=lambda entry: (entry.starts_at, entry.uid))


def feeds_showing_cycle(session: Session, cycle: Cycle) -> list[Feed]:
    """The feeds in use that would show the cycle were it published as it stands, the public one first."""
    feeds = feeds_with_addresses(session)
    return [feed for feed in feeds if showing_of_cycle(cycle, audience_of(feed)) is not None]


def feeds_showing_training(session: Session, training: TrainingEvent) -> list[Feed]:
    """The feeds in use that would show the event were it published as it stands, the public one first."""
    feeds = feeds_with_addresses(session)
    return [feed for feed in feeds if _would_show_training(feed, training)]


def feeds_with_addresses(session: Session) -> list[Feed]:
    """The public feed and the private ones that somebody can read, in the order of all_feeds."""
    return [feed for feed in all_feeds(session) if feed.kind == FeedKind.NETWORK or _has_address(feed)]


def all_feeds(session: Session) -> list[Feed]:
    """Every feed, addresses and owner loaded: the public one, then by kind and by name."""
    addresses = selectinload(Feed.addresses)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return sorted(session.exec(with_owners().options(addresses)).all(), key=_in_reading_order)


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


def _published_cycles(session: Session, audience: Audience) -> Sequence[Cycle]:
    of_city = select(CycleCity.cycle_id).where(CycleCity.city_id == audience.city_id)
    of_group = select(CycleGroup.cycle_id).where(col(CycleGroup.group_id).in_(audience.groups))
    statement = (
        select(Cycle)
        .where(
            col(Cycle.published_at).is_not(None),
            or_(
                col(Cycle.marking) == Marking.CLEAR,
                col(Cycle.lead_city_id) == audience.city_id,
                col(Cycle.id).in_(of_city),
                col(Cycle.id).in_(of_group),
            ),
        )
        .options(*whole_cycle())
    )
    return session.exec(statement).all()


def _published_trainings(session: Session, audience: Audience) -> list[TrainingEvent]:
    of_city = select(TrainingCity.training_id).where(TrainingCity.city_id == audience.city_id)
    of_group = select(TrainingGroup.training_id).where(col(TrainingGroup.group_id).in_(audience.groups))
    statement = (
        select(TrainingEvent)
        .where(
            col(TrainingEvent.published_at).is_not(None),
            or_(
                col(TrainingEvent.marking) == Marking.CLEAR,
                col(TrainingEvent.host_city_id) == audience.city_id,
                col(TrainingEvent.id).in_(of_city),
                col(TrainingEvent.id).in_(of_group),
                _names_nobody(),
            ),
        )
        .options(
            selectinload(TrainingEvent.host_city),  # type: ignore[arg-type]  # SQLModel types relations as their values
            selectinload(TrainingEvent.theme),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
        )
    )
    city = _city(session, audience)
    found = session.exec(statement).all()
    return [training for training in found if concerns(training, audience, city)]


def _names_nobody() -> ColumnElement[bool]:
    in_cities = select(TrainingCity.training_id)
    in_groups = select(TrainingGroup.training_id)
    return col(TrainingEvent.id).not_in(in_cities) & col(TrainingEvent.id).not_in(in_groups)


def concerns(training: TrainingEvent, audience: Audience, city: City | None) -> bool:
    """An event for all is for the cities that are members on its day; CLEAR ones are for everybody."""
    if training.marking == Marking.CLEAR or not is_for_all(training):
        return True
    if training.host_city_id == audience.city_id:
        return True
    return city is not None and is_member(city, training.on_local)


def _would_show_training(feed: Feed, training: TrainingEvent) -> bool:
    audience = audience_of(feed)
    is_shown = showing_of_training(training, audience) is not None
    return is_shown and concerns(training, audience, city_of(feed))


def _city(session: Session, audience: Audience) -> City | None:
    if audience.city_id is None:
        return None
    with_memberships = selectinload(City.memberships)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return session.exec(select(City).where(City.id == audience.city_id).options(with_memberships)).one()


def _has_address(feed: Feed) -> bool:
    return any(address.revoked_at is None for address in feed.addresses)


def _in_reading_order(feed: Feed) -> tuple[int, str]:
    return list(FeedKind).index(FeedKind(feed.kind)), feed_name(feed)
