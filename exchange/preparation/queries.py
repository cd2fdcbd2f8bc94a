"""Who may be named in an event's preparation, and the themes to choose from."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from exchange.access.standings import standings_of
from exchange.access.things import thing_of_training
from exchange.errors import InvalidInput
from exchange.models import (
    City,
    Person,
    TrainingEvent,
)
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import NOBODY
from exchange.rules.time.timezones import wall_time


def people_for(
    session: Session, addresses: Iterable[str], training: TrainingEvent, now: datetime, *, field: str
) -> list[Person]:
    """The people with these addresses, who may all know of the event once it is published.

    Raises InvalidInput at ``field`` for an address of nobody here, and of somebody who may not.
    """
    wanted = sorted({address.lower() for address in addresses})
    found = {one.email: one for one in session.exec(_people(wanted))}
    today = wall_time(now, training.time_zone).on
    standings = standings_of(session, list(found.values()), today, is_some=True)
    thing = replace(thing_of_training(training), is_published=True)
    for address in wanted:
        standing = standings.get(found[address].id or 0, NOBODY) if address in found else NOBODY
        if not standing.is_in_network:
            raise InvalidInput(
                "%(address)s is nobody's address here: name people who are in the network.",
                field=field,
                address=address[:80],
            )
        if not may(standing, Right.READ, thing):
            raise InvalidInput(
                "%(address)s may not know of this event by its marking and who is invited.",
                field=field,
                address=address[:80],
            )
    return [found[address] for address in wanted]


def _people(addresses: Sequence[str]) -> SelectOfScalar[Person]:
    """Active people by address, with what standings need."""
    return (
        select(Person)
        .where(col(Person.email).in_(addresses), col(Person.is_active))
        .options(
            selectinload(Person.roles),  # type: ignore[arg-type]  # as above
            joinedload(Person.city).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
        )
    )
