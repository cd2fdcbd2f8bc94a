"""What a payer owes: stories 36 and 37, and its statement on paper and as a table."""

import csv
import io
from datetime import date

from flask.testing import FlaskClient
from sqlmodel import Session

from exchange.db import Database
from exchange.models import Agreement, YearEnd
from exchange.money import queries
from exchange.money.line_actions import add_line, close_year
from exchange.money.statements import Statement, statement_of
from exchange.rules.money.balances import LineKind, Outcome
from tests.money.conftest import Net, a_line
from tests.pages import text_of


def statement(session: Session, city_id: int | None, organisation_id: int | None = None) -> Statement:
    """The statement of 2023-24."""
    agreement = queries.agreements(session)[0]
    party = next(one for one in agreement.parties if one.city_id == city_id)
    return statement_of(session, party, organisation_id, queries.year_called(agreement, 2023))


def budget(session: Session, net: Net) -> None:
    """What London's share of £37,875.00 implies."""
    fields = {"kind": LineKind.BUDGET, "amount": 37_875_00, "city_id": net.london.id, "is_share": True}
    add_line(session, a_line(**fields), by=net.by)


def test_story_36_a_london_share_implies_the_total_and_the_other_shares(database: Database, net: Net) -> None:
    with database.transaction() as session:
        budget(session, net)
    with database.reading() as session:
        found = [statement(session, one.id) for one in (net.stockholm, net.london, net.washington)]
    assert {one.budget for one in found} == {151_500_00}
    assert [one.due_of_city for one in found] == [75_750_00, 37_875_00, 37_875_00]
    assert sum(one.due_of_city for one in found) == 151_500_00


def test_story_37_the_london_share_in_whole_pounds_is_never_a_pound_too_much(
    database: Database, net: Net
) -> None:
    payers = [net.council.id, net.brigade.id]
    with database.transaction() as session:
        budget(session, net)
        assert [statement(session, net.london.id, one).due for one in payers] == [18_937_50, 18_937_50]
        session.get_one(Agreement, net.agreement_id).in_whole_units = True
        session.flush()
        assert [statement(session, net.london.id, one).due for one in payers] == [18_938_00, 18_937_00]


def test_a_statement_says_what_is_due_received_credited_and_open(
    database: Database, net: Net, coordinator: FlaskClient
) -> None:
    with database.transaction() as session:
        budget(session, net)
        own = {"city_id": net.london.id, "organisation_id": net.council.id}
        paid = a_line(kind=LineKind.RECEIPT, amount=18_000_00, text="=2+2", **own)
        add_line(session, paid, by=net.by)
        add_line(session, a_line(kind=LineKind.IN_KIND, amount=0, hours=7_50, **own), by=net.by)
        add_line(session, a_line(amount=10_000_00), by=net.by)
        agreement = queries.agreement_of(session, net.agreement_id)
        wanted = YearEnd(outcome=Outcome.CREDITED, reason="Not needed")  # type: ignore[call-arg]  # the action adds the rest
        year = queries.year_called(agreement, 2023)
        close_year(session, agreement, year, wanted, today=date(2026, 1, 12), by=net.by)
    with database.reading() as session:
        found = statement(session, net.london.id, net.council.id)
        others = statement(session, net.london.id, net.brigade.id)
    assert (found.due, found.received, found.credited) == (18_937_50, 18_000_00, 1_000_00)
    assert found.open == -62_50
    assert (others.received, others.credited, others.lines) == (0, 1_000_00, [])
    address = f"/money/parties/{net.party_id}/payers/{net.council.id}/2023/statement"
    page = text_of(coordinator.get(address))
    assert "City Council" in page
    assert "Due from this payer GBP 18,937.50" in page
    assert "7.5 hours" in page
    table = coordinator.get(f"/export/statements/{net.party_id}/{net.council.id}/2023.csv")
    rows = list(csv.DictReader(io.StringIO(table.data.decode("utf-8-sig"))))
    assert [row["amount"] for row in rows if row["line"] == "due"] == ["18937.50"]
    assert [row["text"] for row in rows if row["line"] == "receipt"] == ["'=2+2"]


def test_there_is_no_statement_of_who_does_not_pay_or_of_no_year(coordinator: FlaskClient, net: Net) -> None:
    for tail in ("999/2023", f"{net.council.id}/1999"):
        assert coordinator.get(f"/money/parties/{net.party_id}/payers/{tail}/statement").status_code == 404
        assert coordinator.get(f"/export/statements/{net.party_id}/{tail}.csv").status_code == 404
    assert coordinator.get("/money/parties/999/payers/0/2023/statement").status_code == 404
