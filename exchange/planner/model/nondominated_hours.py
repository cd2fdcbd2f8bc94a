"""Of a day's open hours, those that no other hour dominates: none costs every group of cities as little.

Not the choice among them. They are the same for all days on which the clocks, the open slots and
the clashes are the same, and are then the same object.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from exchange.planner.problem.acceptable_hours import AcceptableHours
from exchange.planner.problem.clock_groups import Clocks
from exchange.planner.problem.event_classes import EventClass

Vector = tuple[int, ...]
Starts = tuple[int, ...]  # one start per sitting, in minutes from 00:00 UTC of the day's date
_Cost = tuple[int, int, Vector]  # clashes, hours outside, and what each group bears
ALL = -1  # every slot: all bits


@dataclass(frozen=True)
class Option:
    """What each group bears, how many cities have a holiday, and the hours that cost just this.

    ``outside`` is what the cities count that are asked outside their acceptable hours.
    """

    vector: Vector
    clashes: int
    outside: int
    hours: tuple[Starts, ...]


@dataclass(frozen=True)
class OpenSlots:
    """Sets of slots of a day: those that are open, those at which a first sitting may be, and those kept.

    The slots in ``kept`` stay even when another one dominates them. What ``is_held`` stands at any hour.
    """

    slots: int
    first: int = ALL
    kept: int = 0
    is_held: bool = False


@dataclass(frozen=True)
class NondominatedHours:
    """The Pareto front of a day's options; ``index`` numbers such fronts in the order they were met."""

    index: int
    options: tuple[Option, ...]


class NondominatedHoursCache:
    """Finds the nondominated hours of days and keeps them, so that alike days share one object."""

    def __init__(self, clocks: Clocks, acceptable: AcceptableHours) -> None:
        self.clocks = clocks
        self.acceptable = acceptable
        self._made: dict[tuple[object, ...], NondominatedHours] = {}
        self._by_options: dict[tuple[Option, ...], NondominatedHours] = {}
        self._vectors: dict[tuple[object, ...], tuple[Vector, ...]] = {}

    def of_day(
        self, event: EventClass, day: int, are_open: OpenSlots, clashes: Sequence[int]
    ) -> NondominatedHours:
        """Those of a day; ``clashes`` holds a set of slots for each city with a holiday."""
        regime = tuple(self.clocks.key(group, day) for group in self.clocks.groups)
        key = (event, regime, are_open, tuple(sorted(clashes)))
        if key not in self._made:
            options = tuple(self._options(event, day, are_open, clashes))
            if options not in self._by_options:
                self._by_options[options] = NondominatedHours(len(self._by_options), options)
            self._made[key] = self._by_options[options]
        return self._made[key]

    def vectors(self, event: EventClass, day: int) -> tuple[Vector, ...]:
        """What each slot of a day costs each group; 0 for groups that do not take part."""
        groups = self.clocks.groups
        key = (event.takes_part, event.minutes, *(self.clocks.key(group, day) for group in groups))
        if key not in self._vectors:
            zeros = (0,) * len(self.clocks.slots)
            columns = [
                self.clocks.group_slots(group, day, event.minutes).burdens
                if event.has(group.cities[0].id)
                else zeros
                for group in groups
            ]
            self._vectors[key] = tuple(zip(*columns, strict=True))
        return self._vectors[key]

    def possible_hours(
        self, event: EventClass, day: int, are_open: OpenSlots, clashes: Sequence[int]
    ) -> Iterator[Option]:
        """Every hour an event can have, two for two sittings, each as an option of its own.

        None asks a city that is never to be asked then, save where what is held leaves no other.
        """
        vectors = self.vectors(event, day)
        limited = self.acceptable.limited(event, day)
        every = [
            (slots, [each for each in limited if each.is_outside(slots, vectors)])
            for slots in self._sittings(event, are_open)
        ]
        keeping = [(slots, out) for slots, out in every if not any(each.is_never for each in out)]
        for slots, outside in keeping or (every if are_open.is_held else ()):
            vector = vectors[slots[0]] if len(slots) == 1 else tuple(map(min, *(vectors[n] for n in slots)))
            clash = sum(any(mask >> n & 1 for n in slots) for mask in clashes)
            hours = tuple(self.clocks.slots[n] for n in slots)
            yield Option(vector, clash, sum(each.price for each in outside), (hours,))

    def _options(
        self, event: EventClass, day: int, are_open: OpenSlots, clashes: Sequence[int]
    ) -> Iterable[Option]:
        wanted = set()
        hours: dict[_Cost, list[Starts]] = {}
        for each in self.possible_hours(event, day, are_open, clashes):
            cost = (each.clashes, each.outside, each.vector)
            hours.setdefault(cost, []).extend(each.hours)
            if are_open.kept >> self.clocks.slot_at[each.hours[0][0]] & 1:
                wanted.add(cost)
        best = pareto_front(hours.keys())
        best += sorted(wanted - set(best))
        return (Option(vector, clash, out, tuple(hours[clash, out, vector])) for clash, out, vector in best)

    def _sittings(self, event: EventClass, are_open: OpenSlots) -> Iterable[tuple[int, ...]]:
        minutes = self.clocks.slots
        starts = [n for n in range(len(minutes)) if are_open.slots >> n & 1]
        firsts = [n for n in starts if are_open.first >> n & 1]
        if event.sittings == 1:
            return [(n,) for n in firsts]
        return [(a, b) for a in firsts for b in starts if minutes[b] - minutes[a] >= event.minutes]


def pareto_front(found: Iterable[_Cost]) -> list[_Cost]:
    """The costs that no other one equals or dominates in clashes, in hours outside and for every group."""
    kept: list[_Cost] = []
    for cost in sorted(found, key=lambda each: (sum(each[2]), each)):
        if not any(_is_no_worse(other, cost) for other in kept):
            kept.append(cost)
    return kept


def _is_no_worse(one: _Cost, other: _Cost) -> bool:
    if one[0] > other[0] or one[1] > other[1]:
        return False
    return all(a <= b for a, b in zip(one[2], other[2], strict=True))
