"""Money stays seven years, also when a person is erased; then its lines go and the agreement stays."""

from datetime import UTC, date, datetime

from sqlmodel import select

from exchange.db import Database
from exchange.models import Agreement, AuditEntry, MoneyLine, Person
from exchange.money.line_actions import add_line
from exchange.personal_data.erasure import erase
from exchange.personal_data.retention import apply, due
from exchange.personal_data.retention_rules import read_retention
from exchange.personal_data.schema_export import places_naming_people
from exchange.settings import ROOT, Settings
from tests.money.conftest import NOW, Net, a_line

RULES = read_retention(ROOT / "config/retention.toml")


def test_lines_go_after_seven_years_and_not_before(database: Database, net: Net) -> None:
    with database.transaction() as session:
        for on in (date(2023, 4, 1), date(2026, 1, 5)):
            add_line(session, a_line(on=on), by=net.by)
    in_time, over = (datetime(2030, 3, day, tzinfo=UTC) for day in (1, 1))
    over = over.replace(month=5)
    with database.reading() as session:
        assert due(session, RULES, in_time).money_lines == 0
        assert due(session, RULES, over).money_lines == 1
    assert apply(database.transaction, RULES, over).money_lines == 1
    with database.reading() as session:
        assert [one.on_local for one in session.exec(select(MoneyLine))] == [date(2026, 1, 5)]
        assert session.get(Agreement, net.agreement_id) is not None


def test_money_names_nobody_so_that_an_erasure_leaves_it_whole(
    database: Database, net: Net, settings: Settings
) -> None:
    money = {"agreement", "agreement_party", "agreement_payer", "money_line", "currency_rate", "year_end"}
    assert not money & {table for table, _column in places_naming_people()}
    with database.transaction() as session:
        add_line(session, a_line(), by=net.by)
        person = session.get_one(Person, net.finance.id)
        actor = session.get_one(Person, net.coordinator.id)
        erase(session, person, [], actor=actor, reason="Asked", settings=settings, now=NOW)
    with database.reading() as session:
        assert session.exec(select(MoneyLine)).one().host_amount == 100_00
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "write money line")).one()
        assert entry.actor_id == net.coordinator.id  # who wrote it stands in the trail alone, by number
