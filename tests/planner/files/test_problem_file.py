"""PROBLEM.json: one sentence with the path for each fault, and a round trip that changes nothing."""

import json
from copy import deepcopy
from datetime import date

import pytest

from exchange.errors import InvalidInput
from exchange.planner.files.example_problem import example
from exchange.planner.files.plan_file import plan_document, plan_from
from exchange.planner.files.problem_checks import check_not_past
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.solve import solve

TODAY = date(2026, 11, 24)

MANY_KINDS = [{"name": "training", "minutes": 60}] + [
    {"name": f"kind {n}", "minutes": 61 + n, "per_year": 0} for n in range(11)
]

FAULTS = [
    (("cities", 1, "time_zone"), "Europe/Londinium", "cities[1].time_zone"),
    (("cities", 0, "id"), "LON", "cities[0].id"),
    (("cities", 2, "holidays"), {"country": "XX"}, "cities[2].holidays.country"),
    (("cities", 2, "holidays"), {"country": "US", "subdivision": "ZZ"}, "cities[2].holidays.subdivision"),
    (("cities", 2, "holidays"), {"subdivision": "DC"}, "cities[2].holidays.country"),
    (("cities", 0, "core"), ["17:00", "09:00"], "cities[0].core"),
    (("cities", 0, "core"), ["9", "17"], "cities[0].core[0]"),
    (("cities", 0, "core"), ["06:00", "17:00"], "cities[0].core"),
    (("cities", 0, "quiet"), [["2027-02-01", "2027-01-01"]], "cities[0].quiet[0]"),
    (("cities", 0, "quiet"), [["2026-12-01", "2028-01-01"]], "cities[0]"),
    # from a Monday to a Friday: what is left are weekends
    (("cities", 0, "quiet"), [["2026-12-28", "2027-06-25"]], "cities[0]"),
    (("cities", 0, "weekend"), [0, 1, 2, 3, 4, 5, 6], "cities[0]"),
    (("cities", 0, "busy"), [["2027-02-01T10:00Z", "2027-02-01T09:00Z"]], "cities[0].busy[0]"),
    (("cities", 0, "busy"), [["2027-02-01T10:00", "2027-02-01T11:00"]], "cities[0].busy[0][0]"),
    (("cities",), [], "cities"),
    (("cities",), [{"id": str(n), "time_zone": "UTC"} for n in range(121)], "cities"),
    (("start_on",), "2027-01-05", "start_on"),
    (("start_on",), "Monday", "start_on"),
    (("weeks",), 209, "weeks"),
    (("weeks",), True, "weeks"),
    (("step_minutes",), 7, "step_minutes"),
    (("cycles", "cadence_weeks"), 7, "cycles.cadence_weeks"),
    (("cycles", "session_weeks"), [9], "cycles.session_weeks[0]"),
    (("cycles", "count"), 9, "cycles.count"),
    (("cycles", "pauses"), [["2027-02-01", "2027-01-01"]], "cycles.pauses[0]"),
    (("cycles", "pauses"), "choose", "cycles.count"),
    (("cycles", "takes_part"), {"1": ["OSL"]}, "cycles.takes_part.1"),
    (("trainings", "gap_days"), [35, 28], "trainings.gap_days"),
    (("trainings", "gap_days"), [28, 60], "trainings.gap_days"),
    (("trainings", "count"), 40, "trainings.gap_days"),
    (("trainings", "count"), 2, "trainings.gap_days"),
    (("trainings", "hosts"), ["OSL"], "trainings.hosts[0]"),
    (("trainings", "last_on"), "2026-12-28", "trainings.last_on"),
    (("trainings", "last_on"), "2026-11-22", "trainings.last_on"),
    (("trainings", "kinds"), [{"name": "a", "minutes": 60, "per_year": 2}], "trainings.kinds"),
    (("forbidden_on",), [["2027-02-01", "2027-01-01"]], "forbidden_on[0]"),
    (("max_allowance",), -1, "max_allowance"),
    (("max_allowance",), float("nan"), "max_allowance"),
    (("past_burden",), {"OSL": 3}, "past_burden"),
    (("past_burden",), {"LON": -3}, "past_burden.LON"),
    (("burden",), {"per": "hour"}, "burden.per"),
    (("burden",), {"shoulder": 5}, "burden.night"),
    (("pins",), [{"kind": "training", "on": "2031-01-01"}], "pins[0]"),
    (("pins",), [{"kind": "session", "on": "2026-12-29"}], "pins[0]"),
    (
        ("pins",),
        [{"kind": "training", "on": "2027-02-02"}, {"kind": "session", "on": "2027-02-04"}],
        "pins[1]",
    ),
    (
        ("standing",),
        [{"name": "old", "kind": "session", "starts_at": "2027-01-06T14:00Z", "published": True}],
        "standing: old",
    ),
    (
        ("pins",),
        [{"kind": "session", "starts_at": "2027-01-27T14:00Z", "second_at": "2027-01-27T18:00Z"}],
        "pins[0].second_at",
    ),
    (
        ("pins",),
        [{"kind": "session", "starts_at": "2027-01-27T14:00Z", "second_at": "2027-01-27T13:00Z"}],
        "pins[0].second_at",
    ),
    (("unpinned",), ["training-9"], "unpinned[0]"),
    (("colour",), "red", "colour"),
]


@pytest.mark.parametrize(("place", "value", "path"), FAULTS)
def test_a_fault_is_one_sentence_that_begins_with_its_path(
    place: tuple[str | int, ...], value: object, path: str
) -> None:
    document = deepcopy(example(TODAY))
    into = document
    for key in place[:-1]:
        into = into[key]
    into[place[-1]] = value
    with pytest.raises(InvalidInput) as refused:
        problem_from(document)
    assert refused.value.field == path
    assert str(refused.value).startswith(f"{path}: ")
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("document", [None, 3, [], "text", {}])
def test_what_is_no_problem_at_all_is_refused(document: object) -> None:
    with pytest.raises(InvalidInput):
        problem_from(document)


def test_a_horizon_before_today_is_refused() -> None:
    problem = problem_from(example(TODAY))
    with pytest.raises(InvalidInput, match=r"^start_on: .* is before today"):
        check_not_past(problem, date(2027, 6, 1))
    check_not_past(problem, TODAY)


def test_a_problem_and_its_plan_come_back_from_json_unchanged() -> None:
    problem = problem_from(example(TODAY))
    document = document_of(problem)
    assert problem_from(json.loads(json.dumps(document))) == problem
    assert document_of(problem_from(document)) == document
    plan = solve(problem)
    assert plan_from(json.loads(json.dumps(plan_document(plan)))) == plan


def test_a_problem_that_is_too_large_says_so() -> None:
    document = deepcopy(example(TODAY)) | {"weeks": 208}
    city = document["cities"][0]
    document["cities"] = [{**city, "id": str(n)} for n in range(60)]
    document["trainings"] = {"kinds": MANY_KINDS}
    with pytest.raises(InvalidInput, match=r"^trainings.hosts: 60 hosts .* too large a problem"):
        problem_from(document)
    choosing = {"weeks": 1, "cadence_weeks": 1, "session_weeks": [1], "pauses": "choose", "count": 100}
    with pytest.raises(InvalidInput, match=r"^cycles.pauses: "):
        problem_from(
            example(TODAY) | {"weeks": 208, "cycles": choosing | {"session_weeks": [1]}, "trainings": None}
        )
