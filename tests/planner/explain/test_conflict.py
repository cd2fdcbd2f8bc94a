"""Impossible problems: the conflict that is named is one, and minimal, by the word of a model of its own."""

from dataclasses import replace

import pytest
from hypothesis import event, given, reject, settings

from exchange.errors import InvalidInput
from exchange.planner.explain.conflict import explain_conflict
from exchange.planner.explain.conflict import has_plan as is_possible
from exchange.planner.files.problem_changes import with_changes
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.plan import Status
from exchange.planner.problem.problem import Problem
from exchange.planner.search.search_progress import Progress
from exchange.planner.solve import solve
from tests.planner.any_problems import any_problems
from tests.planner.direct_model import best_of, has_plan
from tests.planner.small_problems import city, small
from tests.planner.test_optimum import QUIET
from tests.share import SHARES


def check_conflict_of(problem: Problem) -> list[str]:
    """The groups of the conflict of a problem that has no plan."""
    document = document_of(problem)
    explained = explain_conflict(problem, Progress())
    numbers = sorted({each.number for each in explained.conflict})
    assert numbers[:1] == [1]
    for number in numbers:
        names = [each.rule for each in explained.conflict if each.number == number]
        assert not has_plan(document, names), names
        for name in names:
            assert has_plan(document, [each for each in names if each != name]), (name, names)
    return [each.rule.split(":")[0] for each in explained.conflict]


def check_any(document: dict) -> None:
    try:
        problem = problem_from(document)
    except InvalidInput:
        reject()
    if is_possible(problem):
        reject()
    for group in check_conflict_of(problem):
        event(group)


@given(any_problems())
@settings(QUIET, max_examples=3)
def test_a_conflict_is_one_and_dropping_any_member_makes_it_feasible(document: dict) -> None:
    check_any(document)


@pytest.mark.slow
@given(any_problems())
@settings(QUIET, max_examples=5 * SHARES)
def test_conflicts_of_any_problems_are_minimal(document: dict) -> None:
    check_any(document)


FORTNIGHT = [["2027-02-01", "2027-02-14"]]
NAMED: dict[str, tuple[dict, set[str]]] = {
    "every session week of a cycle forbidden": ({"forbidden_on": FORTNIGHT}, {"sessions", "forbidden"}),
    "a city quiet in a cycle's session weeks": (
        {"cities": [city(0, quiet=FORTNIGHT), city(1), city(2)], "trainings": None},
        {"sessions", "quiet"},
    ),
    "a city busy in a cycle's session weeks": (
        {
            "cities": [city(0), city(1, busy=[["2027-01-30T00:00Z", "2027-02-16T00:00Z"]])],
            "trainings": None,
        },
        {"sessions", "busy"},
    ),
    "two pins of one cycle": (
        {
            "trainings": None,
            "pins": [{"kind": "session", "on": "2027-02-03"}, {"kind": "session", "on": "2027-02-10"}],
        },
        {"sessions", "held"},
    ),
    "pins too near": (
        {
            "cycles": None,
            "pins": [{"kind": "training", "on": "2027-01-13"}, {"kind": "training", "on": "2027-01-26"}],
        },
        {"gaps", "held"},
    ),
    "a pin in the only week of a session": (
        {
            "cycles": {"session_weeks": [5]},
            "pins": [{"kind": "training", "on": "2027-02-03"}],
        },
        {"sessions", "weeks", "held"},
    ),
    "one host for all": (
        {"trainings": {"minutes": [120], "hosts": ["C0"]}},
        {"count", "hosts in turn"},
    ),
    "pins of one host twice running": (
        {
            "cycles": None,
            "pins": [
                {"kind": "training", "on": "2027-01-20", "host": "C0"},
                {"kind": "training", "on": "2027-02-19", "host": "C0"},
            ],
        },
        {"hosts in turn", "held"},
    ),
    "a host who never has a working hour": (
        {
            "cycles": None,
            "cities": [
                city(0),
                city(1),
                city(2, lead=True, core=["09:00", "09:30"], shoulder=["09:00", "09:30"]),
            ],
            "weeks": 13,
        },
        {"count", "hosts"},
    ),
    "a season that is forbidden": (
        {
            "cycles": None,
            "weeks": 13,
            "trainings": {
                "kinds": [
                    {"name": "training", "minutes": 120},
                    {"name": "conference", "minutes": 180, "per_year": 1, "weeks": [5, 6]},
                ]
            },
            "forbidden_on": FORTNIGHT,
        },
        {"kinds", "forbidden"},
    ),
    "a pin of a kind of which there is to be none": (
        {
            "cycles": None,
            "trainings": {
                "kinds": [
                    {"name": "training", "minutes": 120},
                    {"name": "workshop", "minutes": 180, "per_year": 0},
                ]
            },
            "pins": [{"kind": "training", "training": "workshop", "on": "2027-01-20"}],
        },
        {"kinds", "held"},
    ),
    "a quiet period that one event cannot cross, nor two": (
        {
            "cycles": None,
            "weeks": 8,
            "cities": [city(0, quiet=[["2027-01-21", "2027-02-19"]]), city(1), city(2)],
            "trainings": {"minutes": [120], "count": 1, "gap_days": [21, 30]},
        },
        {"gaps", "quiet"},
    ),
    "a kind of which there is to be none would suit the one city that is free": (
        {
            "cycles": None,
            "cities": [city(0, quiet=[["2027-01-12", "2027-03-01"]]), city(1), city(2)],
            "trainings": {
                "kinds": [
                    {"name": "training", "minutes": 120},
                    {"name": "drill", "minutes": 60, "per_year": 0, "takes_part": ["C1"]},
                ]
            },
        },
        {"kinds", "quiet", "gaps"},
    ),
    "the days after the last event before the horizon forbidden": (
        {
            "cycles": None,
            "trainings": {"minutes": [120], "last_on": "2026-12-09"},
            "forbidden_on": [["2027-01-04", "2027-01-13"]],
        },
        {"gaps", "forbidden"},
    ),
    "every day of a month a holiday or forbidden": (
        {"cycles": None, "forbidden_on": [["2027-01-12", "2027-03-01"]]},
        {"gaps", "forbidden"},
    ),
}


