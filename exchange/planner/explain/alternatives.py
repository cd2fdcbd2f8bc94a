"""A plan compared with the same plan with one entry elsewhere: what another hour or day would change.

Not the words for it (alternative_costs.py), and not a new plan: everything else stays.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from exchange.planner.model.assignment import Placement, best_hours, loads_of, past_of
from exchange.planner.model.candidates import Candidates, Cell
from exchange.planner.model.nondominated_hours import OpenSlots, Option, Starts, Vector


@dataclass(frozen=True)
class Alternative:
    """Another place for one entry, and what it would change in the objectives that come first."""

    cell: Cell
    hours: Starts
    vector: Vector
    clashes: int
    outside: int
    worst: int
    total: int

    @property
    def cost(self) -> tuple[int, int, int, int]:
        """What is compared, in the order of the objectives."""
        return self.clashes, self.outside, self.worst, self.total


class Comparison:
    """A plan's assignment in order of time, to be compared with the same plan with one of them elsewhere."""

    def __init__(self, candidates: Candidates, assignment: Sequence[Placement]) -> None:
        self.candidates = candidates
        self.assignment = assignment
        self.sizes = tuple(group.size for group in candidates.clocks.groups)
        past = past_of(candidates)
        loads = loads_of(candidates.clocks, assignment)
        self.loads = tuple(a + b for a, b in zip(past, loads, strict=True))
        self.weeks = Counter(placement.cell.day // 7 for placement in assignment)

    def other_hours(self, index: int) -> Iterator[Alternative]:
        """The same day at each other open hour that costs another mix of burdens."""
        placement = self.assignment[index]
        return self.hours_on(index, placement.cell, {(placement.option.vector, placement.option.outside)})

    def other_days(self, index: int, only: int | None = None) -> Iterator[Alternative]:
        """Every other day that its neighbours leave free, or one alone, at its nondominated hours."""
        for cell in self.free_cells(index, only):
            for option in cell.nondominated.options:
                yield self.at_option(index, cell, option)

    def free_cells(self, index: int, only: int | None = None) -> Iterator[Cell]:
        """The cells of the same class and host, or cycle, on days that the rest of the plan leaves free."""
        here = self.assignment[index].cell
        for cell in self.candidates.cells:
            is_asked = cell.day != here.day and only in (None, cell.day)
            is_alike = (cell.event, cell.host, cell.place) == (here.event, here.host, here.place)
            if is_asked and is_alike and self.is_free(index, cell.day):
                yield cell

    def is_free(self, index: int, day: int) -> bool:
        """Whether the week has no other event, and a training event keeps its gaps."""
        here = self.assignment[index].cell
        others = self.weeks[day // 7] - (here.day // 7 == day // 7)
        return others == 0 and self.keeps_gaps(index, day)

    def keeps_gaps(self, index: int, day: int) -> bool:
        """Whether a training event on the day keeps its distance from those before and after."""
        training = self.candidates.training
        if self.assignment[index].cell.host is None or training is None:
            return True
        days = [placement.cell.day for placement in self.assignment if placement.cell.host is not None]
        place = days.index(self.assignment[index].cell.day)
        least, most = training.gap_days
        is_after = least <= day - days[place - 1] <= most if place else day in training.first
        is_last = place == len(days) - 1
        return is_after and (day in training.last if is_last else least <= days[place + 1] - day <= most)

    def hours_on(self, index: int, cell: Cell, without: set[tuple[Vector, int]]) -> Iterator[Alternative]:
        """Every open hour of the cell's day, one for each mix of burdens that is not left out."""
        candidates = self.candidates
        slots = candidates.slots(cell.day, cell.event)
        closed = candidates.closed_by_host(cell.host, cell.day, cell.event.minutes) if cell.host else 0
        are_open = OpenSlots(slots.open & ~closed & candidates.usual_slots(cell.day, cell.host))
        seen = set(without)
        for option in candidates.nondominated_hours.possible_hours(
            cell.event, cell.day, are_open, slots.clashes
        ):
            if (option.vector, option.outside) not in seen:
                seen.add((option.vector, option.outside))
                yield self.moved(index, cell, option, option.hours[0])

    def at_option(self, index: int, cell: Cell, option: Option) -> Alternative:
        """The entry at the best hour of one of the cell's options."""
        return self.moved(index, cell, option, best_hours(self.candidates, cell, option))

    def moved(self, index: int, cell: Cell, option: Option, hours: Starts) -> Alternative:
        """What would change if the entry stood there instead."""
        old = self.assignment[index].option
        more = [new - before for new, before in zip(option.vector, old.vector, strict=True)]
        loads = [load + change for load, change in zip(self.loads, more, strict=True)]
        total = sum(change * size for change, size in zip(more, self.sizes, strict=True))
        worst = max(loads) - max(self.loads)
        clashes, outside = option.clashes - old.clashes, option.outside - old.outside
        return Alternative(cell, hours, option.vector, clashes, outside, worst, total)

    def best(self, others: Iterable[Alternative]) -> Alternative | None:
        """The cheapest; of those that cost the same the one with the fewest warnings, on a preferred day."""
        found = list(others)
        least = min((each.cost for each in found), default=None)
        cheapest = (each for each in found if each.cost == least)
        return min(
            cheapest,
            key=lambda each: (*self.lesser(each.cell, each.hours), each.cell.day, each.hours),
            default=None,
        )

    def lesser(self, cell: Cell, hours: Starts) -> tuple[int, bool]:
        """What decides between places that cost the same: warnings, then whether the weekday is preferred."""
        is_off = cell.day % 7 not in self.candidates.problem.preferred_weekdays
        return self.candidates.warnings(cell.day, cell.event, hours), is_off

    def asked_outside(self, cell: Cell, hours: Starts) -> list[str]:
        """The cities that the hours ask outside those that are acceptable to them."""
        candidates = self.candidates
        vectors = candidates.nondominated_hours.vectors(cell.event, cell.day)
        slots = [candidates.clocks.slot_at[minute] for minute in hours]
        return [
            city
            for each in candidates.acceptable.limited(cell.event, cell.day)
            if each.is_outside(slots, vectors)
            for city in each.cities
        ]

    def payers(self, index: int, other: Alternative) -> list[str]:
        """The cities that would bear more, those that pay most first."""
        old = self.assignment[index].option.vector
        groups = sorted(self.candidates.clocks.groups, key=lambda g: old[g.index] - other.vector[g.index])
        return [city.name for g in groups if other.vector[g.index] > old[g.index] for city in g.cities]
