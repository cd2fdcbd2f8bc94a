"""Organisations that people of the network belong to, or that work with it without being a city of it."""

from datetime import date
from enum import StrEnum

from sqlmodel import Field, SQLModel

from exchange.models.base import one_of_or_empty


class OrganisationKind(StrEnum):
    """What an organisation is."""

    AUTHORITY = "authority"
    POLICE = "police"
    FIRE = "fire"
    HEALTH = "health"
    ACADEMIC = "academic"
    PRIVATE = "private"
    THIRD_SECTOR = "third sector"
    INTERNATIONAL = "international"


class Organisation(SQLModel, table=True):
    """An authority, a service, a university, a company, an international body."""

    __tablename__ = "organisation"
    __table_args__ = (one_of_or_empty("kind", OrganisationKind),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    name: str = Field(unique=True)
    kind: str = ""  # "" until somebody chose one: partners of before had other words, kept as the note
    note: str = ""  # what it is to the network: "strategic partner"
    ends_on: date | None = None  # the last day on which it works with the network
