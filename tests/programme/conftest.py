"""The network of the tests of training events serves here, too."""

import pytest
from flask.testing import FlaskClient

from exchange.db import Database
from exchange.models import Board, BoardMember
from tests.factories import make_person
from tests.sign_in import SignIn
from tests.trainings.conftest import Net, contact, coordinator, net

__all__ = ["contact", "coordinator", "net"]


@pytest.fixture
def board_member(sign_in: SignIn, database: Database, net: Net) -> FlaskClient:
    """A browser of somebody on a board, without any role, in Dublin."""
    with database.transaction() as session:
        person = make_person(session, "Bea Board", city=net.cities["Dublin"], roles=[])
        board = Board(key="IB", name="International Board")
        session.add(board)
        session.flush()
        session.add(BoardMember(board_id=board.id or 0, person_id=person.id or 0))
    return sign_in(person)
