"""What is published binds what is free, and never makes a plan impossible, however odd it is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import event, given, reject, settings
from hypothesis import strategies as st

from exchange.errors import NotFound
from exchange.planner.explain.conflict import has_plan
from exchange.planner.files.plan_file import plan_document, plan_from
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.plan import Status
from exchange.planner.solve import answer_why_not, solve
from tests.planner.check_plan import broken_rules
from tests.planner.direct_model import best_of
from tests.planner.small_problems import START_ON, small
from tests.planner.test_optimum import QUIET, check_plan_of

HOUR = "T14:00:00Z"


def published(day: int, name: str = "old", **more: object) -> dict:
    on = (START_ON + timedelta(days=day)).isoformat()
    return {"name": name, "kind": "training", "starts_at": on + HOUR, "published": True} | more


@st.composite
def histories(draw: st.DrawFn) -> dict:
    """A problem of thirteen weeks with up to four published training events on any days."""
    days = draw(st.lists(st.integers(0, 90), min_size=1, max_size=4, unique=True))
    kinds = [
        {"name": "training", "minutes": 120},
        {"name": "conference", "minutes": 180, "per_year": 1, "weeks": [4, 9]},
    ]
    standing = [
        published(
            day,
            f"old {n}",
            host=draw(st.sampled_from(["C0", "C1", None])),
            training=draw(st.sampled_from(["training", "conference", None])),
        )
        for n, day in enumerate(days)
    ]
    cycles = draw(st.sampled_from([None, {}]))
    return small(weeks=13, trainings={"kinds": kinds}, cycles=cycles, standing=standing)


# Between them one free event, or none: of the two hosts each has its neighbour.
NO_ROOM = [published(0, "first", host="C1"), published(61, "second", host="C0")]


def check_history(document: dict) -> None:
    problem = problem_from(document)
    if not has_plan(problem_from(document | {"standing": []})):
        reject()
    plan = solve(problem)
    assert plan.status is not Status.INFEASIBLE
    held = {entry.starts_at for entry in plan.entries if entry.is_held}
    assert held == {each.starts_at for each in problem.existing}
    is_short = any("leaves no room for this rule" in note.text for note in plan.notes)
    event("a rule let go" if is_short else "all rules kept")
    if not is_short:
        assert broken_rules(document_of(problem), plan_document(plan)) == []
        check_plan_of(problem, best_of(document_of(problem)))


@given(histories())
@settings(QUIET, max_examples=15)
def test_published_history_however_odd_never_makes_a_plan_impossible(document: dict) -> None:
    check_history(document)


def test_a_free_event_keeps_its_gap_from_two_that_are_too_near_each_other() -> None:
    """Days 20 and 30 are published: what follows comes 28 days after the second at least."""
    history = [published(20, "a", host="C0"), published(30, "b", host="C1")]
    document = small(weeks=13, cycles=None, standing=history)
    plan = solve(problem_from(document))
    days = [(entry.starts_at.date() - START_ON).days for entry in plan.entries]
    assert days[:2] == [20, 30]
    assert 58 <= days[2] <= 65


def test_why_not_uses_the_rules_that_the_plan_let_go() -> None:
    """It asked again which they are, by up to thirteen searches while somebody waited for the page."""
    problem = problem_from(small(weeks=13, cycles=None, standing=NO_ROOM))
    plan = solve(problem)
    assert plan.let_go
    assert plan_from(plan_document(plan)) == plan
    free = next(entry for entry in plan.entries if not entry.is_held)
    day = problem.date_of(free) + timedelta(days=1)
    assert answer_why_not(problem, plan, free.name, day)
    with pytest.raises(NotFound, match="does not belong"):
        answer_why_not(problem, replace(plan, let_go=()), free.name, day)


def test_a_number_that_history_leaves_no_room_for_is_the_nearest_and_said() -> None:
    history = [published(7 * n + 1, f"old {n}", host="C0") for n in range(6)]
    plan = solve(problem_from(small(weeks=13, cycles=None, standing=history)))
    assert plan.status is Status.OPTIMAL
    assert any("What is published leaves room for 7 training events" in note.text for note in plan.notes)
