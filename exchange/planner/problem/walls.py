"""On whose wall a day is counted: an exchange's session on the lead city's, a training event on its host's.

Not what cities make of an hour (clock_groups.py): each lives by its own wall there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from exchange.rules.time.timezones import is_known_zone, wall_time

NO_ZONE = "UTC"  # of a city whose zone is not known, which is refused as soon as cities are checked


class HasWall(Protocol):
    """A city as walls need it."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def is_lead(self) -> bool: ...


@dataclass(frozen=True)
class Walls:
    """The lead city, the first of them where there are several, and every city's name and zone by its id."""

    lead: str
    names: Mapping[str, str]
    zones: Mapping[str, str]

    def zone(self, host: str | None = None) -> str:
        """The zone on whose wall the days of what this city hosts are counted; None is a session's."""
        return self.zones.get(host or self.lead) or self.zones.get(self.lead, NO_ZONE)

    def name(self, host: str | None = None) -> str:
        """The name of the city with that wall."""
        return self.names.get(host or self.lead) or self.names.get(self.lead, "")

    def date(self, at: datetime, host: str | None = None) -> date:
        """The date of an instant on that wall."""
        return wall_time(at, self.zone(host)).on


def walls_of(cities: Iterable[HasWall]) -> Walls:
    """The walls of a problem's cities; the first city's for sessions where nobody leads."""
    known = list(cities)
    lead = next((city.id for city in known if city.is_lead), known[0].id if known else "")
    zones = {city.id: city.time_zone if is_known_zone(city.time_zone) else NO_ZONE for city in known}
    return Walls(lead, {city.id: city.name for city in known}, zones)
