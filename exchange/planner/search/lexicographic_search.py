"""The search for the best plan: one objective after the other, each as small as possible before the next.

Not the model (mip_columns.py). Every limit is a number of nodes, which repeats from run to run; seconds end
it only where a person asked for that, and then the plan says so.
"""

from dataclasses import replace
from math import ceil, floor

from exchange.planner.model.interchangeable_days import DayClasses
from exchange.planner.model.mip_builder import build_model, restricted_to_burdens
from exchange.planner.model.mip_columns import Model
from exchange.planner.plan import PLACE
from exchange.planner.search.highs_solver import Solver, SolverResult
from exchange.planner.search.known_bounds import least_spread
from exchange.planner.search.leximin import settle_places
from exchange.planner.search.search_progress import SETTLED
from exchange.planner.search.search_state import NEAR, SearchState
from exchange.planner.search.total_burden_bound import NODES, NODES_WITHOUT_INCUMBENT, find_trade, least_total

LATER = ("warnings", "weekdays", "hosts")
LATER_NODES = 40
LARGE = 12  # groups of cities, above which one percent is near enough and later objectives are sought nearby
WIDENINGS = 12
WIDER = 0.005  # how much more is allowed to the worst city of a large problem, or when nothing is found


def search(state: SearchState) -> bool:
    """Better the incumbent until all is proven or a limit is met; False when no plan is possible."""
    state.is_clash_free = True
    free = build_model(DayClasses(state.candidates, is_clash_free=True))
    if _settle_all(state, free):
        return True
    state.is_clash_free = False
    state.bounds.clear()  # they are of the plans without an avoidable clash, of which there are none
    model = build_model(DayClasses(state.candidates, is_clash_free=False))
    if _settle(state, model, "clashes").is_infeasible:
        return False
    if not state.is_over():
        _settle_all(state, model)
    return True


def _settle_all(state: SearchState, model: Model) -> bool:
    """Every objective in order; False when the model turns out to have no solution at all."""
    has_hours = any(city.acceptable for city in state.candidates.problem.cities)
    order = [*(["outside"] if has_hours else []), "burden", *LATER]
    for name in ["moves", *order] if state.candidates.problem.is_replanning else [*order, "moves"]:
        if state.is_over():
            return True
        if name == "burden":
            is_possible = _settle_burden(state, model)
        elif name == "outside":
            is_possible = _settle_hours(state, model)
        else:
            is_possible = not _settle(state, model, name).is_infeasible
        if not is_possible:
            return False
    return True


def _settle_hours(state: SearchState, model: Model) -> bool:
    """As few events outside acceptable hours as can be; the columns that no such plan has are closed."""
    if _settle(state, model, "outside").is_infeasible:
        return False
    if state.incumbent_columns(model) is None:
        return True  # it says nothing of the model's plans: it has clashes, and they have none
    now = state.incumbent_value("outside")
    relaxation = Solver(model.mip, is_integer=False, seed=state.seed)
    least = relaxation.minimise(model.costs("outside"), state.limits("outside", NODES))
    if now is None or least.is_infeasible or least.limit:
        return True
    room = now - least.objective + NEAR  # a column of a greater reduced cost would take the sum above it
    far = [n for n, cost in enumerate(relaxation.reduced_costs()) if cost > room]
    model.mip = model.mip.without_columns(far)
    return True


def _settle_burden(state: SearchState, model: Model) -> bool:
    """The worst city's burden, and the total as far as the allowance lets the worst city bear more."""
    relaxation = Solver(model.mip, is_integer=False, seed=state.seed)
    result = relaxation.minimise(model.costs("worst"), state.limits("worst", NODES))
    if result.is_infeasible:
        return False
    state.bounds["worst"] = ceil(result.bound - NEAR)
    state.first_worst = ceil(result.bound * (1 + (WIDER if _is_large(model) else 0)) - NEAR)
    total = _least_worst(state, model, relaxation)
    if total is not None and total.is_infeasible:
        return False
    now = state.incumbent_value("worst")
    if now is None:
        return True
    most = state.allow(max(now, state.bounds["worst"]))
    if state.is_over():
        return True
    model.mip.upper[model.worst] = most
    if state.candidates.problem.is_leximin:
        _settle_places(state, model, total.bound if total and most == now else 0)
        find_trade(state, model, relaxation)
        return True
    _fix_objective(
        state, model, "total", total if total and most == now else least_total(state, model, relaxation)
    )
    if state.candidates.problem.max_allowance and not state.is_over():
        _tighten_worst(state, model)
    find_trade(state, model, relaxation)
    return True


def _settle_places(state: SearchState, model: Model, least: float) -> None:
    """The second city, the third ...; the total follows from them, and is ``least`` at least."""
    settle_places(state, model)
    total = state.incumbent_value("total") or 0
    problem = state.candidates.problem
    every = state.bounds.get(f"{PLACE}{len(problem.cities)}", 0) - sum(problem.past_burden.values())
    bound = max(ceil(least - NEAR), every)
    known = SolverResult(is_infeasible=False, values=None, objective=total, bound=bound)
    _fix_objective(state, model, "total", known)


