"""Rounds in which cities are asked how far they are with findings. What they say is kept as progress."""

from datetime import date, datetime

from sqlalchemy import JSON
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.cities import City
from exchange.models.cycles import Publication
from exchange.rules.markings.tlp_labels import Marking


class FindingsRound(SQLModel, table=True):
    """One time that cities were asked; it was opened on a date of the city's wall, at most one a day.

    That there is one the network may know; which findings it holds, each city's own people alone see.
    """

    __tablename__ = "findings_round"

    id: int | None = Field(default=None, primary_key=True)
    opened_on: date = Field(unique=True)
    opened_at: datetime
    city_id: int = Field(foreign_key="city.id", index=True)  # of who opened it
    # Which question of its ask says what (follow_up.asked_findings.ASKED), by id.
    asked: dict[str, int] = Field(default_factory=dict, sa_type=JSON)

    city: City = Relationship()

    @property
    def title(self) -> str:
        """As letters and pages of its questions call it."""
        return f"Progress of findings, asked {self.opened_on.isoformat()}"

    @property
    def publication(self) -> Publication:
        """It begins with the letters."""
        return Publication.PUBLISHED

    @property
    def marking(self) -> Marking:
        """Of the round, not of what it asks about."""
        return Marking.GREEN
