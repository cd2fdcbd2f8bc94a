"""Small problems: the planner's plan keeps every rule and is as good as any plan can be."""

import os

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings

from exchange.planner.candidates import Candidates
from exchange.planner.greedy import greedy
from exchange.planner.plan import Plan, Status
from exchange.planner.plan_file import plan_document
from exchange.planner.problem_file import document_of, problem_from
from exchange.planner.progress import Progress
from exchange.planner.solve import plan_of, solve
from tests.planner.brute_force import optimum
from tests.planner.check_plan import broken_rules
from tests.planner.small_problems import problems

QUIET = settings(
    deadline=None,
    max_examples=5,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def values(plan: Plan) -> dict[str, int]:
    return {each.name: each.value for each in plan.objective}


def check_against_brute_force(document: dict) -> None:
    problem = problem_from(document)
    complete = document_of(problem)
    plan = solve(problem)
    best = optimum(complete)
    event("possible" if best else "impossible")
    if best is None:
        assert plan.status is Status.INFEASIBLE
        assert greedy(Candidates(problem)) is None
        return
    assert plan.status is Status.OPTIMAL
    assert broken_rules(complete, plan_document(plan)) == []
    assert (values(plan)["clashes"], values(plan)["worst"], values(plan)["total"]) == best
    candidates = Candidates(problem)
    choices = greedy(candidates)
    if choices is not None:
        walked = plan_of(candidates, choices, Progress())
        assert broken_rules(complete, plan_document(walked)) == []


@given(problems(most_weeks=10, most_cities=3))
@QUIET
def test_small_plans_are_as_good_as_any_plan(document: dict) -> None:
    check_against_brute_force(document)


@given(problems(most_weeks=8, most_cities=2, per="minute"))
@settings(QUIET, max_examples=2)
def test_small_plans_by_the_minute_are_as_good_as_any_plan(document: dict) -> None:
    check_against_brute_force(document)


@pytest.mark.slow
@pytest.mark.skipif(
    "EXCHANGE_TEST_LONG" not in os.environ,
    reason="takes hours: EXCHANGE_TEST_LONG=1",
)
@given(problems())
@settings(QUIET, max_examples=150)
def test_plans_of_six_cities_and_seventeen_weeks_are_as_good_as_any_plan(document: dict) -> None:
    check_against_brute_force(document)