def _tighten_worst(state: SearchState, model: Model) -> None:
    """Of what the worst city was allowed, only as much as the least total needs."""
    if state.incumbent_columns(model) is not None and state.incumbent_value("worst") != state.bounds["worst"]:
        state.solve(model, "worst", state.limits("worst", NODES_WITHOUT_INCUMBENT))
    now = state.incumbent_value("worst")
    if now is not None:
        model.mip.upper[model.worst] = now


def _least_worst(state: SearchState, model: Model, relaxation: Solver) -> SolverResult | None:
    """A plan as near to the bound of the worst city as is found, its total small; None when it was there."""
    for widening in range(WIDENINGS):
        worst = _allowed(state, widening)
        model.mip.upper[model.worst] = worst
        now = state.incumbent_value("worst")
        if now is not None and now <= worst and state.incumbent_columns(model) is not None:
            break
        result = least_total(state, model, relaxation)
        if result.values is not None:
            return None if _is_narrowed(state, model) else result
        if result.is_infeasible:
            state.bounds["worst"] = worst + 1
            if not _is_possible_at_more(state, model):
                return result
        if state.is_over():
            break
    _is_narrowed(state, model)
    return None


def _allowed(state: SearchState, widening: int) -> int:
    """What the worst city may bear at a widening: the bound, then ever more."""
    worst = max(state.bounds["worst"], state.first_worst)
    return worst + (max(2 ** (widening - 1), floor(worst * WIDER * widening)) if widening else 0)


def _is_narrowed(state: SearchState, model: Model) -> bool:
    """Where the bound was jumped over, make the worst city's burden small in earnest; whether it is."""
    now, bound = state.incumbent_value("worst"), state.bounds["worst"]
    if now is None or now <= bound or state.is_over():
        return False
    if _is_large(model) and now <= bound * (1 + 2 * WIDER):
        state.limits_met.append("one percent at worst")
        return False
    result = state.solve(model, "worst", state.limits("worst", NODES_WITHOUT_INCUMBENT))
    state.bounds["worst"] = max(bound, ceil(result.bound - NEAR))
    return (state.incumbent_value("worst") or 0) < now


def _is_possible_at_more(state: SearchState, model: Model) -> bool:
    """Whether there is anything at all when the worst city may bear what it will."""
    if state.incumbent_columns(model) is not None:
        return True
    model.mip.upper[model.worst] = model.most_burden
    return not state.solve(model, "worst", state.limits("worst", NODES_WITHOUT_INCUMBENT)).is_infeasible


def _settle(state: SearchState, model: Model, name: str) -> SolverResult:
    """Make an objective as small as possible and keep it there for those that follow."""
    now = state.incumbent_value(name)
    least = least_spread(state.candidates) if name == "hosts" else 0
    if now is not None and now <= least and state.incumbent_columns(model) is not None:
        known = now - state.constant(name)
        return _fix_objective(
            state, model, name, SolverResult(is_infeasible=False, values=None, objective=known, bound=known)
        )
    if name not in LATER:
        return _fix_objective(state, model, name, state.solve(model, name, state.limits(name, NODES)))
    result = _settle_later(state, model, name, least)
    return _fix_objective(state, model, name, replace(result, bound=max(result.bound, least)))


def _settle_later(state: SearchState, model: Model, name: str, least: int) -> SolverResult:
    """First among the plans with the same burdens; then among all, unless nothing is left to win."""
    values = state.incumbent_columns(model)
    if values is not None:
        near = restricted_to_burdens(model, values)
        state.solve(model, name, state.limits(name, LATER_NODES), mip=near)
        if state.incumbent_value(name) == least:
            return SolverResult(is_infeasible=False, values=values, objective=least, bound=least)
    if not _is_large(model) or values is None:
        return state.solve(model, name, state.limits(name, LATER_NODES))
    relaxation = Solver(model.mip, is_integer=False, seed=state.seed)
    result = relaxation.minimise(model.costs(name), state.limits(name, LATER_NODES))
    if ceil(result.bound - NEAR) < (state.incumbent_value(name) or 0):
        state.limits_met.append(f"nearby plans only at {name}")
    return result


def _is_large(model: Model) -> bool:
    return len(model.day_classes.sizes) > LARGE


def _fix_objective(state: SearchState, model: Model, name: str, result: SolverResult) -> SolverResult:
    """Write down the bound, and add a constraint that keeps the objective where it is.

    An incumbent that is none of the model's plans, as one with clashes, must not be what these are held to.
    """
    if result.is_infeasible:
        return result
    constant = state.constant(name)
    now = state.incumbent_value(name)
    state.bounds[name] = ceil(result.bound - NEAR) + constant
    costs = model.costs(name)
    if costs and now is not None and state.incumbent_columns(model) is not None:
        model.mip.add_constraint("objective", costs, most=now - constant)
    state.progress.report(f"{SETTLED}{name}", now, state.bounds[name])
    return result
