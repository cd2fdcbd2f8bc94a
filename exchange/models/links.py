"""Personal links: what lets somebody answer or review without an account."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.asks import AskAddressee
from exchange.models.people import Person
from exchange.models.products import ProductReviewer


class PersonalLink(SQLModel, table=True):
    """A link to one person's answer, or to one person's review: exactly one of the two.

    Only the digest of the token is kept; the token is derived again from the secret key for the
    next letter. A revoked row stays, so that its page can say so.
    """

    __tablename__ = "personal_link"
    __table_args__ = (
        UniqueConstraint("addressee_id", "serial"),
        UniqueConstraint("reviewer_id", "serial"),
        CheckConstraint("(addressee_id IS NULL) <> (reviewer_id IS NULL)", name="answer_or_review"),
    )

    id: int | None = Field(default=None, primary_key=True)
    addressee_id: int | None = Field(default=None, foreign_key="ask_addressee.id", index=True)
    reviewer_id: int | None = Field(default=None, foreign_key="product_reviewer.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)  # who it was given to
    serial: int  # rises with each link for the same task
    token_digest: str = Field(unique=True)  # SHA-256, hex
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    revoked_why: str = ""  # for the page: "" or what took its place

    addressee: AskAddressee | None = Relationship()
    reviewer: ProductReviewer | None = Relationship()
    person: Person = Relationship()
