"""Problem files that once went wrong, each with what is right by an independent model and checker."""

import json
from datetime import date
from pathlib import Path

import pytest

from exchange.errors import InvalidInput
from exchange.planner.files.plan_file import plan_document
from exchange.planner.files.problem_changes import with_changes
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.plan import Plan, Status
from exchange.planner.problem.problem import Problem
from exchange.planner.solve import answer_why_not, solve
from exchange.planning.search_processes.plan_as_text import asked_days
from tests.planner.check_plan import broken_rules
from tests.planner.small_problems import city, small

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


def test_a_session_for_nobody_is_refused_where_it_is_asked_for() -> None:
    with pytest.raises(InvalidInput) as refused:
        case("empty")
    assert refused.value.field == "cycles.takes_part.1"


def test_big_weights_have_no_cap() -> None:
    """A city could bear 1e7 at most: with sessions every week and large points no plan was possible."""
    document = small(
        weeks=24,
        cities=[city(n, core=["12:00", "12:30"], shoulder=["11:59", "12:31"]) for n in (0, 1)],
        cycles={"weeks": 1, "cadence_weeks": 1, "session_weeks": [1], "session_minutes": 480},
        trainings=None,
        burden={"shoulder": 1000, "night": 1000, "per": "minute"},
        past_burden={"C0": 1_000_000, "C1": 999_999},
    )
    plan = solve(problem_from(document))
    assert plan.status is Status.OPTIMAL
    assert values(plan)["worst"] > 10_000_000


@pytest.mark.parametrize("text", ["2028-W05-1", "20280101", "2028-1-1", "today", "２０２８-01-01"])
def test_a_date_is_written_in_one_way_only(text: str) -> None:
    with pytest.raises(InvalidInput):
        asked_days([f"training-1={text}"])
    with pytest.raises(InvalidInput) as refused:
        problem_from(small(forbidden_on=[text]))
    assert refused.value.field == "forbidden_on[0]"


@pytest.mark.parametrize("on", [date(1, 1, 1), date(9999, 12, 31)])
def test_a_day_beyond_the_horizon_has_an_answer(on: date) -> None:
    problem = problem_from(small())
    plan = solve(problem)
    said = answer_why_not(problem, plan, plan.entries[0].name, on)
    assert [each.template for each in said] == ["%(on)s lies outside the horizon."]
    assert said[0].text


def test_one_host_alone_needs_to_host_twice_running_and_the_line_for_that_is_given() -> None:
    """The only repair could be said in no file and no form."""
    problem = case("onehost")
    plan = solve(problem)
    assert plan.status is Status.INFEASIBLE
    assert plan.repairs[0].changes == {"give_up": ["hosts in turn"]}
    mended = problem_from(with_changes(document_of(problem), plan.repairs[0].changes))
    again = solve(mended)
    assert again.status is Status.OPTIMAL
    assert {entry.host for entry in again.entries} == {"LON"}
    assert broken_rules(document_of(mended), plan_document(again)) == []
