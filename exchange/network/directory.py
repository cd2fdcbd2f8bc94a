"""The directory: who is in the network today, for its own people. TLP:GREEN, and without addresses.

Whether somebody may open it, the policy says.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.access.standings import is_in_network
from exchange.models import Person
from exchange.network.queries import groups_of_people, places_of_people
from exchange.web.presentation.paging import Paged, holds_words, page_of_query


@dataclass(frozen=True)
class DirectoryLine:
    """One person; ``organisation`` "" when none is said, ``groups`` by key and name."""

    name: str
    organisation: str
    city: str
    groups: tuple[str, ...]


def directory(session: Session, on: date, *, search: str = "", number: int = 1) -> Paged[DirectoryLine]:
    """People of the network on ``on`` by name, those alone in whose line every word of ``search`` stands.

    Whose data are restricted is left out. In a number of statements that does not grow.
    """
    found = page_of_query(
        session,
        select(Person)
        .where(
            is_in_network(on),
            col(Person.restricted_at).is_(None),
            *holds_words(search, col(Person.name), *places_of_people()),
        )
        .order_by(col(Person.name), col(Person.id)),
        number,
        joinedload(Person.city),  # type: ignore[arg-type]  # SQLModel types relations as their values
        joinedload(Person.organisation),  # type: ignore[arg-type]  # as above
    )
    groups = groups_of_people(session, found.rows)
    lines = [
        DirectoryLine(
            name=person.name,
            organisation=person.organisation.name if person.organisation else "",
            city=person.city.name,
            groups=tuple(f"{group.key} {group.name}" for group in groups.get(person.id or 0, [])),
        )
        for person in found.rows
    ]
    return Paged(lines, found.found, found.number)
