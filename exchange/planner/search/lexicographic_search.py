"""The search for the best plan: one objective after the other, each as small as possible before the next.

Not the model (model.py). Every limit is a number of nodes, which repeats from run to run; seconds end
it only where a person asked for that, and then the plan says so.
"""

from dataclasses import replace
from math import ceil, floor

from exchange.planner.blocks import Blocks
from exchange.planner.building import build_model, near_of
from exchange.planner.desk import NEAR, Desk
from exchange.planner.highs import Solved, Solver
from exchange.planner.model import Model
from exchange.planner.progress import SETTLED
from exchange.planner.structure import training_count
from exchange.planner.totals import NODES, NODES_WITHOUT, find_trade, least_total

LATER = ("warnings", "weekdays", "hosts")
LATER_NODES = 40
LARGE = 12  # groups of cities, above which one percent is near enough and later objectives are sought nearby
WIDENINGS = 12
WIDER = 0.005  # how much more is allowed to the worst city of a large problem, or when nothing is found
NO_CAP = 1e7


def search(desk: Desk) -> bool:
    """Better the desk's choices until all is proven or a limit is met; False when no plan is possible."""
    free = build_model(Blocks(desk.candidates, is_clash_free=True))
    if _settle_all(desk, free):
        return True
    model = build_model(Blocks(desk.candidates, is_clash_free=False))
    if _settle(desk, model, "clashes").is_infeasible:
        return False
    if not desk.is_over():
        _settle_all(desk, model)
    return True


def _settle_all(desk: Desk, model: Model) -> bool:
    """Every objective in order; False when the model turns out to have no solution at all."""
    order = ["burden", *LATER]
    for name in ["moves", *order] if desk.candidates.problem.is_replanning else [*order, "moves"]:
        if desk.is_over():
            return True
        if name == "burden":
            is_possible = _settle_burden(desk, model)
        else:
            is_possible = not _settle(desk, model, name).is_infeasible
        if not is_possible:
            return False
    return True


def _settle_burden(desk: Desk, model: Model) -> bool:
    """The worst city's burden, and the total as far as the allowance lets the worst city bear more."""
    relaxed = Solver(model.rows, is_whole=False, seed=desk.seed)
    solved = relaxed.least(model.costs("worst"), desk.limits("worst", NODES))
    if solved.is_infeasible:
        return False
    desk.bounds["worst"] = ceil(solved.objective - NEAR)
    desk.first_worst = ceil(solved.objective * (1 + (WIDER if _is_large(model) else 0)) - NEAR)
    total = _least_worst(desk, model, relaxed)
    if total is not None and total.is_infeasible:
        return False
    if model.blocks.is_clash_free:
        desk.bounds["clashes"] = desk.now("clashes") if desk.fitting_values(model) is not None else 0
    now = desk.now("worst")
    if now is None or desk.is_over():
        return True
    most = floor(max(now, desk.bounds["worst"] or 0) * (1 + desk.candidates.problem.max_allowance) + NEAR)
    model.rows.upper[model.worst] = most
    _keep(desk, model, "total", total if total and most == now else least_total(desk, model, relaxed))
    if desk.candidates.problem.max_allowance and not desk.is_over():
        _take_back(desk, model)
    find_trade(desk, model, relaxed)
    return True


def _take_back(desk: Desk, model: Model) -> None:
    """Of what the worst city was allowed, only as much as the least total needs."""
    if desk.fitting_values(model) is not None and desk.now("worst") != desk.bounds["worst"]:
        desk.solve(model, "worst", desk.limits("worst", NODES_WITHOUT))
    now = desk.now("worst")
    if now is not None:
        model.rows.upper[model.worst] = now


def _least_worst(desk: Desk, model: Model, relaxed: Solver) -> Solved | None:
    """A plan as near to the bound of the worst city as is found, its total small; None when it was there."""
    for widening in range(WIDENINGS):
        worst = _allowed(desk, widening)
        model.rows.upper[model.worst] = worst
        now = desk.now("worst")
        if now is not None and now <= worst and desk.fitting_values(model) is not None:
            break
        solved = least_total(desk, model, relaxed)
        if solved.values is not None:
            return None if _is_narrowed(desk, model) else solved
        if solved.is_infeasible:
            desk.bounds["worst"] = worst + 1
            if not _is_possible_at_more(desk, model):
                return solved
        if desk.is_over():
            break
    _is_narrowed(desk, model)
    return None


