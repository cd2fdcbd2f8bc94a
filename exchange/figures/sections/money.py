"""Money against the agreement: the host's financial year in which the span ends, and each city's part."""

from collections.abc import Sequence

from flask_babel import gettext as _

from exchange.access.things import MONEY
from exchange.figures.facts import Facts
from exchange.figures.section import Section
from exchange.models import Agreement, AgreementParty, MoneyLine
from exchange.money import queries
from exchange.money.statements import parts_of
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.money.amounts import amount_text
from exchange.rules.money.balances import LineKind, Totals
from exchange.rules.money.shares import percent_text
from exchange.rules.money.years import FinancialYear, year_of


def money(facts: Facts) -> Section | None:
    """Budget, what was spent and received, and what each city owes of it; None for readers of no money."""
    if not facts.may_name(MONEY):
        return None
    on = min(facts.span.last, max(facts.today, facts.span.first))
    agreement = queries.agreement_on(facts.session, on)
    if agreement is None:
        return _section(_("No agreement is recorded for the end of %(span)s.", span=facts.span.name))
    year = year_of(on, agreement.host_year_begins)
    totals = queries.totals_of_year(facts.session, agreement, year)
    return _section(_sentence(agreement, year, totals), _rows(facts, agreement, year, totals))


def _section(sentence: str, rows: Sequence[tuple[str, ...]] = ()) -> Section:
    columns = (_("City"), _("Share"), _("Due"), _("Invoiced"), _("Received"), _("In kind"))
    return Section(
        key="money",
        title=_("Money against the agreement"),
        sentence=sentence,
        columns=columns,
        rows=tuple(rows),
        numbers=frozenset(range(1, len(columns))),
        note=_("Of the financial year of the host in which these days end. What is recovered is cost alone."),
        marking=Marking.AMBER_STRICT,
    )


def _sentence(agreement: Agreement, year: FinancialYear, totals: Totals) -> str:
    return str(
        _(
            "%(title)s, %(year)s: a budget of %(budget)s; %(actual)s were spent, %(received)s received, and"
            " the balance is %(balance)s.",
            title=agreement.title,
            year=year.name,
            budget=amount_text(totals.of(LineKind.BUDGET), agreement.currency),
            actual=amount_text(totals.of(LineKind.ACTUAL), agreement.currency),
            received=amount_text(totals.of(LineKind.RECEIPT), agreement.currency),
            balance=amount_text(totals.balance, agreement.currency),
        )
    )


def _rows(facts: Facts, agreement: Agreement, year: FinancialYear, totals: Totals) -> list[tuple[str, ...]]:
    span = queries.days_of(agreement, year)
    parts = parts_of(agreement, totals.of(LineKind.BUDGET), span)
    lines = queries.lines_within(facts.session, *span)
    return [
        _row(
            party,
            sum(part.amount for part in parts if part.party == party.id),
            [line for line in lines if line.city_id == party.city_id],
            agreement.currency,
        )
        for party in agreement.parties
    ]


def _row(party: AgreementParty, due: int, lines: Sequence[MoneyLine], currency: str) -> tuple[str, ...]:
    sums = [
        sum(one.host_amount for one in lines if one.kind == kind)
        for kind in (LineKind.INVOICE, LineKind.RECEIPT, LineKind.IN_KIND)
    ]
    return (
        party.city.name,
        percent_text(party.share),
        *(amount_text(amount, currency) for amount in (due, *sums)),
    )
