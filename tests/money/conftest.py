"""Three cities that pay half and a quarter each, London by two payers, and who sees the money."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from exchange.db import Database
from exchange.models import Board, BoardMember, City, Organisation, Person, Role
from exchange.money import queries
from exchange.money.actions import Decider, open_agreement, set_payers
from exchange.money.drafts import AgreementDraft, LineDraft, PartyDraft, PayerDraft
from exchange.rules.money.balances import LineKind
from tests.factories import make_city, make_person
from tests.hand_clock import HandClock
from tests.sign_in import SignIn

NOW = datetime(2026, 1, 12, 9, tzinfo=UTC)  # a Monday, before the first reminder
STARTS, ENDS = date(2023, 4, 1), date(2027, 3, 31)


@dataclass(frozen=True)
class Net:
    """The rows, loaded and detached: only their own columns are read."""

    london: City
    stockholm: City
    washington: City
    coordinator: Person  # of London
    finance: Person  # of Stockholm
    member: Person  # of the board, of London
    auditor: Person  # of London
    expert: Person  # of London
    contact: Person  # of London
    council: Organisation
    brigade: Organisation
    board: Board
    agreement_id: int
    party_id: int  # London's

    @property
    def by(self) -> Decider:
        return Decider(self.coordinator, NOW)

    @property
    def page(self) -> str:
        return f"/money/agreements/{self.agreement_id}"

    def draft(self, **fields: object) -> AgreementDraft:
        values: dict[str, object] = {
            "title": "Agreement of three cities",
            "host_organisation_id": self.brigade.id,
            "host_city_id": self.london.id,
            "board_id": self.board.id,
            "starts_on": STARTS,
            "ends_on": ENDS,
            "notice_months": 6,
            "agreed_on": date(2023, 3, 1),
            "parties": (
                PartyDraft(self.stockholm.id or 0, 500_000, 1),
                PartyDraft(self.london.id or 0, 250_000, 4),
                PartyDraft(self.washington.id or 0, 250_000, 10),
            ),
        }
        return AgreementDraft(**(values | fields))  # type: ignore[arg-type]  # a test's own keywords


def a_line(**fields: object) -> LineDraft:
    values: dict[str, object] = {
        "kind": LineKind.ACTUAL,
        "on": date(2023, 6, 1),
        "text": "Coordination",
        "amount": 100_00,
    }
    return LineDraft(**(values | fields))  # type: ignore[arg-type]  # as above


def _made(session: Session) -> Net:
    london, stockholm = make_city(session, "London"), make_city(session, "Stockholm")
    washington = make_city(session, "Washington")
    council = Organisation(key="council", name="City Council")
    brigade = Organisation(key="brigade", name="Fire Brigade")
    board = Board(key="EB", name="Executive Board")
    session.add_all([council, brigade, board])
    session.flush()
    net = Net(
        london,
        stockholm,
        washington,
        make_person(session, "Cora", city=london, roles=[Role.COORDINATOR]),
        make_person(session, "Fay", city=stockholm, roles=[Role.FINANCE_CONTACT]),
        make_person(session, "Bea", city=london, roles=[]),
        make_person(session, "Ada", city=london, roles=[Role.AUDITOR]),
        make_person(session, "Edda", city=london, roles=[Role.EXPERT]),
        make_person(session, "Carl", city=london),
        council,
        brigade,
        board,
        1,
        0,
    )
    session.add(BoardMember(board_id=board.id or 0, person_id=net.member.id or 0))
    made = open_agreement(session, net.draft(), by=net.by)
    parties = queries.agreement_of(session, made.id or 0).parties
    party = next(one for one in parties if one.city_id == london.id)
    halves = [PayerDraft(one.id or 0, 500_000) for one in (council, brigade)]
    set_payers(session, party, halves, reason="", by=net.by)
    return Net(**(net.__dict__ | {"agreement_id": made.id, "party_id": party.id}))


@pytest.fixture
def net(database: Database, clock: HandClock) -> Net:
    clock.set(NOW)
    with database.transaction() as session:
        return _made(session)


@pytest.fixture
def coordinator(sign_in: SignIn, net: Net) -> FlaskClient:
    return sign_in(net.coordinator)
