"""A mixed-integer programme as it is written down: columns, rows with the name of their rule, nothing solved.

highs.py hands it to the solver.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

INFINITE = float("inf")
NEAR = 1e-6


@dataclass
class Rows:
    """Columns and rows in the order in which they were added; rows carry the name of their rule."""

    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    is_whole: list[bool] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    index: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)

    def column(self, upper: float, *, is_whole: bool = True) -> int:
        """A new column from 0 to ``upper``; its number."""
        self.lower.append(0.0)
        self.upper.append(upper)
        self.is_whole.append(is_whole)
        return len(self.lower) - 1

    def row(
        self,
        rule: str,
        terms: Mapping[int, float] | Iterable[int],
        *,
        least: float = -INFINITE,
        most: float = INFINITE,
    ) -> int:
        """A new row over columns with their factors (1 for each when there are none); its number."""
        factors = terms if isinstance(terms, Mapping) else dict.fromkeys(terms, 1.0)
        self.index += factors.keys()
        self.value += factors.values()
        self.starts.append(len(self.index))
        self.row_lower.append(least)
        self.row_upper.append(most)
        self.rules.append(rule)
        return len(self.rules) - 1

    def are_kept(self, values: Sequence[float]) -> bool:
        """Whether values for all columns keep every bound and every row."""
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

    def without(self, columns: Sequence[int]) -> "Rows":
        """The same programme with these columns held at 0."""
        upper = list(self.upper)
        for column in columns:
            upper[column] = 0.0
        return replace(self, upper=upper)
