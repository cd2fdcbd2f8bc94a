"""exchange plan as people and jobs run it: files in and out, one sentence for each refusal, a stop."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from exchange.commands import commands
from exchange.commands.run_planner import run_plan
from exchange.errors import ConfigurationError, ExchangeError
from exchange.planner.files.plan_file import plan_document, plan_from
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planning.search_processes.search_order import Order, carry_out, order_from
from exchange.settings import ROOT
from tests.planner.check_plan import broken_rules
from tests.planner.instances import document
from tests.planner.small_problems import small

PATIENCE_SECONDS = 120
TODAY = date(2026, 11, 24)
AS_OF = ("--as-of", TODAY.isoformat())


def run(*arguments: object) -> str:
    done = CliRunner().invoke(commands, ["plan", *map(str, arguments), *AS_OF], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def problem_file(tmp_path: Path) -> Path:
    file = tmp_path / "PROBLEM.json"
    file.write_text(json.dumps(small()))
    return file


def test_the_example_is_a_problem_that_can_be_planned(tmp_path: Path) -> None:
    file = tmp_path / "PROBLEM.json"
    file.write_text(run("--example"))
    assert "total: " in run(file, "--seconds", 20)


def test_a_plan_is_written_with_its_reasons_and_its_news(problem_file: Path, tmp_path: Path) -> None:
    out, progress = tmp_path / "PLAN.json", tmp_path / "news"
    question = "session-1=2027-02-06"
    said = run(problem_file, "--out", out, "--progress", progress, "--explain", "--why-not", question)
    written = json.loads(out.read_text())
    assert written["status"] == "optimal"
    assert plan_document(plan_from(written)) == written
    assert "The next best hour of the day" in said
    clocks = ", ".join(
        f"{city} {at:%a %H:%M}"
        for city, text in written["entries"][0]["local"].items()
        if (at := datetime.fromisoformat(text))
    )
    assert f"  {clocks}" in said  # nobody bears anything for the first entry
    assert "is a weekend in" in said
    lines = [json.loads(line) for line in progress.read_text().splitlines()]
    assert lines[0]["plan"] is True
    assert {"stage", "best", "bound", "seconds", "plan"} == set(lines[0])
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_file_kept_from_an_earlier_year_is_planned_as_of_then(tmp_path: Path) -> None:
    file = tmp_path / "PROBLEM.json"
    file.write_text(json.dumps(small() | {"start_on": "2024-01-08"}))
    done = CliRunner().invoke(commands, ["plan", str(file)])
    assert "2024-01-08 is before today" in str(done.exception)
    done = CliRunner().invoke(commands, ["plan", str(file), "--as-of", "2023-11-24"])
    assert done.exit_code == 0
    assert "total: " in done.output


def refusal(order: Order) -> str:
    with pytest.raises(ExchangeError) as found:
        carry_out(order, lambda: False)
    return str(found.value)


def test_what_cannot_be_read_is_refused_in_one_sentence(problem_file: Path, tmp_path: Path) -> None:
    broken, out = tmp_path / "broken.json", tmp_path / "PLAN.json"
    broken.write_text('{"start_on": ')
    assert "is not JSON" in refusal(Order(broken, out, TODAY))
    broken.write_text("[" * 100_000)
    assert "is not JSON" in refusal(Order(broken, out, TODAY))
    broken.write_text(json.dumps(small() | {"start_on": "2020-01-06"}))
    assert refusal(Order(broken, out, TODAY)).startswith("start_on: ")
    assert "cannot be written" in refusal(Order(problem_file, tmp_path / "nowhere" / "PLAN.json", TODAY))
    assert "cannot be written" in refusal(Order(problem_file, out, TODAY, tmp_path / "nowhere" / "news"))
    assert "write the name of an entry and a date" in refusal(
        Order(problem_file, out, TODAY, questions=("x",))
    )
    assert "no entry session-9" in refusal(
        Order(problem_file, out, TODAY, questions=("session-9=2027-02-06",))
    )


def test_refusals_come_through_the_command_before_anything_is_searched(
    problem_file: Path, tmp_path: Path
) -> None:
    done = CliRunner().invoke(commands, ["plan", str(tmp_path / "nowhere.json")])
    assert isinstance(done.exception, ConfigurationError)
    assert str(done.exception).endswith("nowhere.json cannot be read: No such file or directory.")
    done = CliRunner().invoke(commands, ["plan", str(problem_file), "--why-not", "x", *AS_OF])
    assert isinstance(done.exception, ConfigurationError)
    assert str(done.exception).startswith("x: write the name")
    assert "plan that was found" not in done.output


def test_an_order_goes_to_another_process_unchanged(tmp_path: Path) -> None:
    for order in (
        Order(tmp_path, tmp_path / "ö", TODAY),
        Order(tmp_path, tmp_path, TODAY, tmp_path, 1.5, True, ("a=b", "c=d")),
    ):
        assert order_from(order.as_text()) == order


def test_without_the_solver_the_plan_is_greedy_and_says_so(problem_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "PLAN.json"
    hidden = "import sys; sys.modules['highspy'] = sys.modules['numpy'] = None;"
    hidden += "from exchange.planning.search_processes.child import main; main()"
    command = [sys.executable, "-c", hidden, "500", Order(problem_file, out, TODAY).as_text()]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("This is the greedy plan: the solver is not installed")
    plan = json.loads(out.read_text())
    assert (plan["method"], plan["status"]) == ("greedy", "feasible")
    counted = [each for each in plan["objective"] if each["bound"] is not None]
    assert all(each["bound"] <= each["value"] for each in counted)


def begun(file: Path, out: Path) -> tuple[subprocess.Popen[str], Path]:
    """The command at its work with a first plan, and its child."""
    file.write_text(json.dumps(document(15, 52)))
    command = [sys.executable, "-m", "exchange", "plan", str(file), "--out", str(out), *AS_OF]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_until(out.exists)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert len(children) == 1
    return process, Path("/proc") / children[0]


def wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.faults)])
def test_a_search_that_is_told_to_stop_keeps_its_best_plan_and_leaves_no_child(
    tmp_path: Path, number: signal.Signals
) -> None:
    out = tmp_path / "PLAN.json"
    process, child = begun(tmp_path / "PROBLEM.json", out)
    process.send_signal(number)
    said, faults = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, faults) == (0, "")
    assert not child.exists()
    assert "ended by: " in said
    plan = json.loads(out.read_text())
    assert "stopped" in plan["limit"]
    assert broken_rules(document_of(problem_from(document(15, 52))), plan) == []


@pytest.mark.faults
@pytest.mark.parametrize("victim", ["child", "command"])
def test_a_search_that_is_killed_leaves_its_plan_and_no_child(tmp_path: Path, victim: str) -> None:
    out = tmp_path / "PLAN.json"
    process, child = begun(tmp_path / "PROBLEM.json", out)
    os.kill(int(child.name) if victim == "child" else process.pid, signal.SIGKILL)
    said, faults = process.communicate(timeout=PATIENCE_SECONDS)
    if victim == "child":
        assert (process.returncode, faults.count("\n")) == (1, 1)
        assert "not enough memory" in faults
        assert "This is the best plan that was found" in said
    wait_until(lambda: not child.exists())
    plan = json.loads(out.read_text())
    assert broken_rules(document_of(problem_from(document(15, 52))), plan) == []


def test_too_little_memory_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "PROBLEM.json"
    file.write_text(json.dumps(document(15, 52)))  # a small one finds room in what is loaded already
    lines, failure = run_plan(Order(file, tmp_path / "PLAN.json", TODAY), tmp_path, 20)
    assert lines == []
    assert failure.startswith("There was not enough memory for this search.")


@pytest.mark.faults
@pytest.mark.parametrize("megabytes", [100, 150, 200, 220, 228, 232, 236, 240, 244, 248, 256])
def test_little_memory_gives_a_plan_or_a_sentence_and_the_best_plan_until_then(
    tmp_path: Path, megabytes: int
) -> None:
    file, out = tmp_path / "PROBLEM.json", tmp_path / "PLAN.json"
    file.write_text(json.dumps(document(15, 52)))
    lines, failure = run_plan(Order(file, out, TODAY, seconds=20), tmp_path, megabytes)
    assert failure == "" or failure.startswith("There was not enough memory for this search.")
    assert bool(lines) == out.exists()
    assert failure or lines
    if lines:
        complete = document_of(problem_from(document(15, 52)))
        assert broken_rules(complete, json.loads(out.read_text())) == []
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_problem_too_large_for_the_time_keeps_its_best_plan_and_says_so(tmp_path: Path) -> None:
    file, out = tmp_path / "PROBLEM.json", tmp_path / "PLAN.json"
    file.write_text(json.dumps(document(15, 52)))
    said = run(file, "--seconds", 1, "--out", out)
    assert "ended by: " in said
    assert "seconds" in said
    plan = json.loads(out.read_text())
    assert plan["status"] == "feasible"
    assert "seconds" in plan["limit"]
    assert broken_rules(document_of(problem_from(document(15, 52))), plan) == []
