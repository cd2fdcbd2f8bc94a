"""The cities whose clocks an event for all members names: lead and member cities on its day."""

from collections.abc import Iterable

from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from exchange.feeds.content.redaction import is_for_all, is_member
from exchange.models import City, TrainingEvent


def members_invited(session: Session, trainings: Iterable[TrainingEvent]) -> dict[int, list[City]]:
    """Of each event that names nobody, by its id, the member cities by name; nothing is read without one."""
    for_all = [training for training in trainings if is_for_all(training)]
    if not for_all:
        return {}
    with_memberships = selectinload(City.memberships)  # type: ignore[arg-type]  # SQLModel types relations as their values
    cities = session.exec(select(City).options(with_memberships).order_by(col(City.name))).all()
    return {
        training.id or 0: [city for city in cities if is_member(city, training.on_local)]
        for training in for_all
    }
