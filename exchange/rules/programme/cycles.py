"""Cycles laid on a calendar: when an exchange's stages begin and end, and what is under way.

Not status in a database: what is stored is a decision, and everything here follows from dates given.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from exchange.errors import InvalidInput
from exchange.rules.programme.cycle_starts import (
    is_clean_start,
    next_clean_start,
    strict_starts,
    year_starts,
)
from exchange.rules.programme.stage_moves import DatedStage, MovableStage, MovedStage, moved_stages
from exchange.rules.programme.stage_plan import LetterRule, MeetingRule, Phase, StagePlan, StageRule
from exchange.rules.programme.stage_plan_file import read_stage_plan
from exchange.rules.programme.stage_weeks import weeks_of_stages
from exchange.rules.time.timezones import WallTime

__all__ = [
    "DatedStage",
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
    "check_year",
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

_Stage = TypeVar("_Stage", bound=DatedStage)

FRIDAY = 4
FIRST_YEAR, LAST_YEAR = 2000, 2100  # a start outside is a slip of the keyboard


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


def check_start(on: date) -> None:
    """Raise InvalidInput, field "starts_on", unless ``on`` is a Monday; it names those beside it."""
    check_year(on)
    if on.weekday() != 0:
        before = on - timedelta(days=on.weekday())
        raise InvalidInput(
            "A cycle starts on a Monday, and %(on)s is not one. Choose %(before)s or %(after)s.",
            field="starts_on",
            on=on,
            before=before,
            after=before + timedelta(weeks=1),
        )


def check_year(on: date) -> None:
    """Raise InvalidInput, field "starts_on", for a year in which nobody plans."""
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise InvalidInput(
            "A cycle starts between %(first)s and %(last)s.",
            field="starts_on",
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )


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
    """All stages of a cycle in the plan's order; those within it tile its weeks without a gap.

    ``stage_weeks`` gives whole weeks for every stage within the cycle and sums to
    ``duration_weeks``. Without it the plan's own weeks are used, stretched or shrunk by largest
    remainder to at least one each. Raises InvalidInput, field "starts_on", "duration_weeks" or
    "stage_weeks".
    """
    check_start(starts_on)
    weeks = weeks_of_stages(plan, duration_weeks, stage_weeks)
    following = next_start(starts_on, duration_weeks)
    laid = []
    next_on = starts_on
    for rule in plan.stages:
        if rule.phase is Phase.WITHIN:
            laid.append(_lay(rule, next_on, weeks[rule.key]))
            next_on += timedelta(weeks=weeks[rule.key])
        elif rule.phase is Phase.BEFORE:
            laid.append(_lay(rule, starts_on + timedelta(weeks=rule.first_week), rule.weeks))
        else:
            laid.append(_lay(rule, following + timedelta(weeks=rule.first_week - 1), rule.weeks))
    return tuple(laid)


def session_on(plan: StagePlan, stages: Sequence[DatedStage]) -> date:
    """The day of the live session: the plan's weekday in the first week of the session's stage."""
    return _meeting_on(plan.session, stages)


def sittings_for(plan: StagePlan, stages: Sequence[DatedStage]) -> tuple[Sitting, ...]:
    """Every sitting of every meeting as the plan has it: what is offered before anybody changes it."""
    return tuple(
        Sitting(
            stage=meeting.stage,
            name=meeting.name,
            wall=WallTime(_meeting_on(meeting, stages), sitting.at, sitting.time_zone),
            minutes=meeting.minutes,
        )
        for meeting in plan.meetings
        for sitting in meeting.sittings
    )


def due_on(stage: DatedStage) -> date:
    """The day by which a stage's work is due: the last Friday in it, its last day when it has none."""
    friday = stage.ends_on - timedelta(days=(stage.ends_on.weekday() - FRIDAY) % 7)
    return friday if friday >= stage.starts_on else stage.ends_on


def stage_at(stages: Iterable[_Stage], on: date) -> _Stage | None:
    """The stage that the day belongs to; None before, between and after stages."""
    return next((stage for stage in stages if stage.starts_on <= on <= stage.ends_on), None)


def is_done(*, done_at: datetime | None, ends_on: date, today: date) -> bool:
    """Whether somebody said so or the last day is past; ``today`` is the date in the lead city."""
    return done_at is not None or ends_on < today


def _lay(rule: StageRule, starts_on: date, weeks: int) -> StageDates:
    return StageDates(
        key=rule.key,
        name=rule.name,
        owner=rule.owner,
        starts_on=starts_on,
        ends_on=cycle_ends_on(starts_on, weeks),
        is_before=rule.phase is Phase.BEFORE,
        is_after=rule.phase is Phase.AFTER,
    )


def _meeting_on(meeting: MeetingRule, stages: Sequence[DatedStage]) -> date:
    """The first such weekday on or after the stage's first day, wherever the stage was moved."""
    stage = next(stage for stage in stages if stage.key == meeting.stage)
    return stage.starts_on + timedelta(days=(meeting.weekday - stage.starts_on.weekday()) % 7)
