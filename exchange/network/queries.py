"""What the pages of the network show, each with its relations loaded in a constant number of statements."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from sqlalchemy import SQLColumnExpression, func, or_
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import Session, SQLModel, col, select

from exchange.errors import NotFound
from exchange.models import (
    Board,
    BoardMember,
    City,
    Cycle,
    CycleCity,
    ExpertGroup,
    GroupMember,
    MembershipStatus,
    Organisation,
    Person,
    PersonRole,
    Role,
    Theme,
    TrainingEvent,
)
from exchange.network.drafts import Entry
from exchange.web.presentation.paging import Paged, holds_words, page_of_query

# SQLModel types a relation as the value it holds, not as the attribute that the loaders want.
_MEMBERSHIPS = selectinload(City.memberships)  # type: ignore[arg-type]
_QUIET_PERIODS = selectinload(City.quiet_periods)  # type: ignore[arg-type]
_ROLES = selectinload(Person.roles)  # type: ignore[arg-type]
_CITY = joinedload(Person.city)  # type: ignore[arg-type]
_ORGANISATION = joinedload(Person.organisation)  # type: ignore[arg-type]
_GROUP_SEATS = (
    selectinload(ExpertGroup.members).joinedload(GroupMember.person).joinedload(Person.city)  # type: ignore[arg-type]
)
_BOARD_SEATS = (
    selectinload(Board.members).joinedload(BoardMember.person).joinedload(Person.city)  # type: ignore[arg-type]
)
_SEATS: Mapping[type[SQLModel], list[ORMOption]] = {ExpertGroup: [_GROUP_SEATS], Board: [_BOARD_SEATS]}

Kind = TypeVar("Kind", bound=Entry)

_ORDER = {
    MembershipStatus.LEAD: 0,
    MembershipStatus.MEMBER: 1,
    MembershipStatus.PARTNER: 2,
    MembershipStatus.OBSERVER: 3,
    None: 4,
}


def cities_by_membership(session: Session, on: date) -> list[City]:
    """All cities: leads first, then members, partners, observers, and former ones; by name within."""
    cities = session.exec(select(City).options(_MEMBERSHIPS)).all()
    return sorted(cities, key=lambda city: (_ORDER[city.status_on(on)], city.name))


def city_with_slug(session: Session, slug: str) -> City:
    """The city with its memberships and quiet periods. Raises NotFound."""
    found = session.exec(select(City).where(City.slug == slug).options(_MEMBERSHIPS, _QUIET_PERIODS)).first()
    if found is None:
        raise NotFound("There is no such city.")
    return found


def people_of_city(session: Session, city: City) -> Sequence[Person]:
    """The active people of a city with their roles, by name."""
    return session.exec(
        select(Person)
        .where(Person.city_id == city.id, col(Person.is_active))
        .options(_ROLES)
        .order_by(col(Person.name))
    ).all()


def cycles_of_city(session: Session, city: City) -> Sequence[Cycle]:
    """Cycles the city leads or contributes to, the latest first."""
    contributes = select(CycleCity.cycle_id).where(CycleCity.city_id == city.id)
    return session.exec(
        select(Cycle)
        .where(or_(col(Cycle.lead_city_id) == city.id, col(Cycle.id).in_(contributes)))
        .order_by(col(Cycle.starts_on).desc())
    ).all()


def trainings_of_city(session: Session, city: City) -> Sequence[TrainingEvent]:
    """Training events the city hosts, the latest first."""
    return session.exec(
        select(TrainingEvent)
        .where(TrainingEvent.host_city_id == city.id)
        .order_by(col(TrainingEvent.on_local).desc())
    ).all()


def seatable_people(session: Session) -> list[tuple[int, str]]:
    """Everybody active, as a list offers them: id, and name with city, by name."""
    rows = session.execute(
        select(col(Person.id), col(Person.name), col(City.name))
        .join(City, col(City.id) == col(Person.city_id))
        .where(col(Person.erased_at).is_(None), col(Person.is_active))
        .order_by(col(Person.name), col(Person.id))
    )
    return [(person_id, f"{name}, {city}") for person_id, name, city in rows]


def people_found(session: Session, *, search: str, page: int) -> Paged[Person]:
    """A page of everybody but those erased, the active ones first, by name: of those where each word of
    ``search`` stands in a name, an address or a body.
    """
    places = (col(Person.name), col(Person.email), *places_of_people())
    statement = (
        select(Person)
        .where(col(Person.erased_at).is_(None), *holds_words(search, *places))
        .order_by(col(Person.is_active).desc(), col(Person.name), col(Person.id))
    )
    return page_of_query(session, statement, page, _ROLES, _CITY, _ORGANISATION)


def places_of_people() -> tuple[SQLColumnExpression[str], ...]:
    """Where people are looked for besides their name: their city, organisation and expert groups, as text."""
    city = select(City.name).where(col(City.id) == col(Person.city_id)).scalar_subquery()
    organisation = (
        select(Organisation.name).where(col(Organisation.id) == col(Person.organisation_id)).scalar_subquery()
    )
    names = func.aggregate_strings(col(ExpertGroup.key) + " " + col(ExpertGroup.name), ", ")
    seats = (
        select(names)
        .select_from(ExpertGroup)
        .join(GroupMember)
        .where(col(GroupMember.person_id) == col(Person.id))
        .scalar_subquery()
    )
    return city, func.coalesce(organisation, ""), func.coalesce(seats, "")


def person_with_id(session: Session, person_id: int) -> Person:
    """The person with roles and city. Raises NotFound."""
    found = session.exec(select(Person).where(Person.id == person_id).options(_ROLES, _CITY)).first()
    if found is None:
        raise NotFound("There is no such person.")
    return found


def first_coordinator(session: Session) -> Person | None:
    """The active coordinator who came first; None when there is none."""
    return session.exec(
        select(Person)
        .join(PersonRole)
        .where(PersonRole.role == Role.COORDINATOR, col(Person.is_active))
        .order_by(col(Person.id))
    ).first()


def groups_of_people(
    session: Session, people: Iterable[Person] | None = None
) -> dict[int, list[ExpertGroup]]:
    """The expert groups each person sits in, by the person's id; of some people or of all."""
    seats = select(GroupMember.person_id, ExpertGroup).join(ExpertGroup).order_by(col(ExpertGroup.id))
    if people is not None:
        seats = seats.where(col(GroupMember.person_id).in_([person.id for person in people]))
    found: dict[int, list[ExpertGroup]] = {}
    for person_id, group in session.exec(seats):
        found.setdefault(person_id, []).append(group)
    return found


