"""After the city that bears most the second, the third, and so on: each as little as those before allow.

Not the worst city itself (lexicographic_search.py). What makes ordered loads small one after the other makes
the sums of the worst two, the worst three ... small one after the other, and these are linear.
"""

from math import ceil

from exchange.planner.model.mip_columns import Model
from exchange.planner.model.worst_sums import add_loads, add_worst_sum
from exchange.planner.plan import PLACE
from exchange.planner.search.highs_solver import Solver
from exchange.planner.search.search_state import NEAR, SearchState

PLACE_NODES = 200


def settle_places(state: SearchState, model: Model) -> None:
    """Every place in its turn; what is not proven keeps its bound."""
    add_loads(model)
    for count in range(2, len(state.candidates.problem.cities) + 1):
        if state.is_over() or state.incumbent_columns(model) is None:
            return  # an incumbent that is none of the model's plans is no measure for them
        name = f"{PLACE}{count}"
        costs = add_worst_sum(model, count).costs
        relaxation = Solver(model.mip, is_integer=False, seed=state.seed)
        found = relaxation.minimise(costs, state.limits(name, PLACE_NODES))
        if found.is_infeasible or found.limit:
            return
        bound = ceil(found.bound - NEAR)
        if bound < (state.incumbent_value(name) or 0):
            found = state.solve(model, name, state.limits(name, PLACE_NODES))
            if found.is_infeasible:
                return
            bound = max(bound, ceil(found.bound - NEAR))
        now = state.incumbent_value(name) or 0
        state.bounds[name] = bound  # of the sum: known_bounds.py makes the place's own of it
        model.mip.add_constraint("objective", costs, most=now)
