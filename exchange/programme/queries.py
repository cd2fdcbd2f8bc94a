"""A year of the programme from rows, or from the entries of feeds for people who do not plan.

The number of statements does not depend on how much is planned.
"""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import groupby

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, func, select

from exchange.access.conditions import readable_cycles, readable_trainings
from exchange.access.kept_back import KeptBack
from exchange.city_calendars import lead_calendars_of
from exchange.feeds.content.entries import Entry, EntryKind, EntryStatus
from exchange.models import (
    NOT_TRAINING,
    Cycle,
    Publication,
    Sitting,
    Stage,
    TrainingEvent,
    TrainingState,
)
from exchange.programme.year import (
    FreeDays,
    QuietSpan,
    ShownCycle,
    ShownSitting,
    ShownStage,
    ShownTraining,
    Year,
)
from exchange.rules.access.standing import Standing
from exchange.rules.programme.stage_plan import Phase, StagePlan
from exchange.rules.time.holidays import holidays_of
from exchange.rules.time.quiet_periods import spans
from exchange.rules.time.timezones import WallTime

Link = Callable[[str, int], str]  # a kind ("cycle", "training") and an id to the address of its page


def year_to_plan(session: Session, number: int, kept_back: KeptBack, *, plan: StagePlan, link: Link) -> Year:
    """All of the year that who plans may know of, drafts and what was called off too."""
    first_on, last_on = date(number, 1, 1), date(number, 12, 31)
    phases = {stage.key: stage.phase for stage in plan.stages}
    cycles = [row for row in _cycles(session, first_on, last_on) if not kept_back.holds(row)]
    trainings = [row for row in _trainings(session, first_on, last_on) if not kept_back.holds(row)]
    return Year(
        number=number,
        cycles=tuple(_cycle(row, phases, plan, link) for row in cycles),
        trainings=tuple(_training(row, link) for row in trainings),
        free_days=_free_days(session, number),
    )


def year_for(session: Session, number: int, entries: Sequence[Entry], *, plan: StagePlan, link: Link) -> Year:
    """The year that a reader's entries make."""
    of_cycles = sorted((e for e in entries if e.cycle_id), key=lambda entry: entry.cycle_id or 0)
    cycles = [
        _shown_cycle(cycle_id or 0, list(group), plan, link)
        for cycle_id, group in groupby(of_cycles, key=lambda entry: entry.cycle_id)
    ]
    trainings = [_shown_training(entry, link) for entry in entries if entry.kind is EntryKind.TRAINING]
    in_year = (date(number, 1, 1), date(number, 12, 31))
    return Year(
        number=number,
        cycles=tuple(
            sorted((c for c in cycles if _touches(c, *in_year)), key=lambda c: (c.starts_on, c.key))
        ),
        trainings=tuple(t for t in trainings if in_year[0] <= t.starts.on <= in_year[1]),
        free_days=_free_days(session, number),
    )


def next_year_planned(session: Session, kept_back: KeptBack, today: date) -> int | None:
    """The year of the next session or event of the programme, drafts too; None when nothing is to come."""
    next_sitting = select(func.min(col(Sitting.on_local))).where(
        col(Sitting.on_local) >= today, col(Sitting.cycle_id).not_in(kept_back.cycle_ids)
    )
    next_training = select(func.min(col(TrainingEvent.on_local))).where(
        col(TrainingEvent.on_local) >= today, col(TrainingEvent.id).not_in(kept_back.training_ids)
    )
    found = session.exec(select(next_sitting.scalar_subquery(), next_training.scalar_subquery())).one()
    days = [on for on in found if on is not None]
    return min(days).year if days else None


def next_year_shown(entries: Sequence[Entry], today: date) -> int | None:
    """The year of the next session or event among entries; None when nothing is to come."""
    days = [entry.starts.on for entry in entries if entry.starts and entry.starts.on >= today]
    return min(days).year if days else None


