"""exchange plan as people and jobs run it: files in and out, one sentence for each refusal, a stop."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from exchange.commands import commands
from exchange.errors import ConfigurationError, ExchangeError, InvalidInput
from exchange.planner.plan_file import plan_document, plan_from
from exchange.planner.problem_file import document_of, problem_from
from exchange.settings import ROOT
from tests.planner.check_plan import broken_rules
from tests.planner.instances import document
from tests.planner.small_problems import small

PATIENCE_SECONDS = 120


def run(*arguments: object) -> str:
    done = CliRunner().invoke(commands, ["plan", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def refused(*arguments: object) -> str:
    with pytest.raises(ExchangeError) as found:
        run(*arguments)
    return str(found.value)


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
    out, news = tmp_path / "PLAN.json", tmp_path / "news"
    question = "session-1=2027-02-06"
    said = run(problem_file, "--out", out, "--progress", news, "--explain", "--why-not", question)
    written = json.loads(out.read_text())
    assert written["status"] == "optimal"
    assert plan_document(plan_from(written)) == written
    assert "The next best hour of the day" in said
    assert "is a weekend in" in said
    lines = [json.loads(line) for line in news.read_text().splitlines()]
    assert lines[0]["plan"] is True
    assert {"stage", "best", "bound", "seconds", "plan"} == set(lines[0])
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_what_cannot_be_read_is_refused_in_one_sentence(problem_file: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"start_on": ')
    assert "is not JSON" in refused(broken)
    broken.write_text("[" * 100_000)
    assert "is not JSON" in refused(broken)
    assert "cannot be read" in refused(tmp_path / "nowhere.json")
    broken.write_text(json.dumps(small() | {"start_on": "2020-01-06"}))
    assert refused(broken).startswith("start_on: ")
    assert "cannot be written" in refused(problem_file, "--out", tmp_path / "nowhere" / "PLAN.json")
    assert "cannot be written" in refused(problem_file, "--progress", tmp_path / "nowhere" / "news")
    assert "write the name of an entry and a date" in refused(problem_file, "--why-not", "session-1")
    assert "no entry session-9" in refused(problem_file, "--why-not", "session-9=2027-02-06")


def test_refusals_are_of_the_kinds_that_the_command_line_shows(problem_file: Path) -> None:
    with pytest.raises(InvalidInput):
        run(problem_file, "--why-not", "x")
    with pytest.raises(ConfigurationError):
        run("nowhere.json")


def test_without_the_solver_the_plan_is_greedy_and_says_so(problem_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "PLAN.json"
    hidden = "import sys; sys.modules['highspy'] = sys.modules['numpy'] = None;"
    hidden += "from exchange.commands import main; main()"
    command = [sys.executable, "-c", hidden, "plan", str(problem_file), "--out", str(out)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("This is the greedy plan: the solver is not installed")
    plan = json.loads(out.read_text())
    assert (plan["method"], plan["status"]) == ("greedy", "feasible")
    assert all(each["bound"] is None for each in plan["objective"])


def test_a_search_that_is_told_to_stop_keeps_its_best_plan(tmp_path: Path) -> None:
    file, out, news = tmp_path / "PROBLEM.json", tmp_path / "PLAN.json", tmp_path / "news"
    file.write_text(json.dumps(document(15, 52)))
    command = [
        sys.executable,
        "-m",
        "exchange",
        "plan",
        str(file),
        "--out",
        str(out),
        "--progress",
        str(news),
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    began = time.monotonic()
    while not out.exists() and time.monotonic() - began < PATIENCE_SECONDS:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGTERM)
    said, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0
    assert "ended by: stopped" in said
    plan = json.loads(out.read_text())
    assert plan["limit"] == "stopped"
    assert broken_rules(document_of(problem_from(document(15, 52))), plan) == []


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
