"""One search as it is ordered: read the problem, write the best plan whenever it is better, tell the news.

It runs in a process of its own (child.py). What cannot be read or written is refused in one sentence.
"""

import json
import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

from exchange.errors import ConfigurationError, InvalidInput
from exchange.planner.choices import solve_with_choices
from exchange.planner.files.plan_file import plan_document
from exchange.planner.files.problem_checks import check_not_past
from exchange.planner.files.problem_file import problem_from
from exchange.planner.plan import Plan
from exchange.planner.problem.problem import Problem
from exchange.planner.search.search_progress import Progress, ProgressReport
from exchange.planner.solve import solve
from exchange.planning.search_processes.plan_as_text import (
    asked_days,
    plan_lines,
    reason_lines,
    why_not_lines,
)
from exchange.rules.time.timezones import LAST_WALL, wall_time

MOST_BYTES = 20_000_000  # a problem file of four years and 120 cities has one


@dataclass(frozen=True)
class Order:
    """What is to be solved, when, for how long at most, where the plan goes, and what else is asked."""

    problem: Path
    out: Path
    today: date  # nothing is planned before it
    progress: Path | None = None
    seconds: float | None = None
    is_explaining: bool = False
    questions: tuple[str, ...] = ()
    is_choosing: bool = False  # other plans are to be had beside the one asked for

    def as_text(self) -> str:
        """As an argument of a process."""
        return json.dumps(asdict(self), default=str)


def earliest_today(now: datetime) -> date:
    """The date on the last wall of the world: what is before it is past everywhere."""
    return wall_time(now, LAST_WALL).on


def order_from(text: str) -> Order:
    """What as_text wrote."""
    said = json.loads(text)
    paths = {name: Path(said[name]) if said[name] else None for name in ("problem", "out", "progress")}
    parsed = {"today": date.fromisoformat(said["today"]), "questions": tuple(said["questions"])}
    return Order(**said | paths | parsed)


def carry_out(order: Order, is_stopped: Callable[[], bool]) -> list[str]:
    """Search to the end or the stop; the plan in lines."""
    problem = read_problem(order.problem, order.today)
    asked_days(order.questions)  # what cannot be read is refused before the search, not after it
    with ExitStack() as stack:
        progress = stack.enter_context(_opened(order.progress)) if order.progress else None
        search = solve_with_choices if order.is_choosing else solve
        plan = search(problem, Progress(_reporter(order.out, progress), is_stopped, order.seconds))
    write_plan(order.out, plan)
    reasons = reason_lines(plan) if order.is_explaining else []
    return [*plan_lines(problem, plan), *reasons, *why_not_lines(problem, plan, order.questions)]


def read_problem(file: Path, today: date) -> Problem:
    """The problem in a file, not before ``today``. One sentence for every fault."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise InvalidInput("%(file)s is larger than %(most)s bytes.", file=file, most=MOST_BYTES)
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(
            "%(file)s cannot be read: %(cause)s.", file=file, cause=error.strerror
        ) from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput("%(file)s is not JSON: %(cause)s.", file=file, cause=error) from error
    problem = problem_from(document)
    check_not_past(problem, today)
    return problem


def write_plan(out: Path, plan: Plan) -> None:
    """The plan file, complete or not at all."""
    new = unfinished(out, os.getpid())
    try:
        new.write_text(json.dumps(plan_document(plan), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        new.replace(out)
    except OSError as error:
        raise ConfigurationError(
            "%(file)s cannot be written: %(cause)s.", file=out, cause=error.strerror
        ) from error


def unfinished(out: Path, process: int) -> Path:
    """Where a process writes what becomes the plan file."""
    return out.with_name(f".{out.name}.{process}")


def _opened(progress: Path) -> TextIO:
    try:
        return progress.open("a", encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            "%(file)s cannot be written: %(cause)s.", file=progress, cause=error.strerror
        ) from error


def _reporter(out: Path, file: TextIO | None) -> Callable[[ProgressReport], None]:
    def report(now: ProgressReport) -> None:
        if now.plan:
            write_plan(out, now.plan)
        if file:
            line = {
                "stage": now.stage,
                "best": now.best,
                "bound": now.bound,
                "seconds": round(now.seconds, 3),
                "plan": now.plan is not None,
            }
            file.write(json.dumps(line) + "\n")
            file.flush()

    return report
