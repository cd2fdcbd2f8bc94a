"""Products: what the network writes for others to read, with versions, reviewers and their comments.

Of a cycle, of a training event, or of neither. Decisions are stored (review opened, published,
withdrawn); the state is derived from them.
"""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of, one_of_or_empty
from exchange.models.cities import City
from exchange.models.contributions import Attachment
from exchange.models.cycles import Cycle
from exchange.models.groups import ExpertGroup
from exchange.models.people import Person
from exchange.models.product_vocabulary import CreditRole, Outcome, Phase, ProductKind, ProductState
from exchange.models.themes import Theme
from exchange.models.trainings import TrainingEvent
from exchange.rules.markings.tlp_labels import Marking

_NOTE, _REPORT = (
    text(f"kind = '{kind}'") for kind in (ProductKind.EXCHANGE_NOTE, ProductKind.POST_EXERCISE_REPORT)
)


class ProductTheme(SQLModel, table=True):
    """A theme that a product is about, besides that of its exchange or event."""

    __tablename__ = "product_theme"

    product_id: int = Field(foreign_key="product.id", primary_key=True)
    theme_id: int = Field(foreign_key="theme.id", primary_key=True, index=True)


class ProductCity(SQLModel, table=True):
    """A city that a product of neither an exchange nor an event is for."""

    __tablename__ = "product_city"

    product_id: int = Field(foreign_key="product.id", primary_key=True)
    city_id: int = Field(foreign_key="city.id", primary_key=True, index=True)


class ProductGroup(SQLModel, table=True):
    """An expert group that such a product is for."""

    __tablename__ = "product_group"

    product_id: int = Field(foreign_key="product.id", primary_key=True)
    group_id: int = Field(foreign_key="expert_group.id", primary_key=True, index=True)


class Product(SQLModel, table=True):
    """One product; its text is that of the last version. An exchange has one note, an event one report."""

    __tablename__ = "product"
    __table_args__ = (
        one_of("kind", ProductKind),
        CheckConstraint("cycle_id IS NULL OR training_id IS NULL", name="cycle_or_training"),
        one_of_or_empty("published_marking", Marking),
        Index("uq_product_note", "cycle_id", unique=True, sqlite_where=_NOTE, postgresql_where=_NOTE),
        Index(
            "uq_product_exercise_report",
            "training_id",
            unique=True,
            sqlite_where=_REPORT,
            postgresql_where=_REPORT,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str = ProductKind.EXCHANGE_NOTE
    cycle_id: int | None = Field(default=None, foreign_key="cycle.id", index=True)
    training_id: int | None = Field(default=None, foreign_key="training_event.id", index=True)
    year: int | None = None  # that it is of, as its writers say; None while nobody said
    created_at: datetime
    review_opened_at: datetime | None = None
    review_due_on: date | None = None  # last day for comments, on each reviewer's own wall
    published_at: datetime | None = Field(default=None, index=True)
    published_number: int | None = None  # the version that is out
    published_marking: str = ""  # its marking: decides which feeds and pages lead there
    withdrawn_at: datetime | None = None
    withdrawn_reason: str = ""

    cycle: Cycle | None = Relationship()
    training: TrainingEvent | None = Relationship()
    themes: list[Theme] = Relationship(
        link_model=ProductTheme, sa_relationship_kwargs={"order_by": "Theme.key"}
    )
    cities: list[City] = Relationship(
        link_model=ProductCity, sa_relationship_kwargs={"order_by": "City.name"}
    )
    groups: list[ExpertGroup] = Relationship(
        link_model=ProductGroup, sa_relationship_kwargs={"order_by": "ExpertGroup.id"}
    )
    versions: list["ProductVersion"] = Relationship(
        back_populates="product",
        sa_relationship_kwargs={"order_by": "ProductVersion.number", "cascade": "all, delete-orphan"},
    )
    reviewers: list["ProductReviewer"] = Relationship(
        back_populates="product", sa_relationship_kwargs={"order_by": "ProductReviewer.id"}
    )
    credits: list["ProductCredit"] = Relationship(
        sa_relationship_kwargs={"order_by": "ProductCredit.position", "cascade": "all, delete-orphan"}
    )
    recommendations: list["ProductRecommendation"] = Relationship(
        back_populates="product",
        sa_relationship_kwargs={"order_by": "ProductRecommendation.number", "cascade": "all, delete-orphan"},
    )
    attachments: list[Attachment] = Relationship(sa_relationship_kwargs={"order_by": "Attachment.id"})

    @property
    def is_note(self) -> bool:
        """Whether it is what a cycle's stages lead to, with the letters of its plan."""
        return self.kind == ProductKind.EXCHANGE_NOTE and self.cycle_id is not None

    @property
    def files(self) -> list[Attachment]:
        """The files that are there."""
        return [one for one in self.attachments if one.removed_at is None]

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
    text: str  # Markdown; "" when it is a file or a link alone
    link: str = ""  # an https address of what is kept elsewhere
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


class ProductCredit(SQLModel, table=True):
    """Somebody named on a product, of the network (``person_id``) or of elsewhere (``name``)."""

    __tablename__ = "product_credit"
    __table_args__ = (
        UniqueConstraint("product_id", "position"),
        one_of("role", CreditRole),
        CheckConstraint("person_id IS NOT NULL OR name <> ''", name="somebody"),
    )

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id")
    position: int  # from 1
    role: str
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    name: str = ""  # of who is not of the network
    organisation: str = ""
    interests: str = ""  # what they declared; "" for nothing

    person: Person | None = Relationship()

    @property
    def shown_name(self) -> str:
        """The name of the person, as it is now, or the one that was written."""
        return self.person.name if self.person is not None else self.name


class ProductRecommendation(SQLModel, table=True):
    """One recommendation of a product, known by its number; its row stays when its words change."""

    __tablename__ = "product_recommendation"
    __table_args__ = (UniqueConstraint("product_id", "number"), one_of_or_empty("phase", Phase))

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id")
    number: int  # from 1
    text: str
    theme_id: int | None = Field(default=None, foreign_key="theme.id", index=True)
    phase: str = ""  # "": not said

    product: Product = Relationship(back_populates="recommendations")
    theme: Theme | None = Relationship()
