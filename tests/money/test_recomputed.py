"""Every figure of money again, in integers of our own, over random lines on the days that years turn."""

import csv
import io
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from fractions import Fraction

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from exchange.db import Database
from exchange.errors import InvalidInput
from exchange.models import Agreement, AgreementParty, MoneyLine, YearEnd
from exchange.money import queries
from exchange.money.actions import edit_agreement, open_agreement, set_payers
from exchange.money.drafts import PartyDraft, PayerDraft
from exchange.money.line_actions import add_line, close_year
from exchange.money.statements import statement_of
from exchange.rules.money.amounts import amount_text, plain_amount
from exchange.rules.money.balances import LineKind, Outcome
from tests.access.routes import ON_SQLITE
from tests.money.conftest import NOW, Net, a_line
from tests.pages import text_of

ENDED = date(2025, 9, 30)  # of the first agreement: in the midst of the host's year, on Washington's last day
LEFT = date(2024, 8, 14)  # the council's last day, in the midst of a year of all three
TURNS = [
    *(date(2025, 3, 31), date(2025, 4, 1), date(2024, 12, 31), date(2025, 1, 1), date(2024, 9, 30)),
    *(date(2024, 10, 1), ENDED, date(2025, 10, 1), LEFT, date(2024, 8, 15), date(2026, 3, 31)),
]
AMOUNTS = st.one_of(st.sampled_from([0, 1, 2, 99, 10**12 - 1]), st.integers(0, 10**8))


class _Undone(Exception):
    """Ends a transaction without a trace."""


