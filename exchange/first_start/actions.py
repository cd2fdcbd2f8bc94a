"""Makes coordinators where no coordinator's page can: on the console, and on the first-run page.

Whoever reaches these actions has shown that they run the machine; each leaves its entry in the audit trail.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from exchange.errors import Conflict, InvalidInput
from exchange.feeds.publishing.publish import ensure_feeds
from exchange.lifecycle import Change
from exchange.models import City, MembershipStatus, Person, Role
from exchange.network.actions.cities import insert_city
from exchange.network.actions.people import add_person
from exchange.network.actions.roles import GIVE, give_role
from exchange.network.drafts import CityDraft, PersonDraft, Span, checked_person
from exchange.network.erased_addresses import refuse_erased
from exchange.network.queries import first_coordinator
from exchange.settings import Settings

ON_CONSOLE = "Made coordinator on the console"  # why, in the trail: a person who was here already


@dataclass(frozen=True)
class NewCoordinator:
    """Who is to coordinate the network, and the city on whose clock they work: one that is here, or new."""

    name: str
    email: str
    city: City | CityDraft


class Coordinated(Conflict):
    """Somebody coordinates this network already."""


def add_first_coordinator(
    session: Session, new: NewCoordinator, *, settings: Settings, now: datetime
) -> Person:
    """As add_coordinator, while there is none; of two at once one is made. Raises Coordinated.

    The session must have waited for its turn, as a page's transaction has.
    """
    if first_coordinator(session) is not None:
        raise Coordinated("Somebody coordinates this network already.")
    return add_coordinator(session, new, settings=settings, now=now)


def add_coordinator(session: Session, new: NewCoordinator, *, settings: Settings, now: datetime) -> Person:
    """A new person who coordinates the network, or the role for who has the address already.

    Raises InvalidInput for an address that cannot be, that was erased, or whose person left the network or
    coordinates already; also for a city that cannot be.
    """
    draft = checked_person(PersonDraft(new.name, new.email, 0, roles=frozenset({Role.COORDINATOR})))
    found = session.exec(select(Person).where(col(Person.email) == draft.email)).first()
    if found is not None:
        return _appoint(session, found, settings, now)
    refuse_erased(session, draft.email, settings)
    city = new.city if isinstance(new.city, City) else _add_city(session, new.city, settings, now)
    return add_person(session, replace(draft, city_id=city.id or 0), actor=None, now=now)


def _appoint(session: Session, person: Person, settings: Settings, now: datetime) -> Person:
    if not person.is_active:
        raise InvalidInput(
            "%(name)s has this address and left the network. Use another address.",
            field="email",
            name=person.name,
        )
    give_role(session, person, Role.COORDINATOR, Change(GIVE, None, now, ON_CONSOLE), settings=settings)
    return person


def _add_city(session: Session, draft: CityDraft, settings: Settings, now: datetime) -> City:
    """The first city of the network; its coordinators say later what else it is."""
    city = insert_city(session, draft, [Span(MembershipStatus.LEAD)], actor=None, now=now)
    ensure_feeds(session, settings, now)
    return city
