"""Training and exercising events."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of
from exchange.models.cities import City
from exchange.models.cycles import Publication
from exchange.models.groups import ExpertGroup
from exchange.models.organisations import Organisation
from exchange.models.themes import Theme
from exchange.rules.markings.tlp_labels import Marking


class TrainingKind(StrEnum):
    """Kinds of event, in the words of HSEEP where it has one."""

    SEMINAR = "seminar"
    WORKSHOP = "workshop"
    WEBINAR = "webinar"
    CONFERENCE = "conference"
    TABLE_TOP = "table-top"
    GAME = "game"
    DRILL = "drill"
    FUNCTIONAL = "functional"
    FULL_SCALE = "full-scale"
    STUDY_VISIT = "study visit"
    BOARD_MEETING = "board meeting"
    PLANNING_MEETING = "planning meeting"


NOT_TRAINING = (TrainingKind.BOARD_MEETING, TrainingKind.PLANNING_MEETING)  # nobody trains or exercises there


class TrainingMode(StrEnum):
    """Where people are."""

    IN_PERSON = "in person"
    HYBRID = "hybrid"
    VIRTUAL = "virtual"


class TrainingState(StrEnum):
    """How far the event has come; cancelled and postponed are decisions of their own."""

    IDEA = "idea"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    IN_PLANNING = "in planning"
    READY = "ready"
    DELIVERED = "delivered"
    REPORTED = "reported"
    CLOSED = "closed"


class TrainingCity(SQLModel, table=True):
    """A city invited to an event; an event without such rows is for all member cities."""

    __tablename__ = "training_city"

    training_id: int = Field(foreign_key="training_event.id", primary_key=True)
    city_id: int = Field(foreign_key="city.id", primary_key=True, index=True)


class TrainingGroup(SQLModel, table=True):
    """An expert group invited to an event."""

    __tablename__ = "training_group"

    training_id: int = Field(foreign_key="training_event.id", primary_key=True)
    group_id: int = Field(foreign_key="expert_group.id", primary_key=True, index=True)


class TrainingOrganisation(SQLModel, table=True):
    """An organisation invited to an event beside cities and groups: its liaisons are."""

    __tablename__ = "training_organisation"

    training_id: int = Field(foreign_key="training_event.id", primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id", primary_key=True, index=True)


class TrainingLink(SQLModel, table=True):
    """Something to read for an event: a read-ahead, a manual. It stands elsewhere, with its own marking."""

    __tablename__ = "training_link"
    __table_args__ = (UniqueConstraint("training_id", "position"), one_of("marking", Marking))

    id: int | None = Field(default=None, primary_key=True)
    training_id: int = Field(foreign_key="training_event.id")
    position: int  # from 1
    label: str
    url: str
    marking: str


class TrainingEvent(SQLModel, table=True):
    """One event: a promise about the clock on the wall in ``time_zone``."""

    __tablename__ = "training_event"
    __table_args__ = (
        one_of("kind", TrainingKind),
        one_of("mode", TrainingMode),
        one_of("state", TrainingState),
        one_of("marking", Marking),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    title: str
    description: str = ""
    agenda: str = ""  # what happens when and what to prepare, in Markdown
    theme_id: int | None = Field(default=None, foreign_key="theme.id", index=True)
    host_city_id: int = Field(foreign_key="city.id", index=True)
    mode: str
    why_in_person: str = ""  # a sentence; "" where people take part from elsewhere, and of old events
    on_local: date = Field(index=True)
    starts_local: time
    time_zone: str  # IANA name
    minutes: int
    place: str = ""
    welfare: str = ""  # whom to turn to when something weighs on somebody; "" is what the host city has
    join_link: str = ""
    marking: str = Marking.AMBER_STRICT
    is_chatham_house: bool = False
    named_ids: list[int] = Field(default_factory=list, sa_type=JSON)  # who may know of it at TLP:RED
    state: str = TrainingState.PROPOSED
    created_at: datetime
    version: int = 1  # rises with each saved change; a form sent from an older page is refused
    round: int = 1  # rises with each resumption: letters of a new round are sent again
    published_at: datetime | None = None
    postponed_at: datetime | None = None
    cancelled_at: datetime | None = None
    reason: str = ""  # of the cancellation or postponement
    told: dict[str, object] | None = Field(default=None, sa_type=JSON)  # dates that readers know, if others
    tell_at: datetime | None = Field(default=None, index=True)  # when readers are told of a change
    uid: str = Field(unique=True)
    sequence: int = 0
    changed_at: datetime
    moved_at: datetime | None = None  # when published dates last changed

    theme: Theme | None = Relationship()
    host_city: City = Relationship()
    cities: list[City] = Relationship(
        link_model=TrainingCity, sa_relationship_kwargs={"order_by": "City.name"}
    )
    groups: list[ExpertGroup] = Relationship(
        link_model=TrainingGroup, sa_relationship_kwargs={"order_by": "ExpertGroup.id"}
    )
    organisations: list[Organisation] = Relationship(  # rights follow from them, so they always come along
        link_model=TrainingOrganisation,
        sa_relationship_kwargs={"order_by": "Organisation.name", "lazy": "selectin"},
    )
    links: list[TrainingLink] = Relationship(
        sa_relationship_kwargs={"order_by": "TrainingLink.position", "cascade": "all, delete-orphan"}
    )

    @property
    def publication(self) -> Publication:
        """The strongest decision taken: cancelled, then postponed, then published, else a draft."""
        if self.cancelled_at:
            return Publication.CANCELLED
        if self.postponed_at:
            return Publication.POSTPONED
        return Publication.PUBLISHED if self.published_at else Publication.DRAFT
