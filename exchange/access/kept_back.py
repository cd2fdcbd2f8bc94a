"""What is TLP:RED and kept from a reader who plans: left out of every list over the whole programme."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from exchange.models import Cycle, Letter, TrainingEvent
from exchange.rules.access.standing import Standing
from exchange.rules.markings.tlp_labels import Marking


@dataclass(frozen=True)
class KeptBack:
    """The ids of cycles and events at TLP:RED on which the reader is not named."""

    cycle_ids: frozenset[int]
    training_ids: frozenset[int]

    def holds(self, about: Cycle | TrainingEvent | None) -> bool:
        """Whether it is one of them."""
        ids = self.cycle_ids if isinstance(about, Cycle) else self.training_ids
        return about is not None and about.id in ids

    def holds_item(self, item: str) -> bool:
        """Whether "cycle:12" or "training:7" is one of them."""
        noun, _, number = item.partition(":")
        return int(number) in (self.cycle_ids if noun == "cycle" else self.training_ids)

    @property
    def other_letters(self) -> ColumnElement[bool]:
        """Letters that are about none of them."""
        cycle_id, training_id = col(Letter.cycle_id), col(Letter.training_id)
        return and_(
            or_(cycle_id.is_(None), cycle_id.not_in(self.cycle_ids)),
            or_(training_id.is_(None), training_id.not_in(self.training_ids)),
        )


def kept_back_from(session: Session, standing: Standing) -> KeptBack:
    """What TLP:RED keeps from ``standing``; two statements."""
    cycles = select(Cycle.id, Cycle.named_ids).where(Cycle.marking == Marking.RED)
    trainings = select(TrainingEvent.id, TrainingEvent.named_ids).where(TrainingEvent.marking == Marking.RED)
    return KeptBack(
        _without(session.exec(cycles).all(), standing), _without(session.exec(trainings).all(), standing)
    )


def _without(rows: Iterable[tuple[int | None, Sequence[int]]], standing: Standing) -> frozenset[int]:
    return frozenset(row_id or 0 for row_id, named in rows if standing.person_id not in named)
