"""A plan as values: entries with their reasons, what each city bears, how good it is and how that is known.

Not how it is found (solve.py), and not its file (plan_file.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from exchange.rules.sentences import Sentence

OBJECTIVES = (
    "clashes",
    "outside",
    "worst",
    "total",
    "warnings",
    "weekdays",
    "hosts",
    "moves",
)  # in their order


PLACE = "place "  # how the names of places begin, from "place 2", the city that bears most after the worst


class Status(StrEnum):
    """How a plan ended."""

    OPTIMAL = "optimal"  # every objective proven
    FEASIBLE = "feasible"  # keeps all rules; an objective may be better still, by its gap at most
    INFEASIBLE = "infeasible"  # no plan keeps all rules; ``conflict`` says which


@dataclass(frozen=True)
class Entry:
    """A session or a training event at its hour.

    ``local`` is what each city's wall shows at the start (the sitting it attends), ``burden`` what
    that costs it. ``sittings`` are the instants at which it is held, the first is ``starts_at``.
    """

    name: str  # "session-1", "training-3": the same for the same place in the programme
    kind: str
    starts_at: datetime
    minutes: int
    local: Mapping[str, datetime]
    burden: Mapping[str, int]
    cycle: int | None = None
    host: str | None = None
    training: str | None = None
    sittings: tuple[datetime, ...] = ()
    is_held: bool = False  # pinned or published
    reasons: tuple[Sentence, ...] = ()
    notes: tuple[Sentence, ...] = ()  # clashes, warnings, clocks out of step

    @property
    def second_at(self) -> datetime | None:
        """When the second sitting starts, None when there is one only."""
        return self.sittings[1] if len(self.sittings) > 1 else None

    @property
    def reason(self) -> str:
        """The reasons in English."""
        return " ".join(sentence.text for sentence in self.reasons)


@dataclass(frozen=True)
class Objective:
    """One of the things made small, in order; ``bound`` is what no plan can be below, None when unknown."""

    name: str
    value: int
    bound: int | None

    @property
    def is_proven(self) -> bool:
        """Whether no plan is better, all objectives before it kept."""
        return self.bound is not None and self.value <= self.bound

    @property
    def gap_percent(self) -> float | None:
        """How far the value may be above the least there is, in per cent of it; 0 when proven."""
        if self.bound is None:
            return None
        return 0.0 if self.is_proven else round(100 * (self.value - self.bound) / self.value, 2)


@dataclass(frozen=True)
class CityBurden:
    """What a city bears, and ``before`` what it bore in the past."""

    burden: int
    before: int = 0


@dataclass(frozen=True)
class Conflict:
    """A rule that cannot hold together with the others of its number, none of which can be spared."""

    rule: str
    sentence: Sentence
    number: int = 1


@dataclass(frozen=True)
class PlanRepair(Sentence):
    """A change that makes a plan possible, with the lines of PROBLEM.json that do it, by their paths."""

    changes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """What becomes of an existing entry; ``before`` (``after``) is None for one that is new (gone).

    ``second_before`` and ``second_after`` are the second sittings, where there are two.
    """

    name: str
    before: datetime | None
    after: datetime | None
    host_before: str | None = None
    host_after: str | None = None
    second_before: datetime | None = None
    second_after: datetime | None = None

    @property
    def is_move(self) -> bool:
        """Whether anything is different."""
        before = (self.before, self.second_before, self.host_before)
        return before != (self.after, self.second_after, self.host_after)


@dataclass(frozen=True)
class Tradeoff:
    """What the whole network would bear at least if the worst city bore so much."""

    worst: int
    total: int


@dataclass(frozen=True)
class Plan:
    """What the planner answers, made by ``method``; ``limit`` says which limit ended it, "" for none.

    ``choices`` are other plans of the same problem, to be had instead; ``choice`` is the name of this one
    among them, "" where there are none.
    """

    status: Status
    entries: tuple[Entry, ...] = ()
    burden: Mapping[str, CityBurden] = field(default_factory=dict)
    objective: tuple[Objective, ...] = ()
    conflict: tuple[Conflict, ...] = ()
    repairs: tuple[PlanRepair, ...] = ()
    changes: tuple[Change, ...] = ()
    trade: tuple[Tradeoff, ...] = ()
    notes: tuple[Sentence, ...] = ()
    let_go: tuple[str, ...] = ()  # rules that what is published leaves no room for; ``notes`` say them
    method: str = ""
    limit: str = ""
    seconds: float = 0.0
    places: tuple[Objective, ...] = ()  # the second city, the third ...; () where only the worst counts
    choice: str = ""
    choices: "tuple[Choice, ...]" = ()

    def value_of(self, name: str) -> int:
        """What it is worth in an objective; 0 where it has no such."""
        return next((each.value for each in self.objective if each.name == name), 0)


FAIREST, ASKED, GENTLEST, CHEAPEST = "fairest", "asked", "gentlest", "cheapest"
CHOICES = (FAIREST, ASKED, GENTLEST, CHEAPEST)


@dataclass(frozen=True)
class Choice:
    """Another plan, made with another ``max_allowance`` and ``fairness`` of the problem."""

    name: str  # of CHOICES
    max_allowance: float
    plan: Plan
    fairness: str = "worst"
