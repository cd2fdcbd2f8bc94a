"""Who reads: the people behind the audiences that a stage plan names, and behind an event's invitations.

It loads everybody once; what they are sent is schedule.py's.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.calendars import city_calendar
from exchange.models import (
    Answer,
    BoardMember,
    City,
    Cycle,
    GroupMember,
    Invitation,
    MembershipStatus,
    Person,
    RefusedAddress,
    Role,
    TrainingEvent,
)
from exchange.rules.markings import Marking, rank
from exchange.rules.reminders import Reader

_OF_A_CITY = (Role.CITY_CONTACT, Role.CITY_LEAD)
_INVITED_AT_LARGE = (MembershipStatus.LEAD, MembershipStatus.MEMBER)


Meeting = tuple[int | None, str, int | None]  # cycle, the meeting's key, training event


@dataclass(frozen=True)
class Roll:
    """Everybody who may get letters, with cities and roles loaded; ``on`` decides memberships.

    ``declined`` are the meetings that people said they will not come to; ``refused`` the addresses
    that take no letters.
    """

    people: Sequence[Person]
    seats: Sequence[GroupMember]
    board_ids: frozenset[int]
    on: date
    declined: frozenset[tuple[int, Meeting]] = frozenset()
    refused: frozenset[str] = frozenset()

    def person(self, person_id: int) -> Person:
        """The person with this id."""
        return next(person for person in self.people if person.id == person_id)

    def reader(self, person: Person) -> Reader:
        """The person as the rules see one."""
        return Reader(
            person_id=person.id or 0,
            name=person.name,
            roles=tuple(held.role for held in person.roles),
            calendar=city_calendar(person.city, self.on),
        )

    def of_cities(self, city_ids: Iterable[int], roles: Sequence[Role] = _OF_A_CITY) -> list[Person]:
        """Who speaks for the cities: contacts and leads, or those with the roles given.

        A city that has left the network has nobody who speaks for it.
        """
        wanted = set(city_ids)
        return [
            person
            for person in self.people
            if person.city_id in wanted
            and person.city.status_on(self.on)
            and any(person.has_role(role) for role in roles)
        ]

    def of_groups(
        self, group_ids: Iterable[int], is_wanted: Callable[[GroupMember], bool] = lambda _seat: True
    ) -> list[Person]:
        """Who sits in the groups."""
        wanted = set(group_ids)
        ids = {seat.person_id for seat in self.seats if seat.group_id in wanted and is_wanted(seat)}
        return [person for person in self.people if person.id in ids]


def load_roll(session: Session, on: date) -> Roll:
    """Everybody active, in a fixed number of statements."""
    city = joinedload(Person.city)  # type: ignore[arg-type]  # SQLModel types relations as their values
    people = session.exec(
        select(Person)
        .where(col(Person.is_active))
        .options(
            city.selectinload(City.memberships),  # type: ignore[arg-type]  # as above
            city.selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
            selectinload(Person.roles),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Person.id))
    ).all()
    seats = session.exec(select(GroupMember)).all()
    board_ids = session.exec(select(BoardMember.person_id)).all()
    refused = session.exec(select(RefusedAddress.address)).all()
    return Roll(people, seats, frozenset(board_ids), on, _declined(session), frozenset(refused))


def _declined(session: Session) -> frozenset[tuple[int, Meeting]]:
    rows = session.exec(
        select(
            col(Invitation.person_id),
            col(Invitation.cycle_id),
            col(Invitation.meeting),
            col(Invitation.training_id),
        ).where(Invitation.answer == Answer.DECLINED)
    )
    return frozenset((person, (cycle, meeting, training)) for person, cycle, meeting, training in rows)


def audiences_of_cycle(roll: Roll, cycle: Cycle) -> dict[str, list[Reader]]:
    """Every audience of the stage plan for one cycle.

    "registered" are all who take part, until there is registration; "authors" are the chairs of the
    groups, and everybody in a group without a chair; "reviewers" are the cities, which check facts.
    A marking that asks for a need to know keeps it from board members who have no other part in it.
    """
    city_ids = {cycle.lead_city_id, *(city.id or 0 for city in cycle.cities)}
    group_ids = {group.id or 0 for group in cycle.groups}
    chaired = {seat.group_id for seat in roll.seats if seat.is_chair}
    cities, group = roll.of_cities(city_ids), roll.of_groups(group_ids)
    people = {
        "board": [p for p in roll.people if p.id in roll.board_ids and _may_know(p, cycle, roll.on)],
        "group_chairs": roll.of_groups(group_ids, lambda seat: seat.is_chair),
        "cities": cities,
        "experts": group,
        "group": group,
        "registered": cities + [person for person in group if person not in cities],
        "authors": roll.of_groups(group_ids, lambda seat: seat.is_chair or seat.group_id not in chaired),
        "reviewers": cities,
        "city_leads": roll.of_cities(city_ids, (Role.CITY_LEAD,)),
        "coordinators": [person for person in roll.people if person.has_role(Role.COORDINATOR)],
    }
    return {audience: [roll.reader(person) for person in found] for audience, found in people.items()}


def can_open_page(person: Person, cycle: Cycle, on: date) -> bool:
    """Whether the cycle's page shows itself to the person: people of its cities and groups, and planners."""
    city_ids = {cycle.lead_city_id, *(city.id for city in cycle.cities)}
    return (
        cycle.marking == Marking.CLEAR
        or person.has_role(Role.COORDINATOR)
        or (person.city_id in city_ids and person.city.status_on(on) is not None)
        or any(seat.person_id == person.id for group in cycle.groups for seat in group.members)
    )


def _may_know(person: Person, cycle: Cycle, on: date) -> bool:
    return rank(Marking(cycle.marking)) < rank(Marking.AMBER_STRICT) or can_open_page(person, cycle, on)


def invited_to_training(roll: Roll, training: TrainingEvent) -> list[Reader]:
    """Who gets the letters of an event: the host's people, those of the cities and groups invited.

    An event that names neither is for all lead and member cities, unless its marking asks for a need
    to know: then for the host's people only.
    """
    city_ids = {training.host_city_id, *(city.id or 0 for city in training.cities)}
    group_ids = {group.id or 0 for group in training.groups}
    is_for_all = not training.cities and not training.groups
    if is_for_all and rank(Marking(training.marking)) < rank(Marking.AMBER_STRICT):
        city_ids |= {
            p.city_id for p in roll.people if p.city.status_on(training.on_local) in _INVITED_AT_LARGE
        }
    cities = roll.of_cities(city_ids)
    experts = [person for person in roll.of_groups(group_ids) if person not in cities]
    return [roll.reader(person) for person in cities + experts]
