"""What no plan can be below before anything is solved, and which bounds of a search hold for a plan.

Not the solver's bounds themselves (lexicographic_search.py). A bound speaks of the plans that are as good in
all objectives before it: it comes from a relaxation of all of them, never from a model that leaves some out.
"""

from collections.abc import Mapping

from exchange.planner.model.candidates import Candidates
from exchange.planner.model.interchangeable_days import least_clashes
from exchange.planner.plan import OBJECTIVES, PLACE
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
    past = sorted((problem.past_burden.get(city.id, 0) for city in problem.cities), reverse=True)
    places = {f"{PLACE}{n}": points for n, points in enumerate(past, start=1) if n > 1}
    return dict.fromkeys(OBJECTIVES, 0) | known | places


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
    alone = {name: bound for name, bound in found.items() if not name.startswith(PLACE)}
    alone |= places_alone(values, found)
    known = {name: max(bound, trivial[name]) for name, bound in alone.items()}
    if is_clash_free and values.clashes > trivial["clashes"]:
        known = {}
    if values.total > known.get("total", 0):
        order = order_of(problem)
        later = order[order.index("total") + 1 :]
        known = {name: bound for name, bound in known.items() if name not in later}
    return {**trivial, **known}


def places_alone(values: Values, found: Mapping[str, int]) -> dict[str, int]:
    """The bounds of single places: those of the sums of the worst, less what the places before bear."""
    together = values.worst
    alone = {}
    for count, value in enumerate(values.places, start=2):
        name = f"{PLACE}{count}"
        if name in found:
            alone[name] = found[name] - together
        together += value
    return alone
