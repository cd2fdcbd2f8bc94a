"""A network of three cities with two coordinators, a group, a board, a partner and people of every kind."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from exchange.db import Database
from exchange.models import Board, BoardMember, City, ExpertGroup, Letter, Organisation, Person, Role
from exchange.notes.actions import By, write_note
from exchange.notes.drafts import NoteDraft
from exchange.rules.markings.tlp_labels import Marking
from tests.factories import make_city, make_group, make_person
from tests.hand_clock import HandClock
from tests.sign_in import SignIn

NOW = datetime(2027, 3, 8, 10, tzinfo=UTC)  # a Monday: 10:00 in London, 11:00 in Stockholm, 21:00 in Sydney


@dataclass(frozen=True)
class Net:
    """The rows, loaded and detached: only their own columns are read."""

    london: City
    stockholm: City
    sydney: City
    group: ExpertGroup
    board: Board
    partner: Organisation
    cora: Person  # coordinates, of Stockholm
    colin: Person  # coordinates too, of London
    carl: Person  # a contact of London, in the group and on the board
    sid: Person  # a contact of Sydney
    edda: Person  # of London, an expert in no group
    lia: Person  # the partner's liaison

    @property
    def by(self) -> By:
        return By(self.cora, NOW)


def a_draft(net: Net, **fields: object) -> NoteDraft:
    values: dict[str, object] = {
        "subject": "Office closed on Friday",
        "text": "The office is **closed** on Friday.",
        "marking": Marking.GREEN,
        "city_ids": frozenset({net.london.id, net.sydney.id}),
    }
    return NoteDraft(**(values | fields))  # type: ignore[arg-type]  # a test's own keywords


@pytest.fixture
def net(database: Database, clock: HandClock) -> Net:
    clock.set(NOW)
    with database.transaction() as session:
        london, stockholm = make_city(session, "London"), make_city(session, "Stockholm")
        sydney = make_city(session, "Sydney")
        partner = Organisation(key="P1", name="A partner")
        board = Board(key="B1", name="Strategy Board")
        session.add_all([partner, board])
        session.flush()
        carl = make_person(session, "Carl", city=london)
        session.add(BoardMember(board_id=board.id or 0, person_id=carl.id or 0))
        return Net(
            london,
            stockholm,
            sydney,
            make_group(session, "Planning", members=[carl]),
            board,
            partner,
            make_person(session, "Cora", city=stockholm, roles=[Role.COORDINATOR]),
            make_person(session, "Colin", city=london, roles=[Role.COORDINATOR]),
            carl,
            make_person(session, "Sid", city=sydney),
            make_person(session, "Edda", city=london, roles=[Role.EXPERT]),
            make_person(session, "Lia", city=london, roles=[Role.LIAISON], organisation_id=partner.id),
        )


def a_note(session: Session, net: Net, **fields: object) -> int:
    return write_note(session, a_draft(net, **fields), by=net.by).id or 0


def letters(database: Database, kind: str = "note") -> list[Letter]:
    with database.reading() as session:
        found = session.exec(select(Letter).where(Letter.kind == kind).order_by(col(Letter.to_name))).all()
        session.expunge_all()
        return list(found)


@pytest.fixture
def cora(sign_in: SignIn, net: Net) -> FlaskClient:
    return sign_in(net.cora)


@pytest.fixture
def colin(sign_in: SignIn, net: Net) -> FlaskClient:
    return sign_in(net.colin)


@pytest.fixture
def carl(sign_in: SignIn, net: Net) -> FlaskClient:
    return sign_in(net.carl)
