"""What a plan consists of before it is told: a cell and an hour for each event, and the kinds they get.

Not the telling (compose.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exchange.errors import NotFound
from exchange.planner.candidates import Candidates, Cell
from exchange.planner.clocks import Clocks
from exchange.planner.events import class_of_kind
from exchange.planner.menus import Option, Slots
from exchange.planner.plan import Entry
from exchange.planner.problem import TrainingKind
from exchange.planner.structure import Quota, filler_kind, quotas


@dataclass(frozen=True)
class Choice:
    """One event: where it stands, what that costs, and at which hour."""

    cell: Cell
    option: Option
    hours: Slots


def best_hours(candidates: Candidates, cell: Cell, option: Option) -> Slots:
    """Of the hours that cost the same, the one with the fewest warnings, the earliest of those."""
    return min(option.hours, key=lambda hours: (candidates.warnings(cell.day, cell.event, hours), hours))


def choices_from(candidates: Candidates, entries: Iterable[Entry]) -> list[Choice]:
    """The choices behind the entries of a plan of this problem. Raises NotFound for one that is not its."""
    cells = {
        (cell.day, cell.event.kind, cell.event.minutes, cell.host, _cycle(cell)): cell
        for cell in candidates.cells
    }
    found = []
    for entry in entries:
        day = (entry.starts_at.date() - candidates.problem.start_on).days
        cell = cells.get((day, entry.kind, entry.minutes, entry.host, entry.cycle))
        hours = tuple(60 * at.hour + at.minute for at in entry.sittings)
        option = next((each for each in cell.menu.options if hours in each.hours), None) if cell else None
        if cell is None or option is None:
            raise NotFound("%(name)s does not belong to this problem.", name=entry.name)
        found.append(Choice(cell, option, hours))
    return found


def _cycle(cell: Cell) -> int | None:
    return cell.place.cycle if cell.place else None


def past_of(candidates: Candidates) -> tuple[int, ...]:
    """For each group the most that any of its cities bore before."""
    past = candidates.problem.past_burden
    return tuple(max(past.get(city.id, 0) for city in group.cities) for group in candidates.clocks.groups)


def loads_of(clocks: Clocks, choices: Iterable[Choice]) -> tuple[int, ...]:
    """What each group bears."""
    loads = [0] * len(clocks.groups)
    for choice in choices:
        for n, points in enumerate(choice.option.vector):
            loads[n] += points
    return tuple(loads)


def kinds_for(candidates: Candidates, choices: Sequence[Choice]) -> list[TrainingKind] | None:
    """A kind for each training choice so that every quota is met; None when there is no such way."""
    wanted = [quota for quota in quotas(candidates.problem) for _ in range(quota.count)]
    taken: dict[int, int] = {}  # choice -> place in wanted
    for place in range(len(wanted)):
        if not _match(candidates, choices, wanted, place, taken, set()):
            return None
    filler = filler_kind(candidates.problem)
    kinds: list[TrainingKind] = []
    for n, choice in enumerate(choices):
        if n in taken:
            kinds.append(wanted[taken[n]].kind)
        elif filler is not None and _suits(candidates, choice, filler):
            kinds.append(filler)
        else:
            return None
    return kinds


def _match(
    candidates: Candidates,
    choices: Sequence[Choice],
    wanted: Sequence[Quota],
    place: int,
    taken: dict[int, int],
    seen: set[int],
) -> bool:
    """Find a choice for a quota's place, moving others where that helps (Kuhn's augmenting paths)."""
    for n, choice in enumerate(choices):
        if n in seen or not _fits(candidates, choice, wanted[place]):
            continue
        seen.add(n)
        if n not in taken or _match(candidates, choices, wanted, taken[n], taken, seen):
            taken[n] = place
            return True
    return False


def _fits(candidates: Candidates, choice: Choice, quota: Quota) -> bool:
    on = candidates.clocks.day(choice.cell.day)
    is_inside = quota.first_on <= on <= quota.last_on
    return is_inside and _suits(candidates, choice, quota.kind)


def _suits(candidates: Candidates, choice: Choice, kind: TrainingKind) -> bool:
    pin = candidates.held.get(choice.cell.day)
    return class_of_kind(kind) == choice.cell.event and (pin is None or pin.training in (None, kind.name))
