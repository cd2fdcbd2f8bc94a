"""A list page asks the database as often for one row as for thirty."""

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from exchange.db import Database
from exchange.models import Board, BoardMember, Organisation, PersonRole, Theme
from tests.factories import make_city, make_group, make_person
from tests.network.conftest import Network
from tests.statements import statements_for

PAGES = ["cities", "people", "groups", "boards", "organisations", "themes", "cities/london"]


@pytest.mark.parametrize("page", PAGES)
def test_thirty_rows_take_as_many_statements_as_one(
    coordinator: FlaskClient, database: Database, network: Network, page: str
) -> None:
    with database.transaction() as session:
        _add_one_of_each(session, network, 0)
    few = statements_for(coordinator, f"/network/{page}")
    with database.transaction() as session:
        for number in range(1, 31):
            _add_one_of_each(session, network, number)
    assert statements_for(coordinator, f"/network/{page}") == few


def _add_one_of_each(session: Session, network: Network, number: int) -> None:
    city = make_city(session, f"City {number}")
    person = make_person(session, city=city)
    londoner = make_person(session, city=network.london)
    londoner.roles.append(PersonRole(role="expert"))
    make_group(session, members=[person, londoner])
    board = Board(key=f"B{number}", name=f"Board {number}")
    board.members = [BoardMember(person_id=person.id), BoardMember(person_id=londoner.id)]
    session.add(board)
    organisation = Organisation(key=f"P{number}", name=f"Organisation {number}")
    session.add(organisation)
    session.flush()
    person.organisation_id = organisation.id
    session.add(Theme(key=f"Y{number}", name=f"Subject {number}"))
