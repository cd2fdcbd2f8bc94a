"""Four cities, a theme with all that belongs to its arc, and people who look back on it."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from exchange.db import Database
from exchange.models import (
    Attendance,
    AttendanceSheet,
    Board,
    BoardMember,
    City,
    Cycle,
    MembershipStatus,
    Person,
    Presence,
    Role,
    Theme,
    TrainingEvent,
)
from tests.factories import make_city, make_person, make_theme
from tests.hand_clock import HandClock
from tests.sign_in import SignIn

NOW = datetime(2027, 3, 8, 9, tzinfo=UTC)  # a Monday


@dataclass(frozen=True)
class Net:
    """The rows, loaded and detached: only their own columns are read."""

    stockholm: City
    london: City
    sydney: City
    dublin: City
    theme: Theme
    coordinator: Person
    board: Person
    auditor: Person
    contact: Person  # of Sydney
    other: Person  # a contact of London


@pytest.fixture
def net(database: Database, clock: HandClock) -> Net:
    clock.set(NOW)
    with database.transaction() as session:
        stockholm = make_city(session, "Stockholm", status=MembershipStatus.LEAD)
        london, sydney = make_city(session, "London"), make_city(session, "Sydney")
        dublin = make_city(session, "Dublin")
        board = make_person(session, "Bea", city=dublin, roles=[])
        seats = Board(key="IB", name="International Board")
        seats.members = [BoardMember(person_id=board.id or 0)]
        session.add(seats)
        return Net(
            stockholm,
            london,
            sydney,
            dublin,
            make_theme(session, "Hostile drones"),
            make_person(session, "Cora", city=stockholm, roles=[Role.COORDINATOR]),
            board,
            make_person(session, "Ada", city=dublin, roles=[Role.AUDITOR]),
            make_person(session, "Sid", city=sydney),
            make_person(session, "Lena", city=london),
        )


def note(session: Session, about: Cycle | TrainingEvent, city: City, people: int, remote: int = 0) -> None:
    """So many people of the city were at the event, or at the exchange's session."""
    is_cycle = isinstance(about, Cycle)
    sheet = AttendanceSheet(
        training_id=None if is_cycle else about.id,
        sitting_id=about.sittings[0].id if isinstance(about, Cycle) else None,
        noted_at=NOW,
    )
    for presence, count in ((Presence.IN_PERSON, people - remote), (Presence.REMOTE, remote)):
        if count:
            sheet.rows.append(Attendance(city_id=city.id or 0, people=count, presence=presence, noted_at=NOW))
    session.add(sheet)
    session.flush()


@pytest.fixture
def coordinator(sign_in: SignIn, net: Net) -> FlaskClient:
    return sign_in(net.coordinator)


@pytest.fixture
def board(sign_in: SignIn, net: Net) -> FlaskClient:
    return sign_in(net.board)


@pytest.fixture
def contact(sign_in: SignIn, net: Net) -> FlaskClient:
    """A browser of the contact of Sydney."""
    return sign_in(net.contact)
