"""Standing documents: what the network has to keep in order, with the day on which it is looked at again."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of
from exchange.models.people import Person


class DocumentKind(StrEnum):
    """What a standing document is."""

    EQUALITY = "equality impact assessment"
    PRIVACY = "privacy notice"
    ACCESSIBILITY = "accessibility statement"
    TERMS = "terms"


class StandingDocument(SQLModel, table=True):
    """One document; both days are on the wall of its owner's city."""

    __tablename__ = "standing_document"
    __table_args__ = (one_of("kind", DocumentKind),)

    id: int | None = Field(default=None, primary_key=True)
    title: str
    kind: str
    link: str
    owner_id: int = Field(foreign_key="person.id", index=True)
    reviewed_on: date | None = None  # None: nobody has reviewed it yet
    review_on: date = Field(index=True)  # the next review
    created_at: datetime
    version: int = 1  # rises with each saved change; a form sent from an older page is refused

    owner: Person = Relationship()
