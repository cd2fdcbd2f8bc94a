"""The least total at what the worst city may bear, its bound, and the trade between the two.

Not the worst city's burden itself (search.py).
"""

from dataclasses import replace
from math import ceil, floor

from exchange.planner.building import core_of
from exchange.planner.desk import NEAR, Desk
from exchange.planner.highs import Solved, Solver
from exchange.planner.model import Model
from exchange.planner.plan import Tradeoff
from exchange.planner.progress import CORE

NODES = 1000
LARGE_NODES = 300  # where a node takes half a second
LARGE = 60_000  # coefficients
NODES_WITHOUT = 120  # of a search that has found nothing yet, before more is allowed to the worst city
CLOSE = 0.005  # columns whose reduced cost is this share of the relaxation's total are tried first
CLOSE_NODES = 60
CORE_NODES = 400
TRADE_SHARES = (0.0, 0.03, 0.1, 0.2, 0.33, 1.0)  # of burden allowed to the worst city beyond the least


def least_total(desk: Desk, model: Model, relaxed: Solver) -> Solved:
    """The least total: first among the columns that the relaxation likes, then among all.

    What the first finds is proven already when the columns left out would cost more.
    """
    relaxed.cap(model.worst, model.rows.upper[model.worst])
    least = relaxed.least(model.costs("total"), desk.limits("total", NODES))
    if least.is_infeasible or least.limit:
        return least
    close = max(1.0, CLOSE * least.objective)
    far = [n for n, cost in enumerate(relaxed.reduced_costs()) if cost > close and n != model.worst]
    found = desk.solve(model, "total", desk.limits("total", CLOSE_NODES), rows=model.rows.without(far))
    bound = min(found.bound, ceil(least.objective + close - NEAR))
    if found.values is not None and found.objective < bound + 1 - NEAR and not found.limit:
        return replace(found, bound=bound)
    if desk.fitting_values(model) is not None:
        return _with_core(desk, model)
    found = desk.solve(model, "total", desk.limits("total", NODES, NODES_WITHOUT))
    return _with_core(desk, model) if found.values is not None and found.limit else found


def find_trade(desk: Desk, model: Model, relaxed: Solver) -> None:
    """The least total that the relaxation knows for more and more burden of the worst city."""
    worst = desk.now("worst")
    if not worst:
        return
    found: dict[int, int] = {}
    for share in TRADE_SHARES:
        if desk.is_over():
            return
        most = floor(worst * (1 + share) + NEAR)
        relaxed.cap(model.worst, most)
        solved = relaxed.least(model.costs("total"), desk.limits("trade", NODES))
        if not solved.is_infeasible and not solved.limit:
            found[most] = ceil(solved.objective - NEAR)
    desk.trade = tuple(Tradeoff(most, total) for most, total in found.items())


def _with_core(desk: Desk, model: Model) -> Solved:
    """The bound of the total by the core, then a search for a better plan unless there is none."""
    now = desk.now("total") or 0
    solver = Solver(core_of(model, now - 1), is_whole=True, seed=desk.seed)
    core = solver.least(model.costs("total"), desk.limits(CORE, CORE_NODES))
    bound = now if core.is_infeasible else min(now, ceil(core.bound - NEAR))
    desk.bounds["total"] = bound
    if bound >= now or desk.is_over():
        return Solved(is_infeasible=False, values=[], objective=now, bound=bound)
    nodes = NODES if len(model.rows.index) < LARGE else LARGE_NODES
    found = desk.solve(model, "total", desk.limits("total", nodes))
    return replace(found, bound=max(found.bound, bound))
