"""What the network learned: recommendations, lessons and notable practices, and how far each city is."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of, one_of_or_empty
from exchange.models.cities import City
from exchange.models.cycles import Cycle
from exchange.models.product_vocabulary import Phase
from exchange.models.products import Product
from exchange.models.themes import Theme
from exchange.models.trainings import TrainingEvent
from exchange.rules.markings.tlp_labels import Marking


class LessonKind(StrEnum):
    """What a finding is, in the words of JESIP's Joint Organisational Learning and of reports."""

    RECOMMENDATION = "recommendation"
    LESSON = "lesson"
    PRACTICE = "notable practice"


class LessonState(StrEnum):
    """How far a lesson has come; recommendations and practices have no state of their own."""

    IDENTIFIED = "identified"
    ACCEPTED = "accepted"
    LEARNED = "learned"
    REJECTED = "rejected"


class Headway(StrEnum):
    """How far one city is with one finding."""

    NOT_STARTED = "not started"
    CONSIDERING = "considering"
    UNDER_WAY = "under way"
    IN_PLACE = "in place"
    NOT_FOR_US = "not for us"


class Lesson(SQLModel, table=True):
    """One finding, as pages call it: what was learned, and where it comes from.

    It comes from an event, an exchange, a product of ours (a publication, in which it has ``source_number``),
    or from ``source``, a document named in words.
    """

    __tablename__ = "lesson"
    __table_args__ = (
        one_of("kind", LessonKind),
        one_of_or_empty("state", LessonState),
        one_of_or_empty("phase", Phase),
        one_of("marking", Marking),
        CheckConstraint("(kind = 'lesson') = (state <> '')", name="state_of_lesson"),
        CheckConstraint(
            "(cycle_id IS NULL OR training_id IS NULL) AND"
            " (product_id IS NULL OR (cycle_id IS NULL AND training_id IS NULL))",
            name="one_origin",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str | None = Field(default=None, unique=True)  # of config/findings.toml; None for all others
    kind: str
    state: str = ""
    state_reason: str = ""  # why a lesson was rejected
    title: str
    text: str  # Markdown
    theme_id: int | None = Field(default=None, foreign_key="theme.id", index=True)
    phase: str = ""
    cycle_id: int | None = Field(default=None, foreign_key="cycle.id", index=True)
    training_id: int | None = Field(default=None, foreign_key="training_event.id", index=True)
    product_id: int | None = Field(default=None, foreign_key="product.id", index=True)
    source: str = ""  # the name of a document
    source_number: str = ""  # its number there or in the product, like "R3"
    source_link: str = ""
    marking: str = Marking.AMBER
    named_ids: list[int] = Field(default_factory=list, sa_type=JSON)  # who may know of it at TLP:RED
    created_at: datetime
    version: int = 1  # rises with each saved change; a form sent from an older page is refused

    theme: Theme | None = Relationship()
    cycle: Cycle | None = Relationship()
    training: TrainingEvent | None = Relationship()
    product: Product | None = Relationship()

    @property
    def of_cycle(self) -> Cycle | None:
        """The exchange it comes from, itself or by a product."""
        return self.product.cycle if self.product else self.cycle

    @property
    def of_training(self) -> TrainingEvent | None:
        """The event it comes from, itself or by a product."""
        return self.product.training if self.product else self.training


class LessonProgress(SQLModel, table=True):
    """How far one city is with one finding, as it said last."""

    __tablename__ = "lesson_progress"
    __table_args__ = (UniqueConstraint("lesson_id", "city_id"), one_of("state", Headway))

    id: int | None = Field(default=None, primary_key=True)
    lesson_id: int = Field(foreign_key="lesson.id")
    city_id: int = Field(foreign_key="city.id", index=True)
    state: str
    note: str = ""  # where they are; of what is not for them, why
    evidence: str = ""  # a link
    review_on: date | None = Field(default=None, index=True)  # when they look again, on the city's wall
    set_at: datetime
    version: int = 1

    lesson: Lesson = Relationship()
    city: City = Relationship()
