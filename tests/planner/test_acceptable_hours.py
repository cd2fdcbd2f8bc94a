"""Hours in which a city may be asked to come: kept before any burden, at a price or altogether."""

from datetime import date, timedelta

import pytest

from exchange.errors import InvalidInput
from exchange.planner.files.plan_file import plan_document
from exchange.planner.files.problem_changes import with_changes
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.plan import Plan, Status
from exchange.planner.solve import answer_why_not, solve
from tests.planner.check_plan import broken_rules
from tests.planner.direct_model import best_of
from tests.planner.small_problems import START_ON, city, small

WAKING = ["08:00", "21:00"]


def sessions(cities: list[dict], **changes: object) -> dict:
    """One session of a few cities in eight weeks."""
    return small(8, cities=cities, trainings=None, step_minutes=30, **changes)


def london_and_sydney(**hours: object) -> list[dict]:
    """Two cities ten or eleven hours apart, both with hours."""
    return [city(1, **hours), city(3, lead=False, required=False, **hours)]


def value(plan: Plan, name: str) -> int:
    return next(each.value for each in plan.objective if each.name == name)


def wall(plan: Plan, city_id: str) -> str:
    return f"{plan.entries[0].local[city_id]:%H:%M}"


def test_hours_at_a_price_come_before_any_burden() -> None:
    """By burden alone one of the two is at work and the other in bed; within their hours neither is."""
    short = {"core": ["10:00", "12:00"], "shoulder": ["10:00", "12:00"]}
    document = sessions(london_and_sydney(**short), cycles={"session_minutes": 60})
    assert value(solve(problem_from(document)), "total") == 4
    cities = london_and_sydney(**short, acceptable=["09:00", "21:00"])
    document = document_of(problem_from(document | {"cities": cities}))
    kept = solve(problem_from(document))
    assert (value(kept, "outside"), value(kept, "total")) == (0, 8)
    assert (wall(kept, "C1"), wall(kept, "C3")) == ("09:00", "20:00")
    assert broken_rules(document, plan_document(kept)) == []


def test_a_price_says_who_is_asked_where_no_hour_is_good_for_all() -> None:
    """Los Angeles, London and Sydney are never awake together."""
    cities = [*london_and_sydney(acceptable=WAKING), city(5, lead=False, required=False, acceptable=WAKING)]
    for dear in ("C1", "C3", "C5"):
        priced = [each | {"outside": 5 if each["id"] == dear else 1} for each in cities]
        problem = problem_from(sessions(priced))
        plan = solve(problem)
        assert plan.status is Status.OPTIMAL
        assert value(plan, "outside") == best_of(document_of(problem)).outside == 1
        assert "08:00" <= wall(plan, dear) <= "19:30"
        told = [note.text for note in plan.entries[0].notes]
        assert sum("does not lie between 08:00 and 21:00 in" in each for each in told) == 1


def test_hours_never_left_can_be_a_conflict_whose_repair_makes_a_price_of_them() -> None:
    cities = [*london_and_sydney(acceptable=WAKING, outside="never"), city(5, lead=False, required=False)]
    cities[2] |= {"acceptable": WAKING, "outside": "never"}
    document = document_of(problem_from(sessions(cities)))
    plan = solve(problem_from(document))
    assert plan.status is Status.INFEASIBLE
    assert {each.rule for each in plan.conflict} == {"sessions", "hours: C1", "hours: C3", "hours: C5"}
    assert "Every event lies between 08:00 and 21:00 in London." in [c.sentence.text for c in plan.conflict]
    repair = next(each for each in plan.repairs if "only where it can be" in each.text)
    ((path, price),) = repair.changes.items()
    assert (path.split(".")[1], price) == ("outside", 1)
    mended = with_changes(document, repair.changes)
    again = solve(problem_from(mended))
    assert broken_rules(mended, plan_document(again)) == []
    assert value(again, "outside") == 1


