"""Meetings of boards, what is read for them, and the decisions of the network."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of, one_of_or_empty
from exchange.models.cycles import Publication
from exchange.models.groups import Board
from exchange.models.products import Product
from exchange.models.themes import Theme
from exchange.models.trainings import TrainingMode
from exchange.rules.markings.tlp_labels import Marking


class PublicationStatus(StrEnum):
    """How far a decision was made public, in the words that public authorities use."""

    IN_FULL = "published in full"
    IN_PART = "published in part"
    NOT = "not published"


class BoardMeeting(SQLModel, table=True):
    """One meeting of a board: a promise about the clock on the wall in ``time_zone``."""

    __tablename__ = "board_meeting"
    __table_args__ = (
        one_of("mode", TrainingMode),
        one_of("marking", Marking),
        one_of_or_empty("record_marking", Marking),
    )

    id: int | None = Field(default=None, primary_key=True)
    board_id: int = Field(foreign_key="board.id", index=True)
    title: str
    mode: str
    on_local: date = Field(index=True)
    starts_local: time
    time_zone: str  # IANA name
    minutes: int  # how long it takes
    place: str = ""
    join_link: str = ""
    agenda: str = ""  # Markdown
    marking: str = Marking.AMBER_STRICT
    named_ids: list[int] = Field(default_factory=list, sa_type=JSON)  # who may know of it at TLP:RED
    created_at: datetime
    changed_at: datetime  # DTSTAMP and LAST-MODIFIED
    version: int = 1  # rises with each saved change; a form sent from an older page is refused
    published_at: datetime | None = None
    cancelled_at: datetime | None = None
    reason: str = ""  # of the cancellation
    uid: str = Field(unique=True)  # RFC 5545 UID, for life
    sequence: int = 0
    moved_at: datetime | None = None  # when published dates last changed
    tell_at: datetime | None = Field(default=None, index=True)  # when seats are told of a change
    record: str = ""  # its minutes, Markdown
    record_marking: str = ""  # "": there are no minutes yet
    recorded_at: datetime | None = None  # when the minutes were first written
    approved_on: date | None = None  # when the board approved the minutes, on the meeting's wall

    board: Board = Relationship()
    papers: list["BoardPaper"] = Relationship(
        sa_relationship_kwargs={"order_by": "BoardPaper.position", "cascade": "all, delete-orphan"}
    )
    decisions: list["BoardDecision"] = Relationship(
        back_populates="meeting", sa_relationship_kwargs={"order_by": "BoardDecision.reference"}
    )

    @property
    def publication(self) -> Publication:
        """The strongest decision taken: cancelled, then published, else a draft."""
        if self.cancelled_at:
            return Publication.CANCELLED
        return Publication.PUBLISHED if self.published_at else Publication.DRAFT


class BoardPaper(SQLModel, table=True):
    """Something to read for a meeting: a product, or what stands elsewhere; each with its own marking."""

    __tablename__ = "board_paper"
    __table_args__ = (
        UniqueConstraint("meeting_id", "position"),
        one_of("marking", Marking),
        CheckConstraint("(product_id IS NULL) <> (url = '')", name="product_or_link"),
    )

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="board_meeting.id")
    position: int  # from 1
    label: str
    url: str = ""
    product_id: int | None = Field(default=None, foreign_key="product.id", index=True)
    marking: str

    product: Product | None = Relationship()


class DecisionTheme(SQLModel, table=True):
    """A theme that a decision is about."""

    __tablename__ = "decision_theme"

    decision_id: int = Field(foreign_key="decision.id", primary_key=True)
    theme_id: int = Field(foreign_key="theme.id", primary_key=True, index=True)


class BoardDecision(SQLModel, table=True):
    """A decision, with the reference that others name it by; taken at a meeting or between two.

    Called so beside Decision, what was decided about a request of one person (models/personal_data.py).
    """

    __tablename__ = "decision"
    __table_args__ = (one_of("publication_status", PublicationStatus), one_of("marking", Marking))

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(unique=True)  # "ADD2634"
    title: str
    decided_on: date = Field(index=True)
    board_id: int = Field(foreign_key="board.id", index=True)
    meeting_id: int | None = Field(default=None, foreign_key="board_meeting.id", index=True)
    text: str = ""  # Markdown
    signed_on: date | None = None
    published_on: date | None = None
    publication_status: str = PublicationStatus.NOT
    link: str = ""
    marking: str = Marking.AMBER_STRICT
    named_ids: list[int] = Field(default_factory=list, sa_type=JSON)  # who may know of it at TLP:RED
    created_at: datetime
    version: int = 1  # rises with each saved change; a form sent from an older page is refused

    board: Board = Relationship()
    meeting: BoardMeeting | None = Relationship(back_populates="decisions")
    themes: list[Theme] = Relationship(
        link_model=DecisionTheme, sa_relationship_kwargs={"order_by": "Theme.name"}
    )
