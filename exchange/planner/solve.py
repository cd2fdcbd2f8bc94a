"""The planner's answer to a problem: by the solver where it is installed, else the greedy plan by its name.

Not the mathematics (model.py): this is the order in which things are done.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from math import floor

from exchange.errors import NotFound
from exchange.planner.candidates import Candidates
from exchange.planner.choices import Choice, choices_from
from exchange.planner.comparison import Comparison
from exchange.planner.compose import changes_of, city_burdens, entries_of, values_of
from exchange.planner.greedy import greedy
from exchange.planner.plan import Objective, Plan, Status
from exchange.planner.problem import Problem
from exchange.planner.progress import Progress
from exchange.planner.reasons import with_reasons
from exchange.planner.why_not import why_not
from exchange.rules.sentences import Sentence

GREEDY = "greedy"
NEAR = 1e-6  # as whole numbers are floats in shares
METHOD = "HiGHS"
NO_SOLVER = Sentence(
    "This is the greedy plan: the solver is not installed (extra planner, package highspy),"
    " so nothing is proven and a better plan may exist."
)
NO_GREEDY = Sentence(
    "The greedy plan found no way to the end of the horizon, and the solver that would"
    " (extra planner, package highspy) is not installed."
)

NOTHING_FOUND = Sentence("The search ended before it found a plan; give it more time.")


def has_solver() -> bool:
    """Whether the solver's package is installed."""
    return find_spec("highspy") is not None


def solve(problem: Problem, progress: Progress | None = None) -> Plan:
    """The best plan that can be found and proven within the progress's limits."""
    progress = progress or Progress()
    candidates = Candidates(problem)
    first = greedy(candidates)
    if first is not None:
        progress.say("first plan", None, None, plan_of(candidates, first, progress))
    if not has_solver():
        return greedy_plan(candidates, first, progress)
    return _searched(candidates, first, progress)


def greedy_plan(candidates: Candidates, choices: list[Choice] | None, progress: Progress) -> Plan:
    """The greedy plan, called by its name; without entries when the greedy way leads nowhere."""
    if choices is None:
        return Plan(Status.FEASIBLE, method=GREEDY, notes=(NO_GREEDY,), seconds=progress.seconds)
    plan = with_reasons(candidates, choices, plan_of(candidates, choices, progress))
    return replace(plan, method=GREEDY, notes=(NO_SOLVER,))


def plan_of(
    candidates: Candidates,
    choices: list[Choice],
    progress: Progress,
    bounds: Mapping[str, int | None] | None = None,
) -> Plan:
    """A plan of these choices, proven as far as the bounds say."""
    entries = entries_of(candidates, choices)
    objective = values_of(candidates, choices).as_objectives(bounds or {})
    allowance = candidates.problem.max_allowance
    return Plan(
        Status.OPTIMAL if all(_is_settled(each, allowance) for each in objective) else Status.FEASIBLE,
        entries,
        city_burdens(candidates, choices),
        objective,
        changes=changes_of(candidates.problem, entries),
        method=METHOD,
        seconds=progress.seconds,
    )


def _is_settled(objective: Objective, allowance: float) -> bool:
    """Whether it is proven; the worst city may bear more than the least where that is allowed."""
    if objective.name != "worst" or objective.bound is None:
        return objective.is_proven
    return objective.value <= floor(objective.bound * (1 + allowance) + NEAR)


def _searched(candidates: Candidates, first: list[Choice] | None, progress: Progress) -> Plan:
    # the solver takes a third of a second to load, and may not be there
    from exchange.planner.desk import Desk
    from exchange.planner.search import search

    desk = Desk(candidates, progress, choices=first)

    def tell(choices: list[Choice]) -> None:
        progress.say("better plan", None, None, plan_of(candidates, choices, progress, desk.bounds))

    desk.on_better = tell
    if not search(desk):
        return _impossible(candidates.problem, progress)
    if desk.choices is None:
        return Plan(
            Status.FEASIBLE,
            notes=(NOTHING_FOUND,),
            method=METHOD,
            limit=desk.limit,
            seconds=progress.seconds,
        )
    plan = with_reasons(candidates, desk.choices, plan_of(candidates, desk.choices, progress, desk.bounds))
    return replace(plan, limit=desk.limit, trade=desk.trade, seconds=progress.seconds)


def _impossible(problem: Problem, progress: Progress) -> Plan:
    # needs the solver, as above
    from exchange.planner.conflict import explain_conflict

    explained = explain_conflict(problem, progress)
    return Plan(
        Status.INFEASIBLE,
        conflict=explained.conflict,
        repairs=explained.repairs,
        method=METHOD,
        limit=progress.limit,
        seconds=progress.seconds,
    )


def answer_why_not(problem: Problem, plan: Plan, name: str, on: date) -> list[Sentence]:
    """Why the entry of this name is not on that day. Raises NotFound when the plan has no such entry."""
    names = [entry.name for entry in plan.entries]
    if name not in names:
        raise NotFound("The plan has no entry %(name)s.", name=name[:40])
    candidates = Candidates(problem)
    comparison = Comparison(candidates, choices_from(candidates, plan.entries))
    return why_not(comparison, names.index(name), on)
