"""Which of two plans is better: the whole ordered tuple of objectives, compared in one place.

Not the values themselves (plan_from_assignment.py). Whoever holds a plan and is offered another asks here.
"""

from math import floor

from exchange.planner.plan import OBJECTIVES
from exchange.planner.problem.problem import Problem
from exchange.planner.search.plan_from_assignment import Values

NEAR = 1e-6  # as whole numbers are floats in shares


def order_of(problem: Problem) -> tuple[str, ...]:
    """The objectives in the order in which they count; moves come early when a plan is planned again."""
    if not problem.is_replanning:
        return OBJECTIVES
    rest = tuple(name for name in OBJECTIVES if name not in ("clashes", "moves"))
    return ("clashes", "moves", *rest)


def rank_of(values: Values, problem: Problem, worst_allowed: int = 0) -> tuple[int, ...]:
    """The tuple by which plans are compared, the less the better.

    Below ``worst_allowed`` the worst city's burden counts only between plans of the same total.
    """
    found: list[int] = []
    for name in order_of(problem):
        value: int = getattr(values, name)
        found.append(max(value, worst_allowed) if name == "worst" else value)
        if name == "worst":
            found += values.places
        if name == "total":
            found.append(values.worst)
    return tuple(found)


def allowed_above(worst: int, problem: Problem) -> int:
    """What the worst city may bear when ``worst`` is the least."""
    return floor(worst * (1 + problem.max_allowance) + NEAR)
