"""Overrides: a blocking finding that a person set aside, with the reason, for good."""

from datetime import datetime

from sqlmodel import Field, Relationship, SQLModel

from exchange.models.people import Person


class Override(SQLModel, table=True):
    """One finding set aside for one cycle or one training event."""

    __tablename__ = "override"

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int | None = Field(default=None, foreign_key="cycle.id", index=True)
    training_id: int | None = Field(default=None, foreign_key="training_event.id", index=True)
    finding_key: str  # rules.findings.finding_types.Finding.key
    finding_text: str  # as it was shown, in English
    reason: str
    person_id: int | None = Field(default=None, foreign_key="person.id")
    overridden_at: datetime

    person: Person | None = Relationship()
