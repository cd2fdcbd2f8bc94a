"""The search for the best plan: one objective after the other, each as small as possible before the next.

Not the model (model.py). Every limit is a number of nodes, which repeats from run to run; seconds end
it only where a person asked for that, and then the plan says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import ceil, floor

from exchange.planner.blocks import Blocks
from exchange.planner.building import build_model, core_of
from exchange.planner.candidates import Candidates
from exchange.planner.choices import Choice
from exchange.planner.compose import Values, values_of
from exchange.planner.highs import Limits, Solved, Solver
from exchange.planner.model import Model
from exchange.planner.plan import Tradeoff
from exchange.planner.progress import Progress
from exchange.planner.rows import Rows
from exchange.planner.structure import training_count
from exchange.planner.translate import choices_of, values_for

NODES = 1000  # of the search for a great objective
NODES_WITHOUT = 120  # of one that has found nothing yet, before more is allowed to the worst city
LATER_NODES = 40  # for the objectives after the total
GREAT = ("clashes", "worst", "total", "moves")
WIDENINGS = 12
WIDER = 0.005  # how much more is then allowed to the worst city
NEAR = 1e-6
CLOSE = 0.005  # columns whose reduced cost is this share of the relaxation's total are tried first
CLOSE_NODES = 60
TRADE_SHARES = (0.0, 0.03, 0.1, 0.2, 0.33, 1.0)  # of burden allowed to the worst city beyond the least
CORE_NODES = 400


def _nothing(_choices: list[Choice]) -> None:
    """Nobody wants to know."""


@dataclass
class Search:
    """What is known so far: the best choices, what no plan can be below, and which limits were met."""

    candidates: Candidates
    progress: Progress
    on_better: Callable[[list[Choice]], None] = _nothing
    choices: list[Choice] | None = None
    bounds: dict[str, int | None] = field(default_factory=dict)
    limits: list[str] = field(default_factory=list)
    is_infeasible: bool = False
    relaxed: Solver | None = None
    trade: tuple[Tradeoff, ...] = ()
    total: Solved | None = None

    def run(self) -> None:
        """Search until everything is proven or a limit is met, beginning with the choices there are."""
        free = build_model(Blocks(self.candidates, is_clash_free=True))
        if self._settle_all(free):
            return
        model = build_model(Blocks(self.candidates, is_clash_free=False))
        solved = self._settle(model, "clashes")
        if solved.is_infeasible:
            self.is_infeasible = True
        elif not self._is_over():
            self._settle_all(model)

    @property
    def limit(self) -> str:
        """The limits that were met, in words, "" when none was."""
        return ", ".join(dict.fromkeys(self.limits))

    def _settle_all(self, model: Model) -> bool:
        """Every objective in order; False when the model turns out to have no solution at all."""
        order = ["worst", "total", "warnings", "weekdays", "hosts"]
        is_first = self.candidates.problem.is_replanning
        for name in ["moves", *order] if is_first else [*order, "moves"]:
            if self._is_over():
                return True
            if name == "worst":
                is_possible = self._settle_worst(model)
            else:
                is_possible = not self._settle(model, name).is_infeasible
            if not is_possible:
                return False
        return True

    def _settle_worst(self, model: Model) -> bool:
        """The least that the worst city must bear, by the relaxation, and a plan as near to it as found."""
        relaxed = self.relaxed = Solver(model.rows, is_whole=False, seed=self.candidates.problem.seed)
        solved = relaxed.least(model.costs("worst"), self._limits("worst", NODES))
        if solved.is_infeasible:
            return False
        if model.blocks.is_clash_free:
            self.bounds["clashes"] = 0
        self.bounds["worst"] = ceil(solved.objective - NEAR)
        for n in range(WIDENINGS):
            worst = self._allowed(n)
            model.rows.upper[model.worst] = worst
            if self._is_there(model, worst):
                break
            solved = self._solve_total(model)
            if solved.values is not None:
                self.total = solved
                break
            if solved.is_infeasible and not self._is_possible_at_more(model, worst):
                return False
            if self._is_over():
                return True
        self._narrow(model)
        self._find_trade(model)
        now = self._now("worst")
        if now is not None:
            allowance = self.candidates.problem.max_allowance
            most = floor(max(now, self.bounds["worst"] or 0) * (1 + allowance) + NEAR)
            self.total = self.total if most == now else None
            model.rows.upper[model.worst] = most
        return True

    def _solve_total(self, model: Model) -> Solved:
        """The least total: first among the columns that the relaxation likes, then among all.

        What the first finds is proven already when the columns left out would cost more.
        """
        relaxed = self.relaxed or Solver(model.rows, is_whole=False, seed=self.candidates.problem.seed)
        relaxed.cap(model.worst, model.rows.upper[model.worst])
        least = relaxed.least(model.costs("total"), self._limits("total", NODES))
        if least.is_infeasible or least.limit:
            return least
        close = max(1.0, CLOSE * least.objective)
        few = model.rows.without(
            [n for n, cost in enumerate(relaxed.reduced_costs()) if cost > close and n != model.worst]
        )
        found = self._solve(model, "total", self._limits("total", CLOSE_NODES), rows=few)
        bound = min(found.bound, ceil(least.objective + close - NEAR))
        if found.values is not None and found.objective < bound + 1 - NEAR and not found.limit:
            return replace(found, bound=bound)
        if found.values is not None or self._is_fitting(model):
            return self._with_core(model)
        return self._solve(model, "total", self._limits("total", NODES, NODES_WITHOUT))

    def _with_core(self, model: Model) -> Solved:
        """The bound of the total by the core, then a search for a better plan unless there is none."""
        now = self._now("total") or 0
        solver = Solver(core_of(model, now - 1), is_whole=True, seed=self.candidates.problem.seed)
        core = solver.least(model.costs("total"), self._limits("core", CORE_NODES))
        bound = now if core.is_infeasible else min(now, ceil(core.bound - NEAR))
        if bound >= now or self._is_over():
            self.limits += [f"{core.limit} at total"] if core.limit else []
            return Solved(is_infeasible=False, values=[], objective=now, bound=bound)
        found = self._solve(model, "total", self._limits("total", NODES))
        return replace(found, bound=max(found.bound, bound))

    def _narrow(self, model: Model) -> None:
        """Where the relaxation's bound was not reached, make the worst city's burden small in earnest."""
        now, bound = self._now("worst"), self.bounds["worst"] or 0
        if now is None or now <= bound or self._is_over():
            return
        solved = self._solve(model, "worst", self._limits("worst", NODES_WITHOUT))
        self.bounds["worst"] = max(bound, ceil(solved.bound - NEAR))
        if (self._now("worst") or 0) < now:
            self.total = None

    def _find_trade(self, model: Model) -> None:
        """The least total that the relaxation knows for more and more burden of the worst city."""
        worst = self._now("worst")
        if self.relaxed is None or not worst:
            return
        found: dict[int, int] = {}
        for share in TRADE_SHARES:
            if self._is_over():
                return
            most = floor(worst * (1 + share) + NEAR)
            self.relaxed.cap(model.worst, most)
            solved = self.relaxed.least(model.costs("total"), self._limits("trade", NODES))
            if not solved.is_infeasible and not solved.limit:
                found[most] = ceil(solved.objective - NEAR)
        self.trade = tuple(Tradeoff(most, total) for most, total in found.items())

    def _allowed(self, widening: int) -> int:
        """What the worst city may bear at a widening: the bound, then ever more."""
        worst = self.bounds["worst"] or 0
        return worst + (max(2 ** (widening - 1), floor(worst * WIDER * widening)) if widening else 0)

    def _is_there(self, model: Model, worst: int) -> bool:
        now = self._now("worst")
        return now is not None and now <= worst and values_for(model, self.choices or []) is not None

    def _is_possible_at_more(self, model: Model, worst: int) -> bool:
        """Nothing at this much for the worst city: raise the bound, if there is something at more."""
        self.bounds["worst"] = worst + 1
        if self._now("worst") is not None:
            return True
        model.rows.upper[model.worst] = 1e7
        return not self._solve(model, "worst", self._limits("worst", NODES_WITHOUT)).is_infeasible

    def _settle(self, model: Model, name: str) -> Solved:
        """Make an objective as small as possible and keep it there for those that follow."""
        costs = model.costs(name)
        constant = len(model.standing) if name == "moves" else 0
        now = self._now(name)
        floor_of = self._least_spread() if name == "hosts" else 0
        if now is not None and now <= floor_of and self._is_fitting(model):
            solved = Solved(is_infeasible=False, values=None, objective=now - constant, bound=now - constant)
        else:
            solved = self._solved_for(model, name)
        if not solved.is_infeasible:
            self.bounds[name] = max(ceil(solved.bound - NEAR) + constant, floor_of)
            now = self._now(name)
            if costs and now is not None:
                model.rows.row("objective", costs, most=now - constant)
        return solved

    def _solved_for(self, model: Model, name: str) -> Solved:
        if name == "total":
            return self.total or self._solve_total(model)
        nodes = NODES if name in GREAT else LATER_NODES
        return self._solve(model, name, self._limits(name, nodes))

    def _solve(self, model: Model, name: str, limits: Limits, rows: Rows | None = None) -> Solved:
        """Run the solver from the choices there are; better ones take their place."""
        solver = Solver(rows or model.rows, is_whole=True, seed=self.candidates.problem.seed)
        start = values_for(model, self.choices) if self._is_fitting(model) and self.choices else None
        if start is not None:
            solver.start_from(start)
        solved = solver.least(model.costs(name), limits)
        if solved.limit:
            self.limits.append(f"{solved.limit} at {name}")
        if solved.values is not None:
            self._offer(choices_of(model, solved.values), name, is_forced=start is None)
        return solved

    def _is_fitting(self, model: Model) -> bool:
        """Whether the choices there are keep all that is settled so far."""
        if self.choices is None:
            return False
        values = values_for(model, self.choices)
        return values is not None and model.rows.are_kept(values)

    def _offer(self, choices: list[Choice], name: str, *, is_forced: bool) -> None:
        now = self._now(name)
        new = _value(values_of(self.candidates, choices), name)
        if is_forced or now is None or new <= now:
            self.choices = choices
            self.on_better(choices)

    def _now(self, name: str) -> int | None:
        return None if self.choices is None else _value(values_of(self.candidates, self.choices), name)

    def _least_spread(self) -> int:
        """What no plan can be below in the spread of hosts: one, when they cannot all host alike."""
        problem = self.candidates.problem
        if problem.trainings is None or problem.past_hosting:
            return 0
        return int(training_count(problem) % len(problem.trainings.hosts) > 0)

    def _limits(self, name: str, nodes: int, nodes_without: int | None = None) -> Limits:
        problem = self.candidates.problem
        inside = [each for each in problem.standing if problem.start_on <= each.on <= problem.last_on]
        constant = len(inside) if name == "moves" else 0

        def tell(best: float | None, bound: float) -> None:
            self.progress.say(
                name, None if best is None else round(best) + constant, ceil(bound - NEAR) + constant
            )

        return Limits(nodes, nodes_without or nodes, self.progress.seconds_left, self._is_stopped, tell)

    def _is_stopped(self) -> bool:
        return self.progress.is_over

    def _is_over(self) -> bool:
        if self.progress.is_over:
            self.limits.append("stopped" if self.progress.is_stopped() else "seconds")
        return self.progress.is_over


def _value(values: Values, name: str) -> int:
    found: int = getattr(values, name)
    return found
