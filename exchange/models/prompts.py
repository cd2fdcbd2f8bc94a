"""Prompts: the questions of a cycle, who is asked them, and until when.

Decisions are stored (questions, extensions, a group that is done, a link handed on); who is silent
follows from them and is worked out in exchange.answering.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of
from exchange.models.cities import City
from exchange.models.cycles import Cycle
from exchange.models.groups import ExpertGroup
from exchange.models.people import Person
from exchange.rules.programme.stage_plan import PromptKind


class Prompt(SQLModel, table=True):
    """The questions that one cycle puts to its cities or to its expert groups."""

    __tablename__ = "prompt"
    __table_args__ = (UniqueConstraint("cycle_id", "kind"), one_of("kind", PromptKind))

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    kind: str
    version: int = 1  # rises with each change of the questions
    created_at: datetime
    changed_at: datetime

    cycle: Cycle = Relationship()
    questions: list["PromptQuestion"] = Relationship(
        back_populates="prompt",
        sa_relationship_kwargs={"order_by": "PromptQuestion.position", "cascade": "all, delete-orphan"},
    )
    parties: list["PromptParty"] = Relationship(
        back_populates="prompt", sa_relationship_kwargs={"order_by": "PromptParty.id"}
    )


class PromptQuestion(SQLModel, table=True):
    """One question; answers refer to its id, so that rewording it keeps them."""

    __tablename__ = "prompt_question"

    id: int | None = Field(default=None, primary_key=True)
    prompt_id: int = Field(foreign_key="prompt.id", index=True)
    position: int
    text: str

    prompt: Prompt = Relationship(back_populates="questions")


class PromptParty(SQLModel, table=True):
    """A city or an expert group that is asked: exactly one of the two."""

    __tablename__ = "prompt_party"
    __table_args__ = (
        UniqueConstraint("prompt_id", "city_id"),
        UniqueConstraint("prompt_id", "group_id"),
        CheckConstraint("(city_id IS NULL) <> (group_id IS NULL)", name="city_or_group"),
    )

    id: int | None = Field(default=None, primary_key=True)
    prompt_id: int = Field(foreign_key="prompt.id", index=True)
    city_id: int | None = Field(default=None, foreign_key="city.id", index=True)
    group_id: int | None = Field(default=None, foreign_key="expert_group.id", index=True)
    extended_on: date | None = None  # its last day instead of the stage's; never makes it earlier
    done_at: datetime | None = None  # the chair says that nothing more will come
    done_by_id: int | None = Field(default=None, foreign_key="person.id")

    prompt: Prompt = Relationship(back_populates="parties")
    city: City | None = Relationship()
    group: ExpertGroup | None = Relationship()
    done_by: Person | None = Relationship()
    addressees: list["PromptAddressee"] = Relationship(
        back_populates="party", sa_relationship_kwargs={"order_by": "PromptAddressee.id"}
    )


class PromptAddressee(SQLModel, table=True):
    """A person who was asked for a city or a group; ``holder`` answers now, a deputy after a hand-over."""

    __tablename__ = "prompt_addressee"
    __table_args__ = (UniqueConstraint("party_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    party_id: int = Field(foreign_key="prompt_party.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    holder_id: int = Field(foreign_key="person.id", index=True)
    extended_on: date | None = None  # as the party's, for this person alone
    asked_at: datetime

    party: PromptParty = Relationship(back_populates="addressees")
    person: Person = Relationship(sa_relationship_kwargs={"foreign_keys": "PromptAddressee.person_id"})
    holder: Person = Relationship(sa_relationship_kwargs={"foreign_keys": "PromptAddressee.holder_id"})
