"""Lines, rates and balances: what a line keeps, what is refused, and what becomes of a year."""

from datetime import date
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from exchange.db import Database
from exchange.errors import InvalidInput
from exchange.models import CurrencyRate, MoneyLine, YearEnd
from exchange.money import line_actions, queries
from exchange.money.drafts import RateDraft
from exchange.money.line_actions import add_line, close_year, set_rate
from exchange.rules.money.amounts import Currency
from exchange.rules.money.balances import LineKind, Outcome
from tests.access.routes import ON_SQLITE
from tests.money.conftest import Net, a_line
from tests.money.test_agreements import last_entry
from tests.pages import form_values, text_of
from tests.statements import counted

TODAY = date(2026, 1, 12)


def a_rate(rate: str, on: date = date(2023, 5, 1)) -> RateDraft:
    return RateDraft(Currency.SEK, Currency.GBP, on, Decimal(rate), "Central bank")


def a_receipt(net: Net, **fields: object) -> dict[str, object]:
    return {"kind": LineKind.RECEIPT, "city_id": net.stockholm.id, **fields}


def test_story_38_a_rate_changed_later_leaves_the_old_line_as_it_was(database: Database, net: Net) -> None:
    with database.transaction() as session:
        set_rate(session, a_rate("0.0743"), by=net.by)
        draft = a_line(**a_receipt(net, amount=10_000_00, currency=Currency.SEK))
        line_id = add_line(session, draft, by=net.by).id
    with database.transaction() as session:
        set_rate(session, a_rate("0.0900"), by=net.by)
        set_rate(session, a_rate("0.0800", date(2023, 5, 20)), by=net.by)
        entry = last_entry(session, "set rate")
        assert entry.after["rate"] == "0.0800"
    with database.reading() as session:
        old = session.get_one(MoneyLine, line_id)
        assert (old.rate, old.rate_on, old.rate_source) == ("0.0743", date(2023, 5, 1), "Central bank")
        assert (old.host_amount, old.host_currency) == (743_00, "GBP")
        assert {one.rate for one in queries.rates(session)} == {"0.0900", "0.0800"}
    with database.transaction() as session:
        new = add_line(session, draft, by=net.by)
        assert (new.rate, new.host_amount) == ("0.0800", 800_00)


@ON_SQLITE
@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"amount": -1}, "amount", "never negative"),
        ({"amount": 0}, "amount", "above nought"),
        ({"kind": LineKind.RECEIPT}, "payer", "who pays"),
        ({"kind": LineKind.IN_KIND, "amount": 0}, "amount", "hours, an amount, or both"),
        ({"hours": 100}, "hours", "in kind alone"),
        ({"on": date(2023, 3, 31)}, "on", "lies in no year of any agreement"),
        ({"on": date(1023, 3, 31)}, "on", "a year from 2000"),
        ({"currency": Currency.USD}, "currency", "There is no rate from USD to GBP"),
        ({"is_share": True}, "is_share", "Only of a budget"),
        ({"city_id": 99_999}, "payer", "no party"),
    ],
)
def test_a_line_that_cannot_be_is_refused_at_its_field(
    database: Database, net: Net, fields: dict[str, object], field: str, words: str
) -> None:
    with database.transaction() as session, pytest.raises(InvalidInput, match=words) as refused:
        add_line(session, a_line(**fields), by=net.by)
    assert refused.value.field == field
    with database.reading() as session:
        assert not queries.lines_within(session, date(2000, 1, 1), date(2100, 1, 1))


def test_a_line_is_on_record_and_can_be_taken_back(database: Database, net: Net) -> None:
    with database.transaction() as session:
        line = add_line(session, a_line(kind=LineKind.IN_KIND, amount=0, hours=7_50), by=net.by)
        assert last_entry(session, "write money line").after["hours"] == 750
        line_actions.take_back_line(session, line, reason="Twice", by=net.by)
        entry = last_entry(session, "take back money line")
        assert (entry.before["hours"], entry.reason) == (750, "Twice")
        assert not queries.lines_within(session, date(2000, 1, 1), date(2100, 1, 1))


def test_each_city_sees_the_year_as_it_counts_years(
    database: Database, net: Net, coordinator: FlaskClient
) -> None:
    with database.transaction() as session:
        for on in (date(2023, 12, 1), date(2024, 2, 1)):
            add_line(session, a_line(on=on), by=net.by)
    london = text_of(coordinator.get("/money?year=2023"))
    assert "The year 2023-24" in london
    assert "Actual cost GBP 200.00" in london
    stockholm = text_of(coordinator.get(f"/money?city={net.stockholm.id}&year=2024"))
    assert "The year 2024 " in stockholm
    assert "Actual cost GBP 100.00" in stockholm
    washington = text_of(coordinator.get(f"/money?city={net.washington.id}&year=2023"))
    assert "The year 2023-24 Sun 1 Oct 2023" in washington


