"""Products: what a cycle makes of its answers, with versions, reviewers and their comments.

Decisions are stored (review opened, published, withdrawn); the state is derived from them.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of, one_of_or_empty
from exchange.models.cycles import Cycle
from exchange.models.people import Person
from exchange.rules.markings.tlp_labels import Marking


class ProductState(StrEnum):
    """Where a product stands, derived from the stored decisions."""

    DRAFT = "draft"
    IN_REVIEW = "in review"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What became of a comment."""

    RESOLVED = "resolved"
    REJECTED = "rejected"


class Product(SQLModel, table=True):
    """The product of one cycle; its text is that of the last version."""

    __tablename__ = "product"
    __table_args__ = (UniqueConstraint("cycle_id"), one_of_or_empty("published_marking", Marking))

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id")
    created_at: datetime
    review_opened_at: datetime | None = None
    review_due_on: date | None = None  # last day for comments, on each reviewer's own wall
    published_at: datetime | None = None
    published_number: int | None = None  # the version that is out
    published_marking: str = ""  # its marking: decides which feeds and pages lead there
    withdrawn_at: datetime | None = None
    withdrawn_reason: str = ""

    cycle: Cycle = Relationship()
    versions: list["ProductVersion"] = Relationship(
        back_populates="product",
        sa_relationship_kwargs={"order_by": "ProductVersion.number", "cascade": "all, delete-orphan"},
    )
    reviewers: list["ProductReviewer"] = Relationship(
        back_populates="product", sa_relationship_kwargs={"order_by": "ProductReviewer.id"}
    )

    @property
    def state(self) -> ProductState:
        """The strongest decision taken."""
        if self.withdrawn_at:
            return ProductState.WITHDRAWN
        if self.published_at:
            return ProductState.PUBLISHED
        return ProductState.IN_REVIEW if self.review_opened_at else ProductState.DRAFT


class ProductVersion(SQLModel, table=True):
    """A product as somebody saved it; never changed."""

    __tablename__ = "product_version"
    __table_args__ = (UniqueConstraint("product_id", "number"), one_of("marking", Marking))

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    number: int  # from 1; also the version that a form was opened on
    title: str
    marking: str
    named_ids: list[int] = Field(default_factory=list, sa_type=JSON)  # people, at TLP:RED
    text: str  # Markdown
    person_id: int = Field(foreign_key="person.id", index=True)
    saved_at: datetime

    product: Product = Relationship(back_populates="versions")
    person: Person = Relationship()


class ProductReviewer(SQLModel, table=True):
    """A person asked to check a product."""

    __tablename__ = "product_reviewer"
    __table_args__ = (UniqueConstraint("product_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    asked_at: datetime
    agreed_at: datetime | None = None  # said that nothing is to be changed
    silence_noted_at: datetime | None = None  # the due day passed without a word; not consent

    product: Product = Relationship(back_populates="reviewers")
    person: Person = Relationship()
    comments: list["ReviewComment"] = Relationship(
        back_populates="reviewer", sa_relationship_kwargs={"order_by": "ReviewComment.id"}
    )


class ReviewComment(SQLModel, table=True):
    """One comment on one version; resolved or rejected with a word before publication."""

    __tablename__ = "review_comment"
    __table_args__ = (one_of_or_empty("outcome", Outcome),)

    id: int | None = Field(default=None, primary_key=True)
    reviewer_id: int = Field(foreign_key="product_reviewer.id", index=True)
    version_number: int
    text: str
    made_at: datetime
    outcome: str = ""  # "" while nobody decided
    word: str = ""
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None

    reviewer: ProductReviewer = Relationship(back_populates="comments")
    decided_by: Person | None = Relationship()
