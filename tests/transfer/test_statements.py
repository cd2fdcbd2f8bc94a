"""Exports and busy calendars ask the database as often for one row as for thirty."""

from datetime import date, timedelta

from flask.testing import FlaskClient
from sqlmodel import Session, select

from exchange.db import Database
from exchange.models import Board, BoardMember, City, Letter, Organisation
from tests.factories import make_city, make_cycle, make_group, make_person, make_training
from tests.hand_clock import HandClock
from tests.statements import statements_for
from tests.test_busy_times import make_busy
from tests.transfer.test_exports import ALL, make_product

ADDRESSES = [*(f"/export/{name}.{form}" for name, forms in ALL.items() for form in forms.split()), "/busy"]


def test_thirty_rows_take_as_many_statements_as_one(
    coordinator: FlaskClient, database: Database, clock: HandClock
) -> None:
    few = {}
    for count in (1, 30):
        with database.transaction() as session:
            for number in range(count):
                _add_one_of_each(session, 100 * count + number, clock)
        found = {address: statements_for(coordinator, address) for address in ADDRESSES}
        few = few or found
        assert found == few


def _add_one_of_each(session: Session, number: int, clock: HandClock) -> None:
    city = make_city(session, f"City {number}")
    person = make_person(session, city=city)
    group = make_group(session, members=[person])
    host = session.exec(select(City).where(City.name == "London")).one()
    later = timedelta(weeks=number % 100)
    make_cycle(session, lead_city=host, cities=[city], groups=[group], starts_on=date(2028, 1, 3) + later)
    make_training(session, host_city=host, cities=[city], on_local=date(2028, 1, 4) + later)
    make_product(session, host, person, clock, marking="TLP:GREEN", title=f"Product {number}")
    board = Board(key=f"board-{number}", name=f"Board {number}")
    board.members = [BoardMember(person_id=person.id or 0)]
    session.add_all([board, Organisation(key=f"partner-{number}", name=f"Partner {number}")])
    make_busy(session, clock(), city=city)
    make_busy(session, clock(), person=person)
    session.add(
        Letter(
            once_key=str(number),
            kind="E1",
            person_id=person.id,
            to_name="Somebody",
            to_address="somebody@example.org",
            subject="Words",
            text="",
            html="",
            message_id=f"<{number}@example.org>",
            queued_at=clock(),
            due_at=clock(),
        )
    )
