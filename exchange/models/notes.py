"""Notes to the network: written once, sent to many."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of
from exchange.models.people import Person
from exchange.rules.markings.tlp_labels import Marking


class Note(SQLModel, table=True):
    """One note. Its letters name it (``letter.note_id``); who got one is read there."""

    __tablename__ = "note"
    __table_args__ = (
        one_of("marking", Marking),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> asked_by_id", name="two_people"),
    )

    id: int | None = Field(default=None, primary_key=True)
    subject: str
    text: str  # Markdown
    marking: str = Marking.GREEN
    named_ids: list[int] = Field(default_factory=list, sa_type=JSON)  # who alone gets it at TLP:RED
    is_urgent: bool = False  # goes at once, once a second coordinator confirmed it
    # The audience, as a union: ids of cities, groups, boards and organisations, and roles.
    city_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    group_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    board_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    organisation_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    roles: list[str] = Field(default_factory=list, sa_type=JSON)
    corrects_id: int | None = Field(default=None, foreign_key="note.id", index=True)
    author_id: int = Field(foreign_key="person.id", index=True)
    created_at: datetime
    version: int = 1  # rises with each saved change; a form sent from an older page is refused
    asked_at: datetime | None = None  # when a second coordinator was asked to confirm it
    asked_by_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    confirmed_by_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    sent_at: datetime | None = Field(default=None, index=True)
    readers: int = 0  # to how many it was sent
    withdrawn_at: datetime | None = None  # taken back before anybody got it

    corrects: "Note" = Relationship(sa_relationship_kwargs={"remote_side": "Note.id"})
    author: Person = Relationship(sa_relationship_kwargs={"foreign_keys": "Note.author_id"})
