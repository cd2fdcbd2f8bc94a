"""An event's preparation as its readers need it: rows turned into duties, with who owes each now.

Reads only. The days are counted by rules/duties; nothing of them is stored.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cached_property
from itertools import chain

from sqlalchemy import ColumnElement, union_all
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.access.city_leads import city_leads
from exchange.access.standings import standings_of
from exchange.access.things import thing_of_training
from exchange.city_calendars import city_calendar
from exchange.duties.prepared import Looked, Owners, Prepared, by_name, event_of, line_of
from exchange.errors import NotFound
from exchange.models import (
    City,
    Need,
    NeedsRound,
    Person,
    Preparation,
    PreparationMember,
    PreparationStep,
    TrainingEvent,
    TrainingObjective,
)
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing
from exchange.rules.programme.preparation_profiles import Profiles
from exchange.rules.time.holidays import CityCalendar
from exchange.rules.time.timezones import wall_time


def prepared(session: Session, training_id: int, profiles: Profiles, now: datetime) -> Prepared:
    """The event's preparation, in a fixed number of statements. Raises NotFound."""
    found = prepared_events(session, col(TrainingEvent.id) == training_id, profiles, now)
    if not found:
        raise NotFound("There is no such training event.")
    return found[0]


def prepared_events(
    session: Session, which: ColumnElement[bool], profiles: Profiles, now: datetime
) -> list[Prepared]:
    """The preparations of the events that the condition holds for, in a fixed number of statements."""
    trainings = _trainings(session, which)
    rows = _rows(session, [training.id or 0 for training in trainings])
    leads = city_leads(session, [training.host_city_id for training in trainings])
    owners = [step.owner for row in rows.values() for step in row.steps if step.owner]
    members = [one.person for row in rows.values() for one in row.members]
    every = {one.id: one for one in (*owners, *members, *chain.from_iterable(leads.values()))}
    people = _People(leads, _standings(session, list(every.values()), now))
    return [_prepared(training, rows.get(training.id or 0), profiles, people, now) for training in trainings]


def begun_preparations(
    session: Session, training_ids: Collection[int], profiles: Profiles, on: date
) -> dict[int, Prepared]:
    """Those of the events about whose preparation something was decided, by event, as of noon in UTC."""
    if not training_ids:
        return {}
    begun = select(Preparation.training_id).where(col(Preparation.training_id).in_(training_ids))
    noon = datetime.combine(on, time(12), UTC)
    found = prepared_events(session, col(TrainingEvent.id).in_(begun), profiles, noon)
    return {one.event.id: one for one in found}


def planners_of_event(session: Session, training_id: int) -> frozenset[int]:
    """Whoever was named to plan the event or to owe a part of it."""
    of_event = select(Preparation.id).where(Preparation.training_id == training_id)
    found = session.execute(
        union_all(
            select(PreparationMember.person_id).where(col(PreparationMember.preparation_id).in_(of_event)),
            select(PreparationStep.owner_id).where(col(PreparationStep.preparation_id).in_(of_event)),
        )
    )
    return frozenset(person_id for (person_id,) in found if person_id is not None)


@dataclass(frozen=True)
class _People:
    """The active leads of cities, by city, and how they, owners and planning teams stand, by person."""

    leads: Mapping[int, Sequence[Person]]
    standings: Mapping[int, Standing]

    @cached_property
    def there(self) -> Collection[int]:
        """The ids of those who are of the network still."""
        return {person_id for person_id, one in self.standings.items() if one.is_in_network}

    def who_lead(self, training: TrainingEvent) -> tuple[Person, ...]:
        """The leads of the host city who may know of the event, once it is published."""
        thing = replace(thing_of_training(training), is_published=True)
        leads = self.leads.get(training.host_city_id, ())
        return tuple(one for one in leads if may(self.standings[one.id or 0], Right.READ, thing))


def _prepared(
    training: TrainingEvent, row: Preparation | None, profiles: Profiles, people: _People, now: datetime
) -> Prepared:
    host, today = training.host_city, wall_time(now, training.time_zone).on
    leads = people.who_lead(training) if host.status_on(today) else ()
    steps = {step.milestone: step for step in (row.steps if row else ())}
    profile = profiles.chosen(row.profile if row else "", training.kind)
    team = [one.person for one in (row.members if row else ())]
    members = [one for one in team if one.id in people.there]
    calendars = _calendars(training, members)
    looked = Looked(event_of(training), calendars, Owners(leads), people.there, now)
    lines = tuple(line_of(one, steps.get(one.key), looked) for one in profile.milestones)
    left = [one for one in team if one.id not in people.there]
    return Prepared(
        training, row, profile, looked.event, calendars, looked.owners, lines, by_name(members), by_name(left)
    )


def _rows(session: Session, training_ids: Collection[int]) -> dict[int, Preparation]:
    """What was decided, by event, with steps and their owners, team and objectives."""
    of_step = selectinload(Preparation.steps).joinedload(PreparationStep.owner)  # type: ignore[arg-type]  # SQLModel types relations as their values
    of_member = selectinload(Preparation.members).joinedload(PreparationMember.person)  # type: ignore[arg-type]  # as above
    found = session.exec(
        select(Preparation)
        .where(col(Preparation.training_id).in_(training_ids))
        .options(
            of_step.selectinload(Person.roles),  # type: ignore[arg-type]  # as above
            of_step.joinedload(Person.city).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
            of_member.selectinload(Person.roles),  # type: ignore[arg-type]  # as above
            of_member.joinedload(Person.city).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
            of_member.joinedload(Person.city).selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
            selectinload(Preparation.objectives).options(  # type: ignore[arg-type]  # as above
                joinedload(TrainingObjective.theme),  # type: ignore[arg-type]  # as above
                joinedload(TrainingObjective.need).joinedload(Need.round).selectinload(NeedsRound.cities),  # type: ignore[arg-type]  # as above
            ),
        )
        .execution_options(populate_existing=True)
    )
    return {row.training_id: row for row in found}


def _trainings(session: Session, which: ColumnElement[bool]) -> Sequence[TrainingEvent]:
    host = joinedload(TrainingEvent.host_city)  # type: ignore[arg-type]  # as above
    return session.exec(
        select(TrainingEvent)
        .where(which)
        .options(
            host.selectinload(City.memberships),  # type: ignore[arg-type]  # as above
            host.selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
            joinedload(TrainingEvent.theme),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.links),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(TrainingEvent.on_local), col(TrainingEvent.id))
    ).all()


def _calendars(training: TrainingEvent, members: Iterable[Person]) -> tuple[CityCalendar, ...]:
    """Those of the host and of the cities of the planning team, by name."""
    cities = {training.host_city.id: training.host_city}
    cities |= {one.city.id: one.city for one in members}
    return tuple(
        city_calendar(city, training.on_local) for city in sorted(cities.values(), key=lambda city: city.name)
    )


def _standings(session: Session, people: Sequence[Person], now: datetime) -> Mapping[int, Standing]:
    """How the people stand today, by the date in UTC."""
    on = wall_time(now, "UTC").on
    return standings_of(session, people, on, is_some=True) if people else {}
