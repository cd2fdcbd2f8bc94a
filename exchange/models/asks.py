"""Asks: questions about one subject, who is asked them, and until when.

Decisions are stored (questions, extensions, a group that is done, a link handed on); who is silent
follows from them and is worked out in exchange.answering.
"""

from datetime import date, datetime

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import at_most_one, exactly_one, one_of, one_of_or_empty
from exchange.models.cities import City
from exchange.models.cycles import Cycle
from exchange.models.findings_rounds import FindingsRound
from exchange.models.groups import ExpertGroup
from exchange.models.needs import NeedsRound
from exchange.models.organisations import Organisation
from exchange.models.people import Person
from exchange.models.preparations import TrainingObjective
from exchange.models.themes import Theme
from exchange.models.trainings import TrainingEvent
from exchange.rules.asks.question_kinds import QuestionKind, RowOf
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.stage_plan import CycleAsk

Round = NeedsRound | FindingsRound
"""What puts questions to the whole network, or to all its cities; never at TLP:RED."""
Subject = Cycle | TrainingEvent | Round
"""What an ask may be about."""
_BY_THEMSELVES = text("city_id IS NULL AND group_id IS NULL")


class Ask(SQLModel, table=True):
    """The questions that are put to people about one cycle, training event or round.

    When it opens and closes, a cycle's stages say; ``opens_at`` and ``closes_on`` speak where the subject
    does not. The last day is over when it ends in ``time_zone``, or, where that is "", on the clock of
    the city of whoever answers.
    """

    __tablename__ = "ask"
    __table_args__ = (
        UniqueConstraint("cycle_id", "template"),
        UniqueConstraint("training_id", "template"),
        UniqueConstraint("needs_round_id", "template"),
        UniqueConstraint("findings_round_id", "template"),
        exactly_one("one_subject", "cycle_id", "training_id", "needs_round_id", "findings_round_id"),
        one_of_or_empty("marking", Marking),
    )

    id: int | None = Field(default=None, primary_key=True)
    template: str  # a key of config/asks.toml
    cycle_id: int | None = Field(default=None, foreign_key="cycle.id", index=True)
    training_id: int | None = Field(default=None, foreign_key="training_event.id", index=True)
    needs_round_id: int | None = Field(default=None, foreign_key="needs_round.id", index=True)
    findings_round_id: int | None = Field(default=None, foreign_key="findings_round.id", index=True)
    opens_at: datetime | None = None  # None: as soon as somebody is asked
    closes_on: date | None = Field(default=None, index=True)  # None: the subject says it
    time_zone: str = ""
    closed_at: datetime | None = None  # by hand, before the last day; None again when it is reopened
    marking: str = ""  # of every answer; "": each chooses its own
    version: int = 1  # rises with each change of the questions and days
    created_at: datetime
    changed_at: datetime

    cycle: Cycle | None = Relationship()
    training: TrainingEvent | None = Relationship()
    needs_round: NeedsRound | None = Relationship()
    findings_round: FindingsRound | None = Relationship()
    questions: list["AskQuestion"] = Relationship(
        back_populates="ask",
        sa_relationship_kwargs={"order_by": "AskQuestion.position", "cascade": "all, delete-orphan"},
    )
    rows: list["AskRow"] = Relationship(
        back_populates="ask",
        sa_relationship_kwargs={"order_by": "AskRow.position", "cascade": "all, delete-orphan"},
    )
    parties: list["AskParty"] = Relationship(
        back_populates="ask", sa_relationship_kwargs={"order_by": "AskParty.id"}
    )

    @property
    def subject(self) -> Subject:
        """What is asked about."""
        subject = self.cycle or self.training or self.needs_round or self.findings_round
        if subject is None:
            raise ValueError(f"ask {self.id} is about nothing")
        return subject

    @property
    def is_of_plan(self) -> bool:
        """Whether the stage plan makes it, with its days and letters."""
        return self.template in {kind.template for kind in CycleAsk}

    @property
    def of_cycle(self) -> Cycle:
        """The cycle, of an ask that is about one. Raises ValueError of another."""
        if self.cycle is None:
            raise ValueError(f"ask {self.id} is about no cycle")
        return self.cycle


