"""Who holds things up: what is late with whom, of all that a reader may know of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.duties.listed import Listed
from exchange.duties.owing import Reader, owes
from exchange.models import Board, City, ExpertGroup, Person
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing
from exchange.rules.access.things import Thing
from exchange.rules.duties.duty import Duty, Owner, Role, State, days_late, state
from exchange.rules.markings.tlp_labels import Marking


@dataclass(frozen=True)
class Late:
    """One late duty: ``party`` is the city or group that it lies with, "" for the coordinators.

    ``who`` is the person it was given to, "" for whoever holds the role.
    """

    listed: Listed
    days: int
    party: str
    who: str

    @property
    def duty(self) -> Duty:
        """What is late."""
        return self.listed.duty


@dataclass(frozen=True)
class Group:
    """The late duties of one city or group, or about one thing, the latest first."""

    title: str
    late: Sequence[Late]


def late_of_others(session: Session, listed: Iterable[Listed], reader: Reader, now: datetime) -> list[Late]:
    """What is late and not the reader's own, of what they may know of; the latest first."""
    found = [
        one
        for one in listed
        if state(one.duty, now) is State.LATE
        and not owes(reader, one.duty.owner)
        and _may_know(reader.standing, one.thing)
    ]
    names = _names(session, {one.duty.owner for one in found})
    late = [Late(one, days_late(one.duty, now), *names[one.duty.owner]) for one in found]
    return sorted(late, key=lambda one: (-one.days, one.duty.key))


def _may_know(standing: Standing, thing: Thing) -> bool:
    """Whether who plans may know of what another owes: of its exchange or event, and named at TLP:RED."""
    if thing.marking == Marking.RED and standing.person_id not in thing.named:
        return False
    return may(standing, Right.READ, thing.container or thing)


def by_party(late: Iterable[Late], coordinators: str) -> list[Group]:
    """By the city or group that it lies with; what lies with the coordinators under their word."""
    return _grouped((one.party or coordinators, one) for one in late)


def by_subject(late: Iterable[Late]) -> list[Group]:
    """By the exchange, event or the like that it is about."""
    return _grouped((one.duty.subject.title, one) for one in late)


def _grouped(pairs: Iterable[tuple[str, Late]]) -> list[Group]:
    found: dict[str, list[Late]] = {}
    for title, one in pairs:
        found.setdefault(title, []).append(one)
    return [Group(title, late) for title, late in sorted(found.items())]


def _names(session: Session, owners: Iterable[Owner]) -> Mapping[Owner, tuple[str, str]]:
    """Of each owner the city, group or board and the person, in four statements."""
    every = list(owners)
    ids = {role: [one.id for one in every if one.role is role] for role in Role}
    city_ids = [*ids[Role.CITY_LEAD], *ids[Role.CITY_CONTACT], *ids[Role.FINANCE_CONTACT]]
    cities = dict(session.exec(select(City.id, City.name).where(col(City.id).in_(city_ids))).all())
    of_groups = select(ExpertGroup.id, ExpertGroup.name).where(col(ExpertGroup.id).in_(ids[Role.GROUP_CHAIR]))
    groups = dict(session.exec(of_groups).all())
    of_boards = select(Board.id, Board.name).where(col(Board.id).in_(ids[Role.BOARD]))
    boards = dict(session.exec(of_boards).all())
    city = joinedload(Person.city)  # type: ignore[arg-type]  # SQLModel types relations as their values
    of_people = select(Person).where(col(Person.id).in_([*ids[Role.PERSON], *ids[Role.REVIEWER]]))
    people = {one.id: one for one in session.exec(of_people.options(city))}

    def name(owner: Owner) -> tuple[str, str]:
        if owner.role in {Role.PERSON, Role.REVIEWER} and owner.id in people:
            return people[owner.id].city.name, people[owner.id].name
        if owner.role is Role.GROUP_CHAIR:
            return groups.get(owner.id, ""), ""
        if owner.role is Role.BOARD:
            return boards.get(owner.id, ""), ""
        return cities.get(owner.id, ""), ""

    return {owner: name(owner) for owner in every}
