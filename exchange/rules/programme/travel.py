"""A year's meetings by how they were held, and its journeys by how people travelled. Counts only."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class TravelYear:
    """Events of a year by mode ("in person"), journeys by transport ("train"), and who was there.

    ``in_person`` and ``remote`` count people who were noted as present, at events and sittings alike.
    """

    year: int
    events: Mapping[str, int]
    journeys: Mapping[str, int]
    in_person: int = 0
    remote: int = 0

    @property
    def travellers(self) -> int:
        """How many journeys were noted."""
        return sum(self.journeys.values())

    @property
    def share_remote(self) -> int | None:
        """Of a hundred who were there, how many from elsewhere; None where nobody was noted."""
        present = self.in_person + self.remote
        return None if not present else round(100 * self.remote / present)


def travel_year(
    year: int,
    modes: Iterable[str],
    journeys: Iterable[tuple[str, int]],
    *,
    in_person: int = 0,
    remote: int = 0,
) -> TravelYear:
    """The tally of a year, from the mode of each event and each count of journeys."""
    by_transport: Counter[str] = Counter()
    for transport, people in journeys:
        by_transport[transport] += people
    return TravelYear(year, Counter(modes), by_transport, in_person, remote)
