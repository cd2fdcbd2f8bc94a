"""Why an entry stands where it stands: what the next best hour and the next best day would cost, and whom.

Everything else of the plan stays as it is in these comparisons; what a whole new plan would cost is
asked by pinning the other day and planning again.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from exchange.planner.candidates import Candidates, Cell
from exchange.planner.choices import Choice, loads_of, past_of
from exchange.planner.compose import starts_at
from exchange.planner.menus import Slots, Vector
from exchange.planner.notes import notes_of
from exchange.planner.plan import Entry, Plan
from exchange.rules.sentences import Sentence

NAMED = 4  # cities named in a reason; more are counted


@dataclass(frozen=True)
class Alternative:
    """Another place for one entry, and what it would change: clashes, the worst city's burden, the total."""

    cell: Cell
    hours: Slots
    vector: Vector
    clashes: int
    worst: int
    total: int

    @property
    def cost(self) -> tuple[int, ...]:
        """What is compared, in the order of the objectives."""
        return self.clashes, self.worst, self.total, self.cell.day, self.hours[0]


def with_reasons(candidates: Candidates, choices: Sequence[Choice], plan: Plan) -> Plan:
    """The plan with reasons and notes for every entry."""
    ordered = sorted(choices, key=lambda choice: (choice.cell.day, choice.hours))
    comparison = Comparison(candidates, ordered)
    entries = tuple(
        replace(
            entry,
            reasons=tuple(_reasons(comparison, n, entry)),
            notes=tuple(notes_of(candidates, choice, entry)),
        )
        for n, (entry, choice) in enumerate(zip(plan.entries, ordered, strict=True))
    )
    return replace(plan, entries=entries)


