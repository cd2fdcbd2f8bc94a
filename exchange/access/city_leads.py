"""Who leads cities today: the people behind a role, with what their standings need."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.models import City, Person, PersonRole, Role


def city_leads(session: Session, city_ids: Collection[int]) -> Mapping[int, Sequence[Person]]:
    """The active leads of the cities, by city and by name. That the city is a member, their standing says."""
    leads = select(PersonRole.person_id).where(PersonRole.role == Role.CITY_LEAD)
    found: dict[int, list[Person]] = {}
    for person in session.exec(
        select(Person)
        .where(col(Person.city_id).in_(set(city_ids)), col(Person.is_active), col(Person.id).in_(leads))
        .options(
            selectinload(Person.roles),  # type: ignore[arg-type]  # SQLModel types relations as their values
            joinedload(Person.city).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Person.name))
    ):
        found.setdefault(person.city_id, []).append(person)
    return found
