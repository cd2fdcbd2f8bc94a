"""Agreements, lines, rates and year ends as pages show them, each in a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.duties.nouns.agreements import agreements_with_payers
from exchange.errors import Conflict, NotFound
from exchange.models import (
    Agreement,
    AgreementParty,
    AgreementPayer,
    Board,
    City,
    CurrencyRate,
    MoneyLine,
    Organisation,
    YearEnd,
)
from exchange.rules.money.amounts import Currency
from exchange.rules.money.balances import LineKind, Outcome, Totals, totals_of
from exchange.rules.money.renewals import beyond_which_nothing_is_agreed
from exchange.rules.money.years import FinancialYear, years_between
from exchange.web.presentation.paging import Paged, page_of_query

_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Offered:
    """What forms offer to choose from: ids with names."""

    cities: Sequence[tuple[int, str]]
    organisations: Sequence[tuple[int, str]]
    boards: Sequence[tuple[int, str]]


def offered(session: Session) -> Offered:
    """All cities, organisations and boards, by name."""
    return Offered(
        [(id_ or 0, name) for id_, name in session.exec(select(City.id, City.name).order_by(City.name))],
        [
            (id_ or 0, name)
            for id_, name in session.exec(
                select(Organisation.id, Organisation.name).order_by(Organisation.name)
            )
        ],
        [(id_ or 0, name) for id_, name in session.exec(select(Board.id, Board.name).order_by(Board.name))],
    )


def agreements(session: Session) -> Sequence[Agreement]:
    """All, drafts too, the newest first, with what their pages show."""
    parties = selectinload(Agreement.parties)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return session.exec(
        select(Agreement)
        .options(
            joinedload(Agreement.host_city),  # type: ignore[arg-type]  # as above
            joinedload(Agreement.host_organisation),  # type: ignore[arg-type]  # as above
            parties.joinedload(AgreementParty.city),  # type: ignore[arg-type]  # as above
            parties.selectinload(AgreementParty.payers).joinedload(AgreementPayer.organisation),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Agreement.starts_on).desc())
        .execution_options(populate_existing=True)
    ).all()


def agreement_of(session: Session, agreement_id: int) -> Agreement:
    """One agreement. Raises NotFound."""
    found = next((one for one in agreements(session) if one.id == agreement_id), None)
    if found is None:
        raise NotFound("There is no such agreement.")
    return found


def claim_agreement(session: Session, agreement_id: int, *, version: int) -> Agreement:
    """The agreement, locked until the transaction ends, as the sender of a form saw it.

    Raises NotFound, and Conflict when somebody saved it after the form was opened.
    """
    session.exec(select(Agreement.id).where(Agreement.id == agreement_id).with_for_update()).first()
    found = agreement_of(session, agreement_id)
    if found.version != version:
        raise Conflict(
            "The agreement was changed by somebody else meanwhile. Nothing of yours was saved:"
            " open it again, look at what changed, and repeat yours."
        )
    return found


def party_of(session: Session, party_id: int) -> AgreementParty:
    """One city's part of an agreement. Raises NotFound."""
    every = (party for one in agreements(session) for party in one.parties)
    found = next((party for party in every if party.id == party_id), None)
    if found is None:
        raise NotFound("There is no such city of an agreement.")
    return found


def agreement_on(session: Session, on: date) -> Agreement | None:
    """The agreed agreement that a day lies in."""
    found = (one for one in agreements_with_payers(session) if one.starts_on <= on <= one.ends_on)
    return next(found, None)


def last_agreed_day(session: Session, today: date) -> date | None:
    """The day after which nothing is agreed, when that is to be said; None otherwise."""
    spans = session.exec(
        select(col(Agreement.starts_on), col(Agreement.ends_on)).where(col(Agreement.agreed_on).is_not(None))
    ).all()
    return beyond_which_nothing_is_agreed(spans, today)


def years_of(agreement: Agreement, month: int | None = None) -> list[FinancialYear]:
    """The financial years that an agreement has a day in: the host's, or those that begin in ``month``."""
    return years_between(agreement.starts_on, agreement.ends_on, month or agreement.host_year_begins)


