"""Writes the instances of docs/planner-benchmark.md anew: ``python -m tests.bench.write_instances 15 52``.

Each is a file of plain JSON: the problem, every city's holidays, and the best that our planner knows of it.
"""

import json
import sys
from datetime import date, timedelta
from pathlib import Path

from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.plan import Entry, Plan
from exchange.planner.solve import solve
from tests.planner import check_plan
from tests.planner.instances import document

FOLDER = Path(__file__).parent / "instances"
COMPARED = ("clashes", "outside", "worst", "total")


def instance_of(cities: int, weeks: int) -> dict:
    """The instance without what is known of it; all that the holidays package says stands in it."""
    problem = document_of(problem_from(document(cities, weeks)))
    first = date.fromisoformat(str(problem["start_on"])) - timedelta(days=2)
    days = [first + timedelta(days=n) for n in range(7 * weeks + 4)]
    rows = problem["cities"]
    assert isinstance(rows, list)
    holidays = {}
    for city in rows:
        found = {on.isoformat(): check_plan._holiday(city, on) for on in days}
        holidays[city["id"]] = {on: name for on, name in found.items() if name}
        city["weekend"] = sorted({on.weekday() for on in days if check_plan._is_weekend(city, on)})
    return {"problem": problem, "holidays": holidays}


def best_of(plan: Plan) -> dict:
    """What the planner has proven, and its plan as another solver would write it."""
    compared = [each for each in plan.objective if each.name in COMPARED]
    return {
        "values": {each.name: each.value for each in compared},
        "bounds": {each.name: each.bound for each in compared},
        "entries": [_written(entry) for entry in plan.entries],
    }


def _written(entry: Entry) -> dict:
    starts = f"{entry.starts_at:%Y-%m-%dT%H:%M:%S}+00:00"
    whose = {"cycle": entry.cycle} if entry.cycle else {"host": entry.host, "training": entry.training}
    return {"kind": entry.kind, "starts_at": starts} | whose


def write(cities: int, weeks: int) -> None:
    """Solve it and keep it."""
    instance = instance_of(cities, weeks)
    known = best_of(solve(problem_from(instance["problem"])))
    text = json.dumps(instance | {"best": known}, indent=1, ensure_ascii=False)
    (FOLDER / f"{cities}x{weeks // 52}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    write(int(sys.argv[1]), int(sys.argv[2]))