def test_two_sittings_ask_each_city_at_the_one_in_its_hours() -> None:
    """No single hour is in the hours of all three; of two sittings each has one."""
    cities = [*london_and_sydney(acceptable=WAKING, outside="never"), city(5, lead=False, required=False)]
    cities[2] |= {"acceptable": WAKING, "outside": "never"}
    document = document_of(problem_from(sessions(cities, cycles={"sittings": 2})))
    plan = solve(problem_from(document))
    assert plan.status is Status.OPTIMAL
    assert broken_rules(document, plan_document(plan)) == []
    assert value(plan, "outside") == 0


def test_what_is_held_stands_outside_the_hours_and_says_so() -> None:
    on = START_ON + timedelta(days=29)
    pin = {"kind": "session", "on": on.isoformat(), "starts_at": f"{on}T03:00:00Z"}
    cities = london_and_sydney(acceptable=WAKING, outside="never")
    plan = solve(problem_from(sessions(cities, pins=[pin])))
    assert plan.status is Status.OPTIMAL
    assert value(plan, "outside") == 1
    assert "It does not lie between 08:00 and 21:00 in London." in [n.text for n in plan.entries[0].notes]


@pytest.mark.parametrize(("at", "walls"), [(None, {"10:00", "11:00"}), ("18:00:00", {"18:00", "23:00"})])
def test_a_day_that_is_held_breaks_no_never_that_a_pair_of_its_hours_keeps(
    at: str | None, walls: set[str]
) -> None:
    """London, never to be asked outside, was cheaper to ask then than the others at their price."""
    on = START_ON + timedelta(days=29)
    pin = {"kind": "session", "on": on.isoformat(), "starts_at": f"{on}T{at}Z" if at else None}
    hours = {key: ["10:00", "12:00"] for key in ("core", "shoulder", "acceptable")}
    cities = [*london_and_sydney(**hours, outside=5), city(5, lead=False, required=False, **hours, outside=5)]
    cities[0]["outside"] = "never"
    rules = {"sittings": 2, "session_minutes": 60}
    document = document_of(problem_from(sessions(cities, cycles=rules, pins=[pin])))
    plan = solve(problem_from(document))
    assert wall(plan, "C1") in walls
    assert value(plan, "outside") == best_of(document).outside == (1 if at else 5)
    assert broken_rules(document, plan_document(plan)) == []


def test_reasons_say_whom_another_hour_would_ask() -> None:
    plan = solve(problem_from(sessions(london_and_sydney(acceptable=WAKING))))
    assert "That is outside the acceptable hours of London." in plan.entries[0].reason


def test_a_day_without_hours_for_all_is_refused_by_their_names() -> None:
    """Until London's clocks change no ninety minutes are in the hours of both."""
    cities = london_and_sydney(acceptable=["09:00", "21:00"], outside="never")
    cities[1]["acceptable"] = WAKING
    problem = problem_from(sessions(cities, start_on="2027-02-22"))
    plan = solve(problem)
    assert plan.entries[0].starts_at.date() >= date(2027, 3, 28)
    told = [each.text for each in answer_why_not(problem, plan, "session-1", date(2027, 3, 24))]
    assert sorted(told) == [
        "Nothing is held before 08:00 or after 21:00 in Sydney.",
        "Nothing is held before 09:00 or after 21:00 in London.",
    ]


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ({"acceptable": ["22:00", "07:00"]}, "cities[0].acceptable: 07:00 is not after 22:00."),
        ({"acceptable": ["10:00", "22:00"]}, "cities[0].acceptable: the core must lie within"),
        ({"outside": "seldom"}, 'cities[0].outside: expected "never" or a whole number from 1 to 1000'),
        ({"outside": 0}, "cities[0].outside: expected a whole number from 1 to 1000"),
    ],
)
def test_hours_that_cannot_be_are_refused_at_their_place(hours: dict, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        problem_from(sessions([city(1, **hours)]))
    assert str(refused.value).startswith(said)