def exchange_starts(session: Session, kept_back: KeptBack, standing: Standing) -> Sequence[date]:
    """The first days of exchanges that ``standing`` may know of, but for those called off.

    For who plans drafts too.
    """
    return session.exec(
        select(col(Cycle.starts_on))
        .where(
            readable_cycles(standing),
            col(Cycle.id).not_in(kept_back.cycle_ids),
            col(Cycle.cancelled_at).is_(None),
            col(Cycle.postponed_at).is_(None),
        )
        .order_by(col(Cycle.starts_on))
    ).all()


def training_dates(session: Session, kept_back: KeptBack, standing: Standing) -> Sequence[date]:
    """The dates of the events that make the rhythm."""
    found = select(col(TrainingEvent.on_local)).where(makes_rhythm(kept_back, standing))
    return session.exec(found.order_by(col(TrainingEvent.on_local))).all()


def makes_rhythm(kept_back: KeptBack, standing: Standing) -> ColumnElement[bool]:
    """Training that ``standing`` may know of, for who plans drafts too: neither ideas nor called off."""
    return and_(
        readable_trainings(standing),
        col(TrainingEvent.kind).not_in(NOT_TRAINING),  # meetings of boards and planners are none
        col(TrainingEvent.id).not_in(kept_back.training_ids),
        col(TrainingEvent.cancelled_at).is_(None),
        col(TrainingEvent.postponed_at).is_(None),
        col(TrainingEvent.state) != TrainingState.IDEA,
    )


def overdue_stages(session: Session, kept_back: KeptBack, today: date, most: int) -> Sequence[Stage]:
    """Stages of published cycles whose last day is past and that nobody called done, oldest first."""
    return session.exec(
        select(Stage)
        .join(Cycle)
        .where(
            col(Stage.done_at).is_(None),
            col(Stage.ends_on) < today,
            col(Cycle.published_at).is_not(None),
            col(Cycle.id).not_in(kept_back.cycle_ids),
            col(Cycle.cancelled_at).is_(None),
            col(Cycle.postponed_at).is_(None),
        )
        .options(joinedload(Stage.cycle))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(Stage.ends_on), col(Stage.id))
        .limit(most)
    ).all()


def _cycles(session: Session, first_on: date, last_on: date) -> Sequence[Cycle]:
    in_year = select(Stage.cycle_id).where(col(Stage.starts_on) <= last_on, col(Stage.ends_on) >= first_on)
    return session.exec(
        select(Cycle)
        .where(col(Cycle.id).in_(in_year))
        .options(
            joinedload(Cycle.lead_city),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.stages),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.sittings),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Cycle.starts_on), col(Cycle.id))
    ).all()


def _trainings(session: Session, first_on: date, last_on: date) -> Sequence[TrainingEvent]:
    return session.exec(
        select(TrainingEvent)
        .where(col(TrainingEvent.on_local).between(first_on, last_on))
        .options(joinedload(TrainingEvent.host_city))  # type: ignore[arg-type]  # as above
        .order_by(col(TrainingEvent.on_local), col(TrainingEvent.starts_local), col(TrainingEvent.id))
    ).all()


def _cycle(row: Cycle, phases: dict[str, Phase], plan: StagePlan, link: Link) -> ShownCycle:
    return ShownCycle(
        key=f"cycle-{row.id}",
        title=row.title,
        city=row.lead_city.name,
        marking=row.marking,
        publication=row.publication,
        href=link("cycle", row.id or 0),
        stages=tuple(
            ShownStage(
                stage.name,
                phases.get(stage.key, Phase.WITHIN),
                stage.starts_on,
                stage.ends_on,
                is_done=stage.done_at is not None,
            )
            for stage in row.stages
        ),
        sittings=tuple(
            ShownSitting(
                WallTime(sitting.on_local, sitting.starts_local, sitting.time_zone),
                sitting.minutes,
                is_live=sitting.meeting == plan.session.key,
            )
            for sitting in row.sittings
        ),
    )


