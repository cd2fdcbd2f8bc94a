"""The cycle whose answers and product are worked on, with all that its pages ask of it."""

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.errors import NotFound
from exchange.models import City, Cycle, ExpertGroup


def cycle_of(session: Session, cycle_id: int) -> Cycle:
    """The cycle with its people, stages and sittings. Raises NotFound."""
    found = session.exec(
        select(Cycle)
        .where(col(Cycle.id) == cycle_id)
        .options(
            joinedload(Cycle.theme),  # type: ignore[arg-type]  # SQLModel types relations as their values
            joinedload(Cycle.lead_city).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.cities),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.groups).selectinload(ExpertGroup.members),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.stages),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.sittings),  # type: ignore[arg-type]  # as above
        )
    ).first()
    if found is None:
        raise NotFound("There is no such cycle, or it is not for you to see.")
    return found
