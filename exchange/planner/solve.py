"""The planner's answer to a problem: by the solver where it is installed, else the greedy plan by its name.

Not the mathematics (model.py): this is the order in which things are done.
"""

from importlib.util import find_spec

from exchange.planner.candidates import Candidates
from exchange.planner.choices import Choice
from exchange.planner.compose import changes_of, city_burdens, entries_of, values_of
from exchange.planner.greedy import greedy
from exchange.planner.plan import Plan, Status
from exchange.planner.problem import Problem
from exchange.planner.progress import Progress
from exchange.rules.sentences import Sentence

GREEDY = "greedy"
NO_SOLVER = Sentence(
    "This is the greedy plan: the solver is not installed (extra planner, package highspy),"
    " so nothing is proven and a better plan may exist."
)
NO_GREEDY = Sentence(
    "The greedy plan found no way to the end of the horizon, and the solver that would"
    " (extra planner, package highspy) is not installed."
)


def has_solver() -> bool:
    """Whether the solver's package is installed."""
    return find_spec("highspy") is not None


def solve(problem: Problem, progress: Progress | None = None) -> Plan:
    """The best plan that can be found and proven within the progress's limits."""
    progress = progress or Progress()
    return greedy_plan(Candidates(problem), progress)


def greedy_plan(candidates: Candidates, progress: Progress) -> Plan:
    """The greedy plan, called by its name; without entries when the greedy way leads nowhere."""
    choices = greedy(candidates)
    if choices is None:
        return Plan(Status.FEASIBLE, method=GREEDY, notes=(NO_GREEDY,), seconds=progress.seconds)
    return plan_of(candidates, choices, progress)


def plan_of(candidates: Candidates, choices: list[Choice], progress: Progress) -> Plan:
    """A plan of these choices about which nothing is proven."""
    entries = entries_of(candidates, choices)
    return Plan(
        Status.FEASIBLE,
        entries,
        city_burdens(candidates, choices),
        values_of(candidates, choices).as_objectives({}),
        changes=changes_of(candidates.problem, entries),
        notes=(NO_SOLVER,),
        method=GREEDY,
        seconds=progress.seconds,
    )
