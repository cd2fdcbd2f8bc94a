"""A small network for the tests of its pages: two leads, a member, their people, a group and a board."""

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exchange.db import Database
from exchange.feeds.publishing.publish import ensure_feeds
from exchange.models import Board, BoardMember, City, ExpertGroup, MembershipStatus, Person, Role, Theme
from exchange.settings import Settings
from tests.factories import make_city, make_group, make_person, make_theme
from tests.hand_clock import HandClock
from tests.sign_in import SignIn


@dataclass
class Network:
    """The rows, detached: only their own columns are read."""

    stockholm: City
    london: City
    dublin: City
    coordinator: Person
    contact: Person  # of Dublin
    expert: Person  # of London, chair of the group
    group: ExpertGroup
    board: Board
    theme: Theme


@pytest.fixture
def network(database: Database, settings: Settings, clock: HandClock) -> Network:
    with database.transaction() as session:
        stockholm = make_city(session, "Stockholm", status=MembershipStatus.LEAD)
        london = make_city(session, "London", status=MembershipStatus.LEAD)
        dublin = make_city(session, "Dublin")
        coordinator = make_person(session, "Cora Coordinator", city=london, roles=[Role.COORDINATOR])
        contact = make_person(session, "Dara Contact", city=dublin)
        expert = make_person(session, "Edda Expert", city=london, roles=[Role.EXPERT])
        group = make_group(session, "Hostile drones", chair=expert, key="G5")
        board = Board(key="academic", name="Academic Board")
        board.members = [BoardMember(person_id=expert.id)]
        session.add(board)
        theme = make_theme(session, "Communicating with the public", key="T09")
        ensure_feeds(session, settings, clock())
    return Network(stockholm, london, dublin, coordinator, contact, expert, group, board, theme)


@pytest.fixture
def sign_in(app: Flask, database: Database, settings: Settings, clock: HandClock) -> SignIn:
    return SignIn(app, database, settings, clock)


@pytest.fixture
def coordinator(sign_in: SignIn, network: Network) -> FlaskClient:
    """A browser in which the coordinator is signed in."""
    return sign_in(network.coordinator)


@pytest.fixture
def contact(sign_in: SignIn, network: Network) -> FlaskClient:
    """A browser in which the contact of Dublin is signed in."""
    return sign_in(network.contact)
