"""Agreements and payers: saved, changed, refused with a sentence at its field, each on record."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from exchange.db import Database
from exchange.errors import Conflict, InvalidInput
from exchange.models import Agreement, AuditEntry
from exchange.money import actions, line_actions, queries
from exchange.money.drafts import PartyDraft, PayerDraft
from tests.access.routes import ON_SQLITE
from tests.money.conftest import ENDS, Net, a_line
from tests.pages import form_values, text_of


def last_entry(session: Session, action: str) -> AuditEntry:
    entries = select(AuditEntry).where(AuditEntry.action == action).order_by(col(AuditEntry.id).desc())
    return session.exec(entries).first()  # type: ignore[return-value]  # None fails the test that reads it


@ON_SQLITE
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"ends_on": date(2027, 3, 31), "starts_on": date(2028, 1, 1)}, "ends_on"),
        ({"starts_on": date(1027, 4, 1)}, "starts_on"),
        ({"link": "http://files.example.org/agreement"}, "link"),
        ({"starts_on": ENDS, "ends_on": date(2031, 3, 31)}, "starts_on"),
        ({"starts_on": date(2020, 1, 1), "ends_on": date(2030, 1, 1)}, "starts_on"),
    ],
)
def test_an_agreement_that_cannot_be_is_refused_at_its_field(
    database: Database, net: Net, fields: dict[str, object], field: str
) -> None:
    with database.transaction() as session, pytest.raises(InvalidInput) as refused:
        actions.open_agreement(session, net.draft(**fields), by=net.by)
    assert refused.value.field == field


@ON_SQLITE
def test_shares_make_exactly_a_hundred_and_the_host_is_a_party(database: Database, net: Net) -> None:
    later = {"starts_on": date(2027, 4, 1), "ends_on": date(2031, 3, 31)}
    short = (PartyDraft(net.london.id or 0, 999_999, 4),)
    twice = (PartyDraft(net.london.id or 0, 500_000, 4), PartyDraft(net.london.id or 0, 500_000, 4))
    other = (PartyDraft(net.stockholm.id or 0, 1_000_000, 1),)
    for parties, field in ((short, "parties"), (twice, "parties"), ((), "parties"), (other, "host_city_id")):
        with database.transaction() as session, pytest.raises(InvalidInput) as refused:
            actions.open_agreement(session, net.draft(parties=parties, **later), by=net.by)
        assert refused.value.field == field


def test_a_change_is_on_record_with_before_and_after(database: Database, net: Net) -> None:
    turned = tuple(reversed(net.draft().parties))
    with database.transaction() as session:
        found = queries.claim_agreement(session, net.agreement_id, version=2)
        draft = net.draft(notice_months=12, parties=turned)
        actions.edit_agreement(session, found, draft, reason="Agreed so", by=net.by)
    with database.reading() as session:
        entry = last_entry(session, "edit agreement")
        assert (entry.before["notice_months"], entry.after["notice_months"]) == (6, 12)
        assert entry.before["shares"] != entry.after["shares"]
        assert entry.reason == "Agreed so"
        found = queries.agreement_of(session, net.agreement_id)
        assert [one.city_id for one in found.parties] == [one.city_id for one in turned]
        assert len(found.parties[1].payers) == 2  # London keeps who pays
    with database.transaction() as session, pytest.raises(Conflict):
        queries.claim_agreement(session, net.agreement_id, version=2)


@ON_SQLITE
def test_no_line_loses_its_year_by_a_change_of_days(database: Database, net: Net) -> None:
    with database.transaction() as session:
        line_actions.add_line(session, a_line(on=date(2027, 3, 1)), by=net.by)
    changes = ({"ends_on": date(2027, 2, 1)}, {"agreed_on": None}, {"currency": "SEK"})
    for fields in changes:
        with database.transaction() as session, pytest.raises(InvalidInput) as refused:
            found = queries.agreement_of(session, net.agreement_id)
            actions.edit_agreement(session, found, net.draft(**fields), reason="", by=net.by)
        assert refused.value.field == next(iter(fields))


def test_a_payer_who_leaves_in_mid_year_is_told_of_and_its_share_given_to_others(
    database: Database, net: Net, coordinator: FlaskClient
) -> None:
    council, brigade = net.council.id or 0, net.brigade.id or 0
    left = [PayerDraft(council, 500_000), PayerDraft(brigade, 500_000, ends_on=date(2026, 9, 30))]
    with database.transaction() as session:
        actions.set_payers(session, queries.party_of(session, net.party_id), left, reason="Leaves", by=net.by)
        entry = last_entry(session, "set payers")
        assert entry.before["payers"] != entry.after["payers"]
    page = text_of(coordinator.get(net.page))
    assert "From Thu 1 Oct 2026 nobody pays 50 % of the share of London: Fire Brigade leaves." in page
    taken = [*left, PayerDraft(council, 500_000, starts_on=date(2026, 10, 1))]
    with database.transaction() as session:
        actions.set_payers(session, queries.party_of(session, net.party_id), taken, reason="", by=net.by)
    assert "nobody pays" not in text_of(coordinator.get(net.page))


def test_the_form_saves_an_agreement_and_keeps_what_was_typed_when_it_cannot(
    coordinator: FlaskClient, net: Net
) -> None:
    page = coordinator.get(f"/money/agreements/new?after={net.agreement_id}")
    values = form_values(page)
    assert (values["starts_on"], values["ends_on"]) == ("2027-04-01", "2031-03-31")
    values["parties-0-share"] = "49,9999"
    refused = coordinator.post(f"/money/agreements/new?after={net.agreement_id}", data=values)
    assert refused.status_code == 400
    assert "The shares make 99.9999 %. They must make exactly 100 %." in text_of(refused)
    assert form_values(refused)["parties-0-share"] == "49,9999"
    values["parties-0-share"] = "50"
    saved = coordinator.post(f"/money/agreements/new?after={net.agreement_id}", data=values)
    assert saved.status_code == 303
    page = coordinator.get(saved.location)
    assert "Draft" in text_of(page)
    assert "City Council" in text_of(page)  # who pays on the last day pays on


def test_the_form_of_payers_refuses_what_is_no_whole_at_its_rows(coordinator: FlaskClient, net: Net) -> None:
    address = f"/money/parties/{net.party_id}/payers"
    values = form_values(coordinator.get(address))
    values["payers-0-share"] = "40"
    refused = coordinator.post(address, data=values)
    assert refused.status_code == 400
    assert "the payers' shares make 90 %" in text_of(refused)
    values["payers-0-share"] = "half"
    assert coordinator.post(address, data=values).status_code == 400
    values["payers-0-share"] = "60"
    values["payers-1-share"] = "40"
    assert coordinator.post(address, data=values).status_code == 303
    assert coordinator.post(address, data=values).status_code == 409  # from an older page


def test_an_edit_by_the_form_is_saved(coordinator: FlaskClient, net: Net, database: Database) -> None:
    values = form_values(coordinator.get(f"{net.page}/edit"))
    values["title"] = "Another title"
    assert coordinator.post(f"{net.page}/edit", data=values).status_code == 303
    with database.reading() as session:
        assert session.get_one(Agreement, net.agreement_id).title == "Another title"
