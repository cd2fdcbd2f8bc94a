"""Who reads: the people behind the audiences that a stage plan names, and behind an event's invitations.

It loads everybody once; what they are sent is letter_schedule.py's.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from sqlalchemy import ColumnElement, or_
from sqlalchemy import select as select_columns
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.access.standings import standings_of
from exchange.access.things import thing_about
from exchange.city_calendars import city_calendar
from exchange.models import (
    SPEAKS_FOR_CITY,
    Answer,
    Ask,
    AskAddressee,
    AskParty,
    BoardMember,
    City,
    Cycle,
    GroupMember,
    Invitation,
    MembershipStatus,
    Person,
    PersonRole,
    RefusedAddress,
    Role,
    TrainingEvent,
)
from exchange.rules.access import policy
from exchange.rules.access.policy import Right
from exchange.rules.access.standing import NOBODY, Standing
from exchange.rules.access.things import Thing
from exchange.rules.letters.reminders import Reader
from exchange.rules.markings.tlp_labels import Marking, rank
from exchange.rules.time.holidays import CityCalendar

_INVITED_AT_LARGE = (MembershipStatus.LEAD, MembershipStatus.MEMBER)

Meeting = tuple[int | None, str, int | None]  # cycle, the meeting's key, training event
Answered = frozenset[tuple[int, Meeting]]  # by whom


@dataclass(frozen=True)
class Roll:
    """Everybody who may get letters, with cities and roles loaded; ``on`` decides memberships.

    ``standings`` are their rights then, by person; ``declined`` are the meetings that people said they
    will not come to, ``accepted`` those to which they will; ``refused`` the addresses that take no letters.
    """

    people: Sequence[Person]
    seats: Sequence[GroupMember]
    board_ids: frozenset[int]
    standings: Mapping[int, Standing]
    on: date
    declined: Answered = frozenset()
    accepted: Answered = frozenset()
    refused: frozenset[str] = frozenset()

    @cached_property
    def by_id(self) -> Mapping[int, Person]:
        """The people by their id."""
        return {person.id or 0: person for person in self.people}

    @cached_property
    def _by_city(self) -> Mapping[int, list[Person]]:
        found: dict[int, list[Person]] = defaultdict(list)
        for person in self.people:
            found[person.city_id].append(person)
        return found

    @cached_property
    def _seats_by_group(self) -> Mapping[int, list[GroupMember]]:
        found: dict[int, list[GroupMember]] = defaultdict(list)
        for seat in self.seats:
            found[seat.group_id].append(seat)
        return found

    @cached_property
    def _readers(self) -> dict[int, Reader]:
        return {}

    @cached_property
    def _calendars(self) -> dict[int, CityCalendar]:
        return {}

    def may(self, person: Person, right: Right, about: Cycle | TrainingEvent) -> bool:
        """Whether the person has a right on a cycle or an event once it is published."""
        return bool(self.who_may([person], right, about))

    def who_may(self, people: Iterable[Person], right: Right, about: Cycle | TrainingEvent) -> list[Person]:
        """Those of some people who have it."""
        thing = replace(thing_about(about), is_published=True)
        return [person for person in people if self.may_do(person.id or 0, right, thing)]

    def may_do(self, person_id: int, right: Right, thing: Thing) -> bool:
        """Whether the person with this id has a right on any thing."""
        return policy.may(self.standings.get(person_id, NOBODY), right, thing)

    def person(self, person_id: int) -> Person:
        """The person with this id."""
        return self.by_id[person_id]

    def reader(self, person: Person) -> Reader:
        """The person as the rules see one; the same value each time, and one calendar for a city."""
        person_id = person.id or 0
        if person_id not in self._readers:
            self._readers[person_id] = Reader(
                person_id=person_id,
                name=person.name,
                roles=tuple(held.role for held in person.roles),
                calendar=self._calendar(person.city),
            )
        return self._readers[person_id]

    def of_cities(self, city_ids: Iterable[int], roles: Sequence[Role] = SPEAKS_FOR_CITY) -> list[Person]:
        """Who speaks for the cities: contacts and leads, or those with the roles given.

        A city that has left the network has nobody who speaks for it.
        """
        of_cities = (self._by_city.get(city_id, ()) for city_id in set(city_ids))
        found = [
            person
            for people in of_cities
            if people and people[0].city.status_on(self.on)
            for person in people
            if any(person.has_role(role) for role in roles)
        ]
        return sorted(found, key=_id)

    def of_groups(
        self, group_ids: Iterable[int], is_wanted: Callable[[GroupMember], bool] = lambda _seat: True
    ) -> list[Person]:
        """Who sits in the groups."""
        seats = (seat for group_id in set(group_ids) for seat in self._seats_by_group.get(group_id, ()))
        ids = {seat.person_id for seat in seats if is_wanted(seat)}
        return sorted((self.by_id[one] for one in ids if one in self.by_id), key=_id)

    def _calendar(self, city: City) -> CityCalendar:
        city_id = city.id or 0
        if city_id not in self._calendars:
            self._calendars[city_id] = city_calendar(city, self.on)
        return self._calendars[city_id]


def load_roll(session: Session, on: date, about: Cycle | TrainingEvent | None = None) -> Roll:
    """Everybody active, or those alone whom letters about one thing may go to; in a few statements.

    Of the thing needs cities and groups loaded.
    """
    city = joinedload(Person.city)  # type: ignore[arg-type]  # SQLModel types relations as their values
    statement = (
        select(Person)
        .where(col(Person.is_active))
        .options(
            city.selectinload(City.memberships),  # type: ignore[arg-type]  # as above
            city.selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
            selectinload(Person.roles),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Person.id))
    )
    seats = select(GroupMember)
    if about is not None:
        statement = statement.where(or_(*concerned_by(about)))
        seats = seats.where(col(GroupMember.group_id).in_([group.id for group in about.groups]))
    people = session.exec(statement).all()
    standings = standings_of(session, people, on, is_some=about is not None)
    board_ids = [person_id for person_id, one in standings.items() if one.boards]
    refused = session.exec(select(RefusedAddress.address)).all()
    answered = _answered(session, about)  # declined, accepted
    return Roll(
        people, session.exec(seats).all(), frozenset(board_ids), standings, on, *answered, frozenset(refused)
    )


def concerned_by(about: Cycle | TrainingEvent) -> Iterator[ColumnElement[bool]]:
    """Conditions on people, one of which holds for everybody whom a letter about the thing may go to."""
    person_id = col(Person.id)
    group_ids = [group.id for group in about.groups]
    yield person_id.in_(select(GroupMember.person_id).where(col(GroupMember.group_id).in_(group_ids)))
    yield person_id.in_(about.named_ids)
    speakers = person_id.in_(select(PersonRole.person_id).where(col(PersonRole.role).in_(SPEAKS_FOR_CITY)))
    if isinstance(about, TrainingEvent):
        is_for_all = not about.cities and not about.groups
        city_ids = {about.host_city_id, *(city.id for city in about.cities)}
        organisation_ids = [one.id for one in about.organisations]
        liaisons = person_id.in_(select(PersonRole.person_id).where(PersonRole.role == Role.LIAISON))
        yield liaisons & col(Person.organisation_id).in_(organisation_ids)
        yield speakers if is_for_all else speakers & col(Person.city_id).in_(city_ids)
        return
    yield speakers & col(Person.city_id).in_({about.lead_city_id, *(city.id for city in about.cities)})
    yield person_id.in_(select(BoardMember.person_id))
    # Leads of any city hear of a silent member of theirs.
    of_all = (Role.COORDINATOR, Role.CITY_LEAD)
    yield person_id.in_(select(PersonRole.person_id).where(col(PersonRole.role).in_(of_all)))
    asked = select(AskAddressee.holder_id).join(AskParty).join(Ask)
    yield person_id.in_(asked.where(Ask.cycle_id == about.id))


def _answered(session: Session, about: Cycle | TrainingEvent | None) -> tuple[Answered, Answered]:
    """Who declined what, and who accepted what."""
    statement = select_columns(
        col(Invitation.person_id),
        col(Invitation.cycle_id),
        col(Invitation.meeting),
        col(Invitation.training_id),
        col(Invitation.answer),
    ).where(col(Invitation.answer).in_((Answer.DECLINED, Answer.ACCEPTED)))
    if isinstance(about, Cycle):
        statement = statement.where(col(Invitation.cycle_id) == about.id)
    elif about is not None:
        statement = statement.where(col(Invitation.training_id) == about.id)
    found: dict[str, set[tuple[int, Meeting]]] = defaultdict(set)
    for person, cycle, meeting, training, answer in session.execute(statement):
        found[answer].add((person, (cycle, meeting, training)))
    return frozenset(found[Answer.DECLINED]), frozenset(found[Answer.ACCEPTED])


def names_of_people(session: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """The names of some people, by id."""
    found = session.exec(select(Person.id, Person.name).where(col(Person.id).in_(set(person_ids))))
    return {row_id or 0: name for row_id, name in found}


def audiences_of_cycle(roll: Roll, cycle: Cycle) -> dict[str, list[Reader]]:
    """Every audience of the stage plan for one cycle.

    "registered" are all who take part, until there is registration; "authors" are the chairs of the
    groups, and everybody in a group without a chair; "reviewers" are the cities, which check facts.
    Nobody is in an audience who may not know of the cycle: so a marking that asks for a need to know
    keeps it from board members who have no other part in it, and TLP:RED from all who are not named.
    """
    city_ids = {cycle.lead_city_id, *(city.id or 0 for city in cycle.cities)}
    group_ids = {group.id or 0 for group in cycle.groups}
    chaired = {seat.group_id for seat in roll.seats if seat.is_chair}
    cities, group = roll.of_cities(city_ids), roll.of_groups(group_ids)
    people = {
        "board": [person for person in roll.people if person.id in roll.board_ids],
        "group_chairs": roll.of_groups(group_ids, lambda seat: seat.is_chair),
        "cities": cities,
        "experts": group,
        "group": group,
        "registered": _without_second(cities, group),
        "authors": roll.of_groups(group_ids, lambda seat: seat.is_chair or seat.group_id not in chaired),
        "reviewers": cities,
        "city_leads": roll.of_cities(city_ids, (Role.CITY_LEAD,)),
        "coordinators": [person for person in roll.people if person.has_role(Role.COORDINATOR)],
    }
    named = {person.id: person for found in people.values() for person in found}
    known = {person.id for person in roll.who_may(named.values(), Right.READ, cycle)}
    return {
        audience: [roll.reader(person) for person in found if person.id in known]
        for audience, found in people.items()
    }


def invited_to_training(roll: Roll, training: TrainingEvent) -> list[Reader]:
    """Who gets the letters of an event: the host's people, those of the cities and groups invited, and
    liaisons of the organisations.

    An event that names neither is for all lead and member cities, unless its marking asks for a need
    to know: then for the host's people only. At TLP:RED it is for the people named.
    """
    if training.marking == Marking.RED:
        return [roll.reader(person) for person in roll.who_may(roll.people, Right.TAKE_PART, training)]
    city_ids = {training.host_city_id, *(city.id or 0 for city in training.cities)}
    group_ids = {group.id or 0 for group in training.groups}
    is_for_all = not training.cities and not training.groups
    if is_for_all and rank(Marking(training.marking)) < rank(Marking.AMBER_STRICT):
        cities = {person.city_id: person.city for person in roll.people}
        at_large = {n for n, city in cities.items() if city.status_on(training.on_local) in _INVITED_AT_LARGE}
        city_ids |= at_large
    organisation_ids = {one.id or 0 for one in training.organisations}
    liaisons = [
        person
        for person in (roll.people if organisation_ids else ())
        if person.organisation_id in organisation_ids and person.has_role(Role.LIAISON)
    ]
    asked = _without_second(roll.of_cities(city_ids), [*roll.of_groups(group_ids), *liaisons])
    return [roll.reader(person) for person in roll.who_may(asked, Right.TAKE_PART, training)]


def _without_second(first: list[Person], more: Iterable[Person]) -> list[Person]:
    """Everybody once, in order."""
    return list({person.id: person for person in (*first, *more)}.values())


def _id(person: Person) -> int:
    return person.id or 0
