"""A small network with a programme of every marking, and people who see different parts of it."""

from dataclasses import dataclass
from datetime import date

import pytest
from flask.testing import FlaskClient

from exchange.db import Database
from exchange.models import MembershipStatus, Person, Role
from tests.factories import make_city, make_cycle, make_group, make_person, make_theme, make_training
from tests.sign_in import SignIn


@dataclass
class Network:
    """The people, detached."""

    coordinator: Person
    contact: Person  # of Dublin


@pytest.fixture
def network(database: Database) -> Network:
    with database.transaction() as session:
        stockholm = make_city(session, "Stockholm", status=MembershipStatus.LEAD)
        london = make_city(session, "London", status=MembershipStatus.LEAD)
        dublin = make_city(session, "Dublin")
        coordinator = make_person(session, "Cora Coordinator", city=london, roles=[Role.COORDINATOR])
        contact = make_person(session, "=Dara Contact", city=dublin)
        group = make_group(session, "Hostile drones", chair=coordinator, key="G5")
        theme = make_theme(session, "Communicating with the public", key="T09")
        make_cycle(
            session, lead_city=stockholm, cities=[dublin], groups=[group], theme=theme, title="Green cycle"
        )
        make_training(session, host_city=london, title="Open to all", marking="TLP:CLEAR")
        make_training(
            session,
            host_city=stockholm,
            cities=[london],
            title="Secret of two",
            marking="TLP:AMBER+STRICT",
            on_local=date(2027, 4, 15),
        )
        make_training(
            session,
            host_city=dublin,
            title="Amber of Dublin",
            marking="TLP:AMBER",
            on_local=date(2027, 5, 20),
        )
        make_training(
            session, host_city=dublin, title="A draft", is_published=False, on_local=date(2027, 6, 17)
        )
    return Network(coordinator, contact)


@pytest.fixture
def coordinator(sign_in: SignIn, network: Network) -> FlaskClient:
    return sign_in(network.coordinator)


@pytest.fixture
def contact(sign_in: SignIn, network: Network) -> FlaskClient:
    return sign_in(network.contact)
