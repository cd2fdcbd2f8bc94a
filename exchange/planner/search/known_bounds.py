"""What no plan can be below before anything is solved, and which bounds of a search hold for a plan.

Not the solver's bounds themselves (lexicographic_search.py). A bound speaks of the plans that are as good in
all objectives before it: it comes from a relaxation of all of them, never from a model that leaves some out.
"""

from collections.abc import Mapping

from exchange.planner.model.candidates import Candidates
from exchange.planner.model.interchangeable_days import least_clashes
from exchange.planner.plan import OBJECTIVES
from exchange.planner.problem.event_counts import training_count
from exchange.planner.problem.problem import Problem
from exchange.planner.search.plan_from_assignment import Values
from exchange.planner.search.ranking import order_of


def trivial_bounds(candidates: Candidates) -> dict[str, int]:
    """What follows by counting: holidays on held days, the past, hosts who cannot all host alike."""
    problem = candidates.problem
    known = {
        "clashes": sum(least_clashes(candidates).values()),
        "worst": max((problem.past_burden.get(city.id, 0) for city in problem.cities), default=0),
        "hosts": least_spread(candidates),
    }
    return dict.fromkeys(OBJECTIVES, 0) | known


def least_spread(candidates: Candidates) -> int:
    """What no plan can be below in the spread of hosts: one, when they cannot all host alike."""
    problem = candidates.problem
    if problem.trainings is None or "count" in candidates.without:
        return 0
    if problem.past_hosting or problem.history():
        return 0
    return int(training_count(problem) % len(problem.trainings.hosts) > 0)


def bounds_of_plan(
    problem: Problem,
    values: Values,
    found: Mapping[str, int],
    trivial: Mapping[str, int],
    *,
    is_clash_free: bool,
) -> dict[str, int]:
    """Of what a search has found, that which holds for a plan of these values.

    ``is_clash_free`` tells that the search looks at plans without an avoidable clash only. What comes after
    the total holds only at the least total: the model knows no dominated hours, and at a greater total
    these might do better.
    """
    known = {name: max(bound, trivial[name]) for name, bound in found.items()}
    if is_clash_free and values.clashes > trivial["clashes"]:
        known = {}
    if values.total > known.get("total", 0):
        order = order_of(problem)
        known = {name: bound for name, bound in known.items() if order.index(name) <= order.index("total")}
    return {**trivial, **known}
