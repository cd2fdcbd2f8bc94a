"""Cycles: thematic exchanges with their stages and live sittings.

Decisions are stored (published, cancelled, postponed, done); status is derived from them.
"""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of
from exchange.models.cities import City
from exchange.models.groups import ExpertGroup
from exchange.models.themes import Theme
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.cycles import cycle_ends_on


class Publication(StrEnum):
    """Where a cycle or a training event stands towards its readers, derived from the stored decisions."""

    DRAFT = "draft"
    PUBLISHED = "published"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class CycleCity(SQLModel, table=True):
    """A city that contributes to a cycle; the lead city stands on the cycle itself."""

    __tablename__ = "cycle_city"

    cycle_id: int = Field(foreign_key="cycle.id", primary_key=True)
    city_id: int = Field(foreign_key="city.id", primary_key=True, index=True)


class CycleGroup(SQLModel, table=True):
    """An expert group that takes part in a cycle."""

    __tablename__ = "cycle_group"

    cycle_id: int = Field(foreign_key="cycle.id", primary_key=True)
    group_id: int = Field(foreign_key="expert_group.id", primary_key=True, index=True)


class Cycle(SQLModel, table=True):
    """One thematic exchange."""

    __tablename__ = "cycle"
    __table_args__ = (one_of("marking", Marking),)

    id: int | None = Field(default=None, primary_key=True)
    theme_id: int = Field(foreign_key="theme.id", index=True)
    lead_city_id: int = Field(foreign_key="city.id", index=True)
    title: str  # the theme's name unless the coordinator wrote another
    brief: str = ""  # what it is about, in Markdown
    agendas: dict[str, str] = Field(default_factory=dict, sa_type=JSON)  # Markdown, by key of the meeting
    starts_on: date  # the Monday of week 1, in the lead city
    duration_weeks: int = 8
    marking: str = Marking.AMBER_STRICT
    is_chatham_house: bool = False
    named_ids: list[int] = Field(default_factory=list, sa_type=JSON)  # who may know of it at TLP:RED
    created_at: datetime
    changed_at: datetime
    version: int = 1  # rises with each saved change; a form sent from an older page is refused
    round: int = 1  # rises with each resumption: letters of a new round are sent again
    published_at: datetime | None = None
    postponed_at: datetime | None = None
    cancelled_at: datetime | None = None
    reason: str = ""  # of the cancellation or postponement
    told: dict[str, object] | None = Field(default=None, sa_type=JSON)  # dates that readers know, if others
    tell_at: datetime | None = Field(default=None, index=True)  # when readers are told of a change

    theme: Theme = Relationship()
    lead_city: City = Relationship()
    cities: list[City] = Relationship(link_model=CycleCity, sa_relationship_kwargs={"order_by": "City.name"})
    groups: list[ExpertGroup] = Relationship(
        link_model=CycleGroup, sa_relationship_kwargs={"order_by": "ExpertGroup.id"}
    )
    stages: list["Stage"] = Relationship(
        back_populates="cycle",
        sa_relationship_kwargs={"order_by": "Stage.position", "cascade": "all, delete-orphan"},
    )
    sittings: list["Sitting"] = Relationship(
        back_populates="cycle",
        sa_relationship_kwargs={"order_by": "Sitting.number", "cascade": "all, delete-orphan"},
    )

    @property
    def ends_on(self) -> date:
        """The Sunday that ends the cycle, in the lead city."""
        return cycle_ends_on(self.starts_on, self.duration_weeks)

    @property
    def publication(self) -> Publication:
        """The strongest decision taken: cancelled, then postponed, then published, else a draft."""
        if self.cancelled_at:
            return Publication.CANCELLED
        if self.postponed_at:
            return Publication.POSTPONED
        return Publication.PUBLISHED if self.published_at else Publication.DRAFT


class Stage(SQLModel, table=True):
    """A stage of a cycle; both dates inclusive, in the lead city."""

    __tablename__ = "stage"
    __table_args__ = (UniqueConstraint("cycle_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    key: str  # of config/cycle.toml
    name: str
    owner: str  # the role that drives it, in words
    position: int
    starts_on: date
    ends_on: date = Field(index=True)
    done_at: datetime | None = None
    uid: str = Field(unique=True)  # RFC 5545 UID, for life
    sequence: int = 0  # RFC 5545 SEQUENCE of the last published change
    changed_at: datetime  # DTSTAMP and LAST-MODIFIED: the last change a reader can see
    moved_at: datetime | None = None  # when published dates last changed

    cycle: Cycle = Relationship(back_populates="stages")


class Sitting(SQLModel, table=True):
    """One sitting of a meeting that a cycle holds: a promise about the clock on the wall in ``time_zone``."""

    __tablename__ = "sitting"
    __table_args__ = (UniqueConstraint("cycle_id", "meeting", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    meeting: str = "session"  # key of config/cycle.toml: "session" (live), "scoping_call"
    number: int  # 1 or 2
    on_local: date
    starts_local: time
    time_zone: str  # IANA name
    minutes: int
    join_link: str = ""
    uid: str = Field(unique=True)
    sequence: int = 0
    changed_at: datetime
    moved_at: datetime | None = None  # when published dates last changed

    cycle: Cycle = Relationship(back_populates="sittings")