def own_split(total: int, weights: Sequence[int], unit: int) -> list[int]:
    """By largest remainder, in fractions; ties and what is less than a step to the first."""
    exact = [Fraction(total // unit * weight, sum(weights)) for weight in weights]
    parts = [int(one) for one in exact]
    rests = [one - part for one, part in zip(exact, parts, strict=True)]
    while sum(parts) < total // unit:
        first = rests.index(max(rests))
        parts[first], rests[first] = parts[first] + 1, Fraction(-1)
    found = [part * unit for part in parts]
    found[next(n for n, weight in enumerate(weights) if weight)] += total % unit
    return found


def two_agreements(session: Session, net: Net) -> None:
    """The first ends in mid-year, and of London's two payers one left before; the next has others."""
    first = queries.agreement_of(session, net.agreement_id)
    edit_agreement(session, first, net.draft(ends_on=ENDED), reason="", by=net.by)
    london = next(one for one in first.parties if one.city_id == net.london.id)
    leaving = [
        PayerDraft(net.council.id or 0, 333_333, None, LEFT),
        PayerDraft(net.brigade.id or 0, 666_667),
    ]
    set_payers(session, london, leaving, reason="", by=net.by)
    shares = ((net.london, 333_334, 4), (net.stockholm, 333_333, 1), (net.washington, 333_333, 10))
    parties = tuple(PartyDraft(city.id or 0, share, month) for city, share, month in shares)
    days = {"starts_on": date(2025, 10, 1), "ends_on": date(2027, 3, 31)}
    open_agreement(session, net.draft(title="The next", parties=parties, **days), by=net.by)


@st.composite
def lines(draw: st.DrawFn, payers: Sequence[tuple[int | None, int | None]]) -> dict[str, object]:
    city_id, organisation_id = draw(st.sampled_from(payers))
    return {
        "kind": draw(st.sampled_from(list(LineKind))),
        "on_local": draw(st.sampled_from(TURNS)),
        "host_amount": draw(AMOUNTS),
        "city_id": city_id,
        "organisation_id": organisation_id,
    }


def held(found: Sequence[dict[str, object]], span: tuple[date, date], **wanted: object) -> int:
    """The sum of the lines of some days that are so."""
    return sum(
        int(str(one["host_amount"]))
        for one in found
        if span[0] <= one["on_local"] <= span[1]  # type: ignore[operator]  # a date
        and all(one[name] == value for name, value in wanted.items())
    )


def due(party: AgreementParty, amount: int, span: tuple[date, date], unit: int) -> dict[int | None, int]:
    """What each payer of a city has of its part by the days it pays, and None what nobody does."""
    days = [date.fromordinal(n) for n in range(span[0].toordinal(), span[1].toordinal() + 1)]
    weights = [
        one.share * sum((one.starts_on or on) <= on <= (one.ends_on or on) for on in days)
        for one in party.payers
    ]
    nobody = 1_000_000 * len(days) - sum(weights)
    split = own_split(amount, [*weights, nobody], unit)
    found: dict[int | None, int] = {None: split[-1]}
    for payer, part in zip(party.payers, split, strict=False):
        found[payer.organisation_id] = found.get(payer.organisation_id, 0) + part
    return found


@ON_SQLITE
def test_all_sums_of_statements_and_pages_are_what_plain_arithmetic_makes_of_the_lines(
    database: Database, net: Net
) -> None:
    payers = [
        *((None, None), (net.stockholm.id, None), (net.washington.id, None), (net.london.id, None)),
        *((net.london.id, net.council.id), (net.london.id, net.brigade.id)),
    ]

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(lines(payers), max_size=14), st.sampled_from([1, 100]))
    def check(found: list[dict[str, object]], unit: int) -> None:
        with suppress(_Undone), database.transaction() as session:
            two_agreements(session, net)
            for one in session.exec(select(Agreement)):
                one.in_whole_units = unit == 100
            same = {"text": "x", "currency": "GBP", "host_currency": "GBP", "created_at": NOW}
            session.add_all(MoneyLine(amount=one["host_amount"], **one, **same) for one in found)
            session.flush()
            counted = [
                _statements(session, agreement, found, unit) for agreement in queries.agreements(session)
            ]
            assert sum(counted) == len(found)
            raise _Undone

    check()


def _statements(session: Session, agreement: Agreement, found: list[dict[str, object]], unit: int) -> int:
    """Hold each year of an agreement against our own arithmetic; how many lines lie in it."""
    for month in (1, 4, 10):
        for year in queries.years_of(agreement, month):
            span = (max(year.first_on, agreement.starts_on), min(year.last_on, agreement.ends_on))
            totals = queries.totals_of_year(session, agreement, year)
            assert {kind: totals.of(kind) for kind in LineKind} == {
                kind: held(found, span, kind=kind) for kind in LineKind
            }
            assert totals.balance == held(found, span, kind="receipt") - held(found, span, kind="actual")
    count = 0
    for year in queries.years_of(agreement):
        span = (max(year.first_on, agreement.starts_on), min(year.last_on, agreement.ends_on))
        budget = held(found, span, kind="budget")
        cities = own_split(budget, [one.share for one in agreement.parties], unit)
        count += sum(span[0] <= one["on_local"] <= span[1] for one in found)  # type: ignore[operator]  # as above
        for party, of_city in zip(agreement.parties, cities, strict=True):
            parts = due(party, of_city, span, unit)
            assert sum(parts.values()) == of_city
            for organisation_id, part in parts.items():
                said = statement_of(session, party, organisation_id, year)
                own = {"city_id": party.city_id, "organisation_id": organisation_id}
                paid = held(found, span, kind="receipt", **own)
                assert (said.budget, said.due_of_city, said.due) == (budget, of_city, part)
                assert said.received == paid
                assert said.invoiced == held(found, span, kind="invoice", **own)
                assert said.in_kind == held(found, span, kind="in kind", **own)
                assert (said.credited, said.open) == (0, part - paid)
    return count


@ON_SQLITE
def test_a_balance_of_a_year_in_whose_midst_an_agreement_ends_is_credited_once(
    database: Database, net: Net
) -> None:
    """It was credited in full to the payers of the first agreement, and to those of the next again."""
    with database.transaction() as session:
        two_agreements(session, net)
        for on, amount in ((date(2025, 9, 30), 700_01), (date(2025, 10, 1), 300_00)):
            receipt = a_line(kind=LineKind.RECEIPT, on=on, amount=amount, city_id=net.stockholm.id)
            add_line(session, receipt, by=net.by)
        following, first = queries.agreements(session)
        years = [queries.year_called(one, 2025) for one in (first, following)]
        today = date(2025, 12, 1)  # the first one's part is over, the next one's is not
        close_year(session, first, years[0], _credit(), today=today, by=net.by)
        with pytest.raises(InvalidInput, match="not over yet"):
            close_year(session, following, years[1], _credit(), today=today, by=net.by)
        given_back = [
            statement_of(session, party, payer, year).credited
            for one, year in ((first, years[0]), (following, years[1]))
            for party in one.parties
            for payer in {None, *(each.organisation_id for each in party.payers)}
        ]
        assert sum(given_back) == 700_01
        close_year(session, following, years[1], _credit(), today=date(2026, 4, 1), by=net.by)
        assert [one.balance for one in queries.year_ends(session)] == [300_00, 700_01]


@ON_SQLITE
def test_a_year_is_decided_on_after_the_years_before_it(database: Database, net: Net) -> None:
    """The balance of a year that was passed over could never be carried or credited."""
    with database.transaction() as session:
        receipt = a_line(kind=LineKind.RECEIPT, amount=500_00, city_id=net.stockholm.id)
        add_line(session, receipt, by=net.by)
        agreement = queries.agreement_of(session, net.agreement_id)
        first, second = queries.years_of(agreement)[:2]
        wanted = YearEnd(outcome=Outcome.CARRIED, reason="Later")  # type: ignore[call-arg]  # the action adds the rest
        today = date(2026, 1, 12)
        with pytest.raises(InvalidInput, match="Decide first on the balance of the year before"):
            close_year(session, agreement, second, wanted, today=today, by=net.by)
        close_year(session, agreement, first, _credit(), today=today, by=net.by)
        close_year(session, agreement, second, wanted, today=today, by=net.by)


def _credit() -> YearEnd:
    return YearEnd(outcome=Outcome.CREDITED, reason="Not needed")  # type: ignore[call-arg]  # as above


@ON_SQLITE
def test_no_line_falls_out_of_all_statements(database: Database, net: Net) -> None:
    """Those of organisations that do not pay, of payers taken out and of cities taken out did."""
    with database.transaction() as session:
        own = {"kind": LineKind.RECEIPT, "amount": 100}
        agreement = queries.agreement_of(session, net.agreement_id)
        london = next(one for one in agreement.parties if one.city_id == net.london.id)
        for city_id, said in ((net.stockholm.id, "pays nothing"), (None, "Say who pays")):
            stray = a_line(**own, city_id=city_id, organisation_id=net.council.id)
            with pytest.raises(InvalidInput, match=said) as refused:
                add_line(session, stray, by=net.by)
            assert refused.value.field == "payer"
        paid = a_line(**own, city_id=net.london.id, organisation_id=net.council.id)
        add_line(session, paid, by=net.by)
        alone = [PayerDraft(net.brigade.id or 0, 1_000_000)]
        with pytest.raises(InvalidInput, match="There are lines of money of City Council"):
            set_payers(session, london, alone, reason="", by=net.by)
        others = (
            PartyDraft(net.stockholm.id or 0, 500_000, 1),
            PartyDraft(net.washington.id or 0, 500_000, 10),
        )
        gone = net.draft(parties=others, host_city_id=net.stockholm.id)
        with pytest.raises(InvalidInput, match="There are lines of money of London"):
            edit_agreement(session, agreement, gone, reason="", by=net.by)


@ON_SQLITE
def test_a_statement_says_the_same_on_paper_and_in_every_file(
    database: Database, net: Net, coordinator: FlaskClient
) -> None:
    with database.transaction() as session:
        budget = a_line(kind=LineKind.BUDGET, amount=37_875_01, city_id=net.london.id, is_share=True)
        add_line(session, budget, by=net.by)
        own = {"city_id": net.london.id, "organisation_id": net.council.id}
        over = a_line(kind=LineKind.RECEIPT, amount=20_000_00, text="Paid too much", **own)
        add_line(session, over, by=net.by)
        hours = a_line(kind=LineKind.IN_KIND, amount=0, hours=7_50, text="Staff", **own)
        add_line(session, hours, by=net.by)
        agreement = queries.agreement_of(session, net.agreement_id)
        party = next(one for one in agreement.parties if one.id == net.party_id)
        found = statement_of(session, party, net.council.id, queries.year_called(agreement, 2023))
        amounts = [found.budget, found.due_of_city, found.due, found.received, found.open]
    assert amounts == [151_500_04, 37_875_01, 18_937_51, 20_000_00, -1_062_49]
    address = f"/money/parties/{net.party_id}/payers/{net.council.id}/2023/statement"
    for ending in ("", ".html", ".csv", ".odt"):
        answer = coordinator.get(f"{address}{ending}")
        text = text_of(answer) if ending in ("", ".html") else _file_text(answer.data, ending)
        missing = [one for one in amounts if amount_text(one, "GBP") not in text]
        assert (ending, missing) == (ending, [])
        assert "7.5 hours" in text
    table = coordinator.get(f"/export/statements/{net.party_id}/{net.council.id}/2023.csv").text
    rows = {one["line"]: one for one in csv.DictReader(io.StringIO(table.lstrip("\ufeff")))}
    assert rows["open"]["in_host_currency"].lstrip("'") == plain_amount(-1_062_49)


def _file_text(content: bytes, ending: str) -> str:
    if ending == ".csv":
        return content.decode("utf-8-sig")
    return zipfile.ZipFile(io.BytesIO(content)).read("content.xml").decode()
