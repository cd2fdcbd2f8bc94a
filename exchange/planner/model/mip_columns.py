"""The exact model of a problem: which days, classes, hosts and options a plan may have together.

Not the search (search.py) and not the solver (highs.py). Days are columns, classes and hosts are
columns per block, options are counts shared by all blocks of the same shape.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from exchange.planner.blocks import Blocks, Shape, ShapeOption
from exchange.planner.events import EventClass
from exchange.planner.rows import Rows


@dataclass
class Model:
    """The rows, and which column stands for what."""

    blocks: Blocks
    rows: Rows = field(default_factory=Rows)
    days: dict[int, int] = field(default_factory=dict)  # training day -> column
    hosted: dict[tuple[int, EventClass, str], int] = field(default_factory=dict)  # training block -> column
    sessions: dict[int, int] = field(default_factory=dict)  # session block -> column
    counts: dict[tuple[Shape, ShapeOption], int] = field(default_factory=dict)
    worst: int = -1  # the column of the worst city's burden
    hours: dict[int, int] = field(default_factory=dict)  # hour of the UTC day -> column
    hosting: dict[str, int] = field(default_factory=dict)  # host -> what it hosted before
    spread: tuple[int, int] = (-1, -1)  # the columns of the most and least that a host hosts

    @property
    def standing(self) -> list[str]:
        """The names of the standing entries that could stay or move."""
        problem = self.blocks.candidates.problem
        return [each.name for each in problem.standing if problem.start_on <= each.on <= problem.last_on]

    def costs(self, name: str) -> dict[int, float]:
        """The objective with this name as factors of columns."""
        if name == "worst":
            return {self.worst: 1.0}
        if name == "hosts":
            most, least = self.spread
            return {most: 1.0, least: -1.0} if most >= 0 else {}
        if name == "weekdays":
            return self._weekday_costs()
        found = {}
        for (_, option), column in self.counts.items():
            cost = option_cost(option, name, self.blocks.sizes)
            if cost:
                found[column] = float(cost)
        return found

    def _weekday_costs(self) -> dict[int, float]:
        trainings = {
            self.days[day]: 1.0
            for block in self.blocks.trainings
            if not block.is_preferred
            for day in block.days
        }
        sessions = {
            self.sessions[n]: 1.0 for n, block in enumerate(self.blocks.sessions) if not block.is_preferred
        }
        return trainings | sessions


def option_cost(option: ShapeOption, name: str, sizes: Sequence[int]) -> int:
    """What an option costs in an objective; keeping a standing entry is worth one move."""
    if name == "total":
        return sum(points * size for points, size in zip(option.vector, sizes, strict=True))
    if name == "clashes":
        return option.clashes
    return option.warnings if name == "warnings" else -option.keeps
