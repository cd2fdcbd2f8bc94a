"""Which cities that must come have not fetched their calendar since an exchange or event changed.

Told by the state that was fetched, not by clocks: whoever has a state has all that was published before it.
A change that no city's feed shows, for its marking keeps it back, is nobody's to fetch.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select as select_columns
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.feeds.content.feed_owners import has_address
from exchange.feeds.content.programme_items import Item, item_of
from exchange.feeds.content.redaction import is_for_all, is_member
from exchange.feeds.subscriptions.feed_fetches import NEVER, STALE_AFTER, Fetches, fetches_of
from exchange.models import City, Cycle, Feed, FeedChange, FeedKind, FeedSlot, PublishedFeed, TrainingEvent
from exchange.rules.programme.cycles import cycle_ends_on

AHEAD = timedelta(weeks=4)  # an event further off has time to be fetched
_ONE_DAY = timedelta(days=1)  # no city's date is further from UTC's
_LONGEST = timedelta(weeks=60)  # no cycle lasts longer


@dataclass(frozen=True)
class UnseenChange:
    """A city whose subscribers have not the item as it was published at ``changed_at``.

    ``is_warning``: waiting will not mend it, because nobody comes, or came for two days, or it is the day
    after tomorrow; otherwise its programs come by themselves.
    """

    city: City
    item: Item
    on: date
    changed_at: datetime
    fetches: Fetches
    has_address: bool
    is_warning: bool


def coming_items(session: Session, now: datetime) -> list[Item]:
    """What was published and is held in the next four weeks or goes on, called off or not, by its day."""
    on = now.date()
    trainings = session.exec(
        select(TrainingEvent)
        .where(
            col(TrainingEvent.published_at).is_not(None),
            col(TrainingEvent.on_local) >= on - _ONE_DAY,
            col(TrainingEvent.on_local) <= on + AHEAD,
        )
        .options(selectinload(TrainingEvent.cities), selectinload(TrainingEvent.groups))  # type: ignore[arg-type]  # SQLModel types relations as their values
    ).all()
    cycles = session.exec(
        select(Cycle)
        .where(col(Cycle.id).in_(_coming_cycles(session, on)))
        .options(selectinload(Cycle.cities))  # type: ignore[arg-type]  # as above
    ).all()
    items: list[Item] = [*trainings, *cycles]
    return sorted(items, key=lambda item: (day_of(item), item_of(item)))


def _coming_cycles(session: Session, on: date) -> list[int]:
    """The ids of those that go on or begin soon: a year's cycles are asked for their dates alone."""
    columns = col(Cycle.id), col(Cycle.starts_on), col(Cycle.duration_weeks)
    dates = session.execute(
        select_columns(*columns).where(
            col(Cycle.published_at).is_not(None),
            col(Cycle.starts_on) >= on - _LONGEST,
            col(Cycle.starts_on) <= on + AHEAD,
        )
    )
    return [row_id for row_id, starts_on, weeks in dates if cycle_ends_on(starts_on, weeks) >= on - _ONE_DAY]


def is_coming(item: Item, now: datetime) -> bool:
    """Whether it was published and is not over."""
    last_on = item.ends_on if isinstance(item, Cycle) else item.on_local
    return item.published_at is not None and last_on >= now.date() - _ONE_DAY


def day_of(item: Item) -> date:
    """The day it begins, on its host's or lead city's wall."""
    return item.starts_on if isinstance(item, Cycle) else item.on_local


def unseen_changes(
    session: Session, items: Sequence[Item], now: datetime, *, city_id: int | None = None
) -> list[UnseenChange]:
    """By item and city, of all cities or of one, in a number of statements that does not grow.

    Needs the items' cities loaded, and of events their groups.
    """
    if not items:
        return []
    feeds = _city_feeds(session, _who_may_have_to_come(items) if city_id is None else {city_id})
    return _unseen_in(session, items, feeds, fetches_of(session, feeds, now), now)


def _unseen_in(
    session: Session, items: Sequence[Item], feeds: Sequence[Feed], fetches: dict[int, Fetches], now: datetime
) -> list[UnseenChange]:
    """By item and calendar of a city, of those given."""
    names = [item_of(item) for item in items]
    slots = session.exec(
        select(FeedSlot.item, FeedSlot.id, FeedSlot.published_at).where(col(FeedSlot.item).in_(names))
    ).all()
    listed = _listed(session, feeds)
    found = []
    for item, name in zip(items, names, strict=True):
        of_item = [(str(slot_id), published_at) for of, slot_id, published_at in slots if of == name]
        invited = _invited(item)
        for feed in feeds:
            city, shown = feed.city, listed.get(feed.id or 0, frozenset())
            if city is None or not (city.id in invited or _comes_as_member(item, city)):
                continue
            changes = [published_at for slot_id, published_at in of_item if slot_id in shown]
            if not changes:
                continue
            fetched = fetches.get(feed.id or 0, NEVER)
            if fetched.state_at is None or fetched.state_at < max(changes):
                found.append(_unseen(feed, city, item, max(changes), fetched, now))
    return found


