"""Agreements by which cities pay for the network, and who pays each city's share."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of
from exchange.models.boards import BoardDecision
from exchange.models.cities import City
from exchange.models.organisations import Organisation
from exchange.rules.money.amounts import Currency


class AgreementPayer(SQLModel, table=True):
    """An organisation that pays a part of its city's share, from a day to a day on the host's wall."""

    __tablename__ = "agreement_payer"
    __table_args__ = (
        UniqueConstraint("party_id", "position"),
        CheckConstraint("share > 0 AND share <= 1000000", name="share"),
        CheckConstraint("ends_on >= starts_on", name="days"),
    )

    id: int | None = Field(default=None, primary_key=True)
    party_id: int = Field(foreign_key="agreement_party.id")
    position: int  # from 1
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    share: int  # of the city's share, in millionths
    starts_on: date | None = None  # None: from the agreement's first day
    ends_on: date | None = None  # None: to its last

    organisation: Organisation = Relationship()


class AgreementParty(SQLModel, table=True):
    """A city of an agreement with its share, and the month in which its financial year begins."""

    __tablename__ = "agreement_party"
    __table_args__ = (
        UniqueConstraint("agreement_id", "city_id"),
        UniqueConstraint("agreement_id", "position"),
        CheckConstraint("share > 0 AND share <= 1000000", name="share"),
        CheckConstraint("year_begins BETWEEN 1 AND 12", name="year_begins"),
    )

    id: int | None = Field(default=None, primary_key=True)
    agreement_id: int = Field(foreign_key="agreement.id")
    position: int  # from 1; the order in which odd pennies are given out
    city_id: int = Field(foreign_key="city.id", index=True)
    share: int  # of the whole, in millionths
    year_begins: int  # month

    agreement: "Agreement" = Relationship(back_populates="parties")
    city: City = Relationship()
    payers: list[AgreementPayer] = Relationship(
        sa_relationship_kwargs={"order_by": "AgreementPayer.position", "cascade": "all, delete-orphan"}
    )


class Agreement(SQLModel, table=True):
    """What cities agreed on for some years; a draft until it has the day of its agreeing."""

    __tablename__ = "agreement"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="days"),
        CheckConstraint("notice_months BETWEEN 0 AND 60", name="notice_months"),
        one_of("currency", Currency),
    )

    id: int | None = Field(default=None, primary_key=True)
    title: str
    host_organisation_id: int = Field(foreign_key="organisation.id", index=True)  # holds the money
    host_city_id: int = Field(foreign_key="city.id", index=True)  # on whose wall all its days are
    board_id: int | None = Field(default=None, foreign_key="board.id", index=True)  # reminded of its end
    decision_id: int | None = Field(default=None, foreign_key="decision.id", index=True)
    starts_on: date = Field(index=True)
    ends_on: date
    notice_months: int
    currency: str = Currency.GBP
    in_whole_units: bool = False  # contributions are asked in whole pounds, kronor or dollars
    link: str = ""  # to the document
    agreed_on: date | None = None  # None: a draft
    agreed_at: datetime | None = None  # when that was written down
    created_at: datetime
    version: int = 1  # rises with each saved change; a form sent from an older page is refused

    host_organisation: Organisation = Relationship()
    host_city: City = Relationship(sa_relationship_kwargs={"foreign_keys": "Agreement.host_city_id"})
    decision: BoardDecision | None = Relationship()
    parties: list[AgreementParty] = Relationship(
        back_populates="agreement",
        sa_relationship_kwargs={"order_by": "AgreementParty.position", "cascade": "all, delete-orphan"},
    )

    @property
    def host_year_begins(self) -> int:
        """The month in which the host's financial year begins. Needs the parties loaded."""
        return next(one.year_begins for one in self.parties if one.city_id == self.host_city_id)
