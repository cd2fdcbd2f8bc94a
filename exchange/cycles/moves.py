"""Moving a cycle's parts, and saying what is done: what is done, and what was held, stays where it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from exchange.cycles.drafts import check_sitting
from exchange.cycles.saving import changing
from exchange.errors import Conflict, InvalidInput, NotFound
from exchange.lifecycle import Change
from exchange.models import Cycle, Person, Sitting, Stage
from exchange.rules.programme.cycles import (
    MovedStage,
    StagePlan,
    check_start,
    check_year,
    is_done,
    moved_stages,
)
from exchange.rules.time.timezones import NonexistentTime, WallTime, instant, resolve, wall_time


@dataclass(frozen=True)
class SittingMove:
    """Where a sitting goes; ``reason`` sets aside the blocks it meets there.

    ``join_link`` is the address for joining it, "" for none yet; None leaves the one it has.
    """

    wall: WallTime
    minutes: int
    reason: str = ""
    join_link: str | None = None


class SwallowedSitting(InvalidInput):
    """A move would take ``sitting`` to a wall time that the clocks skip in spring."""

    def __init__(self, sitting: Sitting) -> None:
        super().__init__(
            "The sitting at %(at)s in %(time_zone)s would come to %(on)s, where the clocks skip that time:"
            " move that sitting to another time first, or choose another day.",
            field="starts_on",
            at=f"{sitting.starts_local:%H:%M}",
            time_zone=sitting.time_zone,
            on=sitting.on_local,
        )
        self.sitting = sitting


def move_start(
    session: Session,
    cycle: Cycle,
    starts_on: date,
    *,
    plan: StagePlan,
    actor: Person | None,
    now: datetime,
    reason: str = "",
) -> None:
    """Move the whole cycle to another Monday: what is neither done nor past, and sittings not yet held."""
    check_start(starts_on)
    _check_movable(cycle)
    with changing(session, cycle, plan, Change("move start", actor, now, reason)):
        shift_start(cycle, starts_on, plan=plan, as_of=now)


def shift_start(cycle: Cycle, starts_on: date, *, plan: StagePlan, as_of: datetime) -> None:
    """Give the stages and sittings that were not past at ``as_of`` their new dates; the caller saves it."""
    days = (starts_on - cycle.starts_on).days
    if not days:
        return
    today = wall_time(as_of, cycle.lead_city.time_zone).on
    stages = [
        _Movable(s.key, s.starts_on, s.ends_on, is_done(done_at=s.done_at, ends_on=s.ends_on, today=today))
        for s in cycle.stages
    ]
    _apply(cycle, moved_stages(stages, key=None, days=days), days, plan=plan, as_of=as_of)


def move_stage(
    session: Session,
    cycle: Cycle,
    key: str,
    starts_on: date,
    *,
    plan: StagePlan,
    actor: Person | None,
    now: datetime,
    reason: str = "",
) -> None:
    """Move one stage to begin ``starts_on``, and every undone stage that follows by as many days.

    A stage that is overdue can be moved; one that somebody marked done cannot.
    """
    _check_movable(cycle)
    check_year(starts_on)
    stage = stage_of(cycle, key)
    days = (starts_on - stage.starts_on).days
    stages = [_Movable(s.key, s.starts_on, s.ends_on, s.done_at is not None) for s in cycle.stages]
    with changing(session, cycle, plan, Change("move stage", actor, now, reason)):
        _apply(cycle, moved_stages(stages, key=key, days=days), days, plan=plan, as_of=now)


def move_sitting(
    session: Session,
    cycle: Cycle,
    sitting_id: int,
    to: SittingMove,
    *,
    plan: StagePlan,
    actor: Person | None,
    now: datetime,
) -> None:
    """Give one sitting another wall time, length or link. Raises NonexistentTime with the two neighbours."""
    _check_movable(cycle)
    sitting = _sitting_to_move(cycle, sitting_id, now)
    _check_place(cycle, to, plan, now)
    with changing(session, cycle, plan, Change("move sitting", actor, now, to.reason)):
        _place(sitting, to)


def move_cycle(
    session: Session,
    cycle: Cycle,
    starts_on: date,
    sittings: Mapping[int, SittingMove],
    *,
    plan: StagePlan,
    actor: Person | None,
    now: datetime,
    reason: str = "",
) -> None:
    """Move the whole cycle as move_start does, and these sittings by id as move_sitting does, as one change.

    What blocks the days in between blocks nothing: only where everything comes to stand counts.
    """
    check_start(starts_on)
    _check_movable(cycle)
    moves = [(_sitting_to_move(cycle, number, now), to) for number, to in sittings.items()]
    action = "move sitting" if starts_on == cycle.starts_on else "move start"
    with changing(session, cycle, plan, Change(action, actor, now, reason)):
        shift_start(cycle, starts_on, plan=plan, as_of=now)
        for sitting, to in moves:
            _check_place(cycle, to, plan, now)
            _place(sitting, to)


def _sitting_to_move(cycle: Cycle, sitting_id: int, now: datetime) -> Sitting:
    sitting = sitting_of(cycle, sitting_id)
    if is_held(sitting, now):
        raise Conflict("That sitting was held already.")
    return sitting


def _check_place(cycle: Cycle, to: SittingMove, plan: StagePlan, now: datetime) -> None:
    last_on = max(stage.ends_on for stage in _within(cycle, plan))
    if not cycle.starts_on <= to.wall.on <= last_on:
        raise InvalidInput(
            "A sitting is within its exchange: choose a day from %(first)s to %(last)s.",
            field="on",
            first=cycle.starts_on,
            last=last_on,
        )
    check_sitting(to.wall, to.minutes)
    _check_link(to.join_link)
    if instant(to.wall) <= now:
        raise InvalidInput("That moment is past.", field="on")


def _place(sitting: Sitting, to: SittingMove) -> None:
    sitting.on_local, sitting.starts_local = to.wall.on, to.wall.at
    sitting.time_zone, sitting.minutes = to.wall.time_zone, to.minutes
    if to.join_link is not None:
        sitting.join_link = to.join_link


def mark_stage_done(
    session: Session, cycle: Cycle, key: str, *, plan: StagePlan, actor: Person | None, now: datetime
) -> None:
    """Say that a stage is done: it moves no more. Raises Conflict when somebody said so before."""
    stage = stage_of(cycle, key)
    if stage.done_at:
        raise Conflict("%(stage)s is marked done already.", stage=stage.name)
    with changing(session, cycle, plan, Change("mark stage done", actor, now)):
        stage.done_at = now


def reopen_stage(
    session: Session, cycle: Cycle, key: str, *, plan: StagePlan, actor: Person | None, now: datetime
) -> None:
    """Take back that a stage is done."""
    stage = stage_of(cycle, key)
    if not stage.done_at:
        raise Conflict("%(stage)s is not marked done.", stage=stage.name)
    with changing(session, cycle, plan, Change("reopen stage", actor, now)):
        stage.done_at = None


def stage_of(cycle: Cycle, key: str) -> Stage:
    """The cycle's stage with this key. Raises NotFound."""
    found = next((stage for stage in cycle.stages if stage.key == key), None)
    if found is None:
        raise NotFound("This cycle has no such stage.")
    return found


