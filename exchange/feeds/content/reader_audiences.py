"""Who a signed-in person is with regard to markings: somebody of their city, and of each of their groups.

What each audience may see is decided in redact.py.
"""

from collections.abc import Iterable
from datetime import date

from sqlmodel import Session

from exchange.feeds.entries import Audience, Entry
from exchange.feeds.queries import entries_for
from exchange.models import City
from exchange.rules.rings import Ring


def list_audiences(city: City, group_ids: Iterable[int], on: date) -> list[Audience]:
    """The rings of a person's feeds, which lists show too; needs the city's memberships loaded.

    The first is the city's. A city that is not in the network on ``on`` takes part in nothing: its
    people see what is for everybody, and what is their groups'.
    """
    zone = city.time_zone
    own = Audience(Ring.CITY, city_id=city.id if city.status_on(on) else None, time_zone=zone)
    return [own, *(Audience(Ring.GROUP, group_id=found, time_zone=zone) for found in sorted(group_ids))]


def page_audiences(city: City, group_ids: Iterable[int], on: date) -> list[Audience]:
    """The same person before a page of one cycle or event; see list_audiences."""
    return [
        Audience(Ring.PAGE, city_id=one.city_id, group_id=one.group_id, time_zone=one.time_zone)
        for one in list_audiences(city, group_ids, on)
    ]


def entries_for_any(
    session: Session, audiences: Iterable[Audience], *, network: str, on: date | None = None
) -> list[Entry]:
    """What at least one of the audiences may see, each entry once, by when it begins; see entries_for."""
    found = {
        entry.uid: entry for one in audiences for entry in entries_for(session, one, network=network, on=on)
    }
    return sorted(found.values(), key=lambda entry: (entry.starts_at, entry.uid))