class Comparison:
    """A plan's choices in order of time, to be compared with the same plan with one of them elsewhere."""

    def __init__(self, candidates: Candidates, choices: Sequence[Choice]) -> None:
        self.candidates = candidates
        self.choices = choices
        self.sizes = tuple(group.size for group in candidates.clocks.groups)
        past = past_of(candidates)
        loads = loads_of(candidates.clocks, choices)
        self.loads = tuple(a + b for a, b in zip(past, loads, strict=True))
        self.weeks = Counter(choice.cell.day // 7 for choice in choices)

    def other_hours(self, index: int) -> Iterator[Alternative]:
        """The same day at each other open hour that costs another mix of burdens."""
        choice = self.choices[index]
        return self.hours_on(index, choice.cell, {choice.option.vector})

    def other_days(self, index: int) -> Iterator[Alternative]:
        """Every other day that its neighbours leave free, at the hours on its menu."""
        for cell in self.free_cells(index):
            for option in cell.menu.options:
                yield self.moved(index, cell, option.hours[0], option.vector, option.clashes)

    def free_cells(self, index: int) -> Iterator[Cell]:
        """The cells of the same class and host, or cycle, on days that the rest of the plan leaves free."""
        here = self.choices[index].cell
        for cell in self.candidates.cells:
            is_alike = (cell.event, cell.host, cell.place) == (here.event, here.host, here.place)
            if is_alike and cell.day != here.day and self.is_free(index, cell.day):
                yield cell

    def is_free(self, index: int, day: int) -> bool:
        """Whether the week has no other event, and a training event keeps its gaps."""
        here = self.choices[index].cell
        others = self.weeks[day // 7] - (here.day // 7 == day // 7)
        return others == 0 and self.keeps_gaps(index, day)

    def keeps_gaps(self, index: int, day: int) -> bool:
        """Whether a training event on the day keeps its distance from those before and after."""
        training = self.candidates.training
        if self.choices[index].cell.host is None or training is None:
            return True
        days = [choice.cell.day for choice in self.choices if choice.cell.host is not None]
        place = days.index(self.choices[index].cell.day)
        least, most = training.gap_days
        is_after = least <= day - days[place - 1] <= most if place else day in training.first
        is_last = place == len(days) - 1
        return is_after and (day in training.last if is_last else least <= days[place + 1] - day <= most)

    def hours_on(self, index: int, cell: Cell, without: set[Vector]) -> Iterator[Alternative]:
        """Every open hour of the cell's day, one for each mix of burdens that is not left out."""
        candidates = self.candidates
        slots = candidates.slots(cell.day, cell.event)
        closed = candidates.host_night(cell.host, cell.day, cell.event.minutes) if cell.host else 0
        vectors = candidates.menus.vectors(cell.event, cell.day)
        seen = set(without)
        for n, vector in enumerate(vectors):
            if slots.open & ~closed & candidates.clocks.grid_mask & 1 << n and vector not in seen:
                seen.add(vector)
                clashes = sum(mask >> n & 1 for mask in slots.clashes)
                yield self.moved(index, cell, (candidates.clocks.slots[n],), vector, clashes)

    def moved(self, index: int, cell: Cell, hours: Slots, vector: Vector, clashes: int) -> Alternative:
        """What would change if the entry stood there instead."""
        old = self.choices[index].option
        more = [new - before for new, before in zip(vector, old.vector, strict=True)]
        loads = [load + change for load, change in zip(self.loads, more, strict=True)]
        total = sum(change * size for change, size in zip(more, self.sizes, strict=True))
        return Alternative(cell, hours, vector, clashes - old.clashes, max(loads) - max(self.loads), total)

    def payers(self, index: int, other: Alternative) -> str:
        """The cities that would bear more, those that pay most first."""
        old = self.choices[index].option.vector
        groups = sorted(self.candidates.clocks.groups, key=lambda g: old[g.index] - other.vector[g.index])
        paying = [city.name for g in groups if other.vector[g.index] > old[g.index] for city in g.cities]
        named = ", ".join(paying[:NAMED])
        return named if len(paying) <= NAMED else f"{named} +{len(paying) - NAMED}"


def cost_sentence(comparison: Comparison, index: int, other: Alternative, template: str) -> Sentence:
    """What another place would cost, and whom; ``template`` begins it with %(on)s and %(at)s."""
    at = starts_at(comparison.candidates, other.cell.day, other.hours[0])
    values: dict[str, str | int] = {"at": f"{at:%H:%M}", "total": other.total}
    values |= {"payers": comparison.payers(index, other), "clashes": other.clashes, "worst": other.worst}
    if other.clashes > 0:
        rest = "would meet %(clashes)s more holidays."
    elif other.worst > 0:
        rest = (
            "would cost the most burdened city %(worst)s more, and all together %(total)s more,"
            " borne by %(payers)s."
        )
    elif other.total > 0:
        rest = "would cost %(total)s more, borne by %(payers)s."
    elif other.total == 0 and other.worst == 0:
        rest = "would cost the same."
    else:
        values["total"] = -other.total
        rest = "would cost %(total)s less, but not together with the other objectives or within the search."
    return Sentence(f"{template} {rest}", {**values, "on": at.date()})


def _reasons(comparison: Comparison, index: int, entry: Entry) -> Iterator[Sentence]:
    points = sum(entry.burden.values())
    bearing = sum(1 for each in entry.burden.values() if each)
    if entry.is_held:
        yield Sentence("It is held: pinned or published.")
    yield Sentence(
        "This hour costs %(points)s in all, borne by %(bearing)s of %(cities)s cities.",
        {"points": points, "bearing": bearing, "cities": len(entry.burden)},
    )
    hour = min(comparison.other_hours(index), key=lambda each: each.cost, default=None)
    if hour is None:
        yield Sentence("No other hour of the day is open to all.")
    else:
        yield cost_sentence(comparison, index, hour, "The next best hour of the day, %(at)s UTC,")
    day = min(comparison.other_days(index), key=lambda each: each.cost, default=None)
    if day is None:
        yield Sentence("No other day is free for it while the rest of the plan stands.")
    else:
        yield cost_sentence(comparison, index, day, "The next best day, %(on)s at %(at)s UTC,")
