"""The decisions that a reader may know of, for lists and for what names one. It decides nothing."""

from collections.abc import Sequence

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from exchange.access.board_things import thing_of_decision
from exchange.models import Board, BoardDecision, BoardMeeting
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing


def known_decisions(session: Session, standing: Standing) -> Sequence[BoardDecision]:
    """All that ``standing`` may read, the newest first, with board, meeting and themes."""
    return [one for one in session.exec(_decisions()) if may(standing, Right.READ, thing_of_decision(one))]


def known_decision(session: Session, decision_id: int | None, standing: Standing) -> BoardDecision | None:
    """The decision of this id; None when there is none that ``standing`` may read."""
    found = session.exec(_decisions().where(BoardDecision.id == decision_id)).first()
    return found if found and may(standing, Right.READ, thing_of_decision(found)) else None


def _decisions() -> SelectOfScalar[BoardDecision]:
    meeting = joinedload(BoardDecision.meeting)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return (
        select(BoardDecision)
        .options(
            joinedload(BoardDecision.board),  # type: ignore[arg-type]  # as above
            meeting.joinedload(BoardMeeting.board).selectinload(Board.members),  # type: ignore[arg-type]  # as above
            selectinload(BoardDecision.themes),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(BoardDecision.decided_on).desc(), col(BoardDecision.reference))
    )
