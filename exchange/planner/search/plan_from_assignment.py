"""A choice for every event becomes a plan that can be read: local times, burdens, names, objectives.

Not the reasons (reasons.py adds them).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from exchange.planner.candidates import Candidates
from exchange.planner.choices import Choice, kinds_for
from exchange.planner.plan import Change, CityBurden, Entry, Objective
from exchange.planner.problem import Problem, Standing
from exchange.rules.timezones import wall_time

OBJECTIVES = ("clashes", "worst", "total", "warnings", "weekdays", "hosts", "moves")


@dataclass(frozen=True)
class Values:
    """The objectives of a set of choices, in their order."""

    clashes: int
    worst: int
    total: int
    warnings: int
    weekdays: int
    hosts: int
    moves: int

    def as_objectives(self, bounds: Mapping[str, int | None]) -> tuple[Objective, ...]:
        """With what is known of each."""
        return tuple(Objective(name, getattr(self, name), bounds.get(name)) for name in OBJECTIVES)


def values_of(candidates: Candidates, choices: Sequence[Choice]) -> Values:
    """What the choices are worth, counted city by city."""
    problem = candidates.problem
    borne = burdens_of(candidates, choices)
    past = problem.past_burden
    return Values(
        clashes=sum(choice.option.clashes for choice in choices),
        worst=max((borne[city.id] + past.get(city.id, 0) for city in problem.cities), default=0),
        total=sum(borne.values()),
        warnings=sum(
            candidates.warnings(choice.cell.day, choice.cell.event, choice.hours) for choice in choices
        ),
        weekdays=sum(choice.cell.day % 7 not in problem.preferred_weekdays for choice in choices),
        hosts=_host_spread(problem, choices),
        moves=moves_of(candidates, choices),
    )


def moves_of(candidates: Candidates, choices: Sequence[Choice]) -> int:
    """How many standing entries do not stay as they are."""
    if not candidates.problem.standing:
        return 0
    changes = changes_of(candidates.problem, entries_of(candidates, choices))
    return sum(change.is_move for change in changes if change.before is not None)


def burdens_of(candidates: Candidates, choices: Sequence[Choice]) -> dict[str, int]:
    """What each city bears."""
    borne = {city.id: 0 for city in candidates.problem.cities}
    for choice in choices:
        for group, points in zip(candidates.clocks.groups, choice.option.vector, strict=True):
            for city in group.cities:
                borne[city.id] += points
    return borne


def city_burdens(candidates: Candidates, choices: Sequence[Choice]) -> dict[str, CityBurden]:
    """What each city bears, with what it bore before."""
    past = candidates.problem.past_burden
    borne = burdens_of(candidates, choices)
    return {city: CityBurden(points, past.get(city, 0)) for city, points in borne.items()}


def entries_of(candidates: Candidates, choices: Sequence[Choice]) -> tuple[Entry, ...]:
    """The entries in order of time, without reasons."""
    ordered = sorted(choices, key=lambda choice: (choice.cell.day, choice.hours))
    trainings = [choice for choice in ordered if choice.cell.host is not None]
    kinds = kinds_for(candidates, trainings) or []
    kind_of = {id(choice): kind.name for choice, kind in zip(trainings, kinds, strict=False)}
    number_of = {id(choice): n + 1 for n, choice in enumerate(trainings)}
    entries = []
    for choice in ordered:
        place = choice.cell.place
        name = f"session-{place.cycle}" if place else f"training-{number_of[id(choice)]}"
        entries.append(_entry(candidates, choice, name, kind_of.get(id(choice))))
    return tuple(entries)


def changes_of(problem: Problem, entries: Sequence[Entry]) -> tuple[Change, ...]:
    """What becomes of each standing entry: it stays, or the next of its kind in time takes its place."""
    left = list(entries)
    taken: dict[str, Entry] = {}
    inside = [each for each in problem.standing if problem.start_on <= each.on <= problem.last_on]
    standing = sorted(inside, key=lambda each: (each.starts_at, each.name))
    for is_same in (_is_unchanged, _is_alike):
        for each in standing:
            if each.name in taken:
                continue
            entry = next((entry for entry in left if is_same(problem, each, entry)), None)
            if entry is not None:
                taken[each.name] = entry
                left.remove(entry)
    found = [_change(each, taken.get(each.name)) for each in standing]
    new = [Change(entry.name, None, entry.starts_at, None, entry.host) for entry in left]
    return tuple(found + new if problem.standing else [])


def _is_unchanged(problem: Problem, standing: Standing, entry: Entry) -> bool:
    kinds = problem.trainings.kinds if problem.trainings else ()
    minutes = {kind.name: kind.minutes for kind in kinds}.get(standing.training or "", entry.minutes)
    return (
        _is_alike(problem, standing, entry)
        and standing.starts_at == entry.starts_at
        and standing.second_at in (None, entry.second_at)
        and standing.host in (None, entry.host)
        and minutes == entry.minutes
    )


def _is_alike(_problem: Problem, standing: Standing, entry: Entry) -> bool:
    return standing.kind == entry.kind and standing.cycle in (None, entry.cycle)


def _change(standing: Standing, entry: Entry | None) -> Change:
    if entry is None:
        return Change(standing.name, standing.starts_at, None, standing.host)
    host = standing.host if standing.host is not None else entry.host
    second = standing.second_at if standing.second_at is not None else entry.second_at
    return Change(
        standing.name, standing.starts_at, entry.starts_at, host, entry.host, second, entry.second_at
    )


def starts_at(candidates: Candidates, day: int, minute: int) -> datetime:
    """The instant of a day's minute."""
    return datetime.combine(candidates.clocks.day(day), time(), UTC) + timedelta(minutes=minute)


def _host_spread(problem: Problem, choices: Sequence[Choice]) -> int:
    """The most that any host hosts less the least, what they hosted before counted in."""
    if problem.trainings is None:
        return 0
    hosted = {host: problem.past_hosting.get(host, 0) for host in problem.trainings.hosts}
    for choice in choices:
        if choice.cell.host is not None:
            hosted[choice.cell.host] += 1
    return max(hosted.values()) - min(hosted.values())


def _entry(candidates: Candidates, choice: Choice, name: str, training: str | None) -> Entry:
    cell = choice.cell
    sittings = tuple(starts_at(candidates, cell.day, minute) for minute in choice.hours)
    local: dict[str, datetime] = {}
    burden: dict[str, int] = {}
    for group in candidates.clocks.groups:
        points, sitting = _attended(candidates, choice, group.index)
        for city in group.cities:
            if cell.event.has(city.id):
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
        is_held=cell.day in candidates.held,
    )


def _attended(candidates: Candidates, choice: Choice, group: int) -> tuple[int, int]:
    """What the event costs the group, and which sitting it attends: the one that costs least."""
    vectors = candidates.menus.vectors(choice.cell.event, choice.cell.day)
    slots = [candidates.clocks.slot_at[minute] for minute in choice.hours]
    return min((vectors[slot][group], n) for n, slot in enumerate(slots))
