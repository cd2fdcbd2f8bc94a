"""What a search knows at any moment, and the one way in which it asks the solver.

Not the order of the questions (search.py).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

from exchange.planner.candidates import Candidates
from exchange.planner.choices import Choice
from exchange.planner.compose import values_of
from exchange.planner.highs import Limits, Solved, Solver
from exchange.planner.model import Model
from exchange.planner.plan import Tradeoff
from exchange.planner.progress import Progress
from exchange.planner.rows import Rows
from exchange.planner.translate import choices_of, values_for

NEAR = 1e-6


def _nothing(_choices: list[Choice]) -> None:
    """Nobody wants to know."""


@dataclass
class Desk:
    """The best choices so far, what no plan can be below, and which limits were met."""

    candidates: Candidates
    progress: Progress
    on_better: Callable[[list[Choice]], None] = _nothing
    choices: list[Choice] | None = None
    bounds: dict[str, int | None] = field(default_factory=dict)
    met: list[str] = field(default_factory=list)
    trade: tuple[Tradeoff, ...] = ()
    first_worst: int = 0  # what the worst city is allowed at first

    @property
    def limit(self) -> str:
        """The limits that were met, in words, "" when none was."""
        return ", ".join(dict.fromkeys(self.met))

    @property
    def seed(self) -> int:
        """The solver's seed."""
        return self.candidates.problem.seed

    def now(self, name: str) -> int | None:
        """What the best choices are worth in an objective; None when there are none yet."""
        if self.choices is None:
            return None
        value: int = getattr(values_of(self.candidates, self.choices), name)
        return value

    def is_over(self) -> bool:
        """Whether the search has to end; remembers why."""
        if self.progress.is_over:
            self.met.append(self.progress.limit)
        return self.progress.is_over

    def solve(self, model: Model, name: str, limits: Limits, rows: Rows | None = None) -> Solved:
        """Run the solver from the choices there are; better ones take their place.

        ``rows`` are the model's with less freedom: a limit met there is not worth telling.
        """
        solver = Solver(rows or model.rows, is_whole=True, seed=self.seed)
        start = self.fitting_values(model)
        if start is not None:
            solver.start_from(start)
        solved = solver.least(model.costs(name), limits)
        if solved.limit and rows is None:
            self.met.append(self._limit_of(solved, name))
        if solved.values is not None:
            self._offer(choices_of(model, solved.values), name, is_forced=start is None)
        return solved

    def _limit_of(self, solved: Solved, name: str) -> str:
        """What ended a run: the solver calls it a stop, too, when the seconds are up."""
        return f"{solved.limit} at {name}" if solved.limit == "nodes" else self.progress.limit or solved.limit

    def fitting_values(self, model: Model) -> list[float] | None:
        """The model's columns for the choices there are, when these keep all that is settled so far."""
        if self.choices is None:
            return None
        values = values_for(model, self.choices)
        return values if values is not None and model.rows.are_kept(values) else None

    def limits(self, name: str, nodes: int, nodes_without: int | None = None) -> Limits:
        """Limits of nodes, and of what is left of the seconds; news go to whoever listens."""
        constant = self.constant(name)

        def tell(best: float | None, bound: float) -> None:
            value = None if best is None else round(best) + constant
            self.progress.say(name, value, ceil(bound - NEAR) + constant)

        return Limits(
            nodes, nodes_without or nodes, self.progress.seconds_left, lambda: self.progress.is_over, tell
        )

    def constant(self, name: str) -> int:
        """What the model's costs leave out of an objective: moves are counted from all that could stay."""
        problem = self.candidates.problem
        inside = [each for each in problem.standing if problem.start_on <= each.on <= problem.last_on]
        return len(inside) if name == "moves" else 0

    def _offer(self, choices: list[Choice], name: str, *, is_forced: bool) -> None:
        now = self.now(name)
        new: int = getattr(values_of(self.candidates, choices), name)
        if is_forced or now is None or new <= now:
            self.choices = choices
            self.on_better(choices)
