"""How far a search is: reported as it goes, and asked whether it is to stop.

Not where the reports go: the command line writes them as lines of JSON.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter

from exchange.planner.plan import Plan

# Stages that others know by name; those of an objective have its name.
SETTLED = "settled "  # how the stage begins that ends an objective
CORE = "core"  # bounds the total; what it finds is no plan
CONFLICT = "conflict"  # looks for the rules that cannot hold together
CHOICE = "choice"  # looks for another plan, to be had instead


@dataclass(frozen=True)
class ProgressReport:
    """What is known by now of the objective in ``stage``; ``plan`` is the best so far when it is new."""

    stage: str
    best: int | None
    bound: int | None
    seconds: float
    plan: Plan | None = None


def _ignore_report(_report: ProgressReport) -> None:
    """Nobody listens."""


def _never() -> bool:
    return False


@dataclass
class Progress:
    """Who is told, whether to stop, and since when; ``seconds_most`` None means no limit of time."""

    on_report: Callable[[ProgressReport], None] = _ignore_report
    is_stopped: Callable[[], bool] = _never
    seconds_most: float | None = None
    began: float = field(default_factory=perf_counter)

    @property
    def seconds(self) -> float:
        """Seconds since the search began."""
        return perf_counter() - self.began

    @property
    def seconds_left(self) -> float:
        """Seconds until the limit; a large number without one."""
        return 1e9 if self.seconds_most is None else max(0.0, self.seconds_most - self.seconds)

    @property
    def is_over(self) -> bool:
        """Whether the search has to come to its end."""
        return self.seconds_left <= 0 or self.is_stopped()

    @property
    def limit(self) -> str:
        """What ends the search, in the words of a plan's limit; "" while nothing does."""
        if self.is_stopped():
            return "stopped"
        return "seconds" if self.seconds_left <= 0 else ""

    def report(self, stage: str, best: int | None, bound: int | None, plan: Plan | None = None) -> None:
        """Report how far it is."""
        self.on_report(ProgressReport(stage, best, bound, self.seconds, plan))
