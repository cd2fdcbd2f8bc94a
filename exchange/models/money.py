"""Lines of money with the rate each was converted at, rates, and what became of a year's balance."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of
from exchange.models.boards import BoardDecision
from exchange.models.cities import City
from exchange.models.organisations import Organisation
from exchange.rules.money.amounts import Currency
from exchange.rules.money.balances import LineKind, Outcome


class MoneyLine(SQLModel, table=True):
    """One dated sum, written once: a wrong one is taken back with a reason, and another is written.

    Amounts are in smallest units. Whose agreement and financial year it is follows from its day.
    """

    __tablename__ = "money_line"
    __table_args__ = (
        one_of("kind", LineKind),
        one_of("currency", Currency),
        one_of("host_currency", Currency),
        CheckConstraint("amount >= 0 AND host_amount >= 0", name="amounts"),
        CheckConstraint("(rate = '') = (rate_on IS NULL)", name="rate_with_its_day"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    on_local: date = Field(index=True)  # on the wall of the agreement's host
    text: str
    city_id: int | None = Field(default=None, foreign_key="city.id", index=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    amount: int = Field(sa_type=BigInteger)
    currency: str
    hours: int | None = None  # of work in kind, in hundredths of an hour
    rate: str = ""  # an exact decimal, kept for good; "": the line is in the agreement's currency
    rate_on: date | None = None
    rate_source: str = ""
    host_amount: int = Field(sa_type=BigInteger)  # in the agreement's currency, by that rate
    host_currency: str
    decision_id: int | None = Field(default=None, foreign_key="decision.id", index=True)
    created_at: datetime
    taken_back_at: datetime | None = None
    taken_back_why: str = ""

    city: City | None = Relationship()
    organisation: Organisation | None = Relationship()
    decision: BoardDecision | None = Relationship()


class CurrencyRate(SQLModel, table=True):
    """What one unit of ``currency`` is worth in that of an agreement from a day on, and who says so."""

    __tablename__ = "currency_rate"
    __table_args__ = (
        UniqueConstraint("currency", "host_currency", "on_local"),
        one_of("currency", Currency),
        one_of("host_currency", Currency),
    )

    id: int | None = Field(default=None, primary_key=True)
    currency: str
    host_currency: str
    on_local: date
    rate: str  # an exact decimal
    source: str


class YearEnd(SQLModel, table=True):
    """What was decided about the balance of a financial year of the host."""

    __tablename__ = "year_end"
    __table_args__ = (one_of("outcome", Outcome),)

    id: int | None = Field(default=None, primary_key=True)
    ends_on: date = Field(unique=True)  # the year's last day
    outcome: str
    balance: int = Field(sa_type=BigInteger)  # as it was then; below nought it is still to be recovered
    currency: str
    reason: str
    decision_id: int | None = Field(default=None, foreign_key="decision.id", index=True)
    created_at: datetime

    decision: BoardDecision | None = Relationship()
