"""An assignment becomes a plan that can be read: local times, burdens, names, objectives.

Not the reasons (reasons.py adds them).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.planner.model.assignment import Placement, kinds_for
from exchange.planner.model.candidates import Candidates
from exchange.planner.plan import OBJECTIVES, PLACE, Change, CityBurden, Entry, Objective
from exchange.planner.problem.problem import ExistingEntry, PlannedCity, Problem
from exchange.rules.time.timezones import wall_time


@dataclass(frozen=True)
class Values:
    """The objectives of an assignment, in their order."""

    clashes: int
    outside: int
    worst: int
    total: int
    warnings: int
    weekdays: int
    hosts: int
    moves: int
    places: tuple[int, ...] = ()  # what the second city bears, the third ..., where every one counts

    def as_objectives(self, bounds: Mapping[str, int]) -> tuple[Objective, ...]:
        """With what is known of each."""
        return tuple(Objective(name, getattr(self, name), bounds[name]) for name in OBJECTIVES)

    def as_places(self, bounds: Mapping[str, int]) -> tuple[Objective, ...]:
        """What the second city bears, the third ..., with what is known of each."""
        names = (f"{PLACE}{count}" for count in range(2, len(self.places) + 2))
        return tuple(Objective(n, value, bounds[n]) for n, value in zip(names, self.places, strict=True))


def values_of(candidates: Candidates, assignment: Sequence[Placement]) -> Values:
    """What an assignment is worth, counted city by city."""
    problem = candidates.problem
    borne = burdens_of(candidates, assignment)
    past = problem.past_burden
    loads = sorted((borne[city.id] + past.get(city.id, 0) for city in problem.cities), reverse=True)
    return Values(
        clashes=sum(placement.option.clashes for placement in assignment),
        outside=sum(placement.option.outside for placement in assignment),
        worst=loads[0],
        total=sum(borne.values()),
        warnings=sum(
            candidates.warnings(placement.cell.day, placement.cell.event, placement.hours)
            for placement in assignment
        ),
        weekdays=sum(placement.cell.day % 7 not in problem.preferred_weekdays for placement in assignment),
        hosts=_host_spread(problem, assignment),
        moves=moves_of(candidates, assignment),
        places=tuple(loads[1:]) if problem.is_leximin else (),
    )


def moves_of(candidates: Candidates, assignment: Sequence[Placement]) -> int:
    """How many existing entries do not stay as they are."""
    if not candidates.problem.existing:
        return 0
    changes = changes_of(candidates.problem, entries_of(candidates, assignment))
    return sum(change.is_move for change in changes if change.before is not None)


def burdens_of(candidates: Candidates, assignment: Sequence[Placement]) -> dict[str, int]:
    """What each city bears."""
    borne = {city.id: 0 for city in candidates.problem.cities}
    for placement in assignment:
        for group, points in zip(candidates.clocks.groups, placement.option.vector, strict=True):
            for city in group.cities:
                borne[city.id] += points
    return borne


def city_burdens(candidates: Candidates, assignment: Sequence[Placement]) -> dict[str, CityBurden]:
    """What each city bears, with what it bore before."""
    past = candidates.problem.past_burden
    borne = burdens_of(candidates, assignment)
    return {city: CityBurden(points, past.get(city, 0)) for city, points in borne.items()}


def entries_of(candidates: Candidates, assignment: Sequence[Placement]) -> tuple[Entry, ...]:
    """The entries in order of time, without reasons."""
    ordered = sorted(assignment, key=lambda placement: (placement.cell.day, placement.hours))
    trainings = [placement for placement in ordered if placement.cell.host is not None]
    kinds = kinds_for(candidates, trainings) or []
    kind_of = {id(placement): kind.name for placement, kind in zip(trainings, kinds, strict=False)}
    number_of = {id(placement): n + 1 for n, placement in enumerate(trainings)}
    entries = []
    for placement in ordered:
        place = placement.cell.place
        name = f"session-{place.cycle}" if place else f"training-{number_of[id(placement)]}"
        entries.append(_entry(candidates, placement, name, kind_of.get(id(placement))))
    return tuple(entries)


def changes_of(problem: Problem, entries: Sequence[Entry]) -> tuple[Change, ...]:
    """What becomes of each existing entry: it stays, or the next of its kind in time takes its place."""
    left = list(entries)
    taken: dict[str, Entry] = {}
    existing = sorted(problem.existing_inside, key=lambda each: (each.starts_at, each.name))
    for is_same in (_is_unchanged, _is_alike):
        for each in existing:
            if each.name in taken:
                continue
            entry = next((entry for entry in left if is_same(problem, each, entry)), None)
            if entry is not None:
                taken[each.name] = entry
                left.remove(entry)
    found = [_change(each, taken.get(each.name)) for each in existing]
    new = [Change(entry.name, None, entry.starts_at, None, entry.host) for entry in left]
    return tuple(found + new if problem.existing else [])


def _is_unchanged(problem: Problem, existing: ExistingEntry, entry: Entry) -> bool:
    kinds = problem.trainings.kinds if problem.trainings else ()
    minutes = {kind.name: kind.minutes for kind in kinds}.get(existing.training or "", entry.minutes)
    return (
        _is_alike(problem, existing, entry)
        and existing.starts_at == entry.starts_at
        and existing.second_at in (None, entry.second_at)
        and existing.host in (None, entry.host)
        and minutes == entry.minutes
    )


def _is_alike(_problem: Problem, existing: ExistingEntry, entry: Entry) -> bool:
    return existing.kind == entry.kind and existing.cycle in (None, entry.cycle)


def _change(existing: ExistingEntry, entry: Entry | None) -> Change:
    if entry is None:
        return Change(existing.name, existing.starts_at, None, existing.host)
    host = existing.host if existing.host is not None else entry.host
    second = existing.second_at if existing.second_at is not None else entry.second_at
    return Change(
        existing.name, existing.starts_at, entry.starts_at, host, entry.host, second, entry.second_at
    )


def _host_spread(problem: Problem, assignment: Sequence[Placement]) -> int:
    """The most that any host hosts less the least, what they hosted before counted in."""
    if problem.trainings is None:
        return 0
    hosted = {host: problem.past_hosting.get(host, 0) for host in problem.trainings.hosts}
    for placement in assignment:
        if placement.cell.host is not None:
            hosted[placement.cell.host] = hosted.get(placement.cell.host, 0) + 1
    hosted = {host: hosted[host] for host in problem.trainings.hosts}
    return max(hosted.values()) - min(hosted.values())


def _entry(candidates: Candidates, placement: Placement, name: str, training: str | None) -> Entry:
    cell = placement.cell
    sittings = tuple(candidates.clocks.starts_at(cell.day, minute) for minute in placement.hours)
    local: dict[str, datetime] = {}
    burden: dict[str, int] = {}
    for group in candidates.clocks.groups:
        for city in group.cities:
            if cell.event.has(city.id):
                points, sitting = attended(candidates, placement, city)
                local[city.id] = wall_time(sittings[sitting], city.time_zone).naive
                burden[city.id] = points
    return Entry(
        name=name,
        kind=cell.event.kind,
        starts_at=sittings[0],
        minutes=cell.event.minutes,
        local=local,
        burden=burden,
        cycle=cell.place.cycle if cell.place else None,
        host=cell.host,
        training=training,
        sittings=sittings,
        is_held=candidates.is_held(cell.event.kind, cell.day),
    )


def attended(candidates: Candidates, placement: Placement, city: PlannedCity) -> tuple[int, int]:
    """What the event costs the city, and which sitting it attends: the one that costs least.

    Of two that cost the same it attends the one in its acceptable hours.
    """
    cell, group = placement.cell, candidates.clocks.group_of[city.id]
    vectors = candidates.nondominated_hours.vectors(cell.event, cell.day)
    outside = candidates.acceptable.outside(city, cell.day, cell.event.minutes)
    slots = [candidates.clocks.slot_at[minute] for minute in placement.hours]
    points, _, sitting = min((vectors[slot][group], outside >> slot & 1, n) for n, slot in enumerate(slots))
    return points, sitting
