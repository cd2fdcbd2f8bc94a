"""Money in the year in figures, and a payer's statement as files."""

import pytest
from flask.testing import FlaskClient

from exchange.db import Database
from exchange.money.line_actions import add_line
from exchange.rules.money.balances import LineKind
from tests.figures.pdf_ua import faults
from tests.money.conftest import Net, a_line
from tests.money.test_statements import budget
from tests.sign_in import SignIn

YEAR = "/figures/2023"


def test_story_36_boards_see_what_each_city_owes_of_the_year(
    database: Database, net: Net, sign_in: SignIn
) -> None:
    """2023-24 with a London share of 37,875.00: 151,500.00 in all, Stockholm half, the others a quarter."""
    with database.transaction() as session:
        budget(session, net)
        add_line(session, a_line(amount=10_000_00), by=net.by)
        paid = a_line(kind=LineKind.RECEIPT, amount=18_000_00, city_id=net.london.id)
        add_line(session, paid, by=net.by)
    page = sign_in(net.member).get(YEAR).text
    assert "2023-24: a budget of GBP 151,500.00; GBP 10,000.00 were spent, GBP 18,000.00 received" in page
    assert page.count("GBP 75,750.00") == 1
    assert page.count("GBP 37,875.00") == 2


def test_a_year_without_an_agreement_says_so(net: Net, sign_in: SignIn) -> None:
    assert "No agreement is recorded for the end of 2031." in sign_in(net.member).get("/figures/2031").text


@pytest.mark.parametrize("ending", ["csv", "html", "odt", "pdf"])
def test_a_statement_is_had_as_a_file_by_whom_money_is_open_to(
    database: Database, net: Net, coordinator: FlaskClient, sign_in: SignIn, ending: str
) -> None:
    with database.transaction() as session:
        budget(session, net)
    address = f"/money/parties/{net.party_id}/payers/{net.council.id}/2023/statement.{ending}"
    answer = coordinator.get(address)
    assert answer.status_code == 200
    if ending == "pdf":
        assert faults(answer.data) == {}
    if ending in ("csv", "html"):
        assert "GBP 18,937.50" in answer.text
    assert sign_in(net.finance).get(address).status_code == 200
    assert sign_in(net.contact).get(address).status_code == 404
    assert coordinator.get(address.replace("2023", "1999")).status_code == 404
