"""What a search knows at any moment, and the one way in which it asks the solver.

Not the order of the questions (lexicographic_search.py).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil

from exchange.planner.model.assignment import Placement
from exchange.planner.model.candidates import Candidates
from exchange.planner.model.mip import MixedIntegerProgramme
from exchange.planner.model.mip_columns import Model
from exchange.planner.model.mip_solution import assignment_of, column_values
from exchange.planner.plan import PLACE, Tradeoff
from exchange.planner.search.highs_solver import Limits, Solver, SolverResult
from exchange.planner.search.known_bounds import bounds_of_plan, trivial_bounds
from exchange.planner.search.plan_from_assignment import Values, values_of
from exchange.planner.search.ranking import allowed_above, rank_of
from exchange.planner.search.search_progress import Progress

NEAR = 1e-6


def _nothing(_choices: list[Placement]) -> None:
    """Nobody wants to know."""


@dataclass
class SearchState:
    """The incumbent, the bounds that no plan can be below, and which limits were met.

    The incumbent is given up for a plan that is better in the whole ordered tuple (ranking.py) alone.
    ``offered`` keeps what it was not given up for while the worst city may not yet bear more.
    """

    candidates: Candidates
    progress: Progress
    on_incumbent: Callable[[list[Placement]], None] = _nothing
    incumbent: list[Placement] | None = None
    bounds: dict[str, int] = field(default_factory=dict)
    is_clash_free: bool = False  # whether plans with an avoidable clash are left out at present
    worst_allowed: int = 0  # below it the total comes before the worst city
    offered: list[list[Placement]] = field(default_factory=list)
    limits_met: list[str] = field(default_factory=list)
    trade: tuple[Tradeoff, ...] = ()
    first_worst: int = 0  # what the worst city is allowed at first

    @property
    def limit(self) -> str:
        """The limits that were met, in words, "" when none was."""
        return ", ".join(dict.fromkeys(self.limits_met))

    @property
    def seed(self) -> int:
        """The solver's seed."""
        return self.candidates.problem.seed

    @cached_property
    def trivial(self) -> dict[str, int]:
        """What no plan can be below before anything is solved."""
        return trivial_bounds(self.candidates)

    def known_bounds(self, values: Values) -> dict[str, int]:
        """What no plan can be below that is as good as these values in all objectives before."""
        return bounds_of_plan(
            self.candidates.problem, values, self.bounds, self.trivial, is_clash_free=self.is_clash_free
        )

    def rank(self, assignment: list[Placement]) -> tuple[int, ...]:
        """The tuple by which an assignment is compared with another."""
        return rank_of(values_of(self.candidates, assignment), self.candidates.problem, self.worst_allowed)

    def allow(self, worst: int) -> int:
        """Let the worst city bear what is allowed above ``worst``; the best plan seen by that is in hand."""
        self.worst_allowed = allowed_above(worst, self.candidates.problem)
        for assignment in self.offered:
            self.offer(assignment)
        self.offered.clear()
        return self.worst_allowed

    def incumbent_value(self, name: str) -> int | None:
        """What the incumbent is worth in an objective; None when there is none yet."""
        if self.incumbent is None:
            return None
        values = values_of(self.candidates, self.incumbent)
        if name.startswith(PLACE):
            return values.worst + sum(values.places[: int(name.removeprefix(PLACE)) - 1])
        value: int = getattr(values, name)
        return value

    def is_over(self) -> bool:
        """Whether the search has to end; remembers why."""
        if self.progress.is_over:
            self.limits_met.append(self.progress.limit)
        return self.progress.is_over

    def solve(
        self, model: Model, name: str, limits: Limits, mip: MixedIntegerProgramme | None = None
    ) -> SolverResult:
        """Run the solver with the incumbent as a warm start; a better solution takes its place.

        ``mip`` are the model's with less freedom: a limit met there is not worth reporting.
        """
        solver = Solver(mip or model.mip, is_integer=True, seed=self.seed)
        start = self.incumbent_columns(model)
        if start is not None:
            solver.warm_start(start)
        result = solver.minimise(model.costs(name), limits)
        if result.limit and mip is None:
            self.limits_met.append(self._limit_of(result, name))
        if result.values is not None:
            self.offer(assignment_of(model, result.values))
        return result

    def _limit_of(self, result: SolverResult, name: str) -> str:
        """What ended a run: the solver calls it a stop, too, when the seconds are up."""
        return f"{result.limit} at {name}" if result.limit == "nodes" else self.progress.limit or result.limit

    def incumbent_columns(self, model: Model) -> list[float] | None:
        """The incumbent as values of the model's columns, when it keeps all that is settled so far."""
        if self.incumbent is None:
            return None
        values = column_values(model, self.incumbent)
        return values if values is not None and model.mip.is_feasible(values) else None

    def limits(self, name: str, nodes: int, nodes_without_incumbent: int | None = None) -> Limits:
        """Limits of nodes, and of what is left of the seconds; progress is reported to whoever listens."""
        constant = self.constant(name)

        def report(best: float | None, bound: float) -> None:
            value = None if best is None else round(best) + constant
            self.progress.report(name, value, ceil(bound - NEAR) + constant)

        return Limits(
            nodes,
            nodes_without_incumbent or nodes,
            self.progress.seconds_left,
            lambda: self.progress.is_over,
            report,
        )

    def constant(self, name: str) -> int:
        """What the model's costs leave out of an objective: moves are counted from all that could stay."""
        inside = self.candidates.problem.existing_inside
        return len(inside) if name == "moves" else 0

    def offer(self, assignment: list[Placement]) -> None:
        """Take an assignment for the incumbent when it is better in the whole tuple."""
        given_up: list[Placement] | None = assignment
        if self.incumbent is None or self.rank(assignment) < self.rank(self.incumbent):
            given_up, self.incumbent = self.incumbent, assignment
            self.on_incumbent(assignment)
        if given_up is not None and self.candidates.problem.max_allowance and not self.worst_allowed:
            self.offered.append(given_up)
