"""How far a cycle has come: the state of each stage, and what is due next. Derived, never stored."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from exchange.models import Cycle, Publication, Stage
from exchange.rules.programme.cycles import due_on
from exchange.rules.time.timezones import wall_time

_OWNERS = "owners"  # of actions, in config/cycle.toml: what drives a stage that looks at them


class StageState(StrEnum):
    """Where a stage stands today."""

    DONE = "done"
    OVERDUE = "overdue"
    NOW = "now"
    NEXT = "next"
    LATER = "later"


@dataclass(frozen=True)
class StageProgress:
    """A stage with its state and the day its work is due, in the lead city."""

    stage: Stage
    state: StageState
    due_on: date


@dataclass(frozen=True)
class Deadline:
    """What a cycle owes next; ``name`` is a stage's, or "" for the live session."""

    name: str
    on: date


@dataclass(frozen=True)
class CycleProgress:
    """A cycle today: ``current`` is the stage that runs, ``deadline`` what is due next; None when over."""

    cycle: Cycle
    today: date
    stages: list[StageProgress]
    current: Stage | None
    deadline: Deadline | None

    @property
    def is_active(self) -> bool:
        """Whether the cycle is neither cancelled nor postponed."""
        return self.cycle.publication in {Publication.DRAFT, Publication.PUBLISHED}

    @property
    def overdue_count(self) -> int:
        """How many stages are past their day and not marked done."""
        return sum(1 for progress in self.stages if progress.state is StageState.OVERDUE)


def progress_of(cycle: Cycle, now: datetime, *, open_actions: int | None = None) -> CycleProgress:
    """How the cycle stands at ``now``, by the date in its lead city; needs stages and sittings loaded.

    A stage that looks at actions is done when it has begun and none is open; ``open_actions`` None is when
    nobody has counted them.
    """
    today = wall_time(now, cycle.lead_city.time_zone).on
    following = next((s for s in cycle.stages if s.starts_on > today and not s.done_at), None)
    nothing_open = open_actions == 0
    stages = [
        StageProgress(s, _state(s, today, s is following, nothing_open=nothing_open), due_on(s))
        for s in cycle.stages
    ]
    current = next((s for s in cycle.stages if s.starts_on <= today <= s.ends_on), None)
    return CycleProgress(cycle, today, stages, current, _deadline(cycle, stages, today))


def _state(stage: Stage, today: date, is_next: bool, *, nothing_open: bool) -> StageState:
    if stage.done_at or (stage.owner == _OWNERS and nothing_open and stage.starts_on <= today):
        return StageState.DONE
    if due_on(stage) < today:
        return StageState.OVERDUE
    if stage.starts_on <= today:
        return StageState.NOW
    return StageState.NEXT if is_next else StageState.LATER


def _deadline(cycle: Cycle, stages: list[StageProgress], today: date) -> Deadline | None:
    if cycle.cancelled_at or cycle.postponed_at:
        return None
    due = [Deadline(s.stage.name, s.due_on) for s in stages if not s.stage.done_at and s.due_on >= today]
    held = [Deadline("", s.on_local) for s in cycle.sittings if s.meeting == "session"]
    ahead = due + [session for session in held if session.on >= today]
    return min(ahead, key=lambda deadline: deadline.on, default=None)
