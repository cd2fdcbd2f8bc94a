"""The arc of a theme: what belongs to it, from needs to actions, in the order of its dates.

As one reader may know them, drafts of the programme too for who plans it. Reads only.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import or_
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.access.board_things import thing_of_decision
from exchange.access.lesson_things import thing_of_lesson
from exchange.access.product_things import about, thing_of_product
from exchange.access.things import thing_of_cycle, thing_of_round, thing_of_training
from exchange.follow_up.followed import FollowedAction
from exchange.follow_up.queries import followed_actions, lesson_options, of_theme, product_options
from exchange.models import (
    BoardDecision,
    Cycle,
    DecisionTheme,
    Lesson,
    Need,
    NeedsRound,
    Product,
    ProductTheme,
    TrainingEvent,
)
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing
from exchange.rules.time.timezones import wall_time


class Part(StrEnum):
    """What a line of the arc is; on one day they follow each other so."""

    NEED = "need"
    EXCHANGE = "exchange"
    EVENT = "event"
    PRODUCT = "product"
    DECISION = "decision"
    FINDING = "finding"
    ACTION = "action"


@dataclass(frozen=True)
class Line:
    """One thing on its day: the last day of a round, an exchange's first, an event's own, the day a product
    came out or a finding was written (on the reader's wall), the day a board decided, or an action is due.
    """

    part: Part
    on: date
    item: Need | Cycle | TrainingEvent | Product | BoardDecision | Lesson | FollowedAction


@dataclass(frozen=True)
class Reader:
    """Who reads, on which wall, at which instant."""

    standing: Standing
    time_zone: str
    now: datetime

    def day(self, at: datetime) -> date:
        """The date of an instant on the reader's wall."""
        return wall_time(at, self.time_zone).on


def arc(session: Session, theme_id: int, reader: Reader) -> list[Line]:
    """Everything about a theme that the reader may know of, the first day first.

    A fixed number of statements, however much it is.
    """
    sources: Sequence[Callable[[Session, int, Reader], Iterator[Line]]] = (
        _needs,
        _exchanges,
        _events,
        _products,
        _decisions,
        _findings,
        _actions,
    )
    found = [line for source in sources for line in source(session, theme_id, reader)]
    return sorted(found, key=lambda line: line.on)  # stable: of one day in the order of the sources


def _needs(session: Session, theme_id: int, reader: Reader) -> Iterator[Line]:
    found = session.exec(
        select(Need)
        .where(Need.theme_id == theme_id)
        .options(joinedload(Need.round).selectinload(NeedsRound.cities))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(Need.id))
    )
    for one in found:
        if may(reader.standing, Right.READ, thing_of_round(one.round)):
            yield Line(Part.NEED, one.round.closes_on, one)


def _exchanges(session: Session, theme_id: int, reader: Reader) -> Iterator[Line]:
    found = session.exec(
        select(Cycle)
        .where(Cycle.theme_id == theme_id)
        .options(
            joinedload(Cycle.lead_city),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.cities),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.groups),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Cycle.id))
    )
    for one in found:
        if may(reader.standing, Right.READ, thing_of_cycle(one)):
            yield Line(Part.EXCHANGE, one.starts_on, one)


def _events(session: Session, theme_id: int, reader: Reader) -> Iterator[Line]:
    found = session.exec(
        select(TrainingEvent)
        .where(TrainingEvent.theme_id == theme_id)
        .options(
            joinedload(TrainingEvent.host_city),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(TrainingEvent.starts_local), col(TrainingEvent.id))
    )
    for one in found:
        if may(reader.standing, Right.READ, thing_of_training(one)):
            yield Line(Part.EVENT, one.on_local, one)


def _products(session: Session, theme_id: int, reader: Reader) -> Iterator[Line]:
    """What is out. The theme of an exchange or event finds its products for who may know of that alone."""
    own = set(session.exec(select(ProductTheme.product_id).where(ProductTheme.theme_id == theme_id)))
    found = session.exec(
        select(Product)
        .outerjoin(Cycle, col(Product.cycle_id) == col(Cycle.id))
        .outerjoin(TrainingEvent, col(Product.training_id) == col(TrainingEvent.id))
        .where(
            col(Product.published_at).is_not(None),
            col(Product.withdrawn_at).is_(None),
            or_(
                col(Product.id).in_(own),
                col(Cycle.theme_id) == theme_id,
                col(TrainingEvent.theme_id) == theme_id,
            ),
        )
        .options(*product_options())
        .order_by(col(Product.published_at), col(Product.id))
    )
    for one in found.unique():
        thing = thing_of_product(one, about(one))
        is_found = one.id in own or (
            thing.container is not None and may(reader.standing, Right.READ, thing.container)
        )
        if is_found and one.published_at and may(reader.standing, Right.READ, thing):
            yield Line(Part.PRODUCT, reader.day(one.published_at), one)


def _decisions(session: Session, theme_id: int, reader: Reader) -> Iterator[Line]:
    found = session.exec(
        select(BoardDecision)
        .join(DecisionTheme, col(DecisionTheme.decision_id) == col(BoardDecision.id))
        .where(DecisionTheme.theme_id == theme_id)
        .order_by(col(BoardDecision.reference))
    )
    for one in found:
        if may(reader.standing, Right.READ, thing_of_decision(one)):
            yield Line(Part.DECISION, one.decided_on, one)


def _findings(session: Session, theme_id: int, reader: Reader) -> Iterator[Line]:
    found = session.exec(
        select(Lesson)
        .where(Lesson.theme_id == theme_id)
        .options(*lesson_options())
        .order_by(col(Lesson.created_at), col(Lesson.id))
    )
    for one in found.unique():
        if may(reader.standing, Right.READ, thing_of_lesson(one)):
            yield Line(Part.FINDING, reader.day(one.created_at), one)


def _actions(session: Session, theme_id: int, reader: Reader) -> Iterator[Line]:
    for one in followed_actions(session, of_theme == theme_id, reader.now):
        if may(reader.standing, Right.READ, one.thing):
            yield Line(Part.ACTION, one.action.due_on, one)
