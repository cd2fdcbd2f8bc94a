"""On which city's clock a coordinator works whom the console makes. It adds nothing."""

from collections.abc import Sequence

from babel.core import get_global
from sqlmodel import Session, col, select

from exchange.errors import InvalidInput, NotFound
from exchange.models import City
from exchange.network.drafts import CityDraft
from exchange.settings import Settings

NAMED_MOST = 20  # cities that a refusal lists


def all_cities(session: Session) -> Sequence[City]:
    """The cities to choose from, by name."""
    return session.exec(select(City).order_by(col(City.name))).all()


def city_named(cities: Sequence[City], wanted: str, settings: Settings) -> City | CityDraft:
    """The city with that name or slug; for "" one on the network's clock, a draft while there is none.

    Raises NotFound for a strange name and InvalidInput when nothing says which city it should be.
    """
    if wanted:
        folded = wanted.strip().casefold()
        found = next((one for one in cities if folded in (one.name.casefold(), one.slug)), None)
        if found is None:
            name, named = wanted[:80], _listed(cities)
            raise NotFound("There is no city %(name)s here%(named)s.", name=name, named=named)
        return found
    if not cities:
        return first_city(settings)
    on_clock = [one for one in cities if one.time_zone == settings.network_time_zone]
    if len(cities) == 1 or len(on_clock) == 1:
        return (on_clock or cities)[0]
    place = first_city(settings).name
    found = next((one for one in on_clock if one.name == place), None)
    if found is None:
        raise InvalidInput("Say with --city on whose clock they work%(named)s.", named=_listed(cities))
    return found


def first_city(settings: Settings) -> CityDraft:
    """The city after which the network's zone is named, with the public holidays of its country."""
    zone = settings.network_time_zone
    place = zone.rpartition("/")[2].replace("_", " ")
    return CityDraft(name=place, time_zone=zone, country=get_global("zone_territories").get(zone, ""))


def _listed(cities: Sequence[City]) -> str:
    if not cities:
        return ": there is none yet"
    more = ", …" if len(cities) > NAMED_MOST else ""
    return f": {', '.join(one.name for one in cities[:NAMED_MOST])}{more}"
