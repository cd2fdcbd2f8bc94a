"""Planning again: what is moved goes to its day, what is published stays, the rest changes least."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from exchange.planner.files.plan_file import plan_document, plan_from
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.model.candidates import Candidates
from exchange.planner.plan import Plan, Status
from exchange.planner.problem.problem import ExistingEntry, Pin, Problem
from exchange.planner.search.greedy import greedy
from exchange.planner.solve import solve
from tests.planner.check_plan import broken_rules
from tests.planner.direct_model import best_of
from tests.planner.small_problems import city, small
from tests.planner.test_planning import checked, entry_of, existing_of, value


@pytest.fixture(scope="module")
def problem() -> Problem:
    return problem_from(small(weeks=17, trainings={"minutes": [120, 180]}))


@pytest.fixture(scope="module")
def plan(problem: Problem) -> Plan:
    return checked(problem)


def again(problem: Problem, plan: Plan, **changes: object) -> Problem:
    return replace(problem, existing=existing_of(plan), is_replanning=True, **changes)


@pytest.mark.parametrize("days", [1, -1, 7])
def test_moving_an_event_to_a_day_changes_the_fewest_others(problem: Problem, plan: Plan, days: int) -> None:
    """No plan with the event on that day changes fewer: each smaller set of free entries is impossible."""
    event = entry_of(plan, "training-2")
    on = event.starts_at.date() + timedelta(days=days)
    if on.weekday() > 4:
        on += timedelta(days=days * 2)
    moved = checked(again(problem, plan, pins=(Pin("training", on),)))
    changed = {change.name for change in moved.changes if change.is_move}
    assert on in {entry.starts_at.date() for entry in moved.entries}
    assert moved.objective[-1].is_proven
    assert value(moved, "moves") == len(changed) == _fewest_changes(problem, plan, on)
    shown = next(change for change in moved.changes if change.after and change.after.date() == on)
    assert (shown.before, shown.host_before) == (event.starts_at, event.host)


def _fewest_changes(problem: Problem, plan: Plan, on: date) -> int:
    """How many of the others must go, tried one after the other with all the rest pinned where they are."""
    others = [
        Pin(e.kind, e.starts_at.date(), e.starts_at, e.cycle, e.host)
        for e in plan.entries
        if e.name != "training-2"
    ]
    for kept in sorted(_subsets(others), key=len, reverse=True):
        try:
            held = problem_from(document_of(replace(problem, pins=(Pin("training", on), *kept))))
        except ValueError:
            continue  # two in one week
        if best_of(document_of(held)) is not None:
            return len(others) - len(kept) + 1
    raise AssertionError("no plan has an event on that day")


def _subsets(pins: list[Pin]) -> list[tuple[Pin, ...]]:
    return [tuple(pin for n, pin in enumerate(pins) if mask >> n & 1) for mask in range(1 << len(pins))]


def test_a_published_entry_that_is_in_the_way_makes_it_impossible_until_it_is_unpinned(
    problem: Problem, plan: Plan
) -> None:
    second, third = (entry_of(plan, name).starts_at.date() for name in ("training-2", "training-3"))
    near = third - timedelta(days=20)
    near += timedelta(days=max(0, 7 - near.weekday()) if near.weekday() > 4 else 0)
    published = ("training-3",)
    held = replace(
        problem,
        existing=existing_of(plan, published=published),
        is_replanning=True,
        pins=(Pin("training", near),),
    )
    stuck = solve(held)
    assert stuck.status is Status.INFEASIBLE
    assert {"held", "gaps"} <= {each.rule.split(":")[0] for each in stuck.conflict}
    free = checked(replace(held, unpinned=published))
    assert near in {entry.starts_at.date() for entry in free.entries}
    assert next(change for change in free.changes if change.name == "training-3").is_move
    assert second  # it was one of three


TWO = {"sittings": 2}


@pytest.fixture(scope="module")
def twice() -> Problem:
    """Sessions with two sittings, for cities that cannot all have a good hour at once."""
    return problem_from(small(cities=[city(n) for n in range(4)], cycles=TWO, trainings=None, weeks=8))


def test_both_sittings_of_a_published_session_stay(twice: Problem) -> None:
    plan = checked(twice)
    session = entry_of(plan, "session-1")
    (first, second), on = session.sittings, twice.date_of(session)
    odd = (first + timedelta(hours=1), second + timedelta(hours=1))
    there = ExistingEntry("session-1", "session", odd[0], 1, is_published=True, second_at=odd[1])
    held = checked(replace(twice, existing=(there,)))
    assert entry_of(held, "session-1").sittings == odd
    kept = checked(replace(twice, pins=(Pin("session", on, first, 1, second_at=odd[1]),)))
    assert entry_of(kept, "session-1").sittings == (first, odd[1])
    half = checked(replace(twice, pins=(Pin("session", on, odd[0], 1),)))
    assert entry_of(half, "session-1").sittings[0] == odd[0]
    assert problem_from(document_of(held_problem := replace(twice, existing=(there,)))) == held_problem


def test_a_second_sitting_that_moves_alone_is_a_change_that_is_shown(twice: Problem) -> None:
    session = entry_of(checked(twice), "session-1")
    first, second = session.sittings
    late = second + timedelta(hours=1)
    there = ExistingEntry("session-1", "session", first, 1, second_at=late)
    moved = checked(replace(twice, existing=(there,)))
    (change,) = moved.changes
    assert change.is_move
    assert (change.second_before, change.second_after) == (late, entry_of(moved, "session-1").second_at)
    assert plan_from(plan_document(moved)) == moved
    stays = checked(replace(twice, existing=(there,), is_replanning=True))
    assert entry_of(stays, "session-1").sittings == (first, late)
    assert value(stays, "moves") == 0


def test_what_is_pinned_on_a_day_off_counts_its_clashes() -> None:
    """Boxing Day is a holiday of London, which leads, and of Sydney, which does not."""
    cities = [city(0), city(1), city(3)]
    document = small(cities=cities, weeks=8, cycles=None, trainings={"minutes": [120], "count": 2})
    document |= {"start_on": "2027-11-29", "pins": [{"kind": "training", "on": "2027-12-27"}]}
    plan = checked(problem_from(document))
    assert date(2027, 12, 27) in {entry.starts_at.date() for entry in plan.entries}
    best = best_of(document_of(problem_from(document)))
    assert best is not None
    assert value(plan, "clashes") == best.clashes == 1


def test_an_hour_off_the_grid_can_be_the_first_of_two_sittings(twice: Problem) -> None:
    at = datetime(2027, 2, 3, 9, 20, tzinfo=UTC)
    pinned = replace(twice, pins=(Pin("session", at.date(), at, 1),))
    plan = checked(pinned)
    first, second = entry_of(plan, "session-1").sittings
    assert first == at
    assert second >= at + timedelta(minutes=90)
    assert broken_rules(document_of(pinned), plan_document(plan)) == []
    assert Candidates(pinned).cells


def test_the_greedy_plan_never_leaves_out_what_is_held_nor_a_host(problem: Problem) -> None:
    """Two sessions of one cycle, and a host that no event has room for: there is no plan."""
    times = (datetime(2027, 2, 3, 9, tzinfo=UTC), datetime(2027, 2, 10, 9, tzinfo=UTC))
    twice = tuple(ExistingEntry(f"{at:%d}", "session", at, is_published=True) for at in times)
    crowded = replace(problem, existing=twice)
    assert solve(crowded).status is Status.INFEASIBLE
    assert greedy(Candidates(crowded)) is None
    trainings = {"minutes": [120], "hosts": ["C0", "C1", "C3"], "count": 4}
    cities = [city(0), city(1), city(3, lead=True, core=["09:00", "09:30"], shoulder=["09:00", "09:30"])]
    lonely = problem_from(small(weeks=17, cycles=None, cities=cities, trainings=trainings))
    assert solve(lonely).status is Status.INFEASIBLE
    assert greedy(Candidates(lonely)) is None
