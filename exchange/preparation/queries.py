"""An event's preparation as pages and actions need it: rows turned into duties, with who owes each now.

Reads only. The days are counted by rules/duties; nothing of them is stored.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import chain

from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from exchange.access.city_leads import city_leads
from exchange.access.standings import standings_of
from exchange.access.things import thing_of_training
from exchange.city_calendars import city_calendar
from exchange.errors import InvalidInput, NotFound
from exchange.models import (
    City,
    Need,
    NeedsRound,
    Person,
    Preparation,
    PreparationMember,
    PreparationStep,
    Theme,
    TrainingEvent,
    TrainingObjective,
)
from exchange.preparation.prepared import Looked, Owners, Prepared, by_name, event_of, line_of
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import NOBODY, Standing
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


def people_for(
    session: Session, addresses: Iterable[str], training: TrainingEvent, now: datetime, *, field: str
) -> list[Person]:
    """The people with these addresses, who may all know of the event once it is published.

    Raises InvalidInput at ``field`` for an address of nobody here, and of somebody who may not.
    """
    wanted = sorted({address.lower() for address in addresses})
    found = {one.email: one for one in session.exec(_people(wanted))}
    today = wall_time(now, training.time_zone).on
    standings = standings_of(session, list(found.values()), today, is_some=True)
    thing = replace(thing_of_training(training), is_published=True)
    for address in wanted:
        standing = standings.get(found[address].id or 0, NOBODY) if address in found else NOBODY
        if not standing.is_in_network:
            raise InvalidInput(
                "%(address)s is nobody's address here: name people who are in the network.",
                field=field,
                address=address[:80],
            )
        if not may(standing, Right.READ, thing):
            raise InvalidInput(
                "%(address)s may not know of this event by its marking and who is invited.",
                field=field,
                address=address[:80],
            )
    return [found[address] for address in wanted]


def themes(session: Session) -> list[tuple[int, str]]:
    """The themes to choose from, in the order of their keys."""
    found = session.exec(select(Theme).order_by(col(Theme.key)))
    return [(theme.id or 0, f"{theme.key} {theme.name}") for theme in found]


def _people(addresses: Sequence[str]) -> SelectOfScalar[Person]:
    """Active people by address, with what standings need."""
    return (
        select(Person)
        .where(col(Person.email).in_(addresses), col(Person.is_active))
        .options(
            selectinload(Person.roles),  # type: ignore[arg-type]  # as above
            joinedload(Person.city).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
        )
    )


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
