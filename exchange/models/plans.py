"""Plans that somebody asked the planner for, and which entries of them were taken into the programme."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from exchange.models.base import one_of


class PlanState(StrEnum):
    """How far the request has come."""

    WAITING = "waiting"  # for a clock to take it up
    RUNNING = "running"  # claimed by a clock, which says so at every beat
    STOPPED = "stopped"  # ended before it was done; the best plan so far is kept
    DONE = "done"
    FAILED = "failed"  # there is no plan; ``failure`` says why
    TAKEN = "taken"  # at least one of its entries stands in the programme


class PlanRequest(SQLModel, table=True):
    """One problem given to the planner, how far it is, and the plan that came of it."""

    __tablename__ = "plan_request"
    __table_args__ = (
        one_of("state", PlanState),
        Index("ix_plan_request_state_beat_at", "state", "beat_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    asked_by_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    asked_at: datetime
    parent_id: int | None = Field(default=None, foreign_key="plan_request.id", index=True)  # planned again
    state: str = PlanState.WAITING
    wishes: dict[str, object] = Field(sa_type=JSON)  # what the form said; {} when a file said it
    problem: dict[str, object] = Field(sa_type=JSON)  # PROBLEM.json
    plan: dict[str, object] | None = Field(default=None, sa_type=JSON)  # PLAN.json
    start_on: date  # of the horizon, as the problem has it
    weeks: int
    seconds_most: int
    stage: str = ""  # the objective that is worked on, in the planner's word
    best: int | None = None
    bound: int | None = None
    seconds: float = 0.0  # since the search began
    attempts: int = 0
    claimed_by: str = ""
    beat_at: datetime | None = None  # when the clock that has it last said so
    stop_asked_at: datetime | None = None
    finished_at: datetime | None = None
    failure: str = ""


class PlanEntry(SQLModel, table=True):
    """An entry of a plan that stands in the programme: taken from it, or there before it."""

    __tablename__ = "plan_entry"

    plan_id: int = Field(foreign_key="plan_request.id", primary_key=True)
    name: str = Field(primary_key=True)  # the entry's name in PLAN.json
    cycle_id: int | None = Field(default=None, foreign_key="cycle.id", index=True)
    training_id: int | None = Field(default=None, foreign_key="training_event.id", index=True)
    taken_at: datetime
    is_new: bool = True  # False for one that stood in the programme before the plan
