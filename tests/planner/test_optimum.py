"""Small problems: the planner's plan keeps every rule and is as good as any plan can be."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, event, given, reject, settings

from exchange.errors import InvalidInput
from exchange.planner.files.plan_file import plan_document
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.model.candidates import Candidates
from exchange.planner.plan import Plan, Status
from exchange.planner.problem.problem import Problem
from exchange.planner.search.greedy import greedy
from exchange.planner.search.search_progress import Progress
from exchange.planner.solve import plan_of, solve
from tests.planner.any_problems import any_problems
from tests.planner.brute_force import optimum
from tests.planner.check_plan import broken_rules
from tests.planner.direct_model import Best, best_of
from tests.planner.small_problems import problems
from tests.share import SHARES

QUIET = settings(
    deadline=None,
    max_examples=5,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
LATER = ("nodes at warnings", "nodes at weekdays", "nodes at hosts")


def values(plan: Plan) -> dict[str, int]:
    return {each.name: each.value for each in plan.objective}


def three_of(best: Best | None) -> tuple[int, int, int] | None:
    return (best.clashes, best.worst, best.total) if best else None


def firsts_of(best: Best) -> tuple[int, int, int, int]:
    return best.clashes, best.outside, best.worst, best.total


def check_plan_of(problem: Problem, best: Best | None) -> None:
    """The planner's answer against what an independent search found best."""
    complete = document_of(problem)
    plan = solve(problem)
    if plan.let_go:  # what is published leaves a rule no room: the independent model lets none go
        assert best is None
        return
    if best is None:
        assert plan.status is Status.INFEASIBLE
        assert greedy(Candidates(problem)) is None
        return
    assert plan.status is Status.OPTIMAL or plan.limit.startswith(LATER)
    assert broken_rules(complete, plan_document(plan)) == []
    bounds = {each.name: each.bound for each in plan.objective}
    found = values(plan)
    assert (found["clashes"], found["outside"], bounds["worst"], found["total"]) == firsts_of(best)
    assert values(plan)["worst"] == best.needed
    assert tuple(each.value for each in plan.places) == best.places
    _check_greedy(problem, complete)


def _check_greedy(problem: Problem, complete: dict) -> None:
    candidates = Candidates(problem)
    assignment = greedy(candidates)
    if assignment is not None:
        walked = plan_of(candidates, assignment, Progress())
        assert broken_rules(complete, plan_document(walked)) == []


@pytest.mark.slow
@given(problems(most_weeks=9, most_cities=3))
@settings(QUIET, max_examples=3)
def test_both_independent_searches_find_the_same_best(document: dict) -> None:
    problem = problem_from(document)
    best = best_of(document_of(problem))
    assert three_of(best) == optimum(document_of(problem))
    event("possible" if best else "impossible")
    check_plan_of(problem, best)


@given(problems(most_weeks=8, most_cities=2, per="minute"))
@settings(QUIET, max_examples=2)
def test_both_independent_searches_find_the_same_best_by_the_minute(document: dict) -> None:
    problem = problem_from(document)
    best = best_of(document_of(problem))
    assert three_of(best) == optimum(document_of(problem))
    check_plan_of(problem, best)


@given(any_problems())
@settings(QUIET, max_examples=5)
def test_a_plan_is_as_good_as_any_plan(document: dict) -> None:
    problem, best = _with_best(document)
    event("possible" if best else "impossible")
    check_plan_of(problem, best)


@pytest.mark.slow
def test_plans_of_six_cities_and_seventeen_weeks_are_as_good_as_any_plan() -> None:
    met: Counter[str] = Counter()

    @given(any_problems())
    @settings(QUIET, max_examples=20 * SHARES)
    def check(document: dict) -> None:
        problem, best = _with_best(document)
        met.update(traits_of(problem, best))
        check_plan_of(problem, best)

    check()
    print(", ".join(f"{name} {count}" for name, count in met.most_common()))
    assert met["possible"] >= 10 * SHARES
    if SHARES > 2:  # a share is too small to meet each, as `make planner-long` does
        assert all(met[trait] >= 5 for trait in TRAITS), met


def _with_best(document: dict) -> tuple[Problem, Best | None]:
    """The problem and its best, unless it cannot be read."""
    try:
        problem = problem_from(document)
    except InvalidInput:
        reject()
    return problem, best_of(document_of(problem))


TRAITS = (
    "possible",
    "impossible",
    "pauses",
    "chosen pauses",
    "two sittings",
    "pinned",
    "published",
    "some take part",
    "season",
    "number a year",
    "busy",
    "quiet",
    "forbidden",
    "past burden",
    "by the minute",
    "allowance",
    "clocks change",
    "weeks without a start",
    "far from Greenwich",
    "a member hosts",
    "hours at a price",
    "hours never left",
    "leximin",
)


def traits_of(problem: Problem, best: Best | None) -> list[str]:
    """What a problem has of all that a problem can have."""
    cycles, trainings = problem.cycles, problem.trainings
    kinds = trainings.kinds if trainings else ()
    hosts = [None, *(trainings.hosts if trainings else ())]
    days = {problem.start_on + timedelta(days=n) for n in range(problem.days)}
    found = {
        "possible": best is not None,
        "impossible": best is None,
        "clashes": best is not None and best.clashes > 0,
        "pauses": cycles and cycles.pauses,
        "chosen pauses": cycles and cycles.is_choosing,
        "two sittings": cycles and cycles.sittings == 2,
        "pinned": problem.pins,
        "published": any(each.is_published for each in problem.existing),
        "some take part": (cycles and cycles.takes_part) or any(k.takes_part is not None for k in kinds),
        "season": any(kind.weeks for kind in kinds),
        "number a year": any(kind.per_year and not kind.weeks for kind in kinds),
        "busy": any(city.busy for city in problem.cities),
        "quiet": any(city.quiet for city in problem.cities),
        "forbidden": problem.forbidden,
        "past burden": any(problem.past_burden.values()),
        "by the minute": problem.burden.per == "minute",
        "allowance": problem.max_allowance,
        "clocks change": days & {date(2027, 3, 14), date(2027, 3, 28), date(2027, 10, 31), date(2027, 11, 7)},
        "weeks without a start": cycles and cycles.no_start_on,
        "far from Greenwich": any(problem.walls.zone(host).startswith("Pacific/") for host in hosts),
        "a member hosts": any(not problem.city(host).is_lead for host in hosts if host),
        "hours at a price": any(city.acceptable and city.outside_price for city in problem.cities),
        "hours never left": any(city.acceptable and not city.outside_price for city in problem.cities),
        "leximin": problem.is_leximin,
        "six cities": len(problem.cities) == 6,
        "seventeen weeks": problem.weeks == 17,
    }
    return [name for name, has in found.items() if has]
