"""What each feed shows: the entries of an audience, and the feeds that show a cycle or an event.

The programme pages of people who do not plan read the same entries. A number of statements that
does not depend on how much there is.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from exchange.answering.products import products_of
from exchange.feeds.entries import PUBLIC, Audience, Entry, EntryKind, EntryStatus
from exchange.feeds.owners import audience_of, city_of, feeds_with_addresses
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
from exchange.models import (
    City,
    Cycle,
    CycleCity,
    CycleGroup,
    Feed,
    TrainingCity,
    TrainingEvent,
    TrainingGroup,
)
from exchange.rules.markings import Marking

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
