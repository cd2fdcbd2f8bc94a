"""Another place for an entry is called better, alike or worse as the search calls the plan with it there."""

from collections.abc import Iterator

import pytest
from hypothesis import event, given, reject, settings
from hypothesis import strategies as st

from exchange.errors import InvalidInput
from exchange.planner.explain.alternative_costs import costs_of
from exchange.planner.explain.alternatives import Alternative, Comparison
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.model.assignment import Placement
from exchange.planner.model.candidates import Candidates
from exchange.planner.model.nondominated_hours import Option
from exchange.planner.plan import Plan
from exchange.planner.search.greedy import greedy
from exchange.planner.search.ranking import allowed_in
from exchange.planner.search.search_progress import Progress
from exchange.planner.solve import answer_why_not, plan_of, solve
from tests.planner.any_problems import any_problems
from tests.planner.search.test_promises import rank
from tests.planner.small_problems import city, small
from tests.planner.test_optimum import QUIET
from tests.share import SHARES

LOOKED_AT = 40  # of the other places of one entry


def check_words(document: dict) -> None:
    try:
        problem = problem_from(document)
    except InvalidInput:
        reject()
    candidates = Candidates(problem)
    found = greedy(candidates)
    if found is None:
        reject()
    assignment = sorted(found, key=lambda placement: (placement.cell.day, placement.hours))
    plan = plan_of(candidates, assignment, Progress())
    comparison = Comparison(candidates, assignment, plan)
    allowed = allowed_in(plan, problem)
    complete = document_of(problem)
    for index in range(len(assignment)):
        for other in _some_of(comparison, index):
            there = plan_of(candidates, _moved(assignment, index, other), Progress())
            ranks = rank(there, complete, allowed), rank(plan, complete, allowed)
            words = next(iter(costs_of(comparison, index, other))).text
            event("better" if ranks[0] < ranks[1] else "alike" if ranks[0] == ranks[1] else "worse")
            assert ("would be better" in words) is (ranks[0] < ranks[1]), (words, ranks)
            assert (words == "That would cost the same.") is (ranks[0] == ranks[1]), (words, ranks)
            assert {each.name: getattr(other.values, each.name) for each in there.objective} == {
                each.name: each.value for each in there.objective
            }


def _some_of(comparison: Comparison, index: int) -> Iterator[Alternative]:
    every = [*comparison.other_hours(index), *comparison.other_days(index)]
    yield from every[:: max(1, len(every) // LOOKED_AT)]


def _moved(assignment: list[Placement], index: int, other: Alternative) -> list[Placement]:
    """The assignment with the entry there; what an option costs is asked of the cell anew."""
    old = assignment[index].option
    clashes = sum(placement.option.clashes for placement in assignment)
    outside = sum(placement.option.outside for placement in assignment)
    option = Option(
        other.vector,
        clashes=other.values.clashes - clashes + old.clashes,
        outside=other.values.outside - outside + old.outside,
        hours=(other.hours,),
    )
    return [*assignment[:index], Placement(other.cell, option, other.hours), *assignment[index + 1 :]]


@given(any_problems(), st.booleans())
@settings(QUIET, max_examples=6)
def test_no_other_place_is_called_better_or_alike_that_the_search_calls_worse(
    document: dict, is_again: bool
) -> None:
    check_words(document | {"replan": is_again})


@pytest.mark.slow
@given(any_problems(), st.booleans())
@settings(QUIET, max_examples=20 * SHARES)
def test_no_place_of_many_is_called_better_or_alike_that_the_search_calls_worse(
    document: dict, is_again: bool
) -> None:
    check_words(document | {"replan": is_again})


@pytest.fixture(scope="module")
def leximin() -> Plan:
    """Los Angeles bears most whatever the plan; a smaller total would be had at the cost of Sydney alone."""
    return solve(problem_from(_even()))


def _even() -> dict:
    cities = [city(0), city(1), city(3, lead=False, required=False), city(5, lead=False, required=False)]
    return small(17, cities=cities, past_burden={"C5": 60}, fairness="leximin")


def test_where_every_place_counts_the_reasons_name_the_city_that_would_bear_more(leximin: Plan) -> None:
    """They compared by the worst city and the total alone: what costs Sydney its nights was called better."""
    texts = [entry.reason for entry in leximin.entries]
    assert not any("would be better" in text for text in texts)
    assert any(
        "the city that bears most the same, but city 2, counted from it, " in text for text in texts
    ), texts


def test_why_not_counts_what_the_search_counts_first_when_planning_again() -> None:
    """An entry that stays where it is published costs a move elsewhere, whatever else is saved by it."""
    first = solve(problem_from(small(9)))
    session = next(entry for entry in first.entries if entry.kind == "session")
    standing = [{"name": "s", "kind": "session", "cycle": 1, "starts_at": session.starts_at.isoformat()}]
    problem = problem_from(small(9, standing=standing, replan=True))
    plan = solve(problem)
    assert plan.value_of("moves") == 0
    days = [problem.date_of(session).replace(day=day) for day in range(1, 29)]
    answers = [answer_why_not(problem, plan, session.name, on) for on in days]
    costs = [answer[1].text for answer in answers if answer[0].template.startswith("It could be held on")]
    assert costs
    assert all("would move 1 more" in text or "more holidays" in text for text in costs), costs
