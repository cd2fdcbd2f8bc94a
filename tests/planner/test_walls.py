"""Days are days on a wall: of the lead city for sessions, of the host for training events; never of UTC."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from exchange.errors import InvalidInput
from exchange.planner.files.plan_file import plan_document
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.plan import Entry, Plan
from exchange.planner.problem.problem import Forbidden, Problem
from exchange.planner.solve import answer_why_not, solve
from exchange.planning.search_processes.plan_as_text import plan_lines
from tests.planner.check_plan import broken_rules
from tests.planner.small_problems import small

FAR = {
    "auckland": ("Pacific/Auckland", "NZ", "AUK"),
    "honolulu": ("Pacific/Honolulu", "US", "HI"),
    "los-angeles": ("America/Los_Angeles", "US", "CA"),
}


@pytest.fixture(scope="module", params=FAR)
def problem(request: pytest.FixtureRequest) -> Problem:
    """One of three leads and hosts alone, so that all is in its working day; two of them change clocks."""
    zone, country, subdivision = FAR[request.param]
    where = {"country": country, "subdivision": subdivision}
    city = {"id": request.param, "time_zone": zone, "holidays": where, "lead": True}
    document = small(cities=[city], give_up=["hosts in turn"]) | {"start_on": "2027-02-08"}
    return problem_from(document | {"preferred_weekdays": [0]})


@pytest.fixture(scope="module")
def plan(problem: Problem) -> Plan:
    return solved(problem)


def solved(problem: Problem) -> Plan:
    plan = solve(problem)
    assert broken_rules(document_of(problem), plan_document(plan)) == []
    return plan


def wall(problem: Problem, entry: Entry) -> datetime:
    return entry.starts_at.astimezone(ZoneInfo(problem.cities[0].time_zone))


def test_all_of_a_monday_is_a_monday_in_the_first_and_the_last_hour(problem: Problem, plan: Plan) -> None:
    """In Auckland a working Monday begins on UTC's Sunday, and half of Honolulu's is UTC's Tuesday."""
    assert {wall(problem, entry).weekday() for entry in plan.entries} == {0}
    weeks = [problem.week_of(wall(problem, e).date()) + 1 for e in plan.entries if e.kind == "session"]
    assert weeks
    assert set(weeks) <= {5, 6}
    early, late = solved(_open_only(problem, 8, 11)), solved(_open_only(problem, 15, 18))
    for found in (early, late):
        assert {wall(problem, entry).weekday() for entry in found.entries} == {0}
    assert {wall(problem, entry).hour < 12 for entry in early.entries} == {True}
    assert {wall(problem, entry).hour > 12 for entry in late.entries} == {True}


def _open_only(problem: Problem, first_hour: int, last_hour: int) -> Problem:
    """The problem with the city's day so short."""
    (city,) = problem.cities
    hours = tuple(datetime(2027, 1, 1, hour, tzinfo=UTC).time() for hour in (first_hour, last_hour))
    return replace(problem, cities=(replace(city, core=hours, shoulder=hours),))


def test_a_day_is_forbidden_asked_about_and_told_on_the_wall(problem: Problem, plan: Plan) -> None:
    for entry in plan.entries:
        on = wall(problem, entry).date()
        assert problem.date_of(entry) == on
        (said,) = answer_why_not(problem, plan, entry.name, on)
        assert (said.template, said.values) == ("It stands on %(on)s.", {"on": on})
        forbidden = replace(problem, forbidden=(Forbidden(on, on, entry.kind),))
        moved = next(each for each in solved(forbidden).entries if each.name == entry.name)
        assert wall(problem, moved).date() != on
        closed = answer_why_not(forbidden, solved(forbidden), entry.name, on)
        assert ("%(on)s is a forbidden day.", on) in [(e.template, e.values.get("on")) for e in closed]
    places = [e.values for entry in plan.entries for e in entry.reasons if "instants" in e.values]
    assert places
    for values in places:
        first = datetime.fromisoformat(str(values["instants"]).split()[0])
        shown = first.astimezone(ZoneInfo(problem.cities[0].time_zone))
        assert (values["on"], values["at"]) == (shown.date(), f"{shown:%H:%M} in {problem.cities[0].id}")


def test_a_pin_and_what_stands_are_on_the_day_of_the_wall(problem: Problem, plan: Plan) -> None:
    entry = next(each for each in plan.entries if each.kind == "training")
    on, at = wall(problem, entry).date(), f"{entry.starts_at:%Y-%m-%dT%H:%M:%SZ}"
    document = document_of(problem)
    pin = {"kind": "training", "starts_at": at, "host": entry.host}
    pinned = problem_from(document | {"pins": [pin]})
    assert pinned.pins[0].on == on
    assert any(each.is_held and each.starts_at == entry.starts_at for each in solved(pinned).entries)
    stands = {"name": "old", "kind": "training", "host": entry.host, "starts_at": at, "published": True}
    assert problem_from(document | {"standing": [stands]}).history()[0].on == on
    with pytest.raises(InvalidInput, match="is not the day on which it starts in"):
        problem_from(document | {"pins": [pin | {"on": f"{on + timedelta(days=3)}"}]})


def test_lines_for_a_terminal_show_the_wall(problem: Problem, plan: Plan) -> None:
    lines = plan_lines(problem, plan)
    for entry in plan.entries:
        shown = f"{wall(problem, entry):%a %Y-%m-%d %H:%M} in {problem.cities[0].id}"
        assert any(line.startswith(shown) and entry.name in line for line in lines)


def test_two_sittings_are_on_one_day_of_the_lead_city() -> None:
    zones = {"auckland": FAR["auckland"][0], "london": "Europe/London"}
    cities = [{"id": name, "time_zone": zone, "lead": name == "auckland"} for name, zone in zones.items()]
    problem = problem_from(small(weeks=8, cities=cities, cycles={"sittings": 2}, trainings=None))
    (entry,) = solved(problem).entries
    days = {at.astimezone(ZoneInfo(zones["auckland"])).date() for at in entry.sittings}
    assert days == {problem.date_of(entry)}
