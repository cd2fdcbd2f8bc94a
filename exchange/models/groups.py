"""Expert groups and boards: the bodies of the network and who sits in them."""

from datetime import date

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.people import Person


class ExpertGroup(SQLModel, table=True):
    """A group of experts that takes part in exchanges."""

    __tablename__ = "expert_group"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)  # "G1"
    name: str = Field(unique=True)
    description: str = ""

    members: list["GroupMember"] = Relationship(
        back_populates="group",
        sa_relationship_kwargs={"order_by": "GroupMember.id", "cascade": "all, delete-orphan"},
    )


class GroupMember(SQLModel, table=True):
    """A person's seat in an expert group."""

    __tablename__ = "group_member"
    __table_args__ = (UniqueConstraint("group_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    group_id: int = Field(foreign_key="expert_group.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    is_chair: bool = False

    group: ExpertGroup = Relationship(back_populates="members")
    person: Person = Relationship()


class Board(SQLModel, table=True):
    """A board that governs the network."""

    __tablename__ = "board"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    name: str = Field(unique=True)
    description: str = ""

    members: list["BoardMember"] = Relationship(
        back_populates="board",
        sa_relationship_kwargs={"order_by": "BoardMember.id", "cascade": "all, delete-orphan"},
    )


class BoardMember(SQLModel, table=True):
    """A person's seat on a board; both days included, None is open."""

    __tablename__ = "board_member"
    __table_args__ = (
        UniqueConstraint("board_id", "person_id"),
        CheckConstraint("ends_on >= starts_on", name="days"),
    )

    id: int | None = Field(default=None, primary_key=True)
    board_id: int = Field(foreign_key="board.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    is_chair: bool = False
    starts_on: date | None = None  # on the wall of the person's city
    ends_on: date | None = None

    board: Board = Relationship(back_populates="members")
    person: Person = Relationship()

    def holds_on(self, on: date) -> bool:
        """Whether the seat is held on a day of the person's city."""
        return (self.starts_on or on) <= on <= (self.ends_on or on)
