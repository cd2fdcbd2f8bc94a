"""The least total at what the worst city may bear, its bound, and the trade between the two.

Not the worst city's burden itself (lexicographic_search.py).
"""

from dataclasses import replace
from math import ceil, floor

from exchange.planner.model.mip_builder import core_relaxation
from exchange.planner.model.mip_columns import Model
from exchange.planner.plan import Tradeoff
from exchange.planner.search.highs_solver import Solver, SolverResult
from exchange.planner.search.search_progress import CORE
from exchange.planner.search.search_state import NEAR, SearchState

NODES = 1000
LARGE_NODES = 300  # where a node takes half a second
LARGE = 60_000  # coefficients
NODES_WITHOUT_INCUMBENT = (
    120  # of a search that has found nothing yet, before more is allowed to the worst city
)
CLOSE = 0.005  # columns whose reduced cost is this share of the relaxation's total are tried first
CLOSE_NODES = 60
CORE_NODES = 400
TRADE_SHARES = (0.0, 0.03, 0.1, 0.2, 0.33, 1.0)  # of burden allowed to the worst city beyond the least


def least_total(state: SearchState, model: Model, relaxation: Solver) -> SolverResult:
    """The least total: first among the columns that the relaxation likes, then among all.

    What the first finds is proven already when the columns left out would cost more.
    """
    relaxation.set_upper_bound(model.worst, model.mip.upper[model.worst])
    least = relaxation.minimise(model.costs("total"), state.limits("total", NODES))
    if least.is_infeasible or least.limit:
        return least
    close = max(1.0, CLOSE * least.objective)
    far = [n for n, cost in enumerate(relaxation.reduced_costs()) if cost > close and n != model.worst]
    found = state.solve(
        model, "total", state.limits("total", CLOSE_NODES), mip=model.mip.without_columns(far)
    )
    bound = min(found.bound, ceil(least.objective + close - NEAR))
    if found.values is not None and found.objective < bound + 1 - NEAR and not found.limit:
        return replace(found, bound=bound)
    if state.incumbent_columns(model) is not None:
        return _bound_by_core(state, model)
    found = state.solve(model, "total", state.limits("total", NODES, NODES_WITHOUT_INCUMBENT))
    return _bound_by_core(state, model) if found.values is not None and found.limit else found


def find_trade(state: SearchState, model: Model, relaxation: Solver) -> None:
    """The least total that the relaxation knows for more and more burden of the worst city."""
    worst = state.incumbent_value("worst")
    if not worst:
        return
    found: dict[int, int] = {}
    for share in TRADE_SHARES:
        if state.is_over():
            return
        most = floor(worst * (1 + share) + NEAR)
        relaxation.set_upper_bound(model.worst, most)
        result = relaxation.minimise(model.costs("total"), state.limits("trade", NODES))
        if not result.is_infeasible and not result.limit:
            found[most] = ceil(result.objective - NEAR)
    state.trade = tuple(Tradeoff(most, total) for most, total in found.items())


def _bound_by_core(state: SearchState, model: Model) -> SolverResult:
    """The bound of the total by the core, then a search for a better plan unless there is none."""
    now = state.incumbent_value("total") or 0
    solver = Solver(core_relaxation(model, now - 1), is_integer=True, seed=state.seed)
    core = solver.minimise(model.costs("total"), state.limits(CORE, CORE_NODES))
    if core.limit:
        state.limits_met.append(f"{core.limit} at {CORE}" if core.limit == "nodes" else core.limit)
    bound = now if core.is_infeasible else min(now, ceil(core.bound - NEAR))
    state.bounds["total"] = bound
    if bound >= now or state.is_over():
        return SolverResult(is_infeasible=False, values=[], objective=now, bound=bound)
    nodes = NODES if len(model.mip.index) < LARGE else LARGE_NODES
    found = state.solve(model, "total", state.limits("total", nodes))
    return replace(found, bound=max(found.bound, bound))
