"""The kept instances and their checker: plans are worth what the planner says, planted faults are found."""

import ast
import json
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from exchange.planner.files.problem_file import problem_from
from exchange.planner.model.assignment import assignment_from
from exchange.planner.model.candidates import Candidates
from exchange.planner.plan import Entry
from exchange.planner.search.plan_from_assignment import values_of
from tests.planner import check_plan
from tests.planner.check_plan import broken_by_entries, completed, counted, main, problem_of

FOLDER = Path(__file__).parents[1] / "bench" / "instances"
INSTANCES = sorted(path.stem for path in FOLDER.glob("*.json"))
WITH_PLANS = ["3x1", "15x1"]  # looked at in every run; the others take long to count


def instance(name: str) -> dict:
    """A kept instance."""
    found = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("name", INSTANCES)
def test_every_instance_is_a_problem_with_values_above_its_bounds(name: str) -> None:
    given = instance(name)
    problem = problem_from(given["problem"])
    assert set(given["holidays"]) == {city.id for city in problem.cities}
    assert given["best"]["values"].keys() == given["best"]["bounds"].keys()
    assert all(value >= given["best"]["bounds"][key] for key, value in given["best"]["values"].items())


@pytest.mark.parametrize("name", WITH_PLANS)
def test_a_kept_plan_is_worth_what_the_planner_and_the_checker_count(name: str) -> None:
    given = instance(name)
    entries = completed(problem_of(given), given["best"]["entries"])
    assert broken_by_entries(problem_of(given), entries) == []
    assert counted(problem_of(given), entries) == given["best"]["values"]
    candidates = Candidates(problem_from(given["problem"]))
    values = values_of(candidates, assignment_from(candidates, [_entry(each) for each in entries]))
    assert {key: getattr(values, key) for key in given["best"]["values"]} == given["best"]["values"]


def _entry(written: dict) -> Entry:
    at = datetime.fromisoformat(written["starts_at"])
    known = {key: written[key] for key in ("name", "kind", "minutes", "cycle", "host", "training")}
    return Entry(starts_at=at, sittings=(at,), local={}, burden={}, **known)


def _later(entry: dict, **by: int) -> None:
    entry["starts_at"] = (datetime.fromisoformat(entry["starts_at"]) + timedelta(**by)).isoformat()


def _first(entries: list[dict], kind: str) -> dict:
    return next(each for each in entries if each["kind"] == kind)


def _hosts_alike(entries: list[dict]) -> None:
    for each in entries:
        if each["kind"] == "training":
            each["host"] = "LON"


FAULTS = {
    "an exchange without its session": (
        lambda entries: entries.remove(_first(entries, "session")),
        "one session",
    ),
    "an event too few": (
        lambda entries: entries.remove(_first(entries, "training")),
        "11 training events, not 12",
    ),
    "off the grid": (lambda entries: _later(entries[0], minutes=10), "off the grid"),
    "a Saturday": (lambda entries: _later(_first(entries, "session"), days=4), "is a weekend in"),
    "a session out of its weeks": (
        lambda entries: _later(_first(entries, "session"), days=21),
        "of its cycle",
    ),
    "an event too late": (lambda entries: _later(_first(entries, "training"), days=14), "a gap of"),
    "the host's night": (lambda entries: _later(_first(entries, "training"), hours=9), "at its host's night"),
    "one host for all": (_hosts_alike, "a host twice running"),
    "outside the horizon": (lambda entries: _later(entries[-1], days=90), "outside the horizon"),
    "a conference out of its season": (
        lambda e: _first(e, "training").update(training="conference"),
        "out of its season",
    ),
}


@pytest.mark.parametrize(("plant", "said"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_found(plant: object, said: str) -> None:
    given = instance("3x1")
    assert callable(plant)
    plant(given["best"]["entries"])
    problem = problem_of(given)
    found = broken_by_entries(problem, completed(problem, given["best"]["entries"]))
    assert any(said in fault for fault in found), found


def test_the_holidays_of_an_instance_are_those_that_plans_are_checked_by() -> None:
    """Each day of the year for each city; when the package knows better, the instances are written anew."""
    given = instance("15x1")
    by_instance = {city["id"]: city for city in problem_of(given)["cities"]}
    first = datetime.fromisoformat(given["problem"]["start_on"])
    for city in given["problem"]["cities"]:
        for n in range(364):
            on = (first + timedelta(days=n)).date()
            assert check_plan._holiday(city, on) == check_plan._holiday(by_instance[city["id"]], on)


def test_the_checker_is_one_file_of_plain_python(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = ast.parse(Path(check_plan.__file__).read_text(encoding="utf-8"))
    names = [n for node in tree.body if isinstance(node, ast.Import) for n in [a.name for a in node.names]]
    names += [str(node.module) for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names
    plan = tmp_path / "PLAN.json"
    plan.write_text(json.dumps({"entries": instance("3x1")["best"]["entries"]}), encoding="utf-8")
    assert main(str(FOLDER / "3x1.json"), str(plan)) == 0
    assert capsys.readouterr().out == "clashes 0, outside 0, worst 3, total 5\nThe plan keeps every rule.\n"
    plan.write_text(json.dumps({"entries": []}), encoding="utf-8")
    assert main(str(FOLDER / "3x1.json"), str(plan)) == 1
