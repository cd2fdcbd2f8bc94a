"""Why not this day: every kind of blocker is named, also for entries that are pinned or published."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from exchange.errors import NotFound
from exchange.planner.files.problem_file import problem_from
from exchange.planner.plan import Plan
from exchange.planner.problem.problem import ExistingEntry, Forbidden, Pin, Problem
from exchange.planner.solve import answer_why_not
from tests.planner.small_problems import city, small
from tests.planner.test_planning import checked, entry_of

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def problem() -> Problem:
    return problem_from(small(weeks=13, trainings={"minutes": [120, 180]}))


@pytest.fixture(scope="module")
def plan(problem: Problem) -> Plan:
    return checked(problem)


def another_day(problem: Problem, plan: Plan, name: str) -> date:
    """A day on which the entry could be: the answer is what it would cost."""
    on = entry_of(plan, name).starts_at.date()
    days = (on + n * DAY for n in (2, -2, 3, -3, 4, -4, 7))
    return next(
        day
        for day in days
        if answer_why_not(problem, plan, name, day)[0].template.startswith("It could be held on")
    )


def at(on: date, hour: int) -> datetime:
    return datetime.combine(on, time(hour), UTC)


def busy(problem: Problem, n: int, on: date, hours: tuple[int, int] | None = None) -> Problem:
    """The n-th city busy on the day, from one hour to the other or to its end."""
    span = (at(on, hours[0]), at(on, hours[1])) if hours else (at(on, 0), at(on + DAY, 0))
    cities = list(problem.cities)
    cities[n] = replace(cities[n], busy=(span,))
    return replace(problem, cities=tuple(cities))


def quiet(problem: Problem, on: date) -> Problem:
    first = replace(problem.cities[0], quiet=((on, on + DAY),))
    return replace(problem, cities=(first, *problem.cities[1:]))


def forbidden(problem: Problem, on: date) -> Problem:
    return replace(problem, forbidden=(Forbidden(on, on),))


BLOCKED: dict[str, tuple[Callable[[Problem, date], Problem], list[str]]] = {
    "busy": (lambda problem, on: busy(problem, 0, on), ["Stockholm is busy."]),
    "quiet": (quiet, ["%(on)s lies in a quiet period of %(city)s."]),
    "forbidden": (forbidden, ["%(on)s is a forbidden day."]),
    "busy by day, and night for the host": (
        lambda problem, on: busy(problem, 0, on, (5, 22)),
        ["Stockholm is busy.", "It is night for the host %(city)s at the hours left."],
    ),
}


@pytest.mark.parametrize(
    ("name", "entry"),
    [(name, entry) for name in BLOCKED for entry in ("session-1", "training-2")][:-2]
    + [("busy by day, and night for the host", "training-2")],  # a session has no host
)
def test_what_blocks_a_day_is_named(problem: Problem, plan: Plan, name: str, entry: str) -> None:
    on = another_day(problem, plan, entry)
    change, templates = BLOCKED[name]
    answer = answer_why_not(change(problem, on), plan, entry, on)
    said = [each.text if "busy" in each.template else each.template for each in answer]
    assert said[: len(templates)] == templates  # a quiet period has a second local day


def test_a_member_citys_busy_day_is_no_blocker(problem: Problem, plan: Plan) -> None:
    on = another_day(problem, plan, "session-1")
    answer = answer_why_not(busy(problem, 2, on), plan, "session-1", on)
    assert "It could be held on" in answer[0].text
    member_leads = replace(
        problem, cities=(*problem.cities[:2], replace(problem.cities[2], is_required=True))
    )
    answer = answer_why_not(busy(member_leads, 2, on), plan, "session-1", on)
    assert [each.text for each in answer] == ["New York is busy."]


def test_another_event_in_the_week_is_named_with_its_day(problem: Problem, plan: Plan) -> None:
    session = entry_of(plan, "session-1").starts_at.date()
    events = {e.name: e.starts_at.date() for e in plan.entries if e.kind == "training"}
    near = min(events, key=lambda name: abs(events[name] - session))
    monday = session - timedelta(days=session.weekday())
    answer = answer_why_not(problem, plan, near, monday + DAY * (session.weekday() == 0))
    assert ("Another event stands in the same week, on %(on)s.", session) in [
        (each.template, each.values.get("on")) for each in answer
    ]


def test_a_gap_and_a_holiday_are_named_together(problem: Problem, plan: Plan) -> None:
    texts = [each.text for each in answer_why_not(problem, plan, "training-1", date(2027, 3, 26))]
    assert "It would not be 28 to 35 days from the training events before and after." in texts
    assert any("Good Friday in" in text for text in texts)


def test_a_pinned_entry_says_that_it_is_held_and_what_else_speaks_against_the_day(
    problem: Problem, plan: Plan
) -> None:
    session = entry_of(plan, "session-1")
    on = another_day(problem, plan, "session-1")
    pinned = replace(problem, pins=(Pin("session", session.starts_at.date(), session.starts_at),))
    answer = answer_why_not(busy(pinned, 0, on), checked(pinned), "session-1", on)
    assert [each.text for each in answer] == [
        "It is held where it stands: pinned or published.",
        "Stockholm is busy.",
    ]


def test_a_published_entry_says_that_it_is_held_until_it_is_unpinned_by_name(
    problem: Problem, plan: Plan
) -> None:
    session = entry_of(plan, "session-1")
    on = another_day(problem, plan, "session-1")
    there = ExistingEntry("session-1", "session", session.starts_at, 1, is_published=True)
    held = replace(problem, existing=(there,))
    answer = answer_why_not(held, checked(held), "session-1", on)
    assert "It is held where it stands: pinned or published." in [each.text for each in answer]
    free = replace(held, unpinned=("session-1",))
    answer = answer_why_not(free, checked(free), "session-1", on)
    assert "It is held" not in answer[0].text


def test_two_sittings_for_which_a_day_has_no_two_hours_are_told_so() -> None:
    problem = problem_from(
        small(cities=[city(n) for n in range(4)], cycles={"sittings": 2}, trainings=None, weeks=8)
    )
    plan = checked(problem)
    on = another_day(problem, plan, "session-1")
    cities = list(problem.cities)
    cities[0] = replace(cities[0], busy=((at(on, 0), at(on, 12)), (at(on, 14), at(on + DAY, 0))))
    answer = answer_why_not(replace(problem, cities=tuple(cities)), plan, "session-1", on)
    assert "no two open hours" in answer[0].text


def test_an_entry_that_is_not_in_the_plan_is_not_found(problem: Problem, plan: Plan) -> None:
    with pytest.raises(NotFound, match="no entry session-9"):
        answer_why_not(problem, plan, "session-9", date(2027, 2, 2))
