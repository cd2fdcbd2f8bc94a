"""Journeys to events, as numbers: from which city, and how. Nobody is named."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of
from exchange.models.cities import City


class Transport(StrEnum):
    """How people travelled, most of the way."""

    TRAIN = "train"
    PLANE = "plane"
    CAR = "car"
    OTHER = "other"


class Journeys(SQLModel, table=True):
    """How many travelled to one event from one city in one way."""

    __tablename__ = "journeys"
    __table_args__ = (
        UniqueConstraint("training_id", "city_id", "transport"),
        CheckConstraint("people >= 1", name="people"),
        one_of("transport", Transport),
    )

    id: int | None = Field(default=None, primary_key=True)
    training_id: int = Field(foreign_key="training_event.id")
    city_id: int = Field(foreign_key="city.id", index=True)
    transport: str
    people: int

    city: City = Relationship()
