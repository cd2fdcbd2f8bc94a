"""Rows and columns for the tests' own integer programme, and the solver that is asked for the least."""

from typing import Any

import highspy
import numpy as np

INFINITE = 1e7


class Programme:
    """Columns from 0, whole or not, and rows over them. ``values`` is the last solution."""

    def __init__(self) -> None:
        self.upper: list[float] = []
        self.is_integer: list[bool] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self.values: list[float] = []

    @property
    def size(self) -> int:
        """How many columns there are."""
        return len(self.upper)

    def column(self, most: float, *, is_integer: bool = False) -> int:
        """A new column between 0 and ``most``: its number."""
        self.upper.append(most)
        self.is_integer.append(is_integer)
        return self.size - 1

    def row(self, terms: dict[int, float], *, least: float = -INFINITE, most: float = INFINITE) -> None:
        """A sum of columns that must lie between two numbers."""
        self.rows.append((terms, least, most))

    def least(self, costs: dict[int, float]) -> float | None:
        """The least that the costs can be, proven; None when the rows cannot all hold."""
        if any((least > 0 or most < 0) and not terms for terms, least, most in self.rows):
            return None
        if not self.size:
            return 0.0
        solver: Any = highspy.Highs()
        for option, value in {
            "output_flag": False,
            "threads": 1,
            "mip_rel_gap": 0.0,
            "mip_abs_gap": 0.99,
        }.items():
            solver.setOptionValue(option, value)
        solver.passModel(self._model(costs))
        solver.run()
        status = solver.getModelStatus()
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return None
        assert status == highspy.HighsModelStatus.kOptimal, status
        self.values = list(solver.getSolution().col_value)
        return solver.getInfo().objective_function_value

    def _model(self, costs: dict[int, float]) -> Any:  # noqa: ANN401  (highspy has no types)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self.size, len(self.rows)
        model.col_cost_ = np.array([costs.get(n, 0) for n in range(self.size)], dtype=float)
        model.col_lower_ = np.zeros(self.size)
        model.col_upper_ = np.array(self.upper)
        model.row_lower_ = np.array([row[1] for row in self.rows], dtype=float)
        model.row_upper_ = np.array([row[2] for row in self.rows], dtype=float)
        terms = [term for row in self.rows for term in row[0].items()]
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.cumsum([0, *(len(row[0]) for row in self.rows)], dtype=np.int32)
        model.a_matrix_.index_ = np.array([column for column, _ in terms], dtype=np.int32)
        model.a_matrix_.value_ = np.array([factor for _, factor in terms], dtype=float)
        kinds = highspy.HighsVarType
        model.integrality_ = [kinds.kInteger if each else kinds.kContinuous for each in self.is_integer]
        return model
