"""After the worst city the second, the third and so on: each proven, as the independent model has it."""

import pytest
from hypothesis import given, settings

from exchange.errors import InvalidInput
from exchange.planner.choices import solve_with_choices
from exchange.planner.files.plan_file import plan_document, plan_from
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.plan import Plan, Status
from exchange.planner.search.search_progress import Progress
from exchange.planner.solve import solve
from tests.planner.check_plan import broken_rules
from tests.planner.direct_model import best_of
from tests.planner.instances import document
from tests.planner.small_problems import city, problems, small
from tests.planner.test_optimum import QUIET


def loads(plan: Plan) -> list[int]:
    """What the cities bear, those that bear most first."""
    return sorted((each.burden + each.before for each in plan.burden.values()), reverse=True)


@given(problems(most_weeks=9, most_cities=4))
@settings(QUIET, max_examples=3)
def test_every_place_is_as_the_independent_model_finds_it(any_document: dict) -> None:
    complete = document_of(problem_from(any_document | {"fairness": "leximin"}))
    plan, best = solve(problem_from(complete)), best_of(complete)
    if best is None:
        assert plan.status is Status.INFEASIBLE
        return
    assert plan.status is Status.OPTIMAL or plan.limit.startswith(("nodes at warnings", "nodes at weekdays"))
    assert broken_rules(complete, plan_document(plan)) == []
    assert tuple(each.value for each in plan.places) == best.places
    assert all(each.is_proven for each in plan.places)
    assert plan_from(plan_document(plan)) == plan


def test_cities_after_the_worst_are_spared_even_where_all_together_bear_more() -> None:
    """Los Angeles bears most whatever the plan, and the least total would put the rest on Sydney alone."""
    cities = [city(0), city(1), city(3, lead=False, required=False), city(5, lead=False, required=False)]
    usual = document_of(problem_from(small(17, cities=cities, past_burden={"C5": 60})))
    least, even = (solve(problem_from(usual | {"fairness": each})) for each in ("worst", "leximin"))
    assert loads(least)[0] == loads(even)[0]
    assert loads(even) < loads(least)
    assert even.value_of("total") > least.value_of("total")
    assert even.status is Status.OPTIMAL
    assert best_of(usual | {"fairness": "leximin"}).places == tuple(loads(even)[1:])


@pytest.mark.slow
def test_fifteen_cities_are_proven_to_the_last() -> None:
    plan = solve(problem_from(document(15, 52) | {"fairness": "leximin"}))
    assert plan.status is Status.OPTIMAL
    assert [each.value for each in plan.places] == loads(plan)[1:]
    assert sum(loads(plan)) == plan.value_of("total") == 430


def test_the_cheapest_beside_it_looks_at_the_worst_city_alone() -> None:
    cities = [city(0), city(1), city(3, lead=False, required=False)]
    problem = problem_from(small(9, cities=cities, fairness="leximin"))
    plan = solve_with_choices(problem, Progress())
    assert plan.places
    assert all((each.fairness, each.plan.places) == ("worst", ()) for each in plan.choices)


def test_an_allowance_for_the_worst_city_does_not_go_with_it() -> None:
    with pytest.raises(InvalidInput) as refused:
        problem_from(small(fairness="leximin", max_allowance=0.1))
    assert str(refused.value).startswith("max_allowance: the worst city is allowed nothing more")
