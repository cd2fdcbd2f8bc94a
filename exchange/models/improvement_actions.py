"""Actions: what somebody does about a finding by a day (the corrective action of HSEEP)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of, one_of_or_empty
from exchange.models.cities import City
from exchange.models.cycles import Cycle
from exchange.models.lessons import Lesson
from exchange.models.people import Person
from exchange.models.themes import Theme
from exchange.models.trainings import TrainingEvent
from exchange.rules.markings.tlp_labels import Marking


class ActionState(StrEnum):
    """Where an action stands."""

    OPEN = "open"
    IN_PROGRESS = "in progress"
    BLOCKED = "blocked"
    DONE = "done"
    VERIFIED = "verified"
    DECLINED = "declined"


UNFINISHED = (ActionState.OPEN, ActionState.IN_PROGRESS, ActionState.BLOCKED)


class ImprovementAction(SQLModel, table=True):
    """One action, owned by a person or a city.

    Of a finding it has theme, origin and marking; one that stands alone has them itself.
    """

    __tablename__ = "improvement_action"
    __table_args__ = (
        one_of("state", ActionState),
        one_of_or_empty("marking", Marking),
        CheckConstraint("(owner_id IS NULL) <> (owner_city_id IS NULL)", name="one_owner"),
        CheckConstraint(
            "lesson_id IS NULL OR (cycle_id IS NULL AND training_id IS NULL AND theme_id IS NULL"
            " AND marking = '')",
            name="of_finding",
        ),
        CheckConstraint("lesson_id IS NOT NULL OR marking <> ''", name="alone"),
        CheckConstraint(
            "state <> 'verified' OR (verified_by_id IS NOT NULL AND verified_at IS NOT NULL"
            " AND evidence <> '')",
            name="verified",
        ),
        CheckConstraint(
            "verified_by_id IS NULL OR owner_id IS NULL OR verified_by_id <> owner_id", name="another"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    lesson_id: int | None = Field(default=None, foreign_key="lesson.id", index=True)
    cycle_id: int | None = Field(default=None, foreign_key="cycle.id", index=True)
    training_id: int | None = Field(default=None, foreign_key="training_event.id", index=True)
    theme_id: int | None = Field(default=None, foreign_key="theme.id", index=True)
    marking: str = ""  # of one that stands alone; never TLP:RED
    text: str  # one sentence: who does what
    owner_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    owner_city_id: int | None = Field(default=None, foreign_key="city.id", index=True)
    starts_on: date | None = None  # on the wall of the owner's city, as due_on is
    due_on: date = Field(index=True)
    state: str = ActionState.OPEN
    note: str = ""  # what the owner last said; of what is blocked or declined, why
    evidence: str = ""  # a link or a sentence
    done_at: datetime | None = None
    verified_by_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    verified_at: datetime | None = None
    told_at: datetime | None = None  # when its owner was written to about it
    created_at: datetime
    version: int = 1  # rises with each saved change; a form sent from an older page is refused

    lesson: Lesson | None = Relationship()
    cycle: Cycle | None = Relationship()
    training: TrainingEvent | None = Relationship()
    theme: Theme | None = Relationship()
    owner: Person | None = Relationship(sa_relationship_kwargs={"foreign_keys": "ImprovementAction.owner_id"})
    owner_city: City | None = Relationship()
    verified_by: Person | None = Relationship(
        sa_relationship_kwargs={"foreign_keys": "ImprovementAction.verified_by_id"}
    )

    @property
    def is_unfinished(self) -> bool:
        """Whether somebody still owes it."""
        return self.state in UNFINISHED

    @property
    def of_cycle(self) -> Cycle | None:
        """The exchange it comes from, itself or by its finding."""
        return self.lesson.of_cycle if self.lesson else self.cycle

    @property
    def of_training(self) -> TrainingEvent | None:
        """The event it comes from, itself or by its finding."""
        return self.lesson.of_training if self.lesson else self.training

    @property
    def of_theme(self) -> Theme | None:
        """What it is about, itself or by its finding."""
        return self.lesson.theme if self.lesson else self.theme

    @property
    def marking_now(self) -> str:
        """Its finding's marking, or its own when it stands alone."""
        return self.lesson.marking if self.lesson else self.marking
