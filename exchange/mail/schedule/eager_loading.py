"""Cycles and training events that letters are about, loaded with all that their letters are made of."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import Session, col, select

from exchange.errors import NotFound
from exchange.models import City, Cycle, ExpertGroup, Product, Stage, TrainingEvent

LOOK_BACK_DAYS = 45  # a letter may be called for by a stage that ended a while ago, or begins later
NEWS_DAYS = 14  # a publication is told this long after it, also when the cycle is long over
NEAR_DAYS = 45  # no letter leaves longer before what it speaks of: invitations go 42 days ahead


def cycle_with_readers(session: Session, cycle_id: int) -> Cycle:
    """One cycle, loaded as its letters need it. Raises NotFound."""
    found = session.exec(select(Cycle).where(col(Cycle.id) == cycle_id).options(*_with_readers())).first()
    if found is None:
        raise NotFound("There is no such cycle.")
    return found


def live_cycles(session: Session, first_on: date, last_on: date) -> Sequence[Cycle]:
    """Published cycles with a stage near the span or a product that is news, as letters need them.

    Neither postponed nor cancelled ones.
    """
    near = select(Stage.cycle_id).where(
        col(Stage.ends_on) >= first_on - timedelta(days=LOOK_BACK_DAYS),
        col(Stage.starts_on) <= last_on + timedelta(days=NEAR_DAYS),
    )
    newest_at = datetime.combine(first_on - timedelta(days=NEWS_DAYS), time(0), UTC)
    in_the_news = select(Product.cycle_id).where(col(Product.published_at) >= newest_at)
    return session.exec(
        select(Cycle)
        .where(
            col(Cycle.published_at).is_not(None),
            col(Cycle.postponed_at).is_(None),
            col(Cycle.cancelled_at).is_(None),
            col(Cycle.id).in_(near) | col(Cycle.id).in_(in_the_news),
        )
        .options(*_with_readers())
        .order_by(col(Cycle.starts_on), col(Cycle.id))
    ).all()


def _with_readers() -> tuple[ORMOption, ...]:
    """What the letters of a cycle are worked out from."""
    return (
        *(selectinload(relation) for relation in (Cycle.stages, Cycle.sittings)),  # type: ignore[arg-type]  # SQLModel types relations as their values
        joinedload(Cycle.lead_city).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
        joinedload(Cycle.lead_city).selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
        selectinload(Cycle.cities).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
        selectinload(Cycle.cities).selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
        selectinload(Cycle.groups).selectinload(ExpertGroup.members),  # type: ignore[arg-type]  # as above
    )


def live_trainings(session: Session, first_on: date, last_on: date) -> Sequence[TrainingEvent]:
    """The same for training events."""
    return session.exec(
        select(TrainingEvent)
        .where(
            col(TrainingEvent.published_at).is_not(None),
            col(TrainingEvent.postponed_at).is_(None),
            col(TrainingEvent.cancelled_at).is_(None),
            col(TrainingEvent.on_local).between(
                first_on - timedelta(days=2), last_on + timedelta(days=NEAR_DAYS)
            ),
        )
        .options(
            joinedload(TrainingEvent.host_city).selectinload(City.memberships),  # type: ignore[arg-type]  # SQLModel types relations as their values
            joinedload(TrainingEvent.host_city).selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.cities).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.cities).selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(TrainingEvent.on_local), col(TrainingEvent.id))
    ).all()
