"""A problem's data by the number of a day: busy intervals, what stands at present, forbidden days.

Not what an event can be on a day (candidates.py).
"""

from collections.abc import Iterable, Mapping

from exchange.planner.problem.clock_groups import Clocks
from exchange.planner.problem.day_restrictions import CityDays
from exchange.planner.problem.problem import Pin, Problem


def problem_day(problem: Problem, pin: Pin) -> int:
    """The number of a pin's day."""
    return (pin.on - problem.start_on).days


def union(masks: Iterable[int]) -> int:
    """Sets of slots as one."""
    found = 0
    for mask in masks:
        found |= mask
    return found


def busy_by_day(
    problem: Problem, city_days: Mapping[str, CityDays]
) -> dict[tuple[str, int], list[tuple[int, int]]]:
    """The busy intervals of each city by the days whose events they can meet, on whichever wall."""
    found: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for city_id, days in city_days.items():
        for span in days.busy:
            first = max(0, span.begin // 1440 - 2)
            last = min(problem.days - 1, span.end // 1440 + 1)
            for day in range(first, last + 1):
                found.setdefault((city_id, day), []).append((span.begin, span.end))
    return found


def existing_slots(problem: Problem, clocks: Clocks) -> dict[tuple[int, str], int]:
    """The slots at which something stands at present, by day and kind."""
    found: dict[tuple[int, str], int] = {}
    for each in problem.existing:
        day = (problem.date_of(each) - problem.start_on).days
        for at in (each.starts_at, each.second_at):
            if at is not None:
                found[day, each.kind] = found.get((day, each.kind), 0) | clocks.bit(day, at)
    return found


def forbidden_days(problem: Problem) -> set[tuple[int, str]]:
    """The days on which nothing of a kind may start."""
    found = set()
    for each in problem.forbidden:
        first = max(0, (each.first_on - problem.start_on).days)
        last = min(problem.days - 1, (each.last_on - problem.start_on).days)
        kinds = (each.kind,) if each.kind else ("session", "training")
        found |= {(day, kind) for day in range(first, last + 1) for kind in kinds}
    return found
