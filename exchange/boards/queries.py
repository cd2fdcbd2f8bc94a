"""Boards with their seats and meetings as pages show them, loaded in a constant number of statements."""

from collections.abc import Sequence

from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import Session, col, select

from exchange.access.conditions import readable_products
from exchange.errors import Conflict, NotFound
from exchange.models import (
    Board,
    BoardDecision,
    BoardMeeting,
    BoardMember,
    BoardPaper,
    Person,
    Product,
    ProductVersion,
)
from exchange.rules.access.standing import Standing

STALE = (
    "This was changed by somebody else meanwhile. Nothing of yours was saved:"
    " open it again, look at what changed, and repeat yours."
)


def keys_of_letters(meeting: BoardMeeting) -> str:
    """What the once-keys of all letters about a meeting begin with."""
    return f"board meeting:{meeting.id}:"


def boards(session: Session) -> Sequence[Board]:
    """All boards as they were founded, with their seats."""
    return session.exec(select(Board).options(_seats()).order_by(col(Board.id))).all()


def board_of(session: Session, board_id: int) -> Board:
    """One board with its seats. Raises NotFound."""
    found = session.exec(select(Board).where(Board.id == board_id).options(_seats())).first()
    if found is None:
        raise NotFound("There is no such board.")
    return found


def meetings_of(session: Session, board: Board) -> Sequence[BoardMeeting]:
    """The meetings of a board, the latest first."""
    return session.exec(
        select(BoardMeeting)
        .where(BoardMeeting.board_id == board.id)
        .options(*meeting_options())
        .order_by(col(BoardMeeting.on_local).desc(), col(BoardMeeting.id))
    ).all()


def meeting_of(session: Session, meeting_id: int) -> BoardMeeting:
    """One meeting. Raises NotFound."""
    found = session.exec(
        select(BoardMeeting).where(BoardMeeting.id == meeting_id).options(*meeting_options())
    ).first()
    if found is None:
        raise NotFound("There is no such meeting.")
    return found


def claim_meeting(session: Session, meeting_id: int, *, version: int) -> BoardMeeting:
    """The meeting, locked until the transaction ends. Raises NotFound, and Conflict when it was changed."""
    session.exec(select(BoardMeeting.id).where(BoardMeeting.id == meeting_id).with_for_update()).first()
    found = meeting_of(session, meeting_id)
    if found.version != version:
        raise Conflict(STALE)
    return found


def claim_decision(session: Session, decision_id: int, *, version: int) -> BoardDecision:
    """The same of a decision."""
    session.exec(select(BoardDecision.id).where(BoardDecision.id == decision_id).with_for_update()).first()
    found = session.exec(
        select(BoardDecision)
        .where(BoardDecision.id == decision_id)
        .options(selectinload(BoardDecision.themes))  # type: ignore[arg-type]  # SQLModel types relations as their values
    ).first()
    if found is None:
        raise NotFound("There is no such decision.")
    if found.version != version:
        raise Conflict(STALE)
    return found


def meeting_options() -> list[ORMOption]:
    """What a meeting shows: its board with seats, papers with their products, decisions."""
    return [
        joinedload(BoardMeeting.board).options(_seats()),  # type: ignore[arg-type]  # as above
        selectinload(BoardMeeting.papers).joinedload(BoardPaper.product),  # type: ignore[arg-type]  # as above
        selectinload(BoardMeeting.decisions),  # type: ignore[arg-type]  # as above
    ]


def _seats() -> ORMOption:
    return selectinload(Board.members).joinedload(BoardMember.person).joinedload(Person.city)  # type: ignore[arg-type]  # as above


def all_meetings(session: Session) -> Sequence[BoardMeeting]:
    """The meetings of all boards, the latest first."""
    return session.exec(
        select(BoardMeeting)
        .options(*meeting_options())
        .order_by(col(BoardMeeting.on_local).desc(), col(BoardMeeting.id))
    ).all()


def products_to_offer(session: Session, standing: Standing, meeting: BoardMeeting) -> list[tuple[int, str]]:
    """The products of the library that ``standing`` may read, and those that are papers of the meeting."""
    present = {one.product_id: one.label for one in meeting.papers if one.product_id}
    out = session.exec(
        select(ProductVersion)
        .join(Product, col(Product.id) == col(ProductVersion.product_id))
        .where(
            readable_products(standing, []),
            col(ProductVersion.number) == col(Product.published_number),
        )
        .order_by(col(Product.published_at).desc(), col(Product.id))
    )
    found = {one.product_id: one.title for one in out}
    return list({**present, **found}.items())
