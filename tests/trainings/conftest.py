"""A small network for the tests of training events, people signed in, and a draft nothing stops."""

from dataclasses import dataclass
from datetime import date, time

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from exchange.db import Database
from exchange.models import (
    City,
    ExpertGroup,
    MembershipStatus,
    Person,
    QuietPeriod,
    Role,
    TrainingEvent,
    TrainingKind,
    TrainingMode,
)
from exchange.rules.markings.tlp_labels import Marking
from exchange.trainings.actions import open_training
from exchange.trainings.drafts import TrainingDraft
from tests.factories import MADE_AT, make_city, make_group, make_person
from tests.sign_in import SignIn

LEADS = ("Stockholm", "London", "Washington DC")
NOW = MADE_AT


@dataclass
class Net:
    """The rows, loaded and detached: only their own columns are read."""

    cities: dict[str, City]
    group: ExpertGroup
    coordinator: Person
    contact: Person  # of Sydney


@pytest.fixture
def net(database: Database) -> Net:
    """The network, saved: three lead cities, two members, one group."""
    with database.transaction() as session:
        return make_net(session)


def make_net(session: Session) -> Net:
    cities = {
        name: make_city(
            session, name, status=MembershipStatus.LEAD if name in LEADS else MembershipStatus.MEMBER
        )
        for name in (*LEADS, "Sydney", "Dublin")
    }
    session.add(QuietPeriod(city_id=cities["Stockholm"].id or 0, name="Summer", first="W28", last="W31"))
    expert = make_person(session, "Edda Expert", city=cities["London"], roles=[Role.EXPERT])
    return Net(
        cities=cities,
        group=make_group(session, "Hostile drones", chair=expert),
        coordinator=make_person(
            session, "Cora Coordinator", city=cities["Stockholm"], roles=[Role.COORDINATOR]
        ),
        contact=make_person(session, "Sid Contact", city=cities["Sydney"]),
    )


@pytest.fixture
def coordinator(sign_in: SignIn, net: Net) -> FlaskClient:
    """A browser of the coordinator, who lives in Stockholm."""
    return sign_in(net.coordinator)


@pytest.fixture
def contact(sign_in: SignIn, net: Net) -> FlaskClient:
    """A browser of a contact of Sydney."""
    return sign_in(net.contact)


def a_draft(net: Net, **fields: object) -> TrainingDraft:
    """A table-top hosted by London on Thu 14 Jan 2027 at 14:00 that nothing stops."""
    values: dict[str, object] = {
        "kind": TrainingKind.TABLE_TOP,
        "title": "Drone over a stadium",
        "host_city_id": net.cities["London"].id,
        "mode": TrainingMode.HYBRID,
        "on_local": date(2027, 1, 14),
        "starts_local": time(14),
        "time_zone": "Europe/London",
        "minutes": 120,
        "marking": Marking.GREEN,
    }
    return TrainingDraft(**(values | fields))  # type: ignore[arg-type]  # a test's own keywords


def opened(session: Session, net: Net, *, reason: str = "", **fields: object) -> TrainingEvent:
    """The draft, saved."""
    named = (net.coordinator.email,) if fields.get("marking") == Marking.RED else ()
    fields = {"named": named} | fields
    return open_training(session, a_draft(net, **fields), actor=net.coordinator, now=NOW, reason=reason)


def typed(net: Net, **fields: object) -> dict[str, object]:
    """What the form of a new event sends."""
    values: dict[str, object] = {
        "kind": "table-top",
        "title": "Drone over a stadium",
        "theme_id": "0",
        "host_city_id": str(net.cities["London"].id),
        "mode": "hybrid",
        "on": "2027-01-14",
        "at": "14:00",
        "time_zone": "",
        "minutes": "120",
        "place": "",
        "join_link": "",
        "audience": "all",
        "description": "",
        "marking": "TLP:GREEN",
        "state": "proposed",
        "reason": "",
        "save": "1",
    }
    return values | fields
