"""What each feed shows: the entries of an audience, and the feeds that show a cycle or an event.

The programme pages of people who do not plan read the same entries. A number of statements that
does not depend on how much there is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select, union

from exchange.access.conditions import readable_cycles, readable_trainings
from exchange.answering.product_status import products_of
from exchange.duties.prepared import Prepared
from exchange.duties.prepared_events import begun_preparations
from exchange.feeds.content.board_meetings import meeting_entries
from exchange.feeds.content.eager_loading import cycle_loader_options
from exchange.feeds.content.entries import PUBLIC, Audience, Entry, EntryKind, EntryStatus
from exchange.feeds.content.feed_owners import audience_of, city_of, feeds_with_addresses
from exchange.feeds.content.member_cities import members_invited
from exchange.feeds.content.preparation_entries import entries_of_preparation
from exchange.feeds.content.redaction import (
    entries_of_cycle,
    entries_of_training,
    is_for_all,
    is_member,
    showing_of_cycle,
    showing_of_training,
    with_product,
)
from exchange.models import (
    City,
    Cycle,
    Feed,
    Sitting,
    Stage,
    TrainingEvent,
)
from exchange.rules.access.rings import Ring
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.preparation_profiles import Profiles

__all__ = [
    "PUBLIC",
    "Audience",
    "Entry",
    "EntryKind",
    "EntryStatus",
    "concerns",
    "entries_for",
    "feeds_showing_cycle",
    "feeds_showing_training",
]


Days = tuple[date, date]  # the first and the last, both included
_ANY_CLOCK = timedelta(days=1)  # a date on one city's wall and another's are no further apart


def entries_for(
    session: Session,
    audience: Audience,
    *,
    network: str = "Network",
    on: date | None = None,
    around: Days | None = None,
    profiles: Profiles | None = None,
) -> list[Entry]:
    """All published entries an audience may see, by when they begin; drafts never.

    A city or group sees what it takes part in and whatever is CLEAR; a person and a busy feed only what
    they take part in; anybody else what is CLEAR. ``network`` is the short name in neutral titles: "CTPN
    event". What was called off leaves some weeks after its date: those that have by ``on`` (in UTC) are
    left out, and None keeps all. ``around`` asks only for exchanges and events of which something lies in
    these days, on any clock; of those everything comes. With ``profiles`` and a day, what the preparation of
    events owes comes along, as calendars have it; lists of the programme do without.
    """
    cycles = _published_cycles(session, audience, around)
    products = products_of(session, [cycle.id or 0 for cycle in cycles])
    of_cycles = [
        entry
        for cycle in cycles
        for entry in with_product(
            entries_of_cycle(cycle, audience, network), cycle, products.get(cycle.id or 0), audience
        )
    ]
    readable = _published_trainings(session, audience, around)
    begun = _begun(session, readable, profiles, on)
    trainings = _concerned(session, readable, audience, begun)
    members = members_invited(session, trainings)
    of_trainings = [
        entry
        for training in trainings
        for entry in entries_of_training(training, audience, network, members.get(training.id or 0, ()))
    ]
    of_preparations = [
        entry for one in begun.values() for entry in entries_of_preparation(one, audience, network)
    ]
    of_boards = meeting_entries(session, audience, network) if audience.ring is Ring.PERSON else []
    every = [*of_cycles, *of_trainings, *of_preparations, *of_boards]
    found = [entry for entry in every if on is None or not entry.has_left(on)]
    return sorted(found, key=lambda entry: (entry.starts_at, entry.uid))


def feeds_showing_cycle(session: Session, cycle: Cycle) -> list[Feed]:
    """The feeds in use that would show the cycle were it published as it stands, the public one first."""
    feeds = feeds_with_addresses(session)
    return [feed for feed in feeds if showing_of_cycle(cycle, audience_of(feed)) is not None]


def feeds_showing_training(session: Session, training: TrainingEvent) -> list[Feed]:
    """The feeds in use that would show the event were it published as it stands, the public one first."""
    feeds = feeds_with_addresses(session)
    return [feed for feed in feeds if _would_show_training(feed, training)]


def _published_cycles(session: Session, audience: Audience, around: Days | None) -> Sequence[Cycle]:
    statement = (
        select(Cycle)
        .where(
            col(Cycle.published_at).is_not(None),
            readable_cycles(audience.standing),
            *(_cycles_around(around) if around else ()),
        )
        .options(*cycle_loader_options())
    )
    return session.exec(statement).all()


def _cycles_around(around: Days) -> Iterator[ColumnElement[bool]]:
    first_on, last_on = around[0] - _ANY_CLOCK, around[1] + _ANY_CLOCK
    stages = select(Stage.cycle_id).where(col(Stage.starts_on) <= last_on, col(Stage.ends_on) >= first_on)
    sittings = select(Sitting.cycle_id).where(col(Sitting.on_local).between(first_on, last_on))
    yield col(Cycle.id).in_(union(stages, sittings))


def _trainings_around(around: Days) -> Iterator[ColumnElement[bool]]:
    yield col(TrainingEvent.on_local).between(around[0] - _ANY_CLOCK, around[1] + _ANY_CLOCK)


def _published_trainings(session: Session, audience: Audience, around: Days | None) -> list[TrainingEvent]:
    statement = (
        select(TrainingEvent)
        .where(
            col(TrainingEvent.published_at).is_not(None),
            readable_trainings(audience.standing),
            *(_trainings_around(around) if around else ()),
        )
        .options(
            selectinload(TrainingEvent.host_city),  # type: ignore[arg-type]  # SQLModel types relations as their values
            selectinload(TrainingEvent.theme),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
        )
    )
    return list(session.exec(statement))


def _begun(
    session: Session, trainings: Iterable[TrainingEvent], profiles: Profiles | None, on: date | None
) -> dict[int, Prepared]:
    if profiles is None or on is None:
        return {}
    return begun_preparations(session, [one.id or 0 for one in trainings], profiles, on)


def _concerned(
    session: Session, readable: list[TrainingEvent], audience: Audience, begun: Mapping[int, Prepared]
) -> list[TrainingEvent]:
    """Those that are for the audience, or that it plans."""
    if audience.reader is not None:  # who is signed in brings their city's memberships along
        return readable
    city = _city(session, audience)
    planned = {id_ for id_, one in begun.items() if audience.person_id in one.planners}
    return [one for one in readable if one.id in planned or concerns(one, audience, city)]


def concerns(training: TrainingEvent, audience: Audience, city: City | None) -> bool:
    """An event for all is for the cities that are members on its day; CLEAR ones are for everybody.

    At TLP:RED nobody but the people named on it is meant, whether it names cities or not.
    """
    if training.marking in {Marking.CLEAR, Marking.RED} or not is_for_all(training):
        return True
    if training.host_city_id == audience.city_id:
        return True
    if audience.organisation_id in {one.id for one in training.organisations}:
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
