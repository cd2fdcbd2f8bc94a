"""Reasons: what the next best hour and day are said to cost is what rules and clocks on the walls say."""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product
from zoneinfo import ZoneInfo

import pytest

from exchange.planner.files.plan_file import plan_document
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.plan import Entry, Plan
from exchange.planner.problem.problem import Problem
from exchange.planner.solve import answer_why_not
from exchange.rules.sentences import Sentence
from tests.planner.check_plan import _attended, _blocked, _clashing, _structure, zone_of
from tests.planner.small_problems import city, small
from tests.planner.test_planning import checked

HOURS = [timedelta(hours=n) for n in range(-24, 48)]
NEAR_DAYS = 4
Costs = dict[tuple[datetime, ...], tuple[tuple[int, int, int], bool]]


@pytest.fixture(scope="module", params=[1, 2], ids=["one sitting", "two sittings"])
def problem(request: pytest.FixtureRequest) -> Problem:
    """Four cities that cannot all have a good hour, over the weeks in which their clocks change."""
    cities = [city(0), city(1), city(2, lead=True), city(3)]
    cycles = {"sittings": request.param}
    return problem_from(
        small(cities=cities, cycles=cycles, past_burden={"C3": 3}) | {"start_on": "2027-02-08"}
    )


@pytest.fixture(scope="module")
def plan(problem: Problem) -> Plan:
    return checked(problem)


def test_the_next_best_hour_costs_what_is_said_and_none_costs_less(problem: Problem, plan: Plan) -> None:
    for entry in plan.entries:
        said = _after(entry.reasons, "The next best hour")
        others = [
            cost
            for cost, is_alike in _costs(problem, plan, entry, problem.date_of(entry)).values()
            if not is_alike
        ]
        assert (said is None) == (not others), entry.name
        if said is not None:
            assert _costs(problem, plan, entry, problem.date_of(entry))[_way(said[0])][0] == min(others)
            _check_words(said[1], min(others))


def test_the_next_best_day_costs_what_is_said_and_none_nearby_costs_less(
    problem: Problem, plan: Plan
) -> None:
    for entry in plan.entries:
        said = _after(entry.reasons, "The next best day")
        days = [problem.date_of(entry) + timedelta(days=n) for n in range(-NEAR_DAYS, NEAR_DAYS + 1) if n]
        near = [cost for on in days for cost, _ in _costs(problem, plan, entry, on).values()]
        if said is None:
            assert near == [], entry.name
            continue
        way = _way(said[0])
        there = _costs(problem, plan, entry, _on(said[0]))[way][0]
        assert there <= min(near, default=there)
        _check_words(said[1], there)


def test_a_day_that_is_free_is_answered_with_its_cost(problem: Problem, plan: Plan) -> None:
    answered = 0
    for entry, n in product(plan.entries, range(-NEAR_DAYS, NEAR_DAYS + 1)):
        on = problem.date_of(entry) + timedelta(days=n)
        answer = answer_why_not(problem, plan, entry.name, on)
        if n and answer[0].template.startswith("It could be held on"):
            costs = _costs(problem, plan, entry, on)
            least = min(cost for cost, _ in costs.values())
            assert costs[_way(answer[0])][0] == least
            _check_words(answer[1], least)
            answered += 1
        elif n:
            assert not _costs(problem, plan, entry, on), (entry.name, on, answer)
    assert answered


def _after(reasons: tuple[Sentence, ...], start: str) -> tuple[Sentence, Sentence] | None:
    """The sentence that begins so, and the one after it."""
    for place, costs in pairwise(reasons):
        if place.template.startswith(start):
            return place, costs
    return None


def _way(place: Sentence) -> tuple[datetime, ...]:
    return tuple(datetime.fromisoformat(each) for each in str(place.values["instants"]).split())


def _on(place: Sentence) -> date:
    on = place.values["on"]
    assert isinstance(on, date)
    return on


def _check_words(costs: Sentence, cost: tuple[int, int, int]) -> None:
    """The sentence says the numbers, and which of them it says."""
    clashes, worst, total = cost
    if cost == (0, 0, 0):
        assert "would cost the same" in costs.text
    elif cost < (0, 0, 0):
        assert "better by itself" in costs.text
    elif clashes:
        assert f"{clashes} more holidays" in costs.text
    elif worst:
        assert f"bears most {worst} more" in costs.text
        assert f"all together {'the same' if not total else abs(total)}" in costs.text
        assert ("less" in costs.text) == (total < 0)
    else:
        assert f"all together {total} more" in costs.text


_KNOWN: dict[tuple[object, ...], Costs] = {}


def _costs(problem: Problem, plan: Plan, entry: Entry, on: date) -> Costs:
    """As below, worked out once for all tests."""
    key = (problem.cycles.sittings if problem.cycles else 0, entry.name, on)
    if key not in _KNOWN:
        _KNOWN[key] = _found_costs(problem, plan, entry, on)
    return _KNOWN[key]


def _found_costs(problem: Problem, plan: Plan, entry: Entry, on: date) -> Costs:
    """For each way to hold the entry on a day by all rules: what it costs more, and whether it costs each
    city the same as now."""
    document, written = document_of(problem), plan_document(plan)
    now = _counts(document, written)
    zone = ZoneInfo(zone_of(document, entry.host))
    near = (datetime(on.year, on.month, on.day, tzinfo=UTC) + hour for hour in HOURS)
    starts = [at for at in near if at.astimezone(zone).date() == on]
    ways = [(at,) for at in starts] if len(entry.sittings) == 1 else list(product(starts, starts))
    found = {}
    for way in ways:
        if list(way) == sorted(set(way)):
            moved = _moved(document, written, entry.name, way)
            if moved is not None:
                then = _counts(document, moved)
                burden = next(each for each in moved["entries"] if each["name"] == entry.name)["burden"]
                cost = tuple(a - b for a, b in zip(then, now, strict=True))
                found[way] = (cost, burden == dict(entry.burden))
    return found


def _moved(document: dict, written: dict, name: str, way: tuple[datetime, ...]) -> dict | None:
    """The plan with the entry moved, when it keeps every rule."""
    entry = deepcopy(next(each for each in written["entries"] if each["name"] == name))
    entry["sittings"] = [at.isoformat() for at in way]
    entry["starts_at"] = entry["sittings"][0]
    if any(_blocked(each, entry) for each in document["cities"]):
        return None
    for each in document["cities"]:
        if each["id"] in entry["burden"]:
            points, _, at = _attended(document, each, entry)
            entry["burden"][each["id"]] = points
            local = at.astimezone(ZoneInfo(each["time_zone"])).replace(tzinfo=None)
            entry["local"][each["id"]] = local.isoformat()
    entries = [entry, *(each for each in written["entries"] if each["name"] != name)]
    return None if _structure(document, entries) else written | {"entries": entries}


def _counts(document: dict, written: dict) -> tuple[int, int, int]:
    borne = dict(document["past_burden"])
    for entry in written["entries"]:
        for each, points in entry["burden"].items():
            borne[each] = borne.get(each, 0) + points
    clashes = sum(_clashing(document, entry) for entry in written["entries"])
    return clashes, max(borne.values()), sum(borne.values())


def test_of_places_that_cost_the_same_a_preferred_weekday_without_warnings_is_named() -> None:
    document = small(cycles=None, trainings={"minutes": [120]})
    plan = checked(problem_from(document | {"preferred_weekdays": [2]}))
    said = [_after(entry.reasons, "The next best day") for entry in plan.entries]
    assert any(each and "not on a preferred weekday" in each[1].text for each in said)
