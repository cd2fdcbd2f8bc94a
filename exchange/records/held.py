"""What the network held and which cities took part in it, as one reader may know it. Reads only.

Dates are on the wall of the host or lead city. TLP:RED is left out for everybody, because figures of a
record are read by more than who is named; and so are meetings of boards and planners, which train nobody.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.access.conditions import readable_cycles, readable_trainings
from exchange.answering.attendance.counts import CityCount, counts_of_sittings, counts_of_trainings
from exchange.follow_up.queries import MEMBERS
from exchange.models import NOT_TRAINING, City, Cycle, TrainingEvent
from exchange.rules.access.standing import Standing
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import wall_time


@dataclass(frozen=True)
class Held:
    """An exchange or event that has begun: its day, the cities that took part, and how many were there.

    Where it was noted who was there, those cities took part; else the cities invited, or, where an event
    names nobody, the members of its day. Who leads or hosts did in any case. ``there`` is by city and empty
    while nobody noted it; of an exchange it is the live session.
    """

    about: Cycle | TrainingEvent
    on: date
    city_ids: frozenset[int]
    there: Mapping[int, CityCount]


@dataclass(frozen=True)
class Window:
    """What is looked back on: of the days from ``first`` to ``last`` what has begun by ``now``.

    ``session_key`` is the stage plan's name of the live session.
    """

    first: date
    last: date
    now: datetime
    session_key: str


def held(session: Session, window: Window, standing: Standing, cities: Iterable[City]) -> list[Held]:
    """What was held within the window, by day; ``cities`` come with their memberships.

    A fixed number of statements, however much it is.
    """
    cycles, trainings = _cycles(session, window, standing), _trainings(session, window, standing)
    of_sitting = {
        sitting.id or 0: cycle.id or 0
        for cycle in cycles
        for sitting in cycle.sittings
        if sitting.meeting == window.session_key
    }
    there: dict[int, dict[int, CityCount]] = {}
    for sitting_id, counts in counts_of_sittings(session, of_sitting).items():
        _add(there.setdefault(of_sitting[sitting_id], {}), counts)
    at_events = counts_of_trainings(session, [one.id or 0 for one in trainings])
    every = list(cities)
    found = [
        *(_of_cycle(one, there.get(one.id or 0, {})) for one in cycles),
        *(_of_training(one, at_events.get(one.id or 0, []), every) for one in trainings),
    ]
    return sorted(found, key=lambda one: (one.on, isinstance(one.about, Cycle), one.about.id))


def _add(to: dict[int, CityCount], counts: Iterable[CityCount]) -> None:
    """People of two sittings are counted at each: whoever comes to one of them seldom comes to the other."""
    for one in counts:
        before = to.get(one.city_id, CityCount(one.city, 0, 0))
        to[one.city_id] = CityCount(
            one.city, before.people + one.people, before.remote + one.remote, one.city_id
        )


def _of_cycle(cycle: Cycle, there: Mapping[int, CityCount]) -> Held:
    took_part = there or _ids(cycle.cities)
    return Held(cycle, cycle.starts_on, frozenset({cycle.lead_city_id, *took_part}), there)


def _of_training(training: TrainingEvent, counts: Iterable[CityCount], cities: Iterable[City]) -> Held:
    there = {one.city_id: one for one in counts}
    took_part: Collection[int] = there or _ids(training.cities)
    if not took_part and not training.groups:
        took_part = _ids(city for city in cities if city.status_on(training.on_local) in MEMBERS)
    return Held(training, training.on_local, frozenset({training.host_city_id, *took_part}), there)


def _ids(cities: Iterable[City]) -> set[int]:
    return {city.id or 0 for city in cities}


def _cycles(session: Session, window: Window, standing: Standing) -> Sequence[Cycle]:
    found = session.exec(
        select(Cycle)
        .where(
            readable_cycles(standing),
            col(Cycle.marking) != Marking.RED,
            col(Cycle.starts_on).between(window.first, window.last),
            col(Cycle.published_at).is_not(None),
            col(Cycle.cancelled_at).is_(None),
            col(Cycle.postponed_at).is_(None),
        )
        .options(
            joinedload(Cycle.theme),  # type: ignore[arg-type]  # SQLModel types relations as their values
            joinedload(Cycle.lead_city),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.cities),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.groups),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.sittings),  # type: ignore[arg-type]  # as above
        )
    ).all()
    return [one for one in found if one.starts_on <= wall_time(window.now, one.lead_city.time_zone).on]


def _trainings(session: Session, window: Window, standing: Standing) -> Sequence[TrainingEvent]:
    found = session.exec(
        select(TrainingEvent)
        .where(
            readable_trainings(standing),
            col(TrainingEvent.marking) != Marking.RED,
            col(TrainingEvent.kind).not_in(NOT_TRAINING),
            col(TrainingEvent.on_local).between(window.first, window.last),
            col(TrainingEvent.published_at).is_not(None),
            col(TrainingEvent.cancelled_at).is_(None),
            col(TrainingEvent.postponed_at).is_(None),
        )
        .options(
            joinedload(TrainingEvent.theme),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
        )
    ).all()
    return [one for one in found if one.on_local <= wall_time(window.now, one.time_zone).on]
