"""A plan compared with the same plan with one entry elsewhere: what another hour or day would change.

Not the words for it (alternative_costs.py), and not a new plan: everything else stays.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from exchange.planner.model.assignment import Placement, best_hours, loads_of, past_of
from exchange.planner.model.candidates import Candidates, Cell
from exchange.planner.model.nondominated_hours import OpenSlots, Option, Starts, Vector
from exchange.planner.plan import Plan
from exchange.planner.search.plan_from_assignment import Values, changes_of, values_of
from exchange.planner.search.ranking import allowed_in, first_difference, rank_of


@dataclass(frozen=True)
class Alternative:
    """Another place for one entry, and what the whole plan would be worth with it there."""

    cell: Cell
    hours: Starts
    vector: Vector
    values: Values
    rank: tuple[int, ...]


class Comparison:
    """A plan's assignment in order of time, to be compared with the same plan with one of them elsewhere.

    What is better is asked of ranking.py, as the search does.
    """

    def __init__(self, candidates: Candidates, assignment: Sequence[Placement], plan: Plan) -> None:
        self.candidates = candidates
        self.assignment = assignment
        self.entries = plan.entries
        self.worst_allowed = allowed_in(plan, candidates.problem)
        self.values = values_of(candidates, assignment)
        self.rank = self.rank_of(self.values)
        self.sizes = tuple(group.size for group in candidates.clocks.groups)
        self.past = past_of(candidates)
        self.loads = loads_of(candidates.clocks, assignment)
        self.weeks = Counter(placement.cell.day // 7 for placement in assignment)
        self._existing_at = {each.starts_at for each in candidates.problem.existing_inside}
        self._moves: dict[tuple[object, ...], int] = {}

    def rank_of(self, values: Values) -> tuple[int, ...]:
        """The tuple by which the plan is compared with another of these values."""
        return rank_of(values, self.candidates.problem, self.worst_allowed)

    def first_difference(self, other: Alternative) -> tuple[str, int]:
        """The objective that decides between the two, and how much more of it the other has."""
        return first_difference(other.values, self.values, self.candidates.problem, self.worst_allowed)

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
        """What the plan would be worth if the entry stood there instead."""
        problem, old = self.candidates.problem, self.assignment[index]
        more = [new - before for new, before in zip(option.vector, old.option.vector, strict=True)]
        worst, places = self.ordered_loads(more)
        values = replace(
            self.values,
            clashes=self.values.clashes + option.clashes - old.option.clashes,
            outside=self.values.outside + option.outside - old.option.outside,
            worst=worst,
            total=self.values.total + sum(each * size for each, size in zip(more, self.sizes, strict=True)),
            warnings=self.values.warnings + self.warnings(cell, hours) - self.warnings(old.cell, old.hours),
            weekdays=self.values.weekdays
            + (cell.day % 7 not in problem.preferred_weekdays)
            - (old.cell.day % 7 not in problem.preferred_weekdays),
            moves=self.moves(index, cell, hours) if problem.existing else 0,
            places=places,
        )
        return Alternative(cell, hours, option.vector, values, self.rank_of(values))

    def ordered_loads(self, more: Sequence[int]) -> tuple[int, tuple[int, ...]]:
        """What the worst city would bear if each group bore so much more, and the others where all count."""
        problem, groups = self.candidates.problem, self.candidates.clocks.groups
        loads = [load + change for load, change in zip(self.loads, more, strict=True)]
        if not problem.is_leximin:
            return max(load + before for load, before in zip(loads, self.past, strict=True)), ()
        past = problem.past_burden
        borne = (loads[group.index] + past.get(city.id, 0) for group in groups for city in group.cities)
        worst, *others = sorted(borne, reverse=True)
        return worst, tuple(others)

    def moves(self, index: int, cell: Cell, hours: Starts) -> int:
        """How many existing entries would not stay as they are."""
        sittings = tuple(self.candidates.clocks.starts_at(cell.day, hour) for hour in hours)
        entry = replace(self.entries[index], starts_at=sittings[0], sittings=sittings)
        entries = [*self.entries[:index], *self.entries[index + 1 :]]
        place = sum(each.sittings < sittings for each in entries)
        key = (index, place, sittings if sittings[0] in self._existing_at else None)
        if key not in self._moves:
            found = [*entries[:place], entry, *entries[place:]]
            changes = changes_of(self.candidates.problem, found)
            self._moves[key] = sum(each.is_move for each in changes if each.before is not None)
        return self._moves[key]

    def best(self, others: Iterable[Alternative]) -> Alternative | None:
        """The best of them, the earliest of those that are as good as each other."""
        return min(others, key=lambda each: (each.rank, each.cell.day, each.hours), default=None)

    def warnings(self, cell: Cell, hours: Starts) -> int:
        """How many cities the hours bother without being blocked."""
        return self.candidates.warnings(cell.day, cell.event, hours)

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
