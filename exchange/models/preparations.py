"""What was decided about the preparation of a training event; the days themselves are counted, not stored."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of_or_empty
from exchange.models.needs import Need
from exchange.models.people import Person
from exchange.models.themes import Theme
from exchange.models.trainings import TrainingEvent


class Rating(StrEnum):
    """How an objective was met, in the labels of HSEEP."""

    PERFORMED = "P"
    SOME_CHALLENGES = "S"
    MAJOR_CHALLENGES = "M"
    UNABLE = "U"


class Preparation(SQLModel, table=True):
    """The preparation of one event, once anything of it was decided."""

    __tablename__ = "preparation"

    id: int | None = Field(default=None, primary_key=True)
    training_id: int = Field(foreign_key="training_event.id", unique=True)
    profile: str = ""  # a key of config/training.toml; "" leaves it to the event's kind
    version: int = 1  # rises with each saved change; a form sent from an older page is refused
    changed_at: datetime | None = None  # when that last was; None before it was kept

    training: TrainingEvent = Relationship()
    steps: list["PreparationStep"] = Relationship(sa_relationship_kwargs={"order_by": "PreparationStep.id"})
    members: list["PreparationMember"] = Relationship(
        sa_relationship_kwargs={"cascade": "all, delete-orphan", "order_by": "PreparationMember.person_id"}
    )
    objectives: list["TrainingObjective"] = Relationship(
        sa_relationship_kwargs={"cascade": "all, delete-orphan", "order_by": "TrainingObjective.position"}
    )


class PreparationStep(SQLModel, table=True):
    """What was decided about one milestone: moved, done, waived, or given to somebody."""

    __tablename__ = "preparation_step"
    __table_args__ = (UniqueConstraint("preparation_id", "milestone"),)

    id: int | None = Field(default=None, primary_key=True)
    preparation_id: int = Field(foreign_key="preparation.id")
    milestone: str  # a key of config/training.toml
    moved_days: int | None = None  # from the event, negative before it
    moved_reason: str = ""
    done_at: datetime | None = None
    kept_on: date | None = None  # the day it was due on when it was done
    evidence: str = ""  # a link
    waived_reason: str = ""  # not empty: nobody owes it
    owner_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    starts_local: time | None = None  # of a planning meeting, on the event's clock; None: it has no hour yet
    minutes: int = 0  # how long it takes, once it has an hour
    place: str = ""
    join_link: str = ""

    owner: Person | None = Relationship()


class PreparationMember(SQLModel, table=True):
    """Somebody's place in the planning team of an event."""

    __tablename__ = "preparation_member"

    preparation_id: int = Field(foreign_key="preparation.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True)

    person: Person = Relationship()


class TrainingObjective(SQLModel, table=True):
    """What an event is to show, and afterwards how it did."""

    __tablename__ = "training_objective"
    __table_args__ = (UniqueConstraint("preparation_id", "position"), one_of_or_empty("rating", Rating))

    id: int | None = Field(default=None, primary_key=True)
    preparation_id: int = Field(foreign_key="preparation.id")
    position: int  # from 1
    text: str
    theme_id: int | None = Field(default=None, foreign_key="theme.id", index=True)
    need_id: int | None = Field(default=None, foreign_key="need.id", index=True)  # which it answers
    rating: str = ""  # "": not rated

    theme: Theme | None = Relationship()
    need: Need | None = Relationship()
