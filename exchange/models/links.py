"""Personal links: what lets somebody answer, review or tell of an action without an account."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.asks import AskAddressee
from exchange.models.improvement_actions import ImprovementAction
from exchange.models.people import Person
from exchange.models.products import ProductReviewer


class PersonalLink(SQLModel, table=True):
    """A link to one person's answer, to one person's review, or to an action: exactly one of the three.

    Only the digest of the token is kept; the token is derived again from the secret key for the
    next letter. A revoked row stays, so that its page can say so.
    """

    __tablename__ = "personal_link"
    __table_args__ = (
        UniqueConstraint("addressee_id", "serial"),
        UniqueConstraint("reviewer_id", "serial"),
        UniqueConstraint("action_id", "serial"),
        CheckConstraint(
            " + ".join(
                f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END"
                for column in ("addressee_id", "reviewer_id", "action_id")
            )
            + " = 1",
            name="one_task",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    addressee_id: int | None = Field(default=None, foreign_key="ask_addressee.id", index=True)
    reviewer_id: int | None = Field(default=None, foreign_key="product_reviewer.id", index=True)
    action_id: int | None = Field(default=None, foreign_key="improvement_action.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)  # who it was given to
    serial: int  # rises with each link for the same task
    token_digest: str = Field(unique=True)  # SHA-256, hex
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    revoked_why: str = ""  # for the page: "" or what took its place

    addressee: AskAddressee | None = Relationship()
    reviewer: ProductReviewer | None = Relationship()
    action: ImprovementAction | None = Relationship()
    person: Person = Relationship()
