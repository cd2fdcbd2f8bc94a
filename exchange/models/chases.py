"""Chasing: which week's chasing letter a person has had, and what a cycle changed about its ladder."""

from sqlalchemy import ColumnElement, UniqueConstraint
from sqlmodel import Field, SQLModel, col

from exchange.models.letters import Letter, LetterState


class Chase(SQLModel, table=True):
    """The one chasing letter that a person may get in a week; who inserts the row may send it."""

    __tablename__ = "chase"

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    week: str = Field(primary_key=True)  # "2027-W05", of the day it leaves by the person's clock
    letter_id: int | None = Field(default=None, foreign_key="letter.id", index=True)


def gave_week_back() -> ColumnElement[bool]:
    """Of a letter that chases: its reader has not had it, nor will, so that another may go in its week."""
    is_refused = (col(Letter.state) == LetterState.REFUSED.value) & ~col(Letter.may_have_arrived)
    return (col(Letter.state) == LetterState.WITHDRAWN.value) | is_refused


class LadderChange(SQLModel, table=True):
    """What one cycle does otherwise with one step of the ladder in config/cycle.toml."""

    __tablename__ = "ladder_change"
    __table_args__ = (UniqueConstraint("cycle_id", "step"),)

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    step: str  # key of config/cycle.toml
    is_off: bool = False
    days: int  # instead of those of the step
