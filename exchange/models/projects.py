"""Projects: what the network does with others by a day, for whom, and what comes of it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import exactly_one, one_of
from exchange.models.boards import BoardDecision
from exchange.models.cities import City
from exchange.models.lessons import Lesson
from exchange.models.needs import Need
from exchange.models.organisations import Organisation
from exchange.models.people import Person
from exchange.models.products import Product
from exchange.models.themes import Theme
from exchange.models.trainings import TrainingEvent
from exchange.rules.markings.tlp_labels import Marking


class ProjectSource(StrEnum):
    """What a project answers."""

    NEED = "need"
    FINDING = "finding"
    COMMISSION = "commission"
    DECISION = "decision"


class ProjectPartner(SQLModel, table=True):
    """An organisation that takes part in a project."""

    __tablename__ = "project_partner"

    project_id: int = Field(foreign_key="project.id", primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id", primary_key=True, index=True)


class ProjectTheme(SQLModel, table=True):
    """A theme that a project is about."""

    __tablename__ = "project_theme"

    project_id: int = Field(foreign_key="project.id", primary_key=True)
    theme_id: int = Field(foreign_key="theme.id", primary_key=True, index=True)


class ProjectProduct(SQLModel, table=True):
    """A product that came of a project, or that it works with."""

    __tablename__ = "project_product"

    project_id: int = Field(foreign_key="project.id", primary_key=True)
    product_id: int = Field(foreign_key="product.id", primary_key=True, index=True)


class ProjectTraining(SQLModel, table=True):
    """An event of a project."""

    __tablename__ = "project_training"

    project_id: int = Field(foreign_key="project.id", primary_key=True)
    training_id: int = Field(foreign_key="training_event.id", primary_key=True, index=True)


class Project(SQLModel, table=True):
    """One project, led by a city or an organisation; its days are on the wall of that city, else UTC."""

    __tablename__ = "project"
    __table_args__ = (
        one_of("source", ProjectSource),
        one_of("marking", Marking),
        exactly_one("one_lead", "lead_city_id", "lead_organisation_id"),
        CheckConstraint(
            "(source = 'need') = (need_id IS NOT NULL) AND (source = 'finding') = (lesson_id IS NOT NULL)"
            " AND (source = 'decision') = (decision_id IS NOT NULL)"
            " AND (source = 'commission') = (commission <> '')",
            name="one_source",
        ),
        CheckConstraint("ends_on >= starts_on", name="days"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str
    funder: str = ""
    text: str = ""  # what it is about, in Markdown
    source: str
    need_id: int | None = Field(default=None, foreign_key="need.id", index=True)
    lesson_id: int | None = Field(default=None, foreign_key="lesson.id", index=True)
    decision_id: int | None = Field(default=None, foreign_key="decision.id", index=True)
    commission: str = ""  # who asked for it, and in what words
    lead_city_id: int | None = Field(default=None, foreign_key="city.id", index=True)
    lead_organisation_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    starts_on: date
    ends_on: date | None = None
    marking: str = Marking.AMBER
    named_ids: list[int] = Field(default_factory=list, sa_type=JSON)  # who may know of it at TLP:RED
    created_at: datetime
    closed_at: datetime | None = None
    outcome: str = ""  # what came of it, once it is closed
    version: int = 1  # rises with each saved change; a form sent from an older page is refused

    need: Need | None = Relationship()
    lesson: Lesson | None = Relationship()
    decision: BoardDecision | None = Relationship()
    lead_city: City | None = Relationship()
    lead_organisation: Organisation | None = Relationship()
    partners: list[Organisation] = Relationship(
        link_model=ProjectPartner, sa_relationship_kwargs={"order_by": "Organisation.name"}
    )
    themes: list[Theme] = Relationship(
        link_model=ProjectTheme, sa_relationship_kwargs={"order_by": "Theme.name"}
    )
    products: list[Product] = Relationship(
        link_model=ProjectProduct, sa_relationship_kwargs={"order_by": "Product.id"}
    )
    trainings: list[TrainingEvent] = Relationship(
        link_model=ProjectTraining, sa_relationship_kwargs={"order_by": "TrainingEvent.on_local"}
    )
    deliverables: list["Deliverable"] = Relationship(
        back_populates="project",
        sa_relationship_kwargs={"order_by": "(Deliverable.due_on, Deliverable.id)"},
    )


class Deliverable(SQLModel, table=True):
    """What a project hands over by a day: owed by a person, or by the lead of a city."""

    __tablename__ = "deliverable"
    __table_args__ = (
        exactly_one("one_owner", "owner_id", "owner_city_id"),
        CheckConstraint("(done_at IS NULL) = (evidence = '')", name="done"),
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id", index=True)
    text: str  # one sentence: what is handed over
    owner_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    owner_city_id: int | None = Field(default=None, foreign_key="city.id", index=True)
    due_on: date = Field(index=True)  # on the wall of the owner's city
    done_at: datetime | None = None
    evidence: str = ""  # a link or a sentence
    withdrawn_reason: str = ""  # why nobody owes it any more; "" while somebody does
    created_at: datetime
    version: int = 1

    project: Project = Relationship(back_populates="deliverables")
    owner: Person | None = Relationship()
    owner_city: City | None = Relationship()