def sitting_of(cycle: Cycle, sitting_id: int) -> Sitting:
    """The cycle's sitting with this id. Raises NotFound."""
    found = next((sitting for sitting in cycle.sittings if sitting.id == sitting_id), None)
    if found is None:
        raise NotFound("This cycle has no such sitting.")
    return found


def is_held(sitting: Sitting, now: datetime) -> bool:
    """Whether the sitting has begun."""
    return instant(WallTime(sitting.on_local, sitting.starts_local, sitting.time_zone)) <= now


@dataclass(frozen=True)
class _Movable:
    """A stage as rules.programme.stage_moves wants it."""

    key: str
    starts_on: date
    ends_on: date
    is_done: bool


def _check_link(link: str | None) -> None:
    """Only encrypted links leave in feeds and letters."""
    if link and not link.startswith("https://"):
        raise InvalidInput("A link for joining begins with https://.", field="join_link")


def _check_movable(cycle: Cycle) -> None:
    if cycle.postponed_at:
        raise Conflict("%(title)s is postponed: resume it with a new start.", title=cycle.title)


def _apply(cycle: Cycle, moved: Iterable[MovedStage], days: int, *, plan: StagePlan, as_of: datetime) -> None:
    """Write the new dates; a meeting goes with its stage and keeps its wall time."""
    new = {stage.key: stage for stage in moved}
    for stage in cycle.stages:
        if stage.key in new:
            stage.starts_on, stage.ends_on = new[stage.key].starts_on, new[stage.key].ends_on
    stage_of_meeting = {meeting.key: meeting.stage for meeting in plan.meetings}
    for sitting in cycle.sittings:
        if stage_of_meeting.get(sitting.meeting) in new and not is_held(sitting, as_of):
            _shift_sitting(sitting, days)
    _set_weeks(cycle, plan)


def _shift_sitting(sitting: Sitting, days: int) -> None:
    """Another day at the same wall time. Raises SwallowedSitting when clocks skip that time there."""
    sitting.on_local += timedelta(days=days)
    try:
        resolve(WallTime(sitting.on_local, sitting.starts_local, sitting.time_zone))
    except NonexistentTime as gap:
        raise SwallowedSitting(sitting) from gap


def _set_weeks(cycle: Cycle, plan: StagePlan) -> None:
    """Keep the cycle's own start and duration what its stages now say."""
    within = _within(cycle, plan)
    first_on = min(stage.starts_on for stage in within)
    last_on = max(stage.ends_on for stage in within)
    check_start(first_on)
    cycle.starts_on = first_on
    cycle.duration_weeks = -(-((last_on - first_on).days + 1) // 7)


def _within(cycle: Cycle, plan: StagePlan) -> list[Stage]:
    keys = {rule.key for rule in plan.stages_within}
    return [stage for stage in cycle.stages if stage.key in keys] or list(cycle.stages)
