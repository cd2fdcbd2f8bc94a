"""Who sees the money and who writes it; to everybody else there is none."""

import pytest
from flask.testing import FlaskClient

from exchange.access.things import MONEY
from exchange.db import Database
from exchange.models import Board, BoardDecision
from exchange.money.line_actions import add_line
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import NOBODY
from exchange.rules.markings.tlp_labels import Marking
from tests.access.routes import ON_SQLITE
from tests.money.conftest import NOW, Net, a_line
from tests.pages import text_of
from tests.sign_in import SignIn


def pages(net: Net) -> list[str]:
    statement = f"/money/parties/{net.party_id}/payers/{net.council.id}/2023/statement"
    export = f"/export/statements/{net.party_id}/{net.council.id}/2023.csv"
    return ["/money", net.page, f"{net.page}/lines", "/money/rates", statement, export]


@ON_SQLITE
@pytest.mark.parametrize("who", ["coordinator", "finance", "member", "auditor"])
def test_money_is_open_to_who_answers_for_it(sign_in: SignIn, net: Net, who: str) -> None:
    client = sign_in(getattr(net, who))
    for page in pages(net):
        assert client.get(page).status_code == 200, page
    assert 'href="/money"' in client.get("/governance").text


@ON_SQLITE
@pytest.mark.parametrize("who", ["expert", "contact"])
def test_to_experts_and_contacts_there_is_no_money(sign_in: SignIn, net: Net, who: str) -> None:
    client = sign_in(getattr(net, who))
    for page in pages(net):
        assert client.get(page).status_code == 404, page
    assert 'href="/money"' not in client.get("/governance").text
    assert not may(NOBODY, Right.READ, MONEY)


@ON_SQLITE
@pytest.mark.parametrize("who", ["finance", "member", "auditor", "expert"])
def test_only_coordinators_write_money(sign_in: SignIn, net: Net, who: str) -> None:
    client = sign_in(getattr(net, who))
    for page in (
        "/money/agreements/new",
        f"{net.page}/edit",
        f"/money/parties/{net.party_id}/payers",
        "/money/lines/new",
        f"{net.page}/years/2023/close",
        "/import/money",
    ):
        assert client.get(page).status_code in {403, 404}, page
    assert client.post("/money/rates", data={}).status_code in {400, 403, 404}


def test_a_finance_contact_sees_nothing_once_the_role_is_gone(
    database: Database, sign_in: SignIn, net: Net
) -> None:
    client = sign_in(net.finance)
    assert client.get("/money").status_code == 200
    with database.transaction() as session:
        session.merge(net.finance).roles.clear()
    assert client.get("/money").status_code in {403, 404}


def test_a_page_names_the_decision_to_whom_it_is_open(
    database: Database, net: Net, coordinator: FlaskClient, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        board = session.get_one(Board, net.board.id)
        red = BoardDecision(
            reference="ADD1",
            title="Grant",
            decided_on=NOW.date(),
            board_id=board.id or 0,
            marking=Marking.RED,
            named_ids=[net.coordinator.id or 0],
            created_at=NOW,
        )
        session.add(red)
        session.flush()
        add_line(session, a_line(decision_id=red.id), by=net.by)
    assert "ADD1" in text_of(coordinator.get(f"{net.page}/lines"))
    assert "ADD1" not in text_of(sign_in(net.auditor).get(f"{net.page}/lines"))
