"""The themes that lists offer: the catalogue by its keys. It says nothing of what was done about them."""

from sqlmodel import Session, col, select

from exchange.models import Theme
from exchange.models.themes import TO_BE_CHOSEN


def themes_to_offer(session: Session) -> list[tuple[int, str]]:
    """Id and "T08 Name" of each theme but the one that stands for none yet, in the order of the keys."""
    found = session.exec(select(Theme).where(Theme.key != TO_BE_CHOSEN).order_by(col(Theme.key)))
    return [(one.id or 0, f"{one.key} {one.name}") for one in found]
