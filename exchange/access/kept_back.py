"""What is TLP:RED and kept from a reader who plans: left out of every list over the whole programme."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, CompoundSelect, and_, literal, or_, select, true, union_all
from sqlmodel import Session, col

from exchange.models import (
    BoardDecision,
    BoardMeeting,
    Cycle,
    Lesson,
    Letter,
    Note,
    ProductVersion,
    Project,
    Round,
    Subject,
    TrainingEvent,
)
from exchange.rules.access.standing import Standing
from exchange.rules.markings.tlp_labels import Marking

_CYCLE, _TRAINING, _PRODUCT, _LESSON, _BOARD = "cycle", "training", "product", "finding", "board meeting"
_DECISION, _PROJECT, _NOTE = "decision", "project", "note"
# Made once: every page over the whole programme asks it, and making a statement takes longer than its answer.
_AT_RED: CompoundSelect[tuple[str, int, list[int]]] = union_all(
    select(literal(_CYCLE), col(Cycle.id), col(Cycle.named_ids)).where(col(Cycle.marking) == Marking.RED),
    select(literal(_TRAINING), col(TrainingEvent.id), col(TrainingEvent.named_ids)).where(
        col(TrainingEvent.marking) == Marking.RED
    ),
    select(literal(_PRODUCT), col(ProductVersion.product_id), col(ProductVersion.named_ids)).where(
        col(ProductVersion.marking) == Marking.RED
    ),
    select(literal(_LESSON), col(Lesson.id), col(Lesson.named_ids)).where(col(Lesson.marking) == Marking.RED),
    select(literal(_BOARD), col(BoardMeeting.id), col(BoardMeeting.named_ids)).where(
        col(BoardMeeting.marking) == Marking.RED
    ),
    select(literal(_DECISION), col(BoardDecision.id), col(BoardDecision.named_ids)).where(
        col(BoardDecision.marking) == Marking.RED
    ),
    select(literal(_PROJECT), col(Project.id), col(Project.named_ids)).where(
        col(Project.marking) == Marking.RED
    ),
    select(literal(_NOTE), col(Note.id), col(Note.named_ids)).where(col(Note.marking) == Marking.RED),
)


@dataclass(frozen=True)
class KeptBack:
    """The ids of what is at TLP:RED and does not name the reader."""

    cycle_ids: frozenset[int]
    training_ids: frozenset[int]
    product_ids: frozenset[int] = frozenset()
    lesson_ids: frozenset[int] = frozenset()
    board_meeting_ids: frozenset[int] = frozenset()
    decision_ids: frozenset[int] = frozenset()
    project_ids: frozenset[int] = frozenset()
    note_ids: frozenset[int] = frozenset()

    def holds(self, about: Subject | None) -> bool:
        """Whether it is one of them; a round is never at TLP:RED."""
        if isinstance(about, Round):
            return False
        ids = self.cycle_ids if isinstance(about, Cycle) else self.training_ids
        return about is not None and about.id in ids

    def holds_item(self, item: str) -> bool:
        """Whether "cycle:12" or "training:7" is one of them."""
        noun, _, number = item.partition(":")
        return int(number) in (self.cycle_ids if noun == _CYCLE else self.training_ids)

    @property
    def other_letters(self) -> ColumnElement[bool]:
        """Letters that are about none of them."""
        kept_back = (
            (col(Letter.cycle_id), self.cycle_ids),
            (col(Letter.training_id), self.training_ids),
            (col(Letter.product_id), self.product_ids),
            (col(Letter.note_id), self.note_ids),
        )
        return and_(true(), *(or_(about.is_(None), about.not_in(ids)) for about, ids in kept_back if ids))


def kept_back_from(session: Session, standing: Standing) -> KeptBack:
    """What TLP:RED keeps from ``standing``; one statement."""
    others = [
        (noun, row_id) for noun, row_id, named in session.execute(_AT_RED) if standing.person_id not in named
    ]
    return KeptBack(
        frozenset(row_id for noun, row_id in others if noun == _CYCLE),
        frozenset(row_id for noun, row_id in others if noun == _TRAINING),
        frozenset(row_id for noun, row_id in others if noun == _PRODUCT),
        frozenset(row_id for noun, row_id in others if noun == _LESSON),
        frozenset(row_id for noun, row_id in others if noun == _BOARD),
        frozenset(row_id for noun, row_id in others if noun == _DECISION),
        frozenset(row_id for noun, row_id in others if noun == _PROJECT),
        frozenset(row_id for noun, row_id in others if noun == _NOTE),
    )
