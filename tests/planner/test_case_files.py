"""Problem files that once went wrong, each with what is right by an independent model and checker."""

import json
from pathlib import Path

import pytest

from exchange.planner.files.plan_file import plan_document
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.plan import Plan, Status
from exchange.planner.problem.problem import Problem
from exchange.planner.solve import solve
from tests.planner.check_plan import broken_rules

CASES = Path(__file__).parent / "cases"


def case(name: str) -> Problem:
    return problem_from(json.loads((CASES / f"{name}.json").read_text(encoding="utf-8")))


def planned(name: str) -> Plan:
    """The plan of a case, looked at by the independent checker."""
    problem = case(name)
    plan = solve(problem)
    assert broken_rules(document_of(problem), plan_document(plan)) == []
    assert (plan.status is Status.OPTIMAL) is (plan.limit == "")
    return plan


def values(plan: Plan) -> dict[str, int]:
    return {each.name: each.value for each in plan.objective}


def bounds(plan: Plan) -> dict[str, int | None]:
    return {each.name: each.bound for each in plan.objective}


def test_what_is_in_hand_is_never_given_up_for_a_worse_plan() -> None:
    """Worst 19 and total 336 were in hand, and worst 19 and total 366 came out of the search."""
    plan = planned("rg0")
    assert (values(plan)["worst"], values(plan)["total"]) == (19, 336)
    assert (bounds(plan)["worst"], bounds(plan)["total"]) == (19, 336)


def test_a_pinned_day_is_free_of_holidays_where_another_host_makes_it_so() -> None:
    """Auckland has a holiday when Washington hosts; London was not tried, the clash called proven."""
    plan = planned("j2")
    assert (values(plan)["clashes"], bounds(plan)["clashes"]) == (0, 0)
    assert plan.status is Status.OPTIMAL


@pytest.mark.parametrize("name", ["gap27", "samehost", "sameweek"])
def test_what_is_published_never_makes_a_plan_impossible(name: str) -> None:
    """Events 27 days apart, one host twice running, two entries in one week: all were published so."""
    problem = case(name)
    plan = planned(name)
    held = {entry.starts_at for entry in plan.entries if entry.is_held}
    assert held == {each.starts_at for each in problem.existing}


def test_a_season_in_a_week_that_a_year_has_not_is_skipped_and_said() -> None:
    plan = planned("w53")
    assert plan.status is Status.OPTIMAL
    assert "x" not in {entry.training for entry in plan.entries}
    assert any("53" in note.text and "2028" in note.text for note in plan.notes)
