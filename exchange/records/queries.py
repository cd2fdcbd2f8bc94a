"""Cities and themes for the pages of records. Reads only."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from exchange.errors import NotFound
from exchange.follow_up.queries import MEMBERS
from exchange.models import City, Theme
from exchange.models.themes import TO_BE_CHOSEN

GONE = "There is no such page, or it is not for you to see."


def themes(session: Session) -> Sequence[Theme]:
    """The catalogue by key, but for the theme that stands for none yet."""
    return session.exec(select(Theme).where(Theme.key != TO_BE_CHOSEN).order_by(col(Theme.key))).all()


def theme_with_id(session: Session, theme_id: int) -> Theme:
    """One of them. Raises NotFound."""
    found = session.get(Theme, theme_id)
    if found is None or not found.is_chosen:
        raise NotFound(GONE)
    return found


def cities(session: Session) -> Sequence[City]:
    """All cities by name, with their memberships."""
    return session.exec(select(City).options(selectinload(City.memberships)).order_by(col(City.name))).all()  # type: ignore[arg-type]  # SQLModel types relations as their values


def member_cities(session: Session, on: date) -> list[City]:
    """The cities that are lead or member on a date, by name."""
    return [city for city in cities(session) if city.status_on(on) in MEMBERS]
