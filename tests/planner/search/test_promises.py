"""What holds at every moment of any search: plans only get better, and no bound is above what there is."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest
from hypothesis import event, given, reject, settings
from hypothesis import strategies as st

from exchange.errors import InvalidInput
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.plan import OBJECTIVES, Plan, Status
from exchange.planner.problem.problem import Problem
from exchange.planner.search import lexicographic_search, total_burden_bound
from exchange.planner.search.search_progress import Progress, ProgressReport
from exchange.planner.solve import UNFINISHED, solve
from tests.planner.any_problems import any_problems
from tests.planner.direct_model import best_of
from tests.planner.test_optimum import QUIET
from tests.share import SHARES

FEW = (None, None, 0, 1, 5)
NODES = {
    total_burden_bound: ("NODES", "NODES_WITHOUT_INCUMBENT", "CLOSE_NODES", "CORE_NODES"),
    lexicographic_search: ("NODES", "NODES_WITHOUT_INCUMBENT", "LATER_NODES"),
}


@contextmanager
def limited(nodes: int | None) -> Iterator[None]:
    """Searches with so few nodes, None for their own number."""
    with pytest.MonkeyPatch.context() as patch:
        for module, names in NODES.items():
            for name in names if nodes is not None else ():
                patch.setattr(module, name, nodes)
        yield


def searched(problem: Problem, looks: int | None, nodes: int | None) -> list[Plan]:
    """Every plan that a search told of, its answer last; it is stopped after so many looks at the limit."""
    told: list[Plan] = []
    seen = 0

    def is_stopped() -> bool:
        nonlocal seen
        seen += 1
        return looks is not None and seen > looks

    def listen(report: ProgressReport) -> None:
        if report.plan is not None:
            told.append(report.plan)

    with limited(nodes):
        return [*told, solve(problem, Progress(listen, is_stopped))]


def rank(plan: Plan, document: dict, allowed: int = 0) -> tuple[int, ...]:
    """The objectives in their order, worst no less than what is allowed."""
    value = {each.name: each.value for each in plan.objective}
    first = ["clashes", "moves"] if document["replan"] else ["clashes"]
    order = first + [name for name in OBJECTIVES if name not in first]
    found = [max(value[name], allowed) if name == "worst" else value[name] for name in order]
    found.insert(order.index("total") + 1, value["worst"])
    places = [each.value for each in plan.places]
    worst = order.index("worst") + 1
    return (*found[:worst], *places, *found[worst:])


def check_promises(document: dict, looks: int | None, nodes: int | None) -> None:
    try:
        problem = problem_from(document)
    except InvalidInput:
        reject()
    document = document_of(problem)
    plans = searched(problem, looks, nodes)
    for plan in plans:
        check_agreement(plan, problem)
    assert all(plan.limit != UNFINISHED for plan in plans[-1:])
    found = [plan for plan in plans if plan.entries]
    event("told of some plans" if len(found) > 2 else "told of few")
    if not problem.max_allowance:
        assert all(rank(b, document) <= rank(a, document) for a, b in pairwise(found))
    elif found:
        check_allowance(found, document, problem.max_allowance)
    check_bounds(found, document)


def check_agreement(plan: Plan, problem: Problem) -> None:
    """Status, bounds and limit say the same."""
    assert (plan.status is Status.FEASIBLE) is bool(plan.limit) or plan.status is Status.INFEASIBLE
    for each in (*plan.objective, *plan.places):
        assert each.bound is not None
        assert each.bound <= each.value
        gap = 100 * (each.value - each.bound) / each.value if each.value else 0
        assert each.gap_percent == pytest.approx(gap, abs=0.01)
    unproven = {each.name for each in (*plan.objective, *plan.places) if not each.is_proven}
    if plan.status is Status.OPTIMAL:
        assert unproven <= ({"worst"} if problem.max_allowance else set())


def check_allowance(found: list[Plan], document: dict, share: float) -> None:
    """The last plan is not worse than any other by what the worst city may bear."""
    fewest = min(rank(plan, document) for plan in found)
    worst = fewest[3 if document["replan"] else 2]
    allowed = int(worst * (1 + share) + 1e-6)
    last = rank(found[-1], document, allowed)
    assert all(last <= rank(plan, document, allowed) for plan in found)


def check_bounds(found: list[Plan], document: dict) -> None:
    """No bound is above what the independent model finds best."""
    best = best_of(document)
    for plan in found:
        if best is None:  # what is published leaves a rule no room: only then is it let go, and said
            assert any("leaves no room for this rule" in note.text for note in plan.notes)
            continue
        value = {each.name: each.value for each in plan.objective}
        bound = {each.name: each.bound for each in plan.objective}
        assert bound["clashes"] <= best.clashes
        if document["replan"] and value["moves"]:
            continue  # the model knows no moves
        assert bound["outside"] <= best.outside
        assert bound["worst"] <= best.worst
        places = [value["worst"], *(each.value for each in plan.places)]
        for n, (each, least) in enumerate(zip(plan.places, best.places, strict=False)):
            if places[: n + 1] == [best.worst, *best.places][: n + 1]:
                assert each.bound <= least
        if plan.places and places != [best.worst, *best.places]:
            continue  # its total has a bound among plans that bear as it does
        if value["worst"] >= best.needed:
            assert bound["total"] <= best.total


@given(any_problems(), st.booleans(), st.sampled_from([None, 0, 1, 3, 10, 30, 100]), st.sampled_from(FEW))
@settings(QUIET, max_examples=4)
def test_a_search_never_ends_with_less_than_it_had(
    document: dict, is_again: bool, looks: int | None, nodes: int | None
) -> None:
    """Ever better in the whole tuple, bounds below the optimum, a limit where something is unproven."""
    check_promises(document | {"replan": is_again}, looks, nodes)


@pytest.mark.slow
@given(any_problems(), st.booleans(), st.sampled_from([None, 0, 1, 3, 10, 30, 100]), st.sampled_from(FEW))
@settings(QUIET, max_examples=10 * SHARES)
def test_no_search_of_many_ends_with_less_than_it_had(
    document: dict, is_again: bool, looks: int | None, nodes: int | None
) -> None:
    check_promises(document | {"replan": is_again}, looks, nodes)
