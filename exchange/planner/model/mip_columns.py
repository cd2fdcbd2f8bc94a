"""The exact model of a problem: which days, classes, hosts and options a plan may have together.

Not the search (lexicographic_search.py) and not the solver (highs_solver.py). Days are columns, classes and
hosts are columns per class of days, options are counts shared by all classes of the same cost profile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from exchange.planner.model.interchangeable_days import CostedOption, CostProfile, DayClasses
from exchange.planner.model.mip import MixedIntegerProgramme
from exchange.planner.plan import PLACE
from exchange.planner.problem.event_classes import EventClass


@dataclass(frozen=True)
class Bearers:
    """Cities of one group with the same past."""

    group: int
    past: int
    size: int


@dataclass(frozen=True)
class WorstSum:
    """The sum of the greatest loads: columns of a threshold, and of what each bears above it."""

    count: int
    threshold: int
    above: Mapping[Bearers, int]

    @property
    def costs(self) -> dict[int, float]:
        """The sum as factors of columns."""
        above = {column: float(each.size) for each, column in self.above.items()}
        return {self.threshold: float(self.count)} | above


@dataclass
class Model:
    """The programme, and which column stands for what."""

    day_classes: DayClasses
    mip: MixedIntegerProgramme = field(default_factory=MixedIntegerProgramme)
    days: dict[int, int] = field(default_factory=dict)  # training day -> column
    hosted: dict[tuple[int, EventClass, str], int] = field(default_factory=dict)  # class of days -> column
    sessions: dict[int, int] = field(default_factory=dict)  # class of days -> column
    counts: dict[tuple[CostProfile, CostedOption], int] = field(default_factory=dict)
    worst: int = -1  # the column of the worst city's burden
    most_burden: float = 0.0  # more than any city can bear
    hours: dict[int, int] = field(default_factory=dict)  # hour of the UTC day -> column
    hosting: dict[str, int] = field(default_factory=dict)  # host -> what it hosted before
    loads: list[int] = field(default_factory=list)  # group -> column, where every city counts in its turn
    sums: dict[int, WorstSum] = field(default_factory=dict)  # how many of the worst -> columns
    spread: tuple[int, int] = (-1, -1)  # the columns of the most and least that a host hosts

    @property
    def existing(self) -> list[str]:
        """The names of the existing entries that could stay or move."""
        problem = self.day_classes.candidates.problem
        return [each.name for each in problem.existing_inside]

    def costs(self, name: str) -> dict[int, float]:
        """The objective with this name as factors of columns."""
        if name == "worst":
            return {self.worst: 1.0}
        if name.startswith(PLACE):
            return self.sums[int(name.removeprefix(PLACE))].costs
        if name == "hosts":
            most, least = self.spread
            return {most: 1.0, least: -1.0} if most >= 0 else {}
        if name == "weekdays":
            return self._weekday_costs()
        found = {}
        for (_, option), column in self.counts.items():
            cost = option_cost(option, name, self.day_classes.sizes)
            if cost:
                found[column] = float(cost)
        return found

    def _weekday_costs(self) -> dict[int, float]:
        trainings = {
            self.days[day]: 1.0
            for day_class in self.day_classes.trainings
            if not day_class.is_preferred
            for day in day_class.days
        }
        sessions = {
            self.sessions[n]: 1.0
            for n, day_class in enumerate(self.day_classes.sessions)
            if not day_class.is_preferred
        }
        return trainings | sessions


def option_cost(option: CostedOption, name: str, sizes: Sequence[int]) -> int:
    """What an option costs in an objective; keeping an existing entry is worth one move."""
    if name == "total":
        return sum(points * size for points, size in zip(option.vector, sizes, strict=True))
    if name == "clashes":
        return option.clashes
    if name == "outside":
        return option.outside
    return option.warnings if name == "warnings" else -option.keeps
