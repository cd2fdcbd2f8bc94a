"""The cycle whose answers and product are worked on, with all that its pages ask of it."""

from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import Session, col, select

from exchange.errors import NotFound
from exchange.models import City, Cycle, ExpertGroup

# Who writes the product: the members of the groups, whom answers are not asked about.
WITH_WRITERS = selectinload(Cycle.groups).selectinload(ExpertGroup.members)  # type: ignore[arg-type]  # SQLModel types relations as their values


def cycle_of(session: Session, cycle_id: int, *more: ORMOption) -> Cycle:
    """The cycle with its cities, groups, stages and sittings, and ``more``. Raises NotFound."""
    found = session.exec(
        select(Cycle)
        .where(col(Cycle.id) == cycle_id)
        .options(
            joinedload(Cycle.theme),  # type: ignore[arg-type]  # as above
            joinedload(Cycle.lead_city).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.cities),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.groups),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.stages),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.sittings),  # type: ignore[arg-type]  # as above
            *more,
        )
    ).first()
    if found is None:
        raise NotFound("There is no such cycle, or it is not for you to see.")
    return found
