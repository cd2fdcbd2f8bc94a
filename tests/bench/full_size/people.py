"""Cities, people, groups and boards: 60 cities, and 5,000 people of whom most sit in one expert group."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlmodel import Session

from exchange.models import (
    Board,
    BoardMember,
    City,
    ExpertGroup,
    GroupMember,
    Membership,
    MembershipStatus,
    Person,
    PersonRole,
    QuietPeriod,
    Role,
    Theme,
)
from exchange.rules.programme.stage_plan import StagePlan
from tests.bench.full_size.rows import Row, put

CITIES, LEAD_CITIES, PEOPLE, GROUPS, THEMES, BOARD_SEATS = 60, 10, 5_000, 24, 40, 20
SPEAKERS = 5  # of each city: its lead and four contacts
COORDINATORS = 4
CLOCKS = (  # zone, country, subdivision
    ("Europe/Stockholm", "SE", ""),
    ("Europe/London", "GB", "ENG"),
    ("America/New_York", "US", "DC"),
    ("Australia/Sydney", "AU", "NSW"),
    ("Europe/Madrid", "ES", ""),
    ("Pacific/Auckland", "NZ", "AUK"),
    ("America/Vancouver", "CA", "BC"),
    ("Europe/Berlin", "DE", "BE"),
    ("Europe/Dublin", "IE", ""),
    ("Asia/Tokyo", "JP", ""),
)


def add_people(session: Session, _plan: StagePlan, _now: datetime) -> None:
    """Everybody with roles and seats; everything that a programme is made of."""
    put(session, City, _cities())
    put(
        session,
        Membership,
        (
            {"id": n, "city_id": n, "status": _status(n), "starts_on": date(2020, 1, 1)}
            for n in _numbers(CITIES)
        ),
    )
    put(
        session,
        QuietPeriod,
        (
            {"id": n, "city_id": n, "name": "Christmas and New Year", "first": "12-20", "last": "01-06"}
            for n in _numbers(CITIES)
        ),
    )
    put(
        session,
        Theme,
        ({"id": n, "key": f"B{n}", "name": f"Theme {n} of the catalogue"} for n in _numbers(THEMES)),
    )
    put(
        session,
        ExpertGroup,
        ({"id": n, "key": f"B{n}", "name": f"Expert group {n}"} for n in _numbers(GROUPS)),
    )
    put(session, Board, [{"id": 1, "key": "B1", "name": "International Board"}])
    put(session, Person, _people())
    put(session, PersonRole, _roles())
    put(session, GroupMember, _seats())
    put(session, BoardMember, ({"id": n, "board_id": 1, "person_id": n} for n in _numbers(BOARD_SEATS)))


def city_of(person_id: int) -> int:
    """The city of a person: all have nearly as many."""
    return 1 + person_id % CITIES


def is_expert(person_id: int) -> bool:
    """Whether somebody sits in a group instead of speaking for a city."""
    return person_id > CITIES * SPEAKERS + COORDINATORS


def group_of(person_id: int) -> int:
    """The group in which an expert sits."""
    return 1 + person_id // CITIES % GROUPS


def _numbers(count: int) -> range:
    return range(1, count + 1)


def _status(city_id: int) -> str:
    return MembershipStatus.LEAD if city_id <= LEAD_CITIES else MembershipStatus.MEMBER


def _cities() -> Iterator[Row]:
    for number in _numbers(CITIES):
        zone, country, subdivision = CLOCKS[number % len(CLOCKS)]
        yield {
            "id": number,
            "slug": f"city-{number}",
            "name": f"City {number:02}",
            "time_zone": zone,
            "holidays_country": country,
            "holidays_subdivision": subdivision,
        }


def _people() -> Iterator[Row]:
    for number in _numbers(PEOPLE):
        yield {
            "id": number,
            "name": f"Åsa Nakamura-Öberg {number:04}",
            "email": f"person{number}@example.org",
            "city_id": city_of(number),
            "language": "sv" if number % 9 == 0 else "en",
        }


def _roles() -> Iterator[Row]:
    for number in _numbers(PEOPLE):
        role = Role.EXPERT
        if number <= CITIES:
            role = Role.CITY_LEAD
        elif number <= CITIES * SPEAKERS:
            role = Role.CITY_CONTACT
        elif not is_expert(number):
            role = Role.COORDINATOR
        yield {"id": number, "person_id": number, "role": role}


def _seats() -> Iterator[Row]:
    chaired: set[int] = set()
    for number in filter(is_expert, _numbers(PEOPLE)):
        group = group_of(number)
        yield {"id": number, "group_id": group, "person_id": number, "is_chair": group not in chaired}
        chaired.add(group)
