"""Two boards with a chair and members of three cities, one of whom sits on both."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import pytest
from sqlmodel import Session

from exchange.boards.actions import Decider, open_meeting, publish_meeting
from exchange.boards.drafts import DecisionDraft, MeetingDraft
from exchange.boards.queries import board_of
from exchange.db import Database
from exchange.models import Board, BoardMeeting, BoardMember, City, Person, Role, TrainingMode
from exchange.rules.markings.tlp_labels import Marking
from tests.factories import make_city, make_person

NOW = datetime(2027, 1, 12, 9, tzinfo=UTC)  # a Tuesday
MEETS_ON = date(2027, 2, 11)


@dataclass
class Net:
    """The rows, loaded and detached: only their own columns are read."""

    stockholm: City
    sydney: City
    coordinator: Person
    chair: Person  # of the International Board, in Stockholm; on the Academic Board, too
    member: Person  # in Sydney, reads Swedish
    other: Person  # of the Academic Board alone
    lead: Person  # on no board
    board: Board
    academic: Board

    def by(self, now: datetime = NOW) -> Decider:
        return Decider(self.coordinator, now)


@pytest.fixture
def net(database: Database) -> Net:
    with database.transaction() as session:
        return make_net(session)


def make_net(session: Session) -> Net:
    stockholm, sydney = make_city(session, "Stockholm"), make_city(session, "Sydney")
    london = make_city(session, "London")
    chair = make_person(session, "Chris Chair", city=stockholm, roles=[])
    member = make_person(session, "Mia Member", city=sydney, roles=[], language="sv")
    other = make_person(session, "Otto Other", city=london, roles=[])
    board = Board(key="international", name="International Board")
    board.members = [
        BoardMember(person_id=chair.id or 0, is_chair=True),
        BoardMember(person_id=member.id or 0),
    ]
    academic = Board(key="academic", name="Academic Board")
    academic.members = [BoardMember(person_id=chair.id or 0), BoardMember(person_id=other.id or 0)]
    session.add_all([board, academic])
    session.flush()
    return Net(
        stockholm=stockholm,
        sydney=sydney,
        coordinator=make_person(session, "Cora", city=stockholm, roles=[Role.COORDINATOR]),
        chair=chair,
        member=member,
        other=other,
        lead=make_person(session, "Lea Lead", city=london, roles=[Role.CITY_LEAD]),
        board=board,
        academic=academic,
    )


def a_meeting(**fields: object) -> MeetingDraft:
    values: dict[str, object] = {
        "title": "Winter meeting",
        "mode": TrainingMode.HYBRID,
        "on_local": MEETS_ON,
        "starts_local": time(14),
        "time_zone": "Europe/London",
        "minutes": 120,
        "marking": Marking.GREEN,
        "place": "Room 4",
        "join_link": "https://meet.example.org/board",
        "agenda": "1. The year\n2. Themes",
    }
    return MeetingDraft(**(values | fields))  # type: ignore[arg-type]


def a_decision(net: Net, **fields: object) -> DecisionDraft:
    values: dict[str, object] = {
        "reference": "ADD2634",
        "title": "The agreement goes on for a year",
        "decided_on": MEETS_ON,
        "board_id": net.board.id,
        "marking": Marking.AMBER,
    }
    return DecisionDraft(**(values | fields))  # type: ignore[arg-type]


def planned(session: Session, net: Net, now: datetime = NOW, **fields: object) -> BoardMeeting:
    """A draft of the International Board."""
    return open_meeting(session, board_of(session, net.board.id or 0), a_meeting(**fields), by=net.by(now))


def published(session: Session, net: Net, now: datetime = NOW, **fields: object) -> BoardMeeting:
    """A meeting of the International Board that it knows of."""
    found = planned(session, net, now, **fields)
    publish_meeting(session, found, by=net.by(now))
    return found
