"""An event of London on Thu 3 Jun 2027 in the small network of training events, with a lead of London."""

from dataclasses import dataclass
from datetime import date

import pytest
from flask.testing import FlaskClient

from exchange.db import Database
from exchange.models import Person, Role
from exchange.trainings.actions import publish_training
from tests.factories import make_person
from tests.sign_in import SignIn
from tests.trainings.conftest import NOW, Net, make_net, opened


@dataclass(frozen=True)
class Event:
    """The event's id, its people, and where its preparation is."""

    id: int
    net: Net
    lead: Person  # of London, which hosts
    planner: Person  # of Dublin, a contact

    @property
    def page(self) -> str:
        return f"/trainings/{self.id}/preparation"

    def at(self, milestone: str, deed: str) -> str:
        return f"{self.page}/{milestone}/{deed}"


@pytest.fixture
def event(database: Database) -> Event:
    """The event, published."""
    return make_event(database)


def make_event(database: Database, *, is_published: bool = True, **fields: object) -> Event:
    with database.transaction() as session:
        net = make_net(session)
        lead = make_person(session, "Lena Lead", city=net.cities["London"], roles=[Role.CITY_LEAD])
        planner = make_person(session, "Petra Planner", city=net.cities["Dublin"])
        training = opened(session, net, **({"on_local": date(2027, 6, 3)} | fields))
        if is_published:
            publish_training(session, training, actor=net.coordinator, now=NOW)
        return Event(training.id or 0, net, lead, planner)


@pytest.fixture
def coordinator(sign_in: SignIn, event: Event) -> FlaskClient:
    return sign_in(event.net.coordinator)


@pytest.fixture
def lead(sign_in: SignIn, event: Event) -> FlaskClient:
    return sign_in(event.lead)