@pytest.mark.parametrize("name", NAMED)
def test_conflicts_of_every_kind_name_their_rules_and_the_cheapest_way_out_works(name: str) -> None:
    changes, wanted = NAMED[name]
    problem = problem_from(small(**changes))
    assert best_of(document_of(problem)) is None
    groups = set(check_conflict_of(problem))
    assert wanted <= groups, groups
    plan = solve(problem)
    assert plan.status is Status.INFEASIBLE
    assert plan.repairs
    for repair in plan.repairs:
        mended = problem_from(with_changes(document_of(problem), repair.changes))
        assert best_of(document_of(mended)) is not None, repair.text


def test_a_season_too_near_a_published_event_is_a_conflict_whatever_the_count() -> None:
    """Without the number of events the gaps still bind what is free beside what is published."""
    published = {"kind": "training", "host": "C1", "name": "published", "published": True}
    kinds = [
        {"name": "training", "minutes": 120},
        {"name": "conference", "minutes": 120, "per_year": 1, "weeks": [5, 7]},
    ]
    problem = problem_from(
        small(
            cycles=None,
            weeks=13,
            trainings={"kinds": kinds, "count": 3},
            standing=[published | {"starts_at": "2027-02-24T12:00:00Z"}],
        )
    )
    groups = check_conflict_of(problem)
    assert {"gaps", "kinds", "held"} == set(groups)


def test_the_gentlest_repair_is_the_least_that_is_enough() -> None:
    """A hole of 39 days: the longest gap grows until an event stands on either side."""
    problem = problem_from(
        small(
            cycles=None,
            trainings={"minutes": [120], "count": 3},
            weeks=13,
            forbidden_on=[["2027-02-02", "2027-03-12"]],
        )
    )
    plan = solve(problem)
    said = next(repair for repair in plan.repairs if repair.values.keys() == {"least", "most"})
    least, most = said.values["least"], said.values["most"]
    trainings = problem.trainings
    assert trainings is not None
    for gap, is_enough in (((least, most), True), ((28, most - 3 if most > 38 else 35), False)):
        wider = replace(problem, trainings=replace(trainings, gap_days=gap))
        assert (best_of(document_of(wider)) is not None) is is_enough


def test_a_search_for_the_cause_that_is_cut_short_says_so() -> None:
    problem = problem_from(small(forbidden_on=FORTNIGHT))
    said: list[str] = []
    plan = solve(problem, Progress(lambda news: said.append(news.stage), lambda: "conflict" in said))
    assert (plan.status, plan.limit) == (Status.INFEASIBLE, "stopped")
    assert len(plan.conflict) > len(solve(problem).conflict)


def test_pauses_that_the_planner_chooses_are_a_way_out_with_as_few_cycles_less_as_need_be() -> None:
    """Of two cycles of eight weeks in seventeen the second has its session in forbidden weeks."""
    changes = {"weeks": 17, "trainings": None, "forbidden_on": [["2027-03-29", "2027-04-11"]]}
    problem = problem_from(small(**changes))
    plan = solve(problem)
    said = next(repair for repair in plan.repairs if repair.values.keys() == {"cycles"})
    assert said.values["cycles"] == 2
    cycles = {"pauses": "choose", "count": 2}
    assert best_of(document_of(problem_from(small(**changes, cycles=cycles)))) is not None
