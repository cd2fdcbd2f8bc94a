"""exchange plan: a problem file becomes a plan file, with news of the search on the way.

Not the search (exchange.planner). A plan found so far stands in the plan file at every moment, so that
whoever ends this process keeps it; SIGTERM and Ctrl-C end the search and keep the best.
"""

import json
import os
import resource
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TextIO

from exchange.clock import utc_now
from exchange.errors import ConfigurationError, InvalidInput
from exchange.planner.checks import check_not_past
from exchange.planner.plan import Plan
from exchange.planner.plan_file import plan_document
from exchange.planner.problem import Problem
from exchange.planner.problem_file import problem_from
from exchange.planner.progress import News, Progress
from exchange.planner.solve import answer_why_not, solve

MOST_MEMORY = 2 * 2**30  # the largest instance needs less than a quarter
MOST_BYTES = 20_000_000  # a problem file of four years and 120 cities has one


@dataclass
class Stop:
    """Set by a SIGTERM or Ctrl-C."""

    is_asked: bool = False

    def ask(self, _number: int, _frame: object) -> None:
        """End the search soon, and keep the best."""
        self.is_asked = True


@contextmanager
def _listening() -> Iterator[Stop]:
    """Hears SIGTERM and Ctrl-C for as long as it is open."""
    stop = Stop()
    before = {number: signal.signal(number, stop.ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _capped() -> Iterator[None]:
    """Memory within MOST_MEMORY: who wants more is refused, and what was found stays in its file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = MOST_MEMORY if hard == resource.RLIM_INFINITY else min(MOST_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    try:
        yield
    except MemoryError as error:
        raise ConfigurationError(
            "This problem is too large for %(mebibytes)s MiB of memory: plan fewer cities or weeks.",
            mebibytes=most // 2**20,
        ) from error
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def read_problem(file: Path) -> Problem:
    """The problem in a file, not in the past. One sentence for every fault."""
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
    check_not_past(problem, utc_now().date())
    return problem


def make_plan(problem: Problem, seconds: float | None, out: Path | None, news: Path | None) -> Plan:
    """Solve, write the plan to ``out`` whenever it is better, and news as lines of JSON to ``news``."""
    with ExitStack() as stack:
        stop = stack.enter_context(_listening())
        file = stack.enter_context(_opened(news)) if news else None
        progress = Progress(_teller(out, file), lambda: stop.is_asked, seconds)
        stack.enter_context(_capped())
        plan = solve(problem, progress)
    if out:
        write_plan(out, plan)
    return plan


def _opened(news: Path) -> TextIO:
    try:
        return news.open("a", encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            "%(file)s cannot be written: %(cause)s.", file=news, cause=error.strerror
        ) from error


def write_plan(out: Path, plan: Plan) -> None:
    """The plan file, whole or not at all."""
    new = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        new.write_text(json.dumps(plan_document(plan), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        new.replace(out)
    except OSError as error:
        raise ConfigurationError(
            "%(file)s cannot be written: %(cause)s.", file=out, cause=error.strerror
        ) from error


def plan_lines(plan: Plan) -> list[str]:
    """A plan in a few lines for a terminal."""
    lines = [note.text for note in plan.notes]
    lines += [
        f"{entry.starts_at:%a %Y-%m-%d %H:%M}Z  {entry.minutes:3} min  {entry.name}"
        + (f", {entry.training}, host {entry.host}" if entry.host else "")
        for entry in plan.entries
    ]
    lines += [f"{each.name}: {each.value}" + _proof(each.value, each.bound) for each in plan.objective]
    lines += [f"Cannot hold together: {each.sentence.text}" for each in plan.conflict]
    lines += [f"It would do to: {repair.text}" for repair in plan.repairs]
    ended = f"; ended by: {plan.limit}" if plan.limit else ""
    return [*lines, f"{plan.status} by {plan.method} in {plan.seconds:.1f} s{ended}"]


def why_not_lines(problem: Problem, plan: Plan, questions: Sequence[str]) -> list[str]:
    """An answer to each question, written as the name of an entry and a date: training-3=2027-04-12."""
    lines = []
    for question in questions:
        name, _, day = question.partition("=")
        try:
            on = date.fromisoformat(day)
        except ValueError as error:
            raise InvalidInput(
                "%(question)s: write the name of an entry and a date, like training-3=2027-04-12.",
                question=question[:60],
            ) from error
        answer = answer_why_not(problem, plan, name, on)
        lines.append(f"{name} not on {day}: {' '.join(sentence.text for sentence in answer)}")
    return lines


def reason_lines(plan: Plan) -> list[str]:
    """Why each entry stands where it stands, and what each city bears beside the mean and the least."""
    mean = sum(each.burden + each.before for each in plan.burden.values()) / max(1, len(plan.burden))
    bound = next((each.bound for each in plan.objective if each.name == "worst"), None)
    least = "" if bound is None else f"; the most burdened city bears {bound} at least"
    lines = [f"On the mean a city bears {mean:.1f}{least}."]
    lines += [
        f"{city} bears {each.burden}" + (f" beside {each.before} before" if each.before else "")
        for city, each in plan.burden.items()
    ]
    for entry in plan.entries:
        lines.append(f"{entry.name}: {entry.reason}")
        lines += [f"  {note.text}" for note in entry.notes]
    return lines


def _proof(value: int, bound: int | None) -> str:
    if bound is None:
        return ""
    return " (proven)" if value <= bound else f" (no plan below {bound})"


def _teller(out: Path | None, file: TextIO | None) -> Callable[[News], None]:
    def tell(news: News) -> None:
        if out and news.plan:
            write_plan(out, news.plan)
        if file:
            line = {
                "stage": news.stage,
                "best": news.best,
                "bound": news.bound,
                "seconds": round(news.seconds, 3),
                "plan": news.plan is not None,
            }
            file.write(json.dumps(line) + "\n")
            file.flush()

    return tell
