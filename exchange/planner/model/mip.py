"""A mixed-integer programme: columns, and constraints that carry the name of their rule; nothing solved.

highs_solver.py hands it to the solver.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

INFINITE = float("inf")
NEAR = 1e-6


@dataclass
class MixedIntegerProgramme:
    """Columns and constraints in the order in which they were added; each constraint names its rule."""

    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    is_integer: list[bool] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    index: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)

    def add_column(self, upper: float, *, is_integer: bool = True) -> int:
        """A new column from 0 to ``upper``; its number."""
        self.lower.append(0.0)
        self.upper.append(upper)
        self.is_integer.append(is_integer)
        return len(self.lower) - 1

    def add_constraint(
        self,
        rule: str,
        terms: Mapping[int, float] | Iterable[int],
        *,
        least: float = -INFINITE,
        most: float = INFINITE,
    ) -> int:
        """A new constraint over columns with their factors (1 for each when there are none); its number."""
        factors = terms if isinstance(terms, Mapping) else dict.fromkeys(terms, 1.0)
        self.index += factors.keys()
        self.value += factors.values()
        self.starts.append(len(self.index))
        self.row_lower.append(least)
        self.row_upper.append(most)
        self.rules.append(rule)
        return len(self.rules) - 1

    def is_feasible(self, values: Sequence[float]) -> bool:
        """Whether values for all columns keep every bound and every constraint."""
        if any(
            not low <= value <= high for low, value, high in zip(self.lower, values, self.upper, strict=True)
        ):
            return False
        for n in range(len(self.rules)):
            span = range(self.starts[n], self.starts[n + 1])
            total = sum(self.value[k] * values[self.index[k]] for k in span)
            if not self.row_lower[n] - NEAR <= total <= self.row_upper[n] + NEAR:
                return False
        return True

    def without_columns(self, columns: Sequence[int]) -> "MixedIntegerProgramme":
        """The same programme with these columns held at 0."""
        upper = list(self.upper)
        for column in columns:
            upper[column] = 0.0
        return replace(self, upper=upper)
