"""Needs rounds, what was shown of them, and the needs that the board took from them.

Decisions are stored: opened, closed, opened again, ranked, tied to an event. Scores follow from answers, but
for those of an accepted need, which stay as they were when it was accepted.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of
from exchange.models.cities import City
from exchange.models.cycles import Cycle, Publication
from exchange.models.themes import Theme
from exchange.models.trainings import TrainingEvent
from exchange.rules.markings.tlp_labels import Marking


class RoundState(StrEnum):
    """Where a round stands, derived from the decisions about it."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    REOPENED = "reopened"


class NeedState(StrEnum):
    """Where an accepted need stands."""

    OPEN = "open"
    PROGRAMMED = "programmed"
    ADDRESSED = "addressed"
    NOT_TRAINING = "not a training need"


class NeedsRoundCity(SQLModel, table=True):
    """A city whose people a round asks."""

    __tablename__ = "needs_round_city"

    round_id: int = Field(foreign_key="needs_round.id", primary_key=True)
    city_id: int = Field(foreign_key="city.id", primary_key=True, index=True)


class NeedsRound(SQLModel, table=True):
    """One year's questions about what people need to learn and practise; it opens on the city's wall.

    Its last day ends on the clock of each who answers.
    """

    __tablename__ = "needs_round"
    __table_args__ = (one_of("marking", Marking), CheckConstraint("closes_on >= opens_on", name="days"))

    id: int | None = Field(default=None, primary_key=True)
    year: int = Field(unique=True)
    opens_on: date
    closes_on: date  # the last day for answers, all of it
    city_id: int = Field(foreign_key="city.id", index=True)  # on whose wall
    marking: str = Marking.AMBER_STRICT
    created_at: datetime
    opened_at: datetime | None = None
    closed_at: datetime | None = None  # None again once it was opened again
    reopened_at: datetime | None = None
    # Which question of its ask says what (given_answers.ASKED), by id, from the day it was opened.
    asked: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    version: int = 1  # rises with each saved change; a form sent from an older page is refused

    city: City = Relationship()
    cities: list[City] = Relationship(
        link_model=NeedsRoundCity, sa_relationship_kwargs={"order_by": "City.name"}
    )
    themes: list["NeedsRoundTheme"] = Relationship(
        sa_relationship_kwargs={"cascade": "all, delete-orphan", "order_by": "NeedsRoundTheme.position"}
    )
    showings: list["NeedsShowing"] = Relationship(sa_relationship_kwargs={"order_by": "NeedsShowing.as_of"})

    @property
    def title(self) -> str:
        """As letters and pages of its questions call it."""
        return f"Needs round of {self.year}"

    @property
    def publication(self) -> Publication:
        """Whether people were asked; a round that is closed was."""
        return Publication.PUBLISHED if self.opened_at else Publication.DRAFT

    @property
    def state(self) -> RoundState:
        """The last decision taken."""
        if self.closed_at:
            return RoundState.CLOSED
        if self.reopened_at:
            return RoundState.REOPENED
        return RoundState.OPEN if self.opened_at else RoundState.DRAFT


class NeedsRoundTheme(SQLModel, table=True):
    """A theme that a round asks about, under the name it had then."""

    __tablename__ = "needs_round_theme"
    __table_args__ = (UniqueConstraint("round_id", "position"),)

    round_id: int = Field(foreign_key="needs_round.id", primary_key=True)
    theme_id: int = Field(foreign_key="theme.id", primary_key=True, index=True)
    position: int  # from 1
    name: str


class NeedsShowing(SQLModel, table=True):
    """A moment whose answers were shown; readers have that picture, and the next must not tell too much."""

    __tablename__ = "needs_showing"

    round_id: int = Field(foreign_key="needs_round.id", primary_key=True)
    as_of: datetime = Field(primary_key=True)


class Need(SQLModel, table=True):
    """A theme that the board took from a round into the pipeline, with the score it had then."""

    __tablename__ = "need"
    __table_args__ = (UniqueConstraint("round_id", "theme_id"), one_of("state", NeedState))

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="needs_round.id")
    theme_id: int = Field(foreign_key="theme.id", index=True)
    theme_name: str
    rank: int  # from 1, in the board's order
    reason: str  # of the board, for its order
    people: int  # who answered, in groups that could be shown
    gap: str  # a median, as it was shown: "2.5"
    priority: str
    cities: int  # that could be shown
    cities_with_gap: int  # of 2 or more
    state: str = NeedState.OPEN
    closing_reason: str = ""
    version: int = 1  # rises with each saved change; a form sent from an older page is refused

    round: NeedsRound = Relationship()
    theme: Theme = Relationship()
    events: list["NeedEvent"] = Relationship(
        back_populates="need", sa_relationship_kwargs={"order_by": "NeedEvent.id"}
    )

    @property
    def is_closed(self) -> bool:
        """Whether nobody plans for it any more."""
        return self.state in {NeedState.ADDRESSED, NeedState.NOT_TRAINING}


class NeedEvent(SQLModel, table=True):
    """An exchange or a training event that answers a need: exactly one of the two."""

    __tablename__ = "need_event"
    __table_args__ = (
        UniqueConstraint("need_id", "cycle_id"),
        UniqueConstraint("need_id", "training_id"),
        CheckConstraint("(cycle_id IS NULL) <> (training_id IS NULL)", name="cycle_or_training"),
    )

    id: int | None = Field(default=None, primary_key=True)
    need_id: int = Field(foreign_key="need.id")
    cycle_id: int | None = Field(default=None, foreign_key="cycle.id", index=True)
    training_id: int | None = Field(default=None, foreign_key="training_event.id", index=True)

    need: Need = Relationship(back_populates="events")
    cycle: Cycle | None = Relationship()
    training: TrainingEvent | None = Relationship()