def _allowed(desk: Desk, widening: int) -> int:
    """What the worst city may bear at a widening: the bound, then ever more."""
    worst = max(desk.bounds["worst"] or 0, desk.first_worst)
    return worst + (max(2 ** (widening - 1), floor(worst * WIDER * widening)) if widening else 0)


def _is_narrowed(desk: Desk, model: Model) -> bool:
    """Where the bound was jumped over, make the worst city's burden small in earnest; whether it is."""
    now, bound = desk.now("worst"), desk.bounds["worst"] or 0
    if now is None or now <= bound or desk.is_over():
        return False
    if _is_large(model) and now <= bound * (1 + 2 * WIDER):
        desk.met.append("one percent at worst")
        return False
    solved = desk.solve(model, "worst", desk.limits("worst", NODES_WITHOUT))
    desk.bounds["worst"] = max(bound, ceil(solved.bound - NEAR))
    return (desk.now("worst") or 0) < now


def _is_possible_at_more(desk: Desk, model: Model) -> bool:
    """Whether there is anything at all when the worst city may bear what it will."""
    if desk.fitting_values(model) is not None:
        return True
    model.rows.upper[model.worst] = NO_CAP
    return not desk.solve(model, "worst", desk.limits("worst", NODES_WITHOUT)).is_infeasible


def _settle(desk: Desk, model: Model, name: str) -> Solved:
    """Make an objective as small as possible and keep it there for those that follow."""
    now = desk.now(name)
    least = _least_spread(desk) if name == "hosts" else 0
    if now is not None and now <= least and desk.fitting_values(model) is not None:
        known = now - desk.constant(name)
        return _keep(
            desk, model, name, Solved(is_infeasible=False, values=None, objective=known, bound=known)
        )
    if name not in LATER:
        return _keep(desk, model, name, desk.solve(model, name, desk.limits(name, NODES)))
    solved = _settle_later(desk, model, name, least)
    return _keep(desk, model, name, replace(solved, bound=max(solved.bound, least)))


def _settle_later(desk: Desk, model: Model, name: str, least: int) -> Solved:
    """First among the plans with the same burdens; then among all, unless nothing is left to win."""
    values = desk.fitting_values(model)
    if values is not None:
        near = near_of(model, values)
        desk.solve(model, name, desk.limits(name, LATER_NODES), rows=near)
        if desk.now(name) == least:
            return Solved(is_infeasible=False, values=values, objective=least, bound=least)
    if not _is_large(model) or values is None:
        return desk.solve(model, name, desk.limits(name, LATER_NODES))
    relaxed = Solver(model.rows, is_whole=False, seed=desk.seed)
    solved = relaxed.least(model.costs(name), desk.limits(name, LATER_NODES))
    if ceil(solved.bound - NEAR) < (desk.now(name) or 0):
        desk.met.append(f"nearby plans only at {name}")
    return solved


def _is_large(model: Model) -> bool:
    return len(model.blocks.sizes) > LARGE


def _keep(desk: Desk, model: Model, name: str, solved: Solved) -> Solved:
    """Write down the bound, and a row that keeps the objective where it is."""
    if solved.is_infeasible:
        return solved
    constant = desk.constant(name)
    now = desk.now(name)
    desk.bounds[name] = ceil(solved.bound - NEAR) + constant
    costs = model.costs(name)
    if costs and now is not None:
        model.rows.row("objective", costs, most=now - constant)
    desk.progress.say(f"{SETTLED}{name}", now, desk.bounds[name])
    return solved


def _least_spread(desk: Desk) -> int:
    """What no plan can be below in the spread of hosts: one, when they cannot all host alike."""
    problem = desk.candidates.problem
    if problem.trainings is None or problem.past_hosting:
        return 0
    return int(training_count(problem) % len(problem.trainings.hosts) > 0)
