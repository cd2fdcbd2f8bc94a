"""A small network of three leads and a city that left, with the people who read and record turns."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient

from exchange.db import Database
from exchange.models import Board, BoardMember, City, MembershipStatus, Person, Role
from tests.factories import make_city, make_person
from tests.hand_clock import HandClock
from tests.sign_in import SignIn

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Net:
    """The rows, loaded and detached: only their own columns are read."""

    london: City
    stockholm: City
    rome: City  # a member until the end of 2025
    coordinator: Person
    lead: Person
    contact: Person
    board_member: Person


@pytest.fixture
def net(database: Database, clock: HandClock) -> Net:
    clock.set(NOW)
    with database.transaction() as session:
        lead = MembershipStatus.LEAD
        london, stockholm = (
            make_city(session, "London", status=lead),
            make_city(session, "Stockholm", status=lead),
        )
        make_city(session, "Washington DC", status=lead)
        rome = make_city(session, "Rome", ends_on=date(2025, 12, 31))
        board_member = make_person(session, "Bea", city=london, roles=[])
        board = Board(key="B1", name="Executive Board")
        board.members = [BoardMember(person_id=board_member.id or 0)]
        session.add(board)
        return Net(
            london,
            stockholm,
            rome,
            make_person(session, "Cora", city=stockholm, roles=[Role.COORDINATOR]),
            make_person(session, "Lena", city=london, roles=[Role.CITY_LEAD]),
            make_person(session, "Carl", city=london),
            board_member,
        )


@pytest.fixture
def coordinator(sign_in: SignIn, net: Net) -> FlaskClient:
    return sign_in(net.coordinator)
