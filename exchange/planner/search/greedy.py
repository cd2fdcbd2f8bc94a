"""The greedy plan: event by event in order of time, the day and hour that burden the worst city least.

Not the best plan: it looks at what was borne so far and at what must still fit, never at what is to
come. It needs no solver, and is the solver's first incumbent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from exchange.planner.model.assignment import Placement, best_hours, kinds_for, past_of
from exchange.planner.model.candidates import Candidates, Cell
from exchange.planner.model.interchangeable_days import without_clashes
from exchange.planner.model.nondominated_hours import Option
from exchange.planner.problem.event_classes import EventClass, class_of_kind
from exchange.planner.problem.event_counts import Quota, host_shares, quotas
from exchange.planner.problem.feasible_days import TrainingDays


@dataclass
class _PartialAssignment:
    """What is chosen so far."""

    loads: list[int]
    sizes: tuple[int, ...]
    hosted: dict[str, int]
    assignment: list[Placement] = field(default_factory=list)

    def take(self, placement: Placement) -> None:
        self.assignment.append(placement)
        self.loads = [load + points for load, points in zip(self.loads, placement.option.vector, strict=True)]
        if placement.cell.host is not None:
            self.hosted[placement.cell.host] = self.hosted.get(placement.cell.host, 0) + 1


@dataclass(frozen=True)
class _Way:
    """The cells to choose from, and the days on which training events lead to the end."""

    candidates: Candidates
    cells: list[Cell]
    days: TrainingDays | None


def greedy(candidates: Candidates) -> list[Placement] | None:
    """A plan off all holidays if the greedy way leads to one, else another; None when it leads nowhere."""
    free, days = without_clashes(candidates)
    return _walk(_Way(candidates, free, days)) or _walk(
        _Way(candidates, candidates.cells, candidates.training)
    )


def _walk(way: _Way) -> list[Placement] | None:
    """Training events first, then sessions, each at its best; None when that leads nowhere."""
    candidates = way.candidates
    groups = candidates.clocks.groups
    trainings = candidates.problem.trainings
    hosts = trainings.hosts if trainings else ()
    partial = _PartialAssignment(
        list(past_of(candidates)), tuple(group.size for group in groups), dict.fromkeys(hosts, 0)
    )
    if not _take_trainings(way, partial) or not _take_sessions(way, partial):
        return None
    if not _is_complete(candidates, partial):
        return None
    return sorted(partial.assignment, key=lambda placement: placement.cell.day)


def _is_complete(candidates: Candidates, partial: _PartialAssignment) -> bool:
    """Whether all that is held is assigned, and each host has its share."""
    held = {(placement.cell.event.kind, placement.cell.day) for placement in partial.assignment}
    shares = host_shares(candidates.problem)
    is_fair = all(least <= partial.hosted[host] <= most for host, (least, most) in shares.items())
    return held >= set(candidates.held) and is_fair


def _take_trainings(way: _Way, partial: _PartialAssignment) -> bool:
    candidates, days = way.candidates, way.days
    if days is None or days.wanted == 0:
        return True
    by_day: dict[int, list[Cell]] = {}
    for cell in way.cells:
        if cell.host is not None:
            by_day.setdefault(cell.day, []).append(cell)
    for number in range(1, days.wanted + 1):
        last = partial.assignment[-1].cell if partial.assignment else None
        cells = [
            cell
            for day in _reach(candidates, days, last)
            if day in by_day and days.can_follow(day, number)
            for cell in by_day[day]
            if last is None
            or cell.host != last.host
            or (candidates.history_on(cell.day) and candidates.history_on(last.day))
        ]
        cells = _balanced(partial, _of_needed_class(candidates, partial, cells, number))
        if not cells:
            return False
        partial.take(_best(candidates, partial, cells))
    return kinds_for(candidates, partial.assignment) is not None


def _reach(candidates: Candidates, days: TrainingDays, last: Cell | None) -> Sequence[int]:
    """The days on which the next training event may stand, the next held one the last of them."""
    before = last.day if last else -1
    next_held = min((day for day in days.held if day > before), default=candidates.problem.days)
    if last is None:
        return [day for day in days.first if day <= next_held]
    if last.day in days.holes:
        return [days.holes[last.day]]
    return range(before + days.gap_days[0], min(next_held, before + days.gap_days[1]) + 1)


def _balanced(partial: _PartialAssignment, cells: list[Cell]) -> list[Cell]:
    """Those whose host has hosted least so far, and so keep the counts within one of each other."""
    hosted = {cell.host: partial.hosted.get(cell.host, 0) for cell in cells if cell.host is not None}
    return [cell for cell in cells if cell.host and hosted[cell.host] == min(hosted.values())]


def _of_needed_class(
    candidates: Candidates, partial: _PartialAssignment, cells: list[Cell], number: int
) -> list[Cell]:
    """Those after which every quota can still be met, or all when there are none such."""
    left = _quotas_left(candidates, partial)
    fitting = [cell for cell in cells if _leaves_quotas_open(candidates, left, cell, number)]
    return fitting or cells


def _quotas_left(candidates: Candidates, partial: _PartialAssignment) -> list[tuple[Quota, int]]:
    wanted = quotas(candidates.problem)
    count = {quota: quota.count for quota in wanted}
    for placement in partial.assignment:
        if candidates.history_on(placement.cell.day):
            continue  # what is published is not asked for any more, or may be of any kind
        on = candidates.clocks.day(placement.cell.day)
        for quota in wanted:
            if count[quota] and _takes(quota, placement.cell.event, on):
                count[quota] -= 1
                break
    return [(quota, count[quota]) for quota in wanted if count[quota]]


def _takes(quota: Quota, event: EventClass, on: date) -> bool:
    return class_of_kind(quota.kind) == event and quota.first_on <= on <= quota.last_on


def _leaves_quotas_open(
    candidates: Candidates, left: list[tuple[Quota, int]], cell: Cell, number: int
) -> bool:
    """Whether the events that surely follow suffice for every quota with an end, alone and together."""
    days = candidates.training
    if days is None:
        return True
    on = candidates.clocks.day(cell.day)
    used = next((quota for quota, _ in left if _takes(quota, cell.event, on)), None)
    filler_is_alike = cell.event not in {class_of_kind(quota.kind) for quota, _ in left}
    if used is None and not filler_is_alike:
        return False
    rest = [(quota, count - (quota is used)) for quota, count in left]
    for end in {quota.last_on for quota, _ in rest}:
        due = sum(count for quota, count in rest if quota.last_on <= end)
        sure = min((end - on).days // days.gap_days[1], days.wanted - number)
        if due > sure:
            return False
    return True


def _take_sessions(way: _Way, partial: _PartialAssignment) -> bool:
    candidates = way.candidates
    taken = {placement.cell.day // 7 for placement in partial.assignment}
    earliest = 0
    cycles = candidates.problem.cycles
    for cycle in sorted({place.cycle for place in candidates.places}):
        cells = [
            cell
            for cell in way.cells
            if cell.place
            and cell.place.cycle == cycle
            and cell.place.start_week >= earliest
            and (cell.day // 7 not in taken or candidates.is_held("session", cell.day))
        ]
        if not cells or cycles is None:
            return False
        placement = _best(candidates, partial, cells)
        partial.take(placement)
        taken.add(placement.cell.day // 7)
        if placement.cell.place:
            earliest = placement.cell.place.start_week + cycles.cadence_weeks
    return True


def _best(candidates: Candidates, partial: _PartialAssignment, cells: Iterable[Cell]) -> Placement:
    preferred = candidates.problem.preferred_weekdays

    def cost(cell: Cell, option: Option) -> tuple[int, ...]:
        loads = [load + points for load, points in zip(partial.loads, option.vector, strict=True)]
        total = sum(points * size for points, size in zip(option.vector, partial.sizes, strict=True))
        start = cell.place.start_week if cell.place else 0
        is_off = cell.day % 7 not in preferred
        return option.clashes, option.outside, max(loads), total, start, is_off, cell.day

    cell, option = min(
        ((cell, option) for cell in cells for option in cell.nondominated.options),
        key=lambda each: cost(*each),
    )
    return Placement(cell, option, best_hours(candidates, cell, option))
