"""Whose turn it was, is or may be: the annual report, conference and exercise of each year."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of
from exchange.models.boards import BoardDecision
from exchange.models.cities import City


class RotationKind(StrEnum):
    """What a city does for the network in its turn."""

    REPORT = "annual report"
    CONFERENCE = "annual conference"
    EXERCISE = "annual exercise"


class RotationState(StrEnum):
    """How far a turn has come."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DELIVERED = "delivered"


class Rotation(SQLModel, table=True):
    """The turn of one city in one year. A year without a row is unrecorded, and nobody guesses it."""

    __tablename__ = "rotation"
    __table_args__ = (
        UniqueConstraint("year", "kind"),
        one_of("kind", RotationKind),
        one_of("state", RotationState),
        CheckConstraint("cost >= 0", name="cost"),
        CheckConstraint("(cost IS NULL) = (currency = '')", name="currency"),
    )

    id: int | None = Field(default=None, primary_key=True)
    year: int
    kind: str
    city_id: int = Field(foreign_key="city.id", index=True)
    state: str
    cost: int | None = Field(default=None, sa_type=BigInteger)  # in minor units of the currency
    currency: str = ""  # ISO 4217; "" without a cost
    in_kind: str = ""  # what was given besides money: a venue, the time of staff
    decision_id: int | None = Field(default=None, foreign_key="decision.id", index=True)
    created_at: datetime
    version: int = 1  # rises with each saved change; a form sent from an older page is refused

    city: City = Relationship()
    decision: BoardDecision | None = Relationship()
