"""Which of two plans is better: the whole ordered tuple of objectives, compared in one place.

Not the values themselves (plan_from_assignment.py). Whoever holds a plan and is offered another asks here.
"""

from math import floor

from exchange.planner.plan import OBJECTIVES, Plan
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


def is_better(plan: Plan, than: Plan, problem: Problem) -> bool:
    """Whether a whole plan is better by the problem, up to the total; what comes after is not looked at."""
    one, other = (_values_of(each, problem) for each in (plan, than))
    least = min(one, other, key=lambda each: rank_of(each, problem))
    allowed = allowed_above(least.worst, problem)
    upto = order_of(problem).index("total") + 1 + len(one.places)
    return rank_of(one, problem, allowed)[:upto] < rank_of(other, problem, allowed)[:upto]


def _values_of(plan: Plan, problem: Problem) -> Values:
    loads = sorted((each.burden + each.before for each in plan.burden.values()), reverse=True)
    values = {name: plan.value_of(name) for name in OBJECTIVES}
    return Values(**values, places=tuple(loads[1:]) if problem.is_leximin else ())


def allowed_above(worst: int, problem: Problem) -> int:
    """What the worst city may bear when ``worst`` is the least."""
    return floor(worst * (1 + problem.max_allowance) + NEAR)
