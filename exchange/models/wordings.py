"""Wordings: what a coordinator made of a letter's subject and text. One row is one version, never changed."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.people import Person


class LetterWording(SQLModel, table=True):
    """A version of one letter's wording, for all exchanges and events or for one cycle; the last counts."""

    __tablename__ = "letter_wording"
    __table_args__ = (UniqueConstraint("scope", "letter", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    scope: str  # "network", or "cycle:12": what a unique key can hold, which NULL cannot
    cycle_id: int | None = Field(default=None, foreign_key="cycle.id", index=True)
    letter: str  # key of the letter in the plan: "E3"
    number: int  # 1, 2, ... of its scope and letter
    subject: str  # without the marking, which always stands before it
    body: str
    is_default: bool = False  # from here on the letter reads as it came again; subject and body are empty
    person_id: int = Field(foreign_key="person.id", index=True)
    saved_at: datetime

    person: Person = Relationship()
