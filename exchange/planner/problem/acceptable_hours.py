"""The hours in which a city may be asked to come: what an event outside of them counts, or that none is.

Not burden (hour_burdens.py): these hours are looked at before any burden, so that no fairness is bought with
an hour that nobody should be asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.planner.problem.clock_groups import Clocks
from exchange.planner.problem.event_classes import EventClass
from exchange.planner.problem.hour_burdens import WallSpan, is_inside_every_day, minutes_of
from exchange.planner.problem.problem import PlannedCity

HELD_PRICE = 1  # of what is held outside the hours of a city that is never to be asked outside of them


@dataclass(frozen=True)
class LimitedHours:
    """Cities of one group with the same hours, for one class of event on one day.

    ``outside`` is the set of slots (bits) that do not lie in the hours altogether; ``price`` is what an event
    there counts for all these cities together. ``is_never`` tells that none may be there.
    """

    group: int
    outside: int
    price: int
    is_never: bool
    cities: tuple[str, ...]

    def is_outside(self, slots: Sequence[int], vectors: Sequence[tuple[int, ...]]) -> bool:
        """Whether the cities are asked outside; of two sittings they attend the one that costs them least.

        Of two that cost the same they attend the one in their hours.
        """
        if len(slots) == 1:
            return bool(self.outside >> slots[0] & 1)
        return bool(min((vectors[n][self.group], self.outside >> n & 1) for n in slots)[1])


class AcceptableHours:
    """The hours of all cities of a problem, worked out once for each offset of a city's clock."""

    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks
        self._limited: dict[tuple[object, ...], tuple[LimitedHours, ...]] = {}
        self._outside: dict[tuple[object, ...], int] = {}

    def limited(self, event: EventClass, day: int) -> tuple[LimitedHours, ...]:
        """The cities that take part and have such hours, those alike together."""
        groups = self._clocks.groups
        key = (event.takes_part, event.minutes, *(self._clocks.key(group, day) for group in groups))
        if key not in self._limited:
            self._limited[key] = tuple(self._found(event, day))
        return self._limited[key]

    def outside(self, city: PlannedCity, day: int, minutes: int) -> int:
        """The slots of a day at which an event of so many minutes does not lie in the city's hours."""
        if city.acceptable is None:
            return 0
        group = self._clocks.groups[self._clocks.group_of[city.id]]
        hours = (minutes_of(city.acceptable[0]), minutes_of(city.acceptable[1]))
        key = (*self._clocks.key(group, day), minutes, hours)
        if key not in self._outside:
            self._outside[key] = self._slots_outside(group.index, day, minutes, hours)
        return self._outside[key]

    def never(self, city: PlannedCity, event: EventClass, day: int) -> int:
        """The slots that the city's hours close; none for two sittings, of which one may suit it."""
        if city.outside_price is not None or event.sittings > 1:
            return 0
        return self.outside(city, day, event.minutes)

    def _slots_outside(self, group: int, day: int, minutes: int, hours: WallSpan) -> int:
        clocks = self._clocks
        found = 0
        for n, slot in enumerate(clocks.slots):
            if not is_inside_every_day(hours, clocks.spans(clocks.groups[group], day, slot, minutes)):
                found |= 1 << n
        return found

    def _found(self, event: EventClass, day: int) -> list[LimitedHours]:
        alike: dict[tuple[int, object, bool], list[PlannedCity]] = {}
        for group in self._clocks.groups:
            for city in group.cities:
                if city.acceptable is not None and event.has(city.id):
                    key = (group.index, city.acceptable, city.outside_price is None)
                    alike.setdefault(key, []).append(city)
        return [
            LimitedHours(
                group,
                self.outside(cities[0], day, event.minutes),
                sum(HELD_PRICE if each.outside_price is None else each.outside_price for each in cities),
                is_never,
                tuple(each.id for each in cities),
            )
            for (group, _, is_never), cities in alike.items()
        ]
