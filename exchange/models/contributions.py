"""Contributions: what a city or an expert answers to an ask, with its versions and files."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.asks import AskAddressee, AskParty
from exchange.models.base import one_of_or_empty
from exchange.models.groups import ExpertGroup
from exchange.models.people import Person
from exchange.rules.asks.question_kinds import Answer
from exchange.rules.markings.tlp_labels import Marking

_OF_A_CITY = text("addressee_id IS NULL")  # a city has one contribution, whoever of it writes


class ContributionGroup(SQLModel, table=True):
    """An expert group that may read a contribution whose marking asks for a need to know."""

    __tablename__ = "contribution_group"

    contribution_id: int = Field(foreign_key="contribution.id", primary_key=True)
    group_id: int = Field(foreign_key="expert_group.id", primary_key=True, index=True)


class Contribution(SQLModel, table=True):
    """One answer: of a city (``addressee`` None) or of one person in a group.

    It is a draft until ``submitted_at``; what was submitted stands in its versions, so that a later
    draft hides nothing that was handed in.
    """

    __tablename__ = "contribution"
    __table_args__ = (
        UniqueConstraint("party_id", "addressee_id"),
        Index(
            "uq_contribution_city",
            "party_id",
            unique=True,
            sqlite_where=_OF_A_CITY,
            postgresql_where=_OF_A_CITY,
        ),
        one_of_or_empty("marking", Marking),
    )

    id: int | None = Field(default=None, primary_key=True)
    party_id: int = Field(foreign_key="ask_party.id", index=True)
    addressee_id: int | None = Field(default=None, foreign_key="ask_addressee.id", index=True)
    author_id: int = Field(foreign_key="person.id", index=True)  # who saved it last
    marking: str = ""  # "" in a draft: nobody chose one yet
    named_ids: list[int] = Field(default_factory=list, sa_type=JSON)  # people, at TLP:RED
    answers: dict[str, Answer] = Field(default_factory=dict, sa_type=JSON)  # by question id
    practice_note: str = ""  # Markdown
    links: list[str] = Field(default_factory=list, sa_type=JSON)  # https addresses
    version: int = 1  # rises with each save; a page opened before is told
    created_at: datetime
    changed_at: datetime
    submitted_at: datetime | None = None  # the last time it was handed in

    party: AskParty = Relationship()
    addressee: AskAddressee | None = Relationship()
    author: Person = Relationship()
    groups: list[ExpertGroup] = Relationship(
        link_model=ContributionGroup, sa_relationship_kwargs={"order_by": "ExpertGroup.id"}
    )
    versions: list["ContributionVersion"] = Relationship(
        back_populates="contribution",
        sa_relationship_kwargs={"order_by": "ContributionVersion.number", "cascade": "all, delete-orphan"},
    )
    attachments: list["Attachment"] = Relationship(
        back_populates="contribution",
        sa_relationship_kwargs={"order_by": "Attachment.id", "cascade": "all, delete-orphan"},
    )


class ContributionVersion(SQLModel, table=True):
    """A contribution as it was submitted once; never changed."""

    __tablename__ = "contribution_version"
    __table_args__ = (UniqueConstraint("contribution_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    contribution_id: int = Field(foreign_key="contribution.id", index=True)
    number: int
    person_id: int = Field(foreign_key="person.id", index=True)
    submitted_at: datetime
    marking: str
    group_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    named_ids: list[int] = Field(default_factory=list, sa_type=JSON)  # people, at TLP:RED
    answers: dict[str, Answer] = Field(default_factory=dict, sa_type=JSON)  # by question id
    asked: dict[str, int] = Field(
        default_factory=dict, sa_type=JSON
    )  # the wording each answers; 1 where none
    practice_note: str = ""
    links: list[str] = Field(default_factory=list, sa_type=JSON)

    contribution: Contribution = Relationship(back_populates="versions")
    person: Person = Relationship()


class Attachment(SQLModel, table=True):
    """A file of a contribution or a product; its bytes lie under data_dir, named by ``stored_name``."""

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("(contribution_id IS NULL) <> (product_id IS NULL)", name="answer_or_product"),
    )

    id: int | None = Field(default=None, primary_key=True)
    contribution_id: int | None = Field(default=None, foreign_key="contribution.id", index=True)
    product_id: int | None = Field(default=None, foreign_key="product.id", index=True)
    name: str  # as it was called where it came from, without its folder
    media_type: str  # as its content says
    size_bytes: int
    sha256: str  # hex
    stored_name: str = Field(unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    added_at: datetime
    removed_at: datetime | None = None  # the bytes are deleted, the row is the record

    contribution: Contribution | None = Relationship(back_populates="attachments")
    person: Person = Relationship()
