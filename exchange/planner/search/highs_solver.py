"""HiGHS, the solver, through highspy: one thread, a fixed seed, limits that repeat.

The only module that knows the solver. It is imported where a plan is made, so that the product starts
and plans greedily without it.
"""

import ctypes
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import highspy
import numpy as np

from exchange.planner.model.mip import MixedIntegerProgramme

ABSOLUTE_GAP = 0.99  # objectives are integers: what is nearer than one is the same


@dataclass(frozen=True)
class Limits:
    """When to end. Nodes repeat from run to run; seconds and a stop by hand do not."""

    nodes: int = 1_000_000
    nodes_without_incumbent: int = 1_000_000  # as long as there is no incumbent
    seconds: float = 1e9
    is_stopped: Callable[[], bool] = field(default=lambda: False)
    on_bounds: Callable[[float | None, float], None] = field(default=lambda _best, _bound: None)


@dataclass(frozen=True)
class SolverResult:
    """How a run ended: ``values`` None without a solution; ``limit`` "" when it ended by itself."""

    is_infeasible: bool
    values: Sequence[float] | None
    objective: float
    bound: float
    limit: str = ""


class Solver:
    """One programme in the solver; its objective and bounds may change between runs."""

    def __init__(self, mip: MixedIntegerProgramme, *, is_integer: bool, seed: int) -> None:
        with _without_banner():
            self._highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (_OPTIONS | {"random_seed": seed}).items():
            self._highs.setOptionValue(option, value)
        self._columns = len(mip.lower)
        self._upper = list(mip.upper)
        self._highs.passModel(_programme(mip, is_integer=is_integer))

    def set_upper_bound(self, column: int, most: float) -> None:
        """Set a column's upper bound."""
        self._highs.changeColBounds(column, 0.0, most)

    def reduced_costs(self) -> Sequence[float]:
        """What each column would cost at least above the relaxation's optimum, were it one."""
        return list(self._highs.getSolution().col_dual)

    def warm_start(self, values: Sequence[float]) -> None:
        """Start the next run from a solution that is known."""
        found = highspy.HighsSolution()
        found.col_value = list(values)
        self._highs.setSolution(found)

    def minimise(self, costs: Mapping[int, float], limits: Limits) -> SolverResult:
        """Make the objective as small as possible within the limits."""
        vector = np.zeros(self._columns)
        for column, cost in costs.items():
            vector[column] = cost
        self._highs.changeColsCost(self._columns, np.arange(self._columns, dtype=np.int32), vector)
        self._highs.setOptionValue("mip_max_nodes", limits.nodes)
        self._highs.setOptionValue("time_limit", max(0.01, self._highs.getRunTime() + limits.seconds))
        watch = _Watch(limits)
        self._highs.cbMipInterrupt += watch.look
        self._highs.cbSimplexInterrupt += watch.look_at_stop
        self._highs.run()
        self._highs.cbMipInterrupt -= watch.look
        self._highs.cbSimplexInterrupt -= watch.look_at_stop
        return self._result(watch, sum(cost * self._upper[n] for n, cost in costs.items() if cost < 0))

    def _result(self, watch: "_Watch", trivial: float) -> SolverResult:
        """How it ended; the bound is the ``trivial`` one while the solver knows none.

        What a linear programme has come to when it is cut short is no bound.
        """
        status = self._highs.getModelStatus()
        info = self._highs.getInfo()
        known = highspy.HighsModelStatus
        if status in (known.kMemoryLimit, known.kSolveError, known.kPresolveError, known.kPostsolveError):
            raise MemoryError(str(status))  # nothing else makes it fail on programmes such as these
        if status in (known.kInfeasible, known.kUnboundedOrInfeasible):
            return SolverResult(True, None, float("inf"), float("inf"))
        has_values = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        values = list(self._highs.getSolution().col_value) if has_values else None
        is_cut_short = status != known.kOptimal
        bound = info.mip_dual_bound if self._is_mip() else info.objective_function_value
        bound = trivial if not isfinite(bound) or (is_cut_short and not self._is_mip()) else bound
        if not is_cut_short:
            return SolverResult(False, values, info.objective_function_value, bound)
        limit = watch.limit or ("seconds" if status == known.kTimeLimit else "nodes")
        return SolverResult(False, values, info.objective_function_value, bound, limit)

    def _is_mip(self) -> bool:
        return bool(len(self._highs.getLp().integrality_))


class _Watch:
    """Looks at the search from time to time, and ends it when a limit is met."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.limit = ""
        self._told: tuple[float | None, float] | None = None

    def look(self, event: Any) -> None:  # noqa: ANN401  (highspy has no types)
        self.look_at_stop(event)
        out = event.data_out
        best = out.mip_primal_bound if abs(out.mip_primal_bound) < 1e20 else None
        if (best, out.mip_dual_bound) != self._told and abs(out.mip_dual_bound) < 1e20:
            self._told = (best, out.mip_dual_bound)
            self.limits.on_bounds(best, out.mip_dual_bound)
        if best is None and out.mip_node_count > self.limits.nodes_without_incumbent:
            self.limit = "nodes"
            event.interrupt()

    def look_at_stop(self, event: Any) -> None:  # noqa: ANN401  (highspy has no types)
        if self.limits.is_stopped():
            self.limit = "stopped"
            event.interrupt()


_OPTIONS: dict[str, bool | int | float | str] = {
    "log_to_console": False,
    "output_flag": False,
    "threads": 1,
    "parallel": "off",
    "mip_rel_gap": 0.0,
    "mip_abs_gap": ABSOLUTE_GAP,
}


@contextmanager
def _without_banner() -> Iterator[None]:
    """The first solver of a process greets on the standard output before it can be told to be silent."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
        ctypes.CDLL(None).fflush(None)
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _programme(mip: MixedIntegerProgramme, *, is_integer: bool) -> Any:  # noqa: ANN401  (highspy has no types)
    programme = highspy.HighsLp()
    programme.num_col_ = len(mip.lower)
    programme.num_row_ = len(mip.rules)
    programme.col_cost_ = np.zeros(len(mip.lower))
    programme.col_lower_ = np.array(mip.lower, dtype=float)
    programme.col_upper_ = np.array(mip.upper, dtype=float)
    programme.row_lower_ = np.array(mip.row_lower, dtype=float)
    programme.row_upper_ = np.array(mip.row_upper, dtype=float)
    programme.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    programme.a_matrix_.start_ = np.array(mip.starts, dtype=np.int32)
    programme.a_matrix_.index_ = np.array(mip.index, dtype=np.int32)
    programme.a_matrix_.value_ = np.array(mip.value, dtype=float)
    if is_integer:
        kinds = highspy.HighsVarType
        programme.integrality_ = [
            kinds.kInteger if integer else kinds.kContinuous for integer in mip.is_integer
        ]
    return programme
