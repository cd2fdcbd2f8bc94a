"""A small network with an open project of London, and people who may and may not know of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from exchange.db import Database
from exchange.models import Board, BoardMember, City, Organisation, Person, ProjectSource, Role
from exchange.projects.actions import Decider, add_deliverable, add_project
from exchange.projects.drafts import DeliverableDraft, ProjectDraft
from exchange.projects.queries import project
from exchange.rules.markings.tlp_labels import Marking
from tests.factories import make_city, make_person
from tests.hand_clock import HandClock
from tests.sign_in import SignIn

NOW = datetime(2027, 3, 8, 9, tzinfo=UTC)  # a Monday
DUE = date(2027, 3, 12)


@dataclass(frozen=True)
class Net:
    """The rows, loaded and detached: only their own columns are read."""

    london: City
    sydney: City
    partner: Organisation
    coordinator: Person
    lead: Person  # of London
    contact: Person  # of London
    other: Person  # a contact of Sydney
    board_member: Person
    liaison: Person  # of the partner
    project_id: int

    @property
    def by(self) -> Decider:
        return Decider(self.coordinator, NOW)

    @property
    def page(self) -> str:
        return f"/projects/{self.project_id}"


def a_draft(net_or_city: City, **fields: object) -> ProjectDraft:
    values: dict[str, object] = {
        "name": "First aid in every home",
        "source": ProjectSource.COMMISSION,
        "commission": "A ministry asked for a handbook",
        "starts_on": date(2027, 1, 4),
        "lead_city_id": net_or_city.id,
    }
    return ProjectDraft(**(values | fields))  # type: ignore[arg-type]  # a test's own keywords


def a_deliverable(session: Session, net: Net, **fields: object) -> int:
    """What the net's project hands over: owed by the contact of London, due on Fri 12 Mar 2027."""
    values: dict[str, object] = {"text": "The handbook as a draft", "due_on": DUE}
    if "owner_city_id" not in fields:
        values["owner"] = net.contact.email
    draft = DeliverableDraft(**(values | fields))  # type: ignore[arg-type]  # as above
    return add_deliverable(session, project(session, net.project_id), draft, by=net.by).id or 0


@pytest.fixture
def net(database: Database, clock: HandClock) -> Net:
    clock.set(NOW)
    with database.transaction() as session:
        london, sydney = make_city(session, "London"), make_city(session, "Sydney")
        partner = Organisation(key="POL", name="A police of many cities")
        session.add(partner)
        session.flush()
        coordinator = make_person(session, "Cora", city=london, roles=[Role.COORDINATOR])
        board_member = make_person(session, "Bea", city=sydney, roles=[])
        board = Board(key="B1", name="Executive Board")
        board.members = [BoardMember(person_id=board_member.id or 0)]
        session.add(board)
        draft = a_draft(london, marking=Marking.GREEN, partner_ids=frozenset({partner.id or 0}))
        made = add_project(session, draft, by=Decider(coordinator, NOW))
        return Net(
            london,
            sydney,
            partner,
            coordinator,
            make_person(session, "Lena", city=london, roles=[Role.CITY_LEAD]),
            make_person(session, "Carl", city=london),
            make_person(session, "Sid", city=sydney),
            board_member,
            make_person(session, "Liv", city=sydney, roles=[Role.LIAISON], organisation_id=partner.id),
            made.id or 0,
        )


@pytest.fixture
def coordinator(sign_in: SignIn, net: Net) -> FlaskClient:
    return sign_in(net.coordinator)


@pytest.fixture
def contact(sign_in: SignIn, net: Net) -> FlaskClient:
    """A browser of the contact of London, who owes the handbook."""
    return sign_in(net.contact)
