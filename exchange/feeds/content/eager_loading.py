"""What is loaded with a cycle, so that whoever shows it asks the database nothing more."""

from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from exchange.models import Cycle


def cycle_loader_options() -> tuple[ORMOption, ...]:
    """Loader options: theme, cities, groups, stages and sittings."""
    return (
        joinedload(Cycle.theme),  # type: ignore[arg-type]  # SQLModel types relations as their values
        joinedload(Cycle.lead_city),  # type: ignore[arg-type]  # as above
        selectinload(Cycle.cities),  # type: ignore[arg-type]  # as above
        selectinload(Cycle.groups),  # type: ignore[arg-type]  # as above
        selectinload(Cycle.stages),  # type: ignore[arg-type]  # as above
        selectinload(Cycle.sittings),  # type: ignore[arg-type]  # as above
    )
