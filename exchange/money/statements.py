"""What one payer owes and paid in a financial year of the host: the facts of a page, a table or a PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from exchange.duties.nouns.agreements import payer_shares
from exchange.errors import NotFound
from exchange.models import Agreement, AgreementParty, MoneyLine
from exchange.money import queries
from exchange.rules.money.balances import LineKind, Outcome
from exchange.rules.money.payers import Part, PartyShare, shared_out
from exchange.rules.money.shares import percent_text
from exchange.rules.money.years import FinancialYear


@dataclass(frozen=True)
class StatementLine:
    """A line of the payer; amounts in smallest units, ``rate`` "" when it is in the agreement's currency."""

    on: date
    kind: LineKind
    text: str
    amount: int
    currency: str
    host_amount: int
    hours: int | None
    rate: str
    rate_on: date | None
    rate_source: str
    decision_id: int | None


@dataclass(frozen=True)
class Term:
    """A share of the city's share, in per cent, and the days on which the payer has it."""

    share: str
    first_on: date
    last_on: date


@dataclass(frozen=True)
class Statement:
    """One payer's year. All sums are in smallest units of ``currency``; shares are per cents as text.

    ``payer`` is "" for what no payer was given: the city's own, or what somebody left.
    """

    title: str
    host: str
    year: FinancialYear
    city: str
    payer: str
    currency: str
    city_share: str
    terms: Sequence[Term]
    budget: int
    due_of_city: int
    due: int
    invoiced: int
    received: int
    in_kind: int
    credited: int
    lines: Sequence[StatementLine]
    decision_id: int | None

    @property
    def open(self) -> int:
        """What is still to be paid; below nought the payer has paid so much more than is due."""
        return self.due - self.received - self.credited


def statement_for(session: Session, party_id: int, organisation_id: int, year: int) -> Statement:
    """The statement of an address: organisation 0 is for what no payer was given. Raises NotFound."""
    party = queries.party_of(session, party_id)
    if organisation_id and organisation_id not in {one.organisation_id for one in party.payers}:
        raise NotFound("There is no such payer.")
    found = queries.year_called(party.agreement, year)
    return statement_of(session, party, organisation_id or None, found)


def statement_of(
    session: Session, party: AgreementParty, organisation_id: int | None, year: FinancialYear
) -> Statement:
    """The statement of an organisation that pays for a city; None for what no payer was given.

    ``year`` is one of the host's years; days outside the agreement are no part of it. Needs what
    queries.party_of loads.
    """
    agreement = party.agreement
    span = queries.days_of(agreement, year)
    every = queries.lines_within(session, *span)
    own = [one for one in every if (one.city_id, one.organisation_id) == (party.city_id, organisation_id)]
    budget = sum(one.host_amount for one in every if one.kind == LineKind.BUDGET)
    parts = parts_of(agreement, budget, span)
    payers = [one for one in party.payers if one.organisation_id == organisation_id]
    ids: set[int | None] = {one.id for one in payers} if organisation_id is not None else {None}
    return Statement(
        title=agreement.title,
        host=agreement.host_organisation.name,
        year=year,
        city=party.city.name,
        payer=payers[0].organisation.name if payers else "",
        currency=agreement.currency,
        city_share=percent_text(party.share),
        terms=[
            Term(
                percent_text(one.share),
                max(one.starts_on or span[0], span[0]),
                min(one.ends_on or span[1], span[1]),
            )
            for one in payers
            if (one.starts_on or span[0]) <= span[1] and (one.ends_on or span[1]) >= span[0]
        ],
        budget=budget,
        due_of_city=sum(one.amount for one in parts if one.party == party.id),
        due=_part_of(parts, party, ids),
        invoiced=_sum(own, LineKind.INVOICE),
        received=_sum(own, LineKind.RECEIPT),
        in_kind=_sum(own, LineKind.IN_KIND),
        credited=_part_of(_credited(session, agreement, span), party, ids),
        lines=[_line(one) for one in own],
        decision_id=agreement.decision_id,
    )


def parts_of(agreement: Agreement, amount: int, span: tuple[date, date]) -> list[Part]:
    """A sum for some days shared out among cities and payers, in whole units where that is agreed."""
    parties = [PartyShare(one.id or 0, one.share, payer_shares(one)) for one in agreement.parties]
    return shared_out(amount, parties, span, 100 if agreement.in_whole_units else 1)


def _credited(session: Session, agreement: Agreement, span: tuple[date, date]) -> list[Part]:
    """The balance of these days, where it was decided to credit it."""
    found = queries.year_end_on(session, span[1])
    if found is None or found.outcome != Outcome.CREDITED:
        return []
    return parts_of(agreement, found.balance, span)


def _part_of(parts: Sequence[Part], party: AgreementParty, ids: set[int | None]) -> int:
    return sum(one.amount for one in parts if one.party == party.id and one.payer in ids)


def _sum(lines: Sequence[MoneyLine], kind: LineKind) -> int:
    return sum(one.host_amount for one in lines if one.kind == kind)


def _line(one: MoneyLine) -> StatementLine:
    return StatementLine(
        on=one.on_local,
        kind=LineKind(one.kind),
        text=one.text,
        amount=one.amount,
        currency=one.currency,
        host_amount=one.host_amount,
        hours=one.hours,
        rate=one.rate,
        rate_on=one.rate_on,
        rate_source=one.rate_source,
        decision_id=one.decision_id,
    )
