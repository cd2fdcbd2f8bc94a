"""Who a person is now, out of rows: their roles, their city's membership, their seats."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, CompoundSelect, Date, and_, bindparam, cast, func, literal, null, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select, union_all

from exchange.models import (
    SPEAKS_FOR_CITY,
    BoardMember,
    City,
    GroupMember,
    Membership,
    MembershipStatus,
    Organisation,
    Person,
    PersonRole,
    Role,
)
from exchange.rules.access.standing import NOBODY, MemberSpan, Standing
from exchange.rules.time.timezones import wall_time

_OF_THE_NETWORK = frozenset({Role.COORDINATOR, Role.AUDITOR})
_MEMBERS = (MembershipStatus.LEAD, MembershipStatus.MEMBER)


@dataclass(frozen=True)
class BoardSeat:
    """A seat on a board with its days, both included, on the wall of the person's city; None is open."""

    board_id: int
    starts_on: date | None = None
    ends_on: date | None = None

    def holds_on(self, on: date) -> bool:
        """Whether it gives its right on a day."""
        return (self.starts_on or on) <= on <= (self.ends_on or on)


@dataclass(frozen=True)
class Liaison:
    """The organisation that somebody is liaison of, with the last day on which it works with the network."""

    organisation_id: int
    ends_on: date | None = None


@dataclass
class Seats:
    """The groups in which people sit, and their seats on boards past and to come, by person.

    ``liaisons`` are those whose organisation gives them a place, whenever it works with the network.
    """

    groups: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    boards: dict[int, set[BoardSeat]] = field(default_factory=lambda: defaultdict(set))
    liaisons: dict[int, Liaison] = field(default_factory=dict)

    def boards_of(self, person_id: int, on: date) -> set[int]:
        """The boards in which somebody sits on a day."""
        return {seat.board_id for seat in self.boards.get(person_id, ()) if seat.holds_on(on)}

    def organisations_of(self, person_id: int, on: date) -> frozenset[int]:
        """The organisation that somebody is liaison of on a day, if any."""
        found = self.liaisons.get(person_id)
        holds = found is not None and on <= (found.ends_on or on)
        return frozenset({found.organisation_id} if found is not None and holds else ())


_GROUP, _BOARD, _ORGANISATION = range(3)
_NO_DAY = cast(null(), Date)
_GROUP_SEATS = select_columns(
    col(GroupMember.person_id), col(GroupMember.group_id), literal(_GROUP).label("body"), _NO_DAY, _NO_DAY
)
_BOARD_SEATS = select_columns(
    col(BoardMember.person_id),
    col(BoardMember.board_id),
    literal(_BOARD).label("body"),
    col(BoardMember.starts_on),
    col(BoardMember.ends_on),
)
_LIAISONS = (
    select_columns(
        col(Person.id),
        col(Organisation.id),
        literal(_ORGANISATION).label("body"),
        _NO_DAY,
        col(Organisation.ends_on),
    )
    .select_from(Person)
    .join(PersonRole, and_(col(PersonRole.person_id) == col(Person.id), col(PersonRole.role) == Role.LIAISON))
    .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
)
# Made once: each request asks for its reader's seats, and making a statement takes longer than its answer.
_SeatRow = tuple[int, int, int, date | None, date | None]
_ALL_SEATS: CompoundSelect[_SeatRow] = union_all(_GROUP_SEATS, _BOARD_SEATS, _LIAISONS)
_SEATS_OF_SOME: CompoundSelect[_SeatRow] = union_all(
    _GROUP_SEATS.where(col(GroupMember.person_id).in_(bindparam("people", expanding=True))),
    _BOARD_SEATS.where(col(BoardMember.person_id).in_(bindparam("people", expanding=True))),
    _LIAISONS.where(col(Person.id).in_(bindparam("people", expanding=True))),
)


def seats_of(session: Session, person_ids: Iterable[int] | None = None) -> Seats:
    """All seats of some people, or of everybody; one statement."""
    rows = (
        session.execute(_ALL_SEATS)
        if person_ids is None
        else session.execute(_SEATS_OF_SOME, {"people": list(person_ids)})
    )
    found = Seats()
    for person_id, body_id, body, starts_on, ends_on in rows:
        if body == _ORGANISATION:
            found.liaisons[person_id] = Liaison(body_id, ends_on)
        elif body == _BOARD:
            found.boards[person_id].add(BoardSeat(body_id, starts_on, ends_on))
        else:
            found.groups[person_id].add(body_id)
    return found


def standing(person: Person, seats: Seats, on: date) -> Standing:
    """How a person stands on ``on``, a date of their city; needs roles, city and memberships loaded.

    Who is in the network by no city of today holds no seat in it either, but for the liaison of an
    organisation of today, whose city is a clock alone; coordinators and auditors serve the network itself.
    """
    return _standing(person, seats, _city_then(person.city, on))