class AskQuestion(SQLModel, table=True):
    """One question; answers refer to its id and version: worded anew, they stay readable as it was asked."""

    __tablename__ = "ask_question"
    __table_args__ = (one_of("kind", QuestionKind), one_of_or_empty("per", RowOf))

    id: int | None = Field(default=None, primary_key=True)
    ask_id: int = Field(foreign_key="ask.id", index=True)
    position: int
    kind: str = QuestionKind.TEXT
    text: str
    help: str = ""
    options: list[str] = Field(default_factory=list, sa_type=JSON)  # choices; of a scale 2 words, or 5
    is_required: bool = False
    per: str = ""  # answered for each row of the ask of this kind; "": once
    version: int = 1  # of its wording
    earlier: list[dict[str, object]] = Field(default_factory=list, sa_type=JSON)  # version, text, options

    ask: Ask = Relationship(back_populates="questions")


class AskRow(SQLModel, table=True):
    """One theme, objective or finding that questions are answered for, under the title by which it was asked.

    The title stays when the thing is worded anew, and when it goes.
    """

    __tablename__ = "ask_row"
    __table_args__ = (
        one_of("per", RowOf),
        UniqueConstraint("ask_id", "theme_id"),
        UniqueConstraint("ask_id", "objective_id"),
        UniqueConstraint("ask_id", "lesson_id"),
        at_most_one("one_thing", "theme_id", "objective_id", "lesson_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    ask_id: int = Field(foreign_key="ask.id", index=True)
    position: int
    per: str
    title: str
    theme_id: int | None = Field(default=None, foreign_key="theme.id", index=True, ondelete="SET NULL")
    objective_id: int | None = Field(
        default=None, foreign_key="training_objective.id", index=True, ondelete="SET NULL"
    )
    lesson_id: int | None = Field(default=None, foreign_key="lesson.id", index=True, ondelete="SET NULL")

    ask: Ask = Relationship(back_populates="rows")
    theme: Theme | None = Relationship()
    objective: TrainingObjective | None = Relationship()


class AskParty(SQLModel, table=True):
    """Who is asked together: a city, an expert group, or, with neither, people who answer for themselves."""

    __tablename__ = "ask_party"
    __table_args__ = (
        UniqueConstraint("ask_id", "city_id"),
        UniqueConstraint("ask_id", "group_id"),
        Index(
            "uq_ask_party_people",
            "ask_id",
            unique=True,
            sqlite_where=_BY_THEMSELVES,
            postgresql_where=_BY_THEMSELVES,
        ),
        at_most_one("city_or_group", "city_id", "group_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    ask_id: int = Field(foreign_key="ask.id", index=True)
    city_id: int | None = Field(default=None, foreign_key="city.id", index=True)
    group_id: int | None = Field(default=None, foreign_key="expert_group.id", index=True)
    extended_on: date | None = None  # its last day instead of the ask's; never makes it earlier
    done_at: datetime | None = None  # the chair says that nothing more will come
    done_by_id: int | None = Field(default=None, foreign_key="person.id")

    ask: Ask = Relationship(back_populates="parties")
    city: City | None = Relationship()
    group: ExpertGroup | None = Relationship()
    done_by: Person | None = Relationship()
    addressees: list["AskAddressee"] = Relationship(
        back_populates="party", sa_relationship_kwargs={"order_by": "AskAddressee.id"}
    )


class AskAddressee(SQLModel, table=True):
    """A person who was asked; ``holder`` answers now, a deputy after a hand-over."""

    __tablename__ = "ask_addressee"
    __table_args__ = (UniqueConstraint("party_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    party_id: int = Field(foreign_key="ask_party.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    holder_id: int = Field(foreign_key="person.id", index=True)
    # Of people by themselves, for whom their answer counts: it stays when they move.
    city_id: int | None = Field(default=None, foreign_key="city.id", index=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    extended_on: date | None = None  # as the party's, for this person alone
    asked_at: datetime

    party: AskParty = Relationship(back_populates="addressees")
    person: Person = Relationship(sa_relationship_kwargs={"foreign_keys": "AskAddressee.person_id"})
    holder: Person = Relationship(sa_relationship_kwargs={"foreign_keys": "AskAddressee.holder_id"})
    city: City | None = Relationship()
    organisation: Organisation | None = Relationship()