def chairs_a_group(session: Session, person: Person) -> bool:
    """Whether the person is chair of an expert group."""
    chaired = select(GroupMember.id).where(GroupMember.person_id == person.id, col(GroupMember.is_chair))
    return session.exec(chaired.limit(1)).first() is not None


def all_groups(session: Session) -> Sequence[ExpertGroup]:
    """The expert groups with their members and the members' cities, in the order they were founded."""
    return session.exec(select(ExpertGroup).options(_GROUP_SEATS).order_by(col(ExpertGroup.id))).all()


def groups_to_choose(session: Session) -> Sequence[ExpertGroup]:
    """The expert groups alone, in the order they were founded."""
    return session.exec(select(ExpertGroup).order_by(col(ExpertGroup.id))).all()


def all_boards(session: Session) -> Sequence[Board]:
    """The boards with their members and the members' cities."""
    return session.exec(select(Board).options(_BOARD_SEATS).order_by(col(Board.id))).all()


def all_organisations(session: Session) -> Sequence[Organisation]:
    """The organisations by name."""
    return session.exec(select(Organisation).order_by(col(Organisation.name))).all()


def people_of_organisations(session: Session) -> dict[int, int]:
    """How many active people belong to each organisation that has any, by its id."""
    counts = session.exec(
        select(Person.organisation_id, func.count())
        .where(col(Person.is_active), col(Person.organisation_id).is_not(None))
        .group_by(col(Person.organisation_id))
    ).all()
    return {organisation_id: number for organisation_id, number in counts if organisation_id}


def all_themes(session: Session) -> Sequence[Theme]:
    """The catalogue of themes, by key."""
    return session.exec(select(Theme).order_by(col(Theme.key))).all()


def entry_with_id(session: Session, kind: type[Kind], entry_id: int) -> Kind:
    """The group, board, organisation or theme; a body with its members. Raises NotFound."""
    found = session.get(kind, entry_id, options=_SEATS.get(kind, []))
    if found is None:
        raise NotFound("There is no such entry.")
    return found
