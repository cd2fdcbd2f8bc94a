"""The planner's answer to a problem: by the solver where it is installed, else the greedy plan by its name.

Not the mathematics (mip_columns.py): this is the order in which things are done.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from importlib.util import find_spec

from exchange.errors import NotFound
from exchange.planner.explain.alternatives import Comparison
from exchange.planner.explain.annotations import notes_of_counts
from exchange.planner.explain.reasons import with_reasons
from exchange.planner.explain.why_not import why_not
from exchange.planner.model.assignment import Placement, assignment_from
from exchange.planner.model.candidates import Candidates
from exchange.planner.plan import OBJECTIVES, Objective, Plan, Status
from exchange.planner.problem.problem import Problem
from exchange.planner.search.greedy import greedy
from exchange.planner.search.known_bounds import bounds_of_plan, trivial_bounds
from exchange.planner.search.plan_from_assignment import (
    Values,
    changes_of,
    city_burdens,
    entries_of,
    values_of,
)
from exchange.planner.search.ranking import allowed_above
from exchange.planner.search.search_progress import Progress
from exchange.rules.sentences import Sentence

GREEDY = "greedy"
METHOD = "HiGHS"
NO_SOLVER = Sentence(
    "This is the greedy plan: the solver is not installed (extra planner, package highspy),"
    " so nothing is proven and a better plan may exist."
)
NO_GREEDY = Sentence(
    "The greedy plan found no way to the end of the horizon, and the solver that would"
    " (extra planner, package highspy) is not installed."
)

UNFINISHED = "unfinished"  # the limit of a plan while the search goes on
WITHOUT_SOLVER = "no solver"
MEMORY = "memory"
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
        progress.report("first plan", None, None, plan_of(candidates, first, progress))
    if not has_solver():
        return greedy_plan(candidates, first, progress)
    return _searched(candidates, first, progress)


def greedy_plan(candidates: Candidates, assignment: list[Placement] | None, progress: Progress) -> Plan:
    """The greedy plan, called by its name; without entries when the greedy way leads nowhere."""
    if assignment is None:
        return Plan(
            Status.FEASIBLE,
            notes=(NO_GREEDY,),
            method=GREEDY,
            limit=WITHOUT_SOLVER,
            seconds=progress.seconds,
        )
    plan = plan_of(candidates, assignment, progress, limit=WITHOUT_SOLVER)
    return replace(with_reasons(candidates, assignment, plan), method=GREEDY, notes=(NO_SOLVER,))


def plan_of(
    candidates: Candidates,
    assignment: list[Placement],
    progress: Progress,
    bounds: Mapping[str, int] | None = None,
    limit: str = UNFINISHED,
) -> Plan:
    """The plan of an assignment, proven as far as the bounds say; without bounds, as far as counting says.

    Status, bounds and limit agree: a plan that is proven has no limit, and one that is not has one.
    """
    entries = entries_of(candidates, assignment)
    values = values_of(candidates, assignment)
    known = _counted(candidates, values) if bounds is None else bounds
    objective, places = values.as_objectives(known), values.as_places(known)
    unproven = [each.name for each in objective if not _is_settled(each, candidates.problem)]
    unproven += [each.name for each in places if not each.is_proven]
    return Plan(
        Status.FEASIBLE if unproven else Status.OPTIMAL,
        entries,
        city_burdens(candidates, assignment),
        objective,
        changes=changes_of(candidates.problem, entries),
        method=METHOD,
        limit=(limit or f"nodes at {unproven[0]}") if unproven else "",
        seconds=progress.seconds,
        places=places,
    )


def _counted(candidates: Candidates, values: Values) -> dict[str, int]:
    trivial = trivial_bounds(candidates)
    return bounds_of_plan(candidates.problem, values, {}, trivial, is_clash_free=False)


def _is_settled(objective: Objective, problem: Problem) -> bool:
    """Whether it is proven; the worst city may bear more than the least where that is allowed."""
    if objective.name != "worst" or objective.bound is None:
        return objective.is_proven
    return objective.value <= allowed_above(objective.bound, problem)


def _searched(candidates: Candidates, first: list[Placement] | None, progress: Progress) -> Plan:
    # the solver takes a third of a second to load, and may not be there
    from exchange.planner.search.lexicographic_search import search
    from exchange.planner.search.search_state import SearchState

    state = SearchState(candidates, progress, incumbent=first)

    def report(assignment: list[Placement]) -> None:
        bounds = state.known_bounds(values_of(candidates, assignment))
        progress.report("better plan", None, None, plan_of(candidates, assignment, progress, bounds))

    state.on_incumbent = report
    try:
        if not search(state):
            return _impossible(candidates, progress)
    except MemoryError:
        if state.incumbent is None:
            raise
        state.limits_met.append(MEMORY)  # the plan in hand, with what is known of it, is an answer
    if state.incumbent is None:
        return Plan(
            Status.FEASIBLE,
            notes=(NOTHING_FOUND,),
            method=METHOD,
            limit=state.limit or "nodes",
            seconds=progress.seconds,
        )
    bounds = state.known_bounds(values_of(candidates, state.incumbent))
    plan = plan_of(candidates, state.incumbent, progress, bounds, state.limit)
    plan = with_reasons(candidates, state.incumbent, plan)
    notes = (*notes_of_counts(candidates), *plan.notes)
    return replace(plan, notes=notes, trade=state.trade, seconds=progress.seconds)


def _impossible(candidates: Candidates, progress: Progress) -> Plan:
    """A plan without the rules that what is published leaves no room for, or else why there is none."""
    # needs the solver, as above
    from exchange.planner.explain.conflict import explain_conflict
    from exchange.planner.explain.history import history_notes, rules_without_room

    problem = candidates.asked
    gone = frozenset() if candidates.without else rules_without_room(problem)
    if gone:
        freer = Candidates(problem, gone)
        plan = _searched(freer, greedy(freer), progress)
        notes = (*history_notes(problem, gone), *plan.notes)
        return replace(plan, notes=notes, let_go=tuple(sorted(gone)))
    explained = explain_conflict(problem, progress)
    return Plan(
        Status.INFEASIBLE,
        conflict=explained.conflict,
        repairs=explained.repairs,
        method=METHOD,
        limit=progress.limit,
        seconds=progress.seconds,
    )


def with_entries_of(problem: Problem, plan: Plan, better: Plan, progress: Progress) -> Plan:
    """The problem's plan with the entries of a better one, which was found with another allowance.

    Of what is known of the plan's objectives that stays which is of plans as good as the better one, too.
    """
    candidates = Candidates(problem, frozenset(plan.let_go))
    assignment = assignment_from(candidates, better.entries)
    known: dict[str, int] = {}
    for each in plan.objective[: OBJECTIVES.index("worst" if problem.is_leximin else "total") + 1]:
        if each.bound is not None:
            known[each.name] = each.bound
        if better.value_of(each.name) > each.value:
            break
    values, trivial = values_of(candidates, assignment), trivial_bounds(candidates)
    bounds = bounds_of_plan(candidates.problem, values, known, trivial, is_clash_free=False)
    found = plan_of(candidates, assignment, progress, bounds, plan.limit or better.limit)
    found = with_reasons(candidates, assignment, found)
    return replace(found, notes=plan.notes, let_go=plan.let_go, trade=plan.trade)


def answer_why_not(problem: Problem, plan: Plan, name: str, on: date) -> list[Sentence]:
    """Why the entry of this name is not on that day. Raises NotFound when the plan has no such entry."""
    names = [entry.name for entry in plan.entries]
    if name not in names:
        raise NotFound("The plan has no entry %(name)s.", name=name[:40])
    candidates = Candidates(problem, frozenset(plan.let_go))
    assignment = assignment_from(candidates, plan.entries)
    return why_not(Comparison(candidates, assignment, plan), names.index(name), on)