def _training(row: TrainingEvent, link: Link) -> ShownTraining:
    return ShownTraining(
        key=f"training-{row.id}",
        title=row.title,
        kind=row.kind,
        city=row.host_city.name,
        marking=row.marking,
        publication=row.publication,
        state=row.state,
        href=link("training", row.id or 0),
        starts=WallTime(row.on_local, row.starts_local, row.time_zone),
        minutes=row.minutes,
        mode=row.mode,
    )


def _shown_cycle(cycle_id: int, entries: Sequence[Entry], plan: StagePlan, link: Link) -> ShownCycle:
    """A cycle out of its entries: a stage's entry is titled "cycle: stage" where the title may be shown."""
    first = entries[0]
    stages = sorted((e for e in entries if e.kind is EntryKind.STAGE), key=lambda e: (e.first_on, e.last_on))
    title, _, name = stages[0].title.rpartition(": ") if stages else (first.title, "", "")
    is_named = bool(title)
    key = f"cycle-{cycle_id}"
    return ShownCycle(
        key=key,
        title=title if is_named else name,
        city=first.city,
        marking=first.marking,
        publication=_publication(first),
        href=link("cycle", cycle_id),
        stages=tuple(_shown_stage(e, number, is_named, plan) for number, e in enumerate(stages)),
        sittings=tuple(_shown_sitting(e, stages, plan) for e in entries if e.kind is EntryKind.SESSION),
    )


def _shown_stage(entry: Entry, number: int, is_named: bool, plan: StagePlan) -> ShownStage:
    """The phase is the plan's for a stage of this name, else for a stage in this place."""
    name = entry.title.rpartition(": ")[2] if is_named else ""
    by_name = {stage.name: stage.phase for stage in plan.stages}
    by_place = plan.stages[number].phase if number < len(plan.stages) else Phase.WITHIN
    first_on, last_on = entry.first_on or date.min, entry.last_on or date.min
    return ShownStage(name, by_name.get(name, by_place), first_on, last_on)


def _shown_sitting(entry: Entry, stages: Sequence[Entry], plan: StagePlan) -> ShownSitting:
    """The live session is what takes place in the plan's stage for it, titles shown or withheld."""
    if entry.starts is None:
        raise ValueError("a session has a wall time")
    place = [stage.key for stage in plan.stages].index(plan.session_stage)
    stage = stages[place] if place < len(stages) else None
    on = entry.starts.on
    is_live = stage is None or (stage.first_on or on) <= on <= (stage.last_on or on)
    return ShownSitting(entry.starts, entry.minutes, is_live=is_live)


def _shown_training(entry: Entry, link: Link) -> ShownTraining:
    if entry.starts is None:
        raise ValueError("an event has a wall time")
    key = f"training-{entry.training_id}"
    return ShownTraining(
        key=key,
        title=entry.title,
        kind="",
        city=entry.city,
        marking=entry.marking,
        publication=_publication(entry),
        state="",
        href=link("training", entry.training_id or 0),
        starts=entry.starts,
        minutes=entry.minutes,
        mode=entry.mode,
    )


def _publication(entry: Entry) -> Publication:
    if entry.status is not EntryStatus.CANCELLED:
        return Publication.PUBLISHED
    return Publication.POSTPONED if entry.is_postponed else Publication.CANCELLED


def _touches(cycle: ShownCycle, first_on: date, last_on: date) -> bool:
    return any(stage.starts_on <= last_on and stage.ends_on >= first_on for stage in cycle.stages)


def _free_days(session: Session, number: int) -> tuple[FreeDays, ...]:
    first_on, last_on = date(number, 1, 1), date(number, 12, 31)
    return tuple(
        FreeDays(
            city=calendar.city,
            holidays=holidays_of(calendar, number),
            quiet=tuple(
                QuietSpan(period.name, begin, end)
                for period in calendar.quiet
                for begin, end in spans(period, first_on, last_on)
            ),
        )
        for calendar in lead_calendars_of(session, first_on)
    )