@dataclass(frozen=True)
class CalendarsOfItem:
    """Of one item: whether its last change is in no calendar yet, and the cities that have not fetched it."""

    is_waiting: bool
    unseen: list[UnseenChange]


def calendars_of_item(session: Session, item: Item, now: datetime) -> CalendarsOfItem | None:
    """For the item's page; None for a draft and for what is over."""
    if not is_coming(item, now):
        return None
    return CalendarsOfItem(_waits_for_publication(session, item), unseen_changes(session, [item], now))


@dataclass(frozen=True)
class CityCalendar:
    """How a city's calendar is fetched, and which coming changes its subscribers have not."""

    fetches: Fetches
    unseen: list[UnseenChange]


def calendar_of_city(session: Session, city_id: int, now: datetime) -> CityCalendar:
    """For the city's own page, and for who coordinates."""
    feeds = _city_feeds(session, {city_id})
    fetches = fetches_of(session, feeds, now)
    unseen = _unseen_in(session, coming_items(session, now), feeds, fetches, now)
    return CityCalendar(next(iter(fetches.values()), NEVER), unseen)


@dataclass(frozen=True)
class CalendarHealth:
    """The calendars of all cities: how each is fetched, and which coming changes were not."""

    cities: list[tuple[City, Fetches]]
    unseen: list[UnseenChange]

    @property
    def is_well(self) -> bool:
        """Whether every city fetches, and nobody misses what waiting will not bring."""
        fetched = all(fetches.programs and not fetches.is_stale for _, fetches in self.cities)
        return fetched and not any(change.is_warning for change in self.unseen)


def calendar_health(session: Session, now: datetime) -> CalendarHealth:
    """For the status page: of cities whose calendar has an address; the worst first."""
    feeds = _city_feeds(session, None)
    fetches = fetches_of(session, feeds, now)
    addressed = [feed for feed in feeds if has_address(feed)]
    cities = [(feed.city, fetches.get(feed.id or 0, NEVER)) for feed in addressed if feed.city]
    return CalendarHealth(
        cities=sorted(cities, key=lambda one: (bool(one[1].programs), -(one[1].age or timedelta(0)))),
        unseen=_unseen_in(session, coming_items(session, now), feeds, fetches, now),
    )


def _who_may_have_to_come(items: Sequence[Item]) -> frozenset[int] | None:
    """The cities that lead, host, contribute or are invited; None where an event is for all members."""
    if any(isinstance(item, TrainingEvent) and is_for_all(item) for item in items):
        return None
    return frozenset().union(*map(_invited, items))


def _invited(item: Item) -> frozenset[int]:
    """The cities that lead, host or contribute to the item, or are invited by name."""
    lead_id = item.lead_city_id if isinstance(item, Cycle) else item.host_city_id
    return frozenset({lead_id, *(city.id or 0 for city in item.cities)})


def _comes_as_member(item: Item, city: City) -> bool:
    """Whether the event is for all members, and the city is one. Needs the city's memberships loaded."""
    return isinstance(item, TrainingEvent) and is_for_all(item) and is_member(city, item.on_local)


def _waits_for_publication(session: Session, item: Item) -> bool:
    """Whether calendars do not show its last change yet."""
    waits = select(FeedChange.id).where(col(FeedChange.item).in_((item_of(item), "")))
    return session.exec(waits).first() is not None


def _unseen(
    feed: Feed, city: City, item: Item, changed_at: datetime, fetches: Fetches, now: datetime
) -> UnseenChange:
    comes = has_address(feed) and fetches.age is not None and not fetches.is_stale
    is_old = now - changed_at > STALE_AFTER
    is_near = day_of(item) <= (now + STALE_AFTER).date()
    return UnseenChange(
        city=city,
        item=item,
        on=day_of(item),
        changed_at=changed_at,
        fetches=fetches,
        has_address=has_address(feed),
        is_warning=not comes or is_old or is_near,
    )


def _city_feeds(session: Session, city_ids: Collection[int] | None) -> list[Feed]:
    """The feeds of some cities, or (None) of all, by the city's name."""
    feeds = (
        select(Feed)
        .where(Feed.kind == FeedKind.CITY)
        .options(
            selectinload(Feed.addresses),  # type: ignore[arg-type]  # SQLModel types relations as their values
            joinedload(Feed.city).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
        )
    )
    if city_ids is not None:
        feeds = feeds.where(col(Feed.city_id).in_(city_ids))
    return sorted(session.exec(feeds).all(), key=lambda feed: feed.city.name if feed.city else "")


def _listed(session: Session, feeds: Sequence[Feed]) -> dict[int, frozenset[str]]:
    """The slots that each feed shows: their numbers as they are stored, hundreds for each of many feeds."""
    ids = [feed.id for feed in feeds]
    rows = session.exec(
        select(PublishedFeed.feed_id, PublishedFeed.slots).where(col(PublishedFeed.feed_id).in_(ids))
    )
    return {feed_id: frozenset(slots.split()) for feed_id, slots in rows}