@dataclass(frozen=True)
class _CityThen:
    """What a city gives its people on a day: whether it is in the network, and when it is a member."""

    on: date
    holds: bool
    member_spans: frozenset[MemberSpan]


def _city_then(city: City, on: date) -> _CityThen:
    return _CityThen(on, city.status_on(on) is not None, member_spans(city))


def _standing(person: Person, seats: Seats, city: _CityThen) -> Standing:
    if not person.is_active:
        return NOBODY
    roles = {Role(held.role) for held in person.roles}
    person_id, holds = person.id or 0, city.holds
    groups, boards = seats.groups.get(person_id, set()), seats.boards_of(person_id, city.on)
    organisations = seats.organisations_of(person_id, city.on)
    belongs = holds or bool(organisations)
    spoken_for = frozenset([person.city_id] if roles.intersection(SPEAKS_FOR_CITY) else [])
    return Standing(
        person_id=person_id,
        is_in_network=bool(roles or groups or boards) and (belongs or bool(roles & _OF_THE_NETWORK)),
        plans=Role.COORDINATOR in roles,
        audits=Role.AUDITOR in roles,
        cities=spoken_for if holds else frozenset(),
        leads=spoken_for if holds and Role.CITY_LEAD in roles else frozenset(),
        finances=frozenset([person.city_id] if holds and Role.FINANCE_CONTACT in roles else []),
        left_cities=frozenset() if holds else spoken_for,
        groups=frozenset(groups) if belongs else frozenset(),
        boards=frozenset(boards) if belongs else frozenset(),
        organisations=organisations,
        member_spans=city.member_spans,
    )


def is_in_network(on: date) -> ColumnElement[bool]:
    """The condition on people that says what ``standing(...).is_in_network`` says of one; for long lists."""

    def holds(*roles: Role) -> ColumnElement[bool]:
        held = select(PersonRole.id).where(col(PersonRole.person_id) == col(Person.id))
        return (held.where(col(PersonRole.role).in_(roles)) if roles else held).exists()

    sits = [
        select(GroupMember.id).where(col(GroupMember.person_id) == col(Person.id)).exists(),
        select(BoardMember.id).where(col(BoardMember.person_id) == col(Person.id), held_on(on)).exists(),
    ]
    is_of_member = (
        select(Membership.id)
        .where(
            col(Membership.city_id) == col(Person.city_id),
            or_(col(Membership.starts_on).is_(None), col(Membership.starts_on) <= on),
            or_(col(Membership.ends_on).is_(None), col(Membership.ends_on) >= on),
        )
        .exists()
    )
    organisations = select(Organisation.id).where(
        or_(col(Organisation.ends_on).is_(None), col(Organisation.ends_on) >= on)
    )
    is_liaison = and_(holds(Role.LIAISON), col(Person.organisation_id).in_(organisations))
    return and_(
        col(Person.is_active),
        or_(holds(), *sits),
        or_(is_of_member, is_liaison, holds(*_OF_THE_NETWORK)),
    )


def held_on(on: date) -> ColumnElement[bool]:
    """The condition on seats of boards that they are held on a day."""
    return and_(
        or_(col(BoardMember.starts_on).is_(None), col(BoardMember.starts_on) <= on),
        or_(col(BoardMember.ends_on).is_(None), col(BoardMember.ends_on) >= on),
    )


def standing_of(session: Session, person: Person, now: datetime) -> Standing:
    """How one person stands at an instant; needs roles, city and memberships loaded."""
    on = wall_time(now, person.city.time_zone).on
    return standing(person, seats_of(session, [person.id or 0]), on)


def standings_of(
    session: Session, people: Sequence[Person], on: date, *, is_some: bool = False
) -> dict[int, Standing]:
    """How each of many stands on ``on``, by person; needs the same loaded.

    ``is_some`` says that they are a part of all, so that only their seats are read.
    """
    seats = seats_of(session, [person.id or 0 for person in people] if is_some else None)
    cities = {person.city_id: person.city for person in people}
    then = {city_id: _city_then(city, on) for city_id, city in cities.items()}
    return {person.id or 0: _standing(person, seats, then[person.city_id]) for person in people}


def member_spans(city: City) -> frozenset[MemberSpan]:
    """When a city is lead or member; needs its memberships loaded."""
    return frozenset(
        MemberSpan(span.city_id, span.starts_on, span.ends_on)
        for span in city.memberships
        if span.status in _MEMBERS
    )


def coordinator_count(session: Session) -> int:
    """How many people of today coordinate the network."""
    held = (
        select(func.count())
        .select_from(PersonRole)
        .join(Person)
        .where(PersonRole.role == Role.COORDINATOR, col(Person.is_active))
    )
    return session.exec(held).one()
