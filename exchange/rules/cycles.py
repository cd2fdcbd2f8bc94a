"""Cycles laid on a calendar: when an exchange's stages begin and end, and how they move.

Not status in a database: what is stored is a decision, and everything here is derived from dates given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from exchange.errors import InvalidInput
from exchange.rules.plan_file import read_stage_plan
from exchange.rules.stage_plan import LetterRule, MeetingRule, Phase, StagePlan, StageRule
from exchange.rules.starts import is_clean_start, next_clean_start, strict_starts, year_starts
from exchange.rules.timezones import WallTime

__all__ = [
    "LetterRule",
    "MeetingRule",
    "MovableStage",
    "MovedStage",
    "Phase",
    "Sitting",
    "StageDates",
    "StagePlan",
    "StageRule",
    "check_start",
    "cycle_ends_on",
    "due_on",
    "is_clean_start",
    "is_done",
    "moved_stages",
    "next_clean_start",
    "next_start",
    "read_stage_plan",
    "session_on",
    "sittings_for",
    "stage_at",
    "stages_for",
    "strict_starts",
    "year_starts",
]

MONDAY = 0
FRIDAY = 4


@dataclass(frozen=True)
class StageDates:
    """A stage on the calendar; first and last day, both included, as dates in the lead city."""

    key: str
    name: str
    owner: str
    starts_on: date
    ends_on: date
    is_before: bool = False
    is_after: bool = False


@dataclass(frozen=True)
class Sitting:
    """One sitting of a meeting that a stage holds; ``stage`` is the stage's key."""

    stage: str
    name: str
    wall: WallTime
    minutes: int


class MovableStage(Protocol):
    """What moved_stages needs to know of a stage, row or dataclass."""

    @property
    def key(self) -> str: ...
    @property
    def starts_on(self) -> date: ...
    @property
    def ends_on(self) -> date: ...
    @property
    def is_done(self) -> bool: ...


@dataclass(frozen=True)
class MovedStage:
    """New dates for one stage."""

    key: str
    starts_on: date
    ends_on: date


def check_start(on: date) -> None:
    """Raise InvalidInput, field "starts_on", naming the Mondays on either side, unless ``on`` is one."""
    raise NotImplementedError


def cycle_ends_on(starts_on: date, duration_weeks: int) -> date:
    """The Sunday that ends the cycle; the last day that belongs to it."""
    return starts_on + timedelta(weeks=duration_weeks, days=-1)


def next_start(starts_on: date, cadence_weeks: int) -> date:
    """The Monday on which the following cycle may start, by cadence alone."""
    return starts_on + timedelta(weeks=cadence_weeks)


def stages_for(
    plan: StagePlan,
    starts_on: date,
    *,
    duration_weeks: int = 8,
    stage_weeks: Mapping[str, int] | None = None,
) -> tuple[StageDates, ...]:
    """All stages of a cycle in order; those within it tile its weeks without gap or overlap.

    ``stage_weeks`` gives whole weeks for every stage within the cycle and must sum to
    ``duration_weeks``. Without it the plan's own weeks are used, stretched or shrunk by largest
    remainder, at least one each. Raises InvalidInput (field "starts_on", "duration_weeks" or "stage_weeks").
    """
    raise NotImplementedError


def session_on(plan: StagePlan, stages: Sequence[StageDates]) -> date:
    """The day of the live session: the plan's weekday in the first week of the session's stage."""
    raise NotImplementedError


def sittings_for(plan: StagePlan, stages: Sequence[StageDates]) -> tuple[Sitting, ...]:
    """The usual sittings of every meeting of the plan; what the form offers before anybody changes it."""
    raise NotImplementedError


def due_on(stage: MovableStage | StageDates) -> date:
    """The Friday by which a stage's work is due: the last one within it, else its last day."""
    raise NotImplementedError


def stage_at(stages: Sequence[StageDates], on: date) -> StageDates | None:
    """The stage that the day belongs to; None before, after and between stages."""
    raise NotImplementedError


def is_done(*, done_at: datetime | None, ends_on: date, today: date) -> bool:
    """A stage is done when somebody said so, or when its last day is past. ``today`` in the lead city."""
    return done_at is not None or ends_on < today


def moved_stages(stages: Sequence[MovableStage], *, key: str | None, days: int) -> tuple[MovedStage, ...]:
    """New dates for what is not done when one stage, or the whole cycle, moves by ``days``.

    ``key`` names the stage that moves, and every undone stage that starts with or after it moves along;
    None moves the cycle's start, in whole weeks, with every undone stage. Nothing done moves, nothing
    overlaps it, and order is kept. Raises InvalidInput, NotFound for an unknown key.
    """
    raise NotImplementedError
