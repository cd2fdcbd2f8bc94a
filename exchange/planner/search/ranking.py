"""Which of two plans is better: the whole ordered tuple of objectives, compared in one place.

Not the values themselves (plan_from_assignment.py). Whoever holds a plan and is offered another asks here.
"""

from math import floor

from exchange.planner.plan import OBJECTIVES, PLACE, Plan
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
    return tuple(value for _, value in _ranked(values, problem, worst_allowed))


def first_difference(
    values: Values, than: Values, problem: Problem, worst_allowed: int = 0
) -> tuple[str, int]:
    """The objective, or place, that decides between two plans, and how much more the first has of it.

    ("", 0) for plans that are as good as each other.
    """
    ones, others = (_ranked(each, problem, worst_allowed) for each in (values, than))
    differences = ((name, one - other) for (name, one), (_, other) in zip(ones, others, strict=True))
    return next((each for each in differences if each[1]), ("", 0))


def _ranked(values: Values, problem: Problem, worst_allowed: int) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for name in order_of(problem):
        value: int = getattr(values, name)
        found.append((name, max(value, worst_allowed) if name == "worst" else value))
        if name == "worst":
            found += [(f"{PLACE}{n}", value) for n, value in enumerate(values.places, start=2)]
        if name == "total":
            found.append(("worst", values.worst))
    return found


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


def allowed_in(plan: Plan, problem: Problem) -> int:
    """What the worst city may bear when another is compared with a plan; 0 where nothing is allowed it."""
    if not problem.max_allowance:
        return 0
    bound = next((each.bound for each in plan.objective if each.name == "worst"), None)
    return max(plan.value_of("worst"), allowed_above(bound or 0, problem))
