"""Standing documents as pages show them."""

from collections.abc import Sequence

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.errors import NotFound
from exchange.models import Person, StandingDocument

GONE = "There is no such page, or it is not for you to see."


def documents(session: Session) -> Sequence[StandingDocument]:
    """All of them with their owners, the next to be reviewed first."""
    return session.exec(
        select(StandingDocument)
        .options(joinedload(StandingDocument.owner).joinedload(Person.city))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(StandingDocument.review_on), col(StandingDocument.id))
    ).all()


def document_with_id(session: Session, document_id: int) -> StandingDocument:
    """One with its owner. Raises NotFound."""
    found = session.exec(
        select(StandingDocument)
        .where(StandingDocument.id == document_id)
        .options(joinedload(StandingDocument.owner).joinedload(Person.city))  # type: ignore[arg-type]  # as above
    ).first()
    if found is None:
        raise NotFound(GONE)
    return found
