"""What follows from a problem by counting: cycle starts, session weeks, how many events of which kind.

Not days or hours: candidates.py finds those.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from exchange.planner.problem.problem import DAYS_PER_TRAINING, Cycles, Problem, TrainingKind


@dataclass(frozen=True)
class SessionPlace:
    """A cycle that may begin in a week of the horizon (0 = the first), and its session's weeks."""

    cycle: int  # 1 = the first
    start_week: int
    weeks: tuple[int, ...]


@dataclass(frozen=True)
class Quota:
    """``count`` events of a kind between two days, both included."""

    kind: TrainingKind
    year: int
    count: int
    first_on: date
    last_on: date


def session_places(problem: Problem) -> list[SessionPlace]:
    """Where each cycle may begin: one place per cycle, more where the planner chooses the pauses."""
    cycles = problem.cycles
    if cycles is None:
        return []
    if not cycles.is_choosing:
        return [_place(cycles, n + 1, week) for n, week in enumerate(_starts(problem, cycles))]
    count = cycles.count or 0
    slack = problem.weeks - cycles.weeks - (count - 1) * cycles.cadence_weeks
    closed = _closed_weeks(problem, cycles)
    return [
        _place(cycles, n + 1, week)
        for n in range(count)
        for late in range(slack + 1)
        if (week := n * cycles.cadence_weeks + late) not in closed
    ]


def is_place_of(problem: Problem, place: SessionPlace, on: date, cycle: int | None) -> bool:
    """Whether a held session on this day can be that of the cycle at this place."""
    week = problem.week_of(on)
    if cycle is None or problem.cycles is None:
        return week in place.weeks
    return cycle == place.cycle and 0 <= week - place.start_week < problem.cycles.weeks


def most_cycles(problem: Problem, cycles: Cycles) -> int:
    """How many cycles the horizon holds without any pause."""
    return (problem.weeks - cycles.weeks) // cycles.cadence_weeks + 1 if problem.weeks >= cycles.weeks else 0


def training_count(problem: Problem) -> int:
    """How many training events the horizon is to hold."""
    if problem.trainings is None:
        return 0
    if problem.trainings.count is not None:
        return problem.trainings.count
    return _rounded(problem.days / DAYS_PER_TRAINING)


def quotas(problem: Problem) -> list[Quota]:
    """How many events of each kind with a number, for each ISO year that the horizon touches.

    A year that is cut short has its share; a season counts only when it lies whole in the horizon. What is
    published of a kind is had already.
    """
    if problem.trainings is None:
        return []
    found = [
        quota
        for kind in problem.trainings.kinds
        if kind.per_year is not None
        for year in _years(problem)
        if (quota := _quota(problem, kind, kind.per_year, year)).count > 0
    ]
    return _within(
        found, training_count(problem) - sum(pin.training is not None for pin in problem.history())
    )


def seasons_without_weeks(problem: Problem) -> list[tuple[TrainingKind, int]]:
    """Kinds whose season begins in week 53, with the ISO years of the horizon that have no such week."""
    kinds = problem.trainings.kinds if problem.trainings else ()
    return [
        (kind, year)
        for kind in kinds
        for year in _years(problem)
        if kind.weeks and kind.weeks[0] > last_week_of(year)
    ]


def host_shares(problem: Problem) -> dict[str, tuple[int, int]]:
    """The fewest and the most that each host hosts: those that are free go to whoever has fewest."""
    if problem.trainings is None:
        return {}
    had = dict.fromkeys(problem.trainings.hosts, 0)
    known = [pin.host for pin in problem.history() if pin.host is not None]
    for host in known:
        if host in had:
            had[host] += 1
    level, left = 0, training_count(problem) - len(known)
    while left >= (below := sum(count <= level for count in had.values())):
        left -= below
        level += 1
    return {
        host: (max(count, level), max(count, level + (left > 0 and count <= level)))
        for host, count in had.items()
    }


def filler_kind(problem: Problem) -> TrainingKind | None:
    """The kind that takes what the others leave; None when every kind has its number."""
    kinds = problem.trainings.kinds if problem.trainings else ()
    return next((kind for kind in kinds if kind.per_year is None), None)


def _place(cycles: Cycles, cycle: int, start_week: int) -> SessionPlace:
    return SessionPlace(cycle, start_week, tuple(start_week + week - 1 for week in cycles.session_weeks))


def _starts(problem: Problem, cycles: Cycles) -> list[int]:
    starts: list[int] = []
    closed = _closed_weeks(problem, cycles)
    week = 0
    while week + cycles.weeks <= problem.weeks and (cycles.count is None or len(starts) < cycles.count):
        if week in closed or _touches_pause(problem, cycles, week):
            week += 1
            continue
        starts.append(week)
        week += cycles.cadence_weeks
    return starts


def _closed_weeks(problem: Problem, cycles: Cycles) -> set[int]:
    """The weeks in which no cycle may begin."""
    return {problem.week_of(on) for on in cycles.no_start_on}


def _touches_pause(problem: Problem, cycles: Cycles, week: int) -> bool:
    first_on = problem.start_on + timedelta(weeks=week)
    last_on = first_on + timedelta(days=7 * cycles.weeks - 1)
    return any(begin <= last_on and end >= first_on for begin, end in cycles.pauses)


def _years(problem: Problem) -> range:
    return range(problem.start_on.isocalendar().year, problem.last_on.isocalendar().year + 1)


def _quota(problem: Problem, kind: TrainingKind, per_year: int, year: int) -> Quota:
    last_week = last_week_of(year)
    first, last = kind.weeks or (1, last_week)
    if first > last_week:
        return Quota(kind, year, 0, problem.start_on, problem.start_on)  # a season that this year has not
    begin = date.fromisocalendar(year, first, 1)
    end = date.fromisocalendar(year, min(last, last_week), 7)
    inside = max(begin, problem.start_on), min(end, problem.last_on)
    share = ((inside[1] - inside[0]).days + 1) / ((end - begin).days + 1)
    count = _rounded(per_year * share) if kind.weeks is None else per_year * (share == 1)
    had = sum(pin.training == kind.name and begin <= pin.on <= end for pin in problem.history())
    return Quota(kind, year, max(0, count - had), *inside)


def last_week_of(year: int) -> int:
    """The number of an ISO year's last week, 52 or 53."""
    return date(year, 12, 28).isocalendar().week  # always in it


def _within(found: list[Quota], count: int) -> list[Quota]:
    """The quotas, seasons first, as far as there are events for them."""
    kept: list[Quota] = []
    for quota in sorted(found, key=lambda quota: (quota.kind.weeks is None, quota.year)):
        if sum(each.count for each in kept) + quota.count <= count:
            kept.append(quota)
    return kept


def _rounded(number: float) -> int:
    return int(number + 0.5)