def year_called(agreement: Agreement, year: int) -> FinancialYear:
    """The host's financial year that begins in a calendar year. Raises NotFound when it has none."""
    found = next((one for one in years_of(agreement) if one.first_on.year == year), None)
    if found is None:
        raise NotFound("The agreement has no such year.")
    return found


def days_of(agreement: Agreement, year: FinancialYear) -> tuple[date, date]:
    """The first and last day of a year that lie in the agreement: what its lines, sums and shares are of.

    The other days of the year are of the agreement before or after, with shares and payers of its own.
    """
    return max(year.first_on, agreement.starts_on), min(year.last_on, agreement.ends_on)


def lines_within(session: Session, first_on: date, last_on: date) -> Sequence[MoneyLine]:
    """The lines of some days that hold, by day, with city, organisation and decision."""
    return session.exec(
        select(MoneyLine)
        .where(col(MoneyLine.on_local).between(first_on, last_on), col(MoneyLine.taken_back_at).is_(None))
        .options(
            joinedload(MoneyLine.city),  # type: ignore[arg-type]  # as above
            joinedload(MoneyLine.organisation),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(MoneyLine.on_local), col(MoneyLine.id))
    ).all()


def lines_page(session: Session, agreement: Agreement, page: int) -> Paged[MoneyLine]:
    """A page of the lines of an agreement that hold, the newest first, with city and organisation."""
    return page_of_query(
        session,
        select(MoneyLine)
        .where(
            col(MoneyLine.on_local).between(agreement.starts_on, agreement.ends_on),
            col(MoneyLine.taken_back_at).is_(None),
        )
        .order_by(col(MoneyLine.on_local).desc(), col(MoneyLine.id).desc()),
        page,
        joinedload(MoneyLine.city),  # type: ignore[arg-type]  # as above
        joinedload(MoneyLine.organisation),  # type: ignore[arg-type]  # as above
    )


def line_of(session: Session, line_id: int, *, locks: bool = False) -> MoneyLine:
    """One line that holds. Raises NotFound."""
    statement = select(MoneyLine).where(MoneyLine.id == line_id, col(MoneyLine.taken_back_at).is_(None))
    found = session.exec(statement.with_for_update() if locks else statement).first()
    if found is None:
        raise NotFound("There is no such line, or it was taken back.")
    return found


def totals_of_year(session: Session, agreement: Agreement, year: FinancialYear) -> Totals:
    """The sums by kind of the days of a year in an agreement, with the balance that was carried into them."""
    first_on, last_on = days_of(agreement, year)
    lines = lines_within(session, first_on, last_on)
    before = year_end_on(session, first_on - _A_DAY)
    is_carried = (
        before is not None and before.outcome == Outcome.CARRIED and before.currency == agreement.currency
    )
    carried = before.balance if before and is_carried else 0
    return totals_of(((LineKind(one.kind), one.host_amount) for one in lines), carried)


def year_end_on(session: Session, on: date) -> YearEnd | None:
    """What was decided about the year, or the part of one in an agreement, that ends on a day."""
    return session.exec(select(YearEnd).where(YearEnd.ends_on == on)).first()


def last_closed_day(session: Session) -> date | None:
    """The last day of the last year whose balance was decided on."""
    return session.exec(select(col(YearEnd.ends_on)).order_by(col(YearEnd.ends_on).desc())).first()


def year_ends(session: Session) -> Sequence[YearEnd]:
    """All that was decided about balances, the newest first."""
    return session.exec(select(YearEnd).order_by(col(YearEnd.ends_on).desc())).all()


def rates(session: Session) -> Sequence[CurrencyRate]:
    """All rates, the newest first."""
    return session.exec(
        select(CurrencyRate).order_by(col(CurrencyRate.on_local).desc(), col(CurrencyRate.currency))
    ).all()


def rate_on(session: Session, currency: Currency, host_currency: str, on: date) -> CurrencyRate | None:
    """The last rate of a currency on or before a day."""
    return session.exec(
        select(CurrencyRate)
        .where(
            CurrencyRate.currency == currency,
            CurrencyRate.host_currency == host_currency,
            col(CurrencyRate.on_local) <= on,
        )
        .order_by(col(CurrencyRate.on_local).desc())
    ).first()
