"""Cycles and training events that letters are about, loaded with all that their letters are made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement
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


def training_with_readers(session: Session, training_id: int) -> TrainingEvent:
    """The same of a training event."""
    found = session.exec(
        select(TrainingEvent).where(col(TrainingEvent.id) == training_id).options(*_with_invited())
    ).first()
    if found is None:
        raise NotFound("There is no such event.")
    return found


def current_cycles(session: Session, first_on: date, last_on: date) -> Sequence[Cycle]:
    """Published cycles with a stage near the span or a product that is news, as letters need them.

    Neither postponed nor cancelled ones.
    """
    return session.exec(
        select(Cycle)
        .where(*_is_current_cycle(first_on, last_on))
        .options(*_with_readers())
        .order_by(col(Cycle.starts_on), col(Cycle.id))
    ).all()


def current_trainings(session: Session, first_on: date, last_on: date) -> Sequence[TrainingEvent]:
    """The same for training events."""
    return session.exec(
        select(TrainingEvent)
        .where(*_is_current_training(first_on, last_on))
        .options(*_with_invited())
        .order_by(col(TrainingEvent.on_local), col(TrainingEvent.id))
    ).all()


def current_items(session: Session, first_on: date, last_on: date) -> list[str]:
    """The names alone of both, in the same order: "cycle:12", "training:7"."""
    cycles = session.exec(
        select(Cycle.id)
        .where(*_is_current_cycle(first_on, last_on))
        .order_by(col(Cycle.starts_on), col(Cycle.id))
    ).all()
    trainings = session.exec(
        select(TrainingEvent.id)
        .where(*_is_current_training(first_on, last_on))
        .order_by(col(TrainingEvent.on_local), col(TrainingEvent.id))
    ).all()
    return [f"cycle:{row_id}" for row_id in cycles] + [f"training:{row_id}" for row_id in trainings]


@dataclass(frozen=True)
class ItemName:
    """What a page calls a cycle or an event: exactly one id is set."""

    title: str
    marking: str
    cycle_id: int | None = None
    training_id: int | None = None


def item_names(session: Session, items: Iterable[str]) -> dict[str, ItemName]:
    """The names of some items, by item; in two statements."""
    wanted = set(items)
    ids = {
        noun: [int(one.partition(":")[2]) for one in wanted if one.startswith(noun)]
        for noun in ("cycle", "training")
    }
    cycles = select(Cycle.id, Cycle.title, Cycle.marking).where(col(Cycle.id).in_(ids["cycle"]))
    trainings = select(TrainingEvent.id, TrainingEvent.title, TrainingEvent.marking).where(
        col(TrainingEvent.id).in_(ids["training"])
    )
    found = {f"cycle:{n}": ItemName(title, marking, cycle_id=n) for n, title, marking in session.exec(cycles)}
    events = {
        f"training:{n}": ItemName(title, mark, training_id=n) for n, title, mark in session.exec(trainings)
    }
    return found | events


def item_with_readers(session: Session, item: str) -> Cycle | TrainingEvent:
    """What a name stands for, loaded as its letters need it. Raises NotFound."""
    noun, _, number = item.partition(":")
    load = cycle_with_readers if noun == "cycle" else training_with_readers
    return load(session, int(number))


def _is_current_cycle(first_on: date, last_on: date) -> tuple[ColumnElement[bool], ...]:
    near = select(Stage.cycle_id).where(
        col(Stage.ends_on) >= first_on - timedelta(days=LOOK_BACK_DAYS),
        col(Stage.starts_on) <= last_on + timedelta(days=NEAR_DAYS),
    )
    newest_at = datetime.combine(first_on - timedelta(days=NEWS_DAYS), time(0), UTC)
    in_the_news = select(Product.cycle_id).where(col(Product.published_at) >= newest_at)
    return (
        col(Cycle.published_at).is_not(None),
        col(Cycle.postponed_at).is_(None),
        col(Cycle.cancelled_at).is_(None),
        col(Cycle.id).in_(near) | col(Cycle.id).in_(in_the_news),
    )


def _is_current_training(first_on: date, last_on: date) -> tuple[ColumnElement[bool], ...]:
    last_near_on = last_on + timedelta(days=NEAR_DAYS)
    return (
        col(TrainingEvent.published_at).is_not(None),
        col(TrainingEvent.postponed_at).is_(None),
        col(TrainingEvent.cancelled_at).is_(None),
        col(TrainingEvent.on_local).between(first_on - timedelta(days=2), last_near_on),
    )


def _with_readers() -> tuple[ORMOption, ...]:
    """What the letters of a cycle are worked out from."""
    return (
        *(selectinload(relation) for relation in (Cycle.stages, Cycle.sittings)),  # type: ignore[arg-type]  # SQLModel types relations as their values
        joinedload(Cycle.theme),  # type: ignore[arg-type]  # as above
        joinedload(Cycle.lead_city).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
        joinedload(Cycle.lead_city).selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
        selectinload(Cycle.cities).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
        selectinload(Cycle.cities).selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
        selectinload(Cycle.groups).selectinload(ExpertGroup.members),  # type: ignore[arg-type]  # as above
    )


def _with_invited() -> tuple[ORMOption, ...]:
    """The same of an event."""
    return (
        joinedload(TrainingEvent.theme),  # type: ignore[arg-type]  # as above
        joinedload(TrainingEvent.host_city).selectinload(City.memberships),  # type: ignore[arg-type]  # SQLModel types relations as their values
        joinedload(TrainingEvent.host_city).selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
        selectinload(TrainingEvent.cities).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
        selectinload(TrainingEvent.cities).selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
        selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
    )
