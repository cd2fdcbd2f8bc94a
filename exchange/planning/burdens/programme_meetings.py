"""The programme's sessions and events as meetings that cities attend, from rows. It counts nothing."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from exchange.models import Cycle, Sitting, TrainingEvent, TrainingMode, TrainingState
from exchange.planning.burdens.ledger import Meeting
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.cycles import StagePlan
from exchange.rules.time.timezones import WallTime, instant

DAY = timedelta(days=1)  # dates are of the row's own city, so a day is added on both sides

PRIVATE = "Private"  # as calendars say it


def meetings_between(
    session: Session, from_at: datetime, to_at: datetime, *, plan: StagePlan
) -> list[Meeting]:
    """Live sessions and training events that begin in the span, drafts too; what was called off is not."""
    cycles = cycles_with_sessions(session, (from_at - DAY).date(), (to_at + DAY).date(), plan=plan)
    found = [meeting_of_cycle(cycle, plan) for cycle in cycles]
    found += [
        meeting_of_training(row)
        for row in trainings_between(session, (from_at - DAY).date(), (to_at + DAY).date())
    ]
    return [meeting for meeting in found if meeting.sittings and from_at <= meeting.starts_at < to_at]


def cycles_with_sessions(
    session: Session, first_on: date, last_on: date, *, plan: StagePlan
) -> Sequence[Cycle]:
    """Cycles that still hold and sit live in these days."""
    sitting = select(Sitting.cycle_id).where(
        col(Sitting.on_local).between(first_on, last_on), col(Sitting.meeting) == plan.session.key
    )
    return session.exec(_cycles().where(col(Cycle.id).in_(sitting))).all()


def cycles_between(session: Session, first_on: date, last_on: date) -> Sequence[Cycle]:
    """Cycles that still hold and whose own weeks touch these days."""
    longest = timedelta(weeks=60)  # no cycle takes longer, and most begin far nearer
    near = session.exec(_cycles().where(col(Cycle.starts_on).between(first_on - longest, last_on))).all()
    return [cycle for cycle in near if cycle.ends_on >= first_on]


def trainings_between(session: Session, first_on: date, last_on: date) -> Sequence[TrainingEvent]:
    """Events that still hold on these days, ideas left out."""
    return session.exec(
        select(TrainingEvent)
        .where(
            col(TrainingEvent.on_local).between(first_on, last_on),
            col(TrainingEvent.cancelled_at).is_(None),
            col(TrainingEvent.postponed_at).is_(None),
            col(TrainingEvent.state) != TrainingState.IDEA,
        )
        .options(selectinload(TrainingEvent.cities), selectinload(TrainingEvent.host_city))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(TrainingEvent.on_local), col(TrainingEvent.id))
    ).all()


def meeting_of_cycle(cycle: Cycle, plan: StagePlan) -> Meeting:
    """Its live session: for the lead and the contributing cities; for all where none is named."""
    live = [sitting for sitting in cycle.sittings if sitting.meeting == plan.session.key]
    invited = frozenset(city.id or 0 for city in cycle.cities)
    return Meeting(
        key=f"cycle:{cycle.id}",
        kind="session",
        title=title_to_plan(cycle),
        sittings=tuple(instant_of(sitting) for sitting in live),
        minutes=max((sitting.minutes for sitting in live), default=0),
        city_ids=invited | {cycle.lead_city_id} if invited else None,
        host_id=cycle.lead_city_id,
        is_draft=cycle.published_at is None,
        is_private=cycle.marking == Marking.RED,
    )


def meeting_of_training(row: TrainingEvent) -> Meeting:
    """The event: for its host and the cities invited; for all where none is named."""
    invited = frozenset(city.id or 0 for city in row.cities)
    return Meeting(
        key=f"training:{row.id}",
        kind="training",
        title=title_to_plan(row),
        sittings=(instant_of(row),),
        minutes=row.minutes,
        city_ids=invited | {row.host_city_id} if invited else None,
        host_id=row.host_city_id,
        is_draft=row.published_at is None,
        place_zone="" if row.mode == TrainingMode.VIRTUAL else row.time_zone,
        is_in_person=row.mode == TrainingMode.IN_PERSON,
        is_private=row.marking == Marking.RED,
    )


def title_to_plan(row: Cycle | TrainingEvent) -> str:
    """Its title; at TLP:RED none, because not all who plan may know what it is. Its time stays taken."""
    return PRIVATE if row.marking == Marking.RED else row.title


def instant_of(row: Sitting | TrainingEvent) -> datetime:
    """When it begins."""
    return instant(WallTime(row.on_local, row.starts_local, row.time_zone))


def midnight(on: date) -> datetime:
    """The UTC midnight at which the planner lets a day begin."""
    return datetime.combine(on, time(), UTC)


def _cycles() -> SelectOfScalar[Cycle]:
    return (
        select(Cycle)
        .where(col(Cycle.cancelled_at).is_(None), col(Cycle.postponed_at).is_(None))
        .options(selectinload(Cycle.sittings), selectinload(Cycle.cities))  # type: ignore[arg-type]  # as above
        .order_by(col(Cycle.starts_on), col(Cycle.id))
    )
