"""An assignment: a cell and an hour for each event of a plan, and the kinds of training they get.

Not the plan as others read it (plan_from_assignment.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exchange.errors import NotFound
from exchange.planner.model.candidates import Candidates, Cell
from exchange.planner.model.nondominated_hours import Option, Starts
from exchange.planner.plan import Entry
from exchange.planner.problem.clock_groups import Clocks
from exchange.planner.problem.event_classes import class_of_kind
from exchange.planner.problem.event_counts import Quota, filler_kind, quotas
from exchange.planner.problem.problem import TrainingKind


@dataclass(frozen=True)
class Placement:
    """One event: where it stands, what that costs, and at which hour."""

    cell: Cell
    option: Option
    hours: Starts


def best_hours(candidates: Candidates, cell: Cell, option: Option) -> Starts:
    """Of the hours that cost the same, the one with the fewest warnings, the earliest of those."""
    return min(option.hours, key=lambda hours: (candidates.warnings(cell.day, cell.event, hours), hours))


def assignment_from(candidates: Candidates, entries: Iterable[Entry]) -> list[Placement]:
    """The assignment behind a plan's entries. Raises NotFound for an entry that is not of this problem."""
    cells = {
        (cell.day, cell.event.kind, cell.event.minutes, cell.host, _cycle(cell)): cell
        for cell in candidates.cells
    }
    found = []
    for entry in entries:
        day = (candidates.problem.date_of(entry) - candidates.problem.start_on).days
        cell = cells.get((day, entry.kind, entry.minutes, entry.host, entry.cycle))
        hours = tuple(candidates.clocks.minute(day, at) for at in entry.sittings)
        option = (
            next((each for each in cell.nondominated.options if hours in each.hours), None) if cell else None
        )
        if cell is None or option is None:
            raise NotFound("%(name)s does not belong to this problem.", name=entry.name)
        found.append(Placement(cell, option, hours))
    return found


def _cycle(cell: Cell) -> int | None:
    return cell.place.cycle if cell.place else None


def past_of(candidates: Candidates) -> tuple[int, ...]:
    """For each group the most that any of its cities bore before."""
    past = candidates.problem.past_burden
    return tuple(max(past.get(city.id, 0) for city in group.cities) for group in candidates.clocks.groups)


def loads_of(clocks: Clocks, assignment: Iterable[Placement]) -> tuple[int, ...]:
    """What each group bears."""
    loads = [0] * len(clocks.groups)
    for placement in assignment:
        for n, points in enumerate(placement.option.vector):
            loads[n] += points
    return tuple(loads)


def kinds_for(candidates: Candidates, assignment: Sequence[Placement]) -> list[TrainingKind] | None:
    """A kind for each training placement so that every quota is met; None when there is no such way."""
    wanted = [quota for quota in quotas(candidates.problem) for _ in range(quota.count)]
    taken: dict[int, int] = {}  # index of placement -> place in wanted
    for place in range(len(wanted)):
        is_met = _match(candidates, assignment, wanted, place, taken, set())
        if not is_met and "kinds" not in candidates.without:
            return None
    filler = filler_kind(candidates.problem)
    kinds: list[TrainingKind] = []
    for n, placement in enumerate(assignment):
        own = _own_kind(candidates, placement)
        if own is not None:
            kinds.append(own)
        elif n in taken:
            kinds.append(wanted[taken[n]].kind)
        elif filler is not None and _suits(candidates, placement, filler):
            kinds.append(filler)
        else:
            return None
    return kinds


def _match(
    candidates: Candidates,
    assignment: Sequence[Placement],
    wanted: Sequence[Quota],
    place: int,
    taken: dict[int, int],
    seen: set[int],
) -> bool:
    """Find a placement for a quota's place, moving others where that helps (Kuhn's augmenting paths)."""
    for n, placement in enumerate(assignment):
        if n in seen or not _fits(candidates, placement, wanted[place]):
            continue
        seen.add(n)
        if n not in taken or _match(candidates, assignment, wanted, taken[n], taken, seen):
            taken[n] = place
            return True
    return False


def _fits(candidates: Candidates, placement: Placement, quota: Quota) -> bool:
    if _own_kind(candidates, placement) is not None:
        return False
    on = candidates.clocks.day(placement.cell.day)
    is_inside = quota.first_on <= on <= quota.last_on
    return is_inside and _suits(candidates, placement, quota.kind)


def _own_kind(candidates: Candidates, placement: Placement) -> TrainingKind | None:
    """The kind of a published event, which no quota asks for any more."""
    past, trainings = candidates.history_on(placement.cell.day), candidates.problem.trainings
    if past is None or past.training is None or trainings is None:
        return None
    return next((kind for kind in trainings.kinds if kind.name == past.training), None)


def _suits(candidates: Candidates, placement: Placement, kind: TrainingKind) -> bool:
    pin = candidates.held.get((placement.cell.event.kind, placement.cell.day))
    return class_of_kind(kind) == placement.cell.event and (pin is None or pin.training in (None, kind.name))
