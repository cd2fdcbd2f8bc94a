"""Plans to choose from: the fairest, the gentlest and the cheapest on the trade curve, each a whole plan."""

from dataclasses import replace
from itertools import pairwise

import pytest

from exchange.planner.choices import _is_said_truly, bend_of, solve_with_choices
from exchange.planner.files.plan_file import plan_document, plan_from
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.plan import Choice, Objective, Plan, Status, Tradeoff
from exchange.planner.search.ranking import is_better
from exchange.planner.search.search_progress import Progress
from exchange.planner.solve import solve
from tests.planner.check_plan import broken_rules
from tests.planner.direct_model import best_of
from tests.planner.small_problems import city, small


def far_apart(**changes: object) -> dict:
    """Some months of Stockholm, London, New York and Sydney: the trade is long."""
    return document_of(problem_from(small(17, cities=[city(n) for n in range(4)], **changes)))


def worths(plan: Plan) -> list[tuple[str, int, int]]:
    """Each plan by its name, with what the worst city and all bear."""
    every = [(plan.choice, plan), *((each.name, each.plan) for each in plan.choices)]
    return sorted(((n, p.value_of("worst"), p.value_of("total")) for n, p in every), key=lambda each: each[1])


def test_the_fairest_the_gentlest_and_the_cheapest_stand_side_by_side() -> None:
    document = far_apart()
    plan = solve_with_choices(problem_from(document), Progress())
    found = worths(plan)
    assert [name for name, _, _ in found] == ["fairest", "gentlest", "cheapest"]
    assert all(a[1] < b[1] and a[2] > b[2] for a, b in pairwise(found))
    for each in plan.choices:
        changed = document | {"max_allowance": each.max_allowance}
        assert broken_rules(changed, plan_document(each.plan)) == []
    best = best_of(document | {"max_allowance": plan.choices[-1].max_allowance})
    assert ("cheapest", best.needed, best.total) == found[-1]
    assert plan_from(plan_document(plan)) == plan


def test_with_an_allowance_the_plan_asked_for_stands_between_the_others() -> None:
    plan = solve_with_choices(problem_from(far_apart(max_allowance=0.2)), Progress())
    assert [name for name, _, _ in worths(plan)] == ["fairest", "asked", "cheapest"]


def test_nothing_is_to_choose_where_the_fairest_is_the_cheapest_or_moves_come_first() -> None:
    near = small(8, cities=[city(0), city(1)])
    assert solve_with_choices(problem_from(near), Progress()).choices == ()
    assert solve_with_choices(problem_from(far_apart(replan=True)), Progress()).choices == ()


def test_a_search_that_is_stopped_keeps_the_plan_asked_for() -> None:
    stops: list[bool] = []
    progress = Progress(
        lambda now: stops.append(True) if now.stage == "choice" else None, lambda: bool(stops)
    )
    plan = solve_with_choices(problem_from(far_apart()), progress)
    assert (plan.choice, plan.choices) == ("", ())
    assert plan.entries


@pytest.mark.parametrize("changes", [{}, {"fairness": "leximin"}, {"max_allowance": 0.2}])
def test_a_better_plan_takes_the_place_of_one_whose_search_was_ended_early(changes: dict) -> None:
    """It was thrown away, and the worse one called the fairest."""
    looks: list[bool] = []

    def is_first() -> bool:
        looks.append(True)
        return len(looks) <= 3  # asked whether, why, and whether again: then the first search has ended

    cities = [city(n) for n in (0, 1, 2, 5)]
    document = document_of(problem_from(small(13, cities=cities, **changes)))
    plan = solve_with_choices(problem_from(document), Progress(is_stopped=is_first))
    first = solve(problem_from(document), Progress(is_stopped=lambda: True))
    assert is_better(plan, first, problem_from(document))
    assert plan.limit
    assert broken_rules(document, plan_document(plan)) == []
    best = best_of(document)
    bounds = {each.name: each.bound or 0 for each in plan.objective}
    assert bounds["worst"] <= best.worst
    assert bounds["total"] <= best.total
    every = [plan, *(each.plan for each in plan.choices)]
    for name, objective in (("fairest", "worst"), ("cheapest", "total")):
        told = [each.plan for each in plan.choices if each.name == name]
        told += [plan] if plan.choice == name else []
        assert all(each.value_of(objective) == min(p.value_of(objective) for p in every) for each in told)
    assert plan_from(plan_document(plan)) == plan


@pytest.mark.parametrize(
    ("curve", "bend"),
    [
        ([(10, 100), (11, 60), (15, 50), (20, 40)], (11, 60)),
        ([(10, 100), (15, 75), (20, 50)], None),  # straight: no point saves more than its share
        ([(10, 100), (20, 50)], None),
        ([(10, 100), (10, 100)], None),
    ],
)
def test_the_gentlest_stands_where_the_trade_bends(
    curve: list[tuple[int, int]], bend: tuple[int, int] | None
) -> None:
    found = bend_of([Tradeoff(*each) for each in curve])
    assert found == (Tradeoff(*bend) if bend else None)


def test_no_plan_is_called_the_fairest_where_another_is_fairer() -> None:
    """The search for it, too, may be ended early."""
    asked, fair, cheap = (
        Plan(Status.FEASIBLE, objective=(Objective("worst", worst, 0), Objective("total", total, 0)))
        for worst, total in ((18, 300), (20, 250), (30, 200))
    )
    fairest, cheapest = Choice("fairest", 0.0, fair), Choice("cheapest", 10.0, cheap)
    assert not _is_said_truly(fairest, asked, [fairest, cheapest])
    assert _is_said_truly(cheapest, asked, [fairest, cheapest])
    assert not _is_said_truly(cheapest, asked, [Choice("gentlest", 1.0, replace(cheap, objective=()))])
