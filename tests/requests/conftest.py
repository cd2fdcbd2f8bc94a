"""A network with its coordinator, and a report that London's exercise led to, by Alva, marked TLP:AMBER."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlmodel import col, select

from exchange.db import Database
from exchange.models import (
    CreditRole,
    Letter,
    NetworkRequest,
    Person,
    Product,
    ProductCredit,
    ProductKind,
    ProductVersion,
    Role,
)
from tests.factories import make_city, make_person, make_training
from tests.hand_clock import HandClock

EASTER = datetime(2027, 3, 25, 10, tzinfo=UTC)  # Thursday before Good Friday
ASKS = {"name": "Petra Public", "email": "Petra@Example.org"}
FORMAT = ASKS | {"document": "0", "other": "The yearly report", "wanted_format": "Word file"}


@dataclass
class House:
    database: Database
    clock: HandClock
    cora: Person
    lea: Person
    alva: Person
    mia: Person
    product_id: int

    def asked(self) -> list[NetworkRequest]:
        with self.database.reading() as session:
            return list(session.exec(select(NetworkRequest).order_by(col(NetworkRequest.id))))

    def letters(self, to: str) -> list[Letter]:
        with self.database.reading() as session:
            found = select(Letter).where(Letter.to_address == to).order_by(col(Letter.id))
            return list(session.exec(found))

    def link(self, to: str = "petra@example.org", number: int = -1) -> str:
        """The path in a letter to them."""
        found = re.search(r"/(asked|released)/[\w-]+", self.letters(to)[number].text)
        assert found
        return found[0]

    def remark(self, marking: str) -> None:
        with self.database.transaction() as session:
            product = session.get_one(Product, self.product_id)
            product.published_marking = marking
            for one in product.versions:
                one.marking = marking


@pytest.fixture
def house(database: Database, clock: HandClock) -> House:
    clock.set(EASTER)
    with database.transaction() as session:
        london, dublin = make_city(session, "London"), make_city(session, "Dublin")
        cora = make_person(session, "Cora", city=london, roles=[Role.COORDINATOR])
        lea = make_person(session, "Lea", city=london, roles=[Role.CITY_LEAD])
        alva = make_person(session, "Alva", city=dublin)
        mia = make_person(session, "Mia", city=dublin, roles=[Role.CITY_LEAD])
        training = make_training(session, host_city=london, on_local=date(2026, 6, 11))
        product = Product(
            kind=ProductKind.POST_EXERCISE_REPORT,
            training_id=training.id,
            created_at=EASTER,
            published_at=EASTER,
            published_number=1,
            published_marking="TLP:AMBER",
        )
        product.versions = [
            ProductVersion(
                number=1,
                title="What the drones taught",
                marking="TLP:AMBER",
                text="Doors were **late**.",
                person_id=alva.id or 0,
                saved_at=EASTER,
            )
        ]
        product.credits = [ProductCredit(position=1, role=CreditRole.LEAD_AUTHOR, person_id=alva.id)]
        session.add(product)
        session.flush()
        return House(database, clock, cora, lea, alva, mia, product.id or 0)


def confirmed(house: House, visitor: FlaskClient, slug: str, typed: dict[str, str]) -> str:
    """Ask and confirm by the link of the letter; the path of the page that follows it."""
    sent = visitor.post(f"/ask/{slug}", data=typed)
    assert sent.status_code == 303, sent.text
    link = house.link()
    assert visitor.post(f"{link}/confirm").status_code == 303
    return link
