"""The planner on its five instances, beside the two ways a person plans; figures for docs/planner.md.

Each instance runs in a process of its own, so that its peak memory is its own; seconds are of the
processor, as multiples of the same run's candidate generation.
"""

import json
import resource
import subprocess
import sys
import time

from exchange.planner.files.plan_file import plan_document
from exchange.planner.files.problem_file import document_of
from exchange.planner.model.assignment import Placement
from exchange.planner.model.candidates import Candidates
from exchange.planner.search.greedy import greedy
from exchange.planner.search.plan_from_assignment import values_of
from exchange.planner.search.search_progress import Progress, ProgressReport
from exchange.planner.solve import solve
from exchange.settings import ROOT
from tests.bench.habits import account, fixed_tuesday, next_feasible
from tests.planner.check_plan import broken_rules
from tests.planner.instances import INSTANCES, instance

PATIENCE_SECONDS = 3600
BLOCKS = ("weekend or holiday", "forbidden", "busy", "same week", "gaps", "member holidays")


def measure() -> None:
    """Print a line for each instance, then the table of habits."""
    rows = [_in_a_process(cities, weeks) for cities, weeks in INSTANCES]
    for row in rows:
        print(_search_line(row))
    print("worst / total; what is broken")
    for row in rows:
        print(f"{row['name']:8} {'; '.join(_habit(name, row[name]) for name in _WAYS)}")


_WAYS = ("fixed Tuesday", "next feasible", "greedy plan", "planner")


def _in_a_process(cities: int, weeks: int) -> dict:
    command = [sys.executable, "-m", "tests.bench.planner", str(cities), str(weeks)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def _search_line(row: dict) -> str:
    objective = ", ".join(f"{name} {value} ({bound})" for name, value, bound in row["objective"])
    times = ", ".join(f"{name} x{row[name] / row['candidates']:.1f}" for name in ("first", "total", "whole"))
    return (
        f"{row['name']:8} {objective}; candidates {row['candidates']:.2f} s, {times};"
        f" {row['mebibytes']} MiB; broken rules: {row['broken']}; ended by: {row['limit'] or 'itself'}"
    )


def _habit(name: str, counts: dict) -> str:
    broken = ", ".join(f"{counts[key]} {key}" for key in BLOCKS if counts.get(key))
    return f"{name}: {counts['worst']} / {counts['total']}" + (f", {broken}" if broken else "")


def _run(cities: int, weeks: int) -> dict:
    import highspy  # noqa: F401  (loading the solver is no part of the search)

    problem = instance(cities, weeks)
    Candidates(problem)  # loads the holidays, which is no part of either
    began = time.process_time()
    candidates = Candidates(problem)
    seconds = time.process_time() - began
    times: dict[str, float] = {}
    began = time.process_time()

    def look(news: ProgressReport) -> None:
        if news.plan and "first" not in times:
            times["first"] = time.process_time() - began
        if news.stage == "settled total":
            times["total"] = time.process_time() - began

    plan = solve(problem, Progress(look))
    whole = time.process_time() - began
    document, answer = document_of(problem), plan_document(plan)
    return {
        "name": f"{cities} x {weeks // 52}",
        "candidates": seconds,
        "whole": whole,
        "objective": [(each.name, each.value, each.bound) for each in plan.objective],
        "limit": plan.limit,
        "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "broken": len(broken_rules(document, answer)),
        "fixed Tuesday": account(document, fixed_tuesday(document)),
        "next feasible": account(document, next_feasible(document)),
        "greedy plan": _greedy(candidates, greedy(candidates)),
        "planner": account(document, answer["entries"]),
    } | times


def _greedy(candidates: Candidates, assignment: list[Placement] | None) -> dict[str, int]:
    if assignment is None:
        return {"worst": 0, "total": 0, "found nothing": 1}
    values = values_of(candidates, assignment)
    return {"worst": values.worst, "total": values.total, "member holidays": values.clashes}


if __name__ == "__main__":
    print(json.dumps(_run(int(sys.argv[1]), int(sys.argv[2]))))