def test_a_balance_is_carried_or_credited_once_and_never_called_a_surplus(
    database: Database, net: Net, coordinator: FlaskClient
) -> None:
    with database.transaction() as session:
        add_line(session, a_line(**a_receipt(net, amount=500_00)), by=net.by)
        add_line(session, a_line(amount=300_00), by=net.by)
        agreement = queries.agreement_of(session, net.agreement_id)
        years = queries.years_of(agreement)
        wanted = YearEnd(outcome=Outcome.CARRIED, reason="For the conference")  # type: ignore[call-arg]  # the action adds the rest
        close_year(session, agreement, years[0], wanted, today=TODAY, by=net.by)
        entry = last_entry(session, "decide on balance")
        assert (entry.after["balance"], entry.reason) == (200_00, "For the conference")
        assert queries.totals_of_year(session, agreement, years[1]).balance == 200_00
        again = YearEnd(outcome=Outcome.CREDITED, reason="Again")  # type: ignore[call-arg]  # as above
        for year, words in ((years[0], "already"), (years[3], "not over")):
            with pytest.raises(InvalidInput, match=words):
                close_year(session, agreement, year, again, today=TODAY, by=net.by)
        with pytest.raises(InvalidInput, match="nothing changes up to"):
            add_line(session, a_line(), by=net.by)
    page = coordinator.get("/money?year=2023")
    assert "Carried forward to the next year : GBP 200.00" in text_of(page).replace("year:", "year :")
    assert "surplus" not in page.text.lower()
    values = form_values(coordinator.get(f"{net.page}/years/2024/close")).to_dict()
    values |= {"outcome": "credited to payers", "reason": "Not needed"}
    assert coordinator.post(f"{net.page}/years/2024/close", data=values).status_code == 303
    assert "Credited to the payers" in text_of(coordinator.get("/money?year=2024"))
    assert coordinator.get(f"{net.page}/years/2050/close").status_code == 404


def test_forms_save_a_line_and_a_rate_and_say_what_is_wrong(
    database: Database, net: Net, coordinator: FlaskClient
) -> None:
    values = form_values(coordinator.get("/money/lines/new")).to_dict()
    payer = f"{net.london.id}:{net.council.id}"
    values |= {"kind": "receipt", "on": "2026-01-05", "text": "First half", "payer": payer}
    values["amount"] = "-5"
    refused = coordinator.post("/money/lines/new", data=values)
    assert refused.status_code == 400
    assert "An amount is never negative" in text_of(refused)
    values["amount"], values["currency"] = "1,000.00", "SEK"
    refused = coordinator.post("/money/lines/new", data=values)
    assert "There is no rate from SEK to GBP of Mon 5 Jan 2026 or before" in text_of(refused)
    rate = form_values(coordinator.get("/money/rates")).to_dict()
    rate |= {"on": "2026-01-02", "rate": "0.08", "source": "Central bank"}
    assert coordinator.post("/money/rates", data=rate | {"rate": "0"}).status_code == 400
    assert coordinator.post("/money/rates", data=rate | {"currency": "GBP"}).status_code == 400
    assert coordinator.post("/money/rates", data=rate | {"on": "9999-12-31"}).status_code == 400
    assert coordinator.post("/money/rates", data=rate).status_code == 303
    saved = coordinator.post("/money/lines/new", data=values)
    assert saved.status_code == 303
    page = text_of(coordinator.get(saved.location))
    assert "London : City Council" in page.replace("London:", "London :")
    assert "SEK 1,000.00 at 0.08 of Fri 2 Jan 2026, Central bank" in page
    with database.reading() as session:
        assert session.get_one(CurrencyRate, 1).rate == "0.08"
        line_id = queries.lines_within(session, TODAY.replace(day=1), TODAY)[0].id
    address = f"/money/lines/{line_id}/take-back"
    assert coordinator.post(address, data=form_values(coordinator.get(address))).status_code == 400
    done = coordinator.post(
        address, data=form_values(coordinator.get(address)).to_dict() | {"reason": "Twice"}
    )
    assert done.status_code == 303
    assert "No line is recorded" in text_of(coordinator.get(done.location))


@ON_SQLITE
def test_a_page_of_lines_costs_the_same_whatever_there_is(
    database: Database, net: Net, coordinator: FlaskClient
) -> None:
    address = f"{net.page}/lines"
    pages = []
    for more in (1, 60):
        with database.transaction() as session:
            for number in range(more):
                add_line(session, a_line(text=f"Line {number}"), by=net.by)
        with counted(database) as statements:
            text = text_of(coordinator.get(address))
        pages.append(len(statements))
    assert pages[0] == pages[1]
    assert "Line 59" in text
    assert "Line 3 " not in text, "it stands on the second page"
    assert "Line 3 " in text_of(coordinator.get(f"{address}?page=2"))
