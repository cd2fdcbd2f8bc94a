"""exchange plan: a problem file becomes a plan file, searched in a child process as a clock does it.

SIGTERM and Ctrl-C end the search and keep the best; a child that dies leaves the best plan and a sentence.
"""

import json
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypedDict, Unpack

import click

from exchange.clock import utc_now
from exchange.commands.printed import DAY, FILE, say
from exchange.errors import ConfigurationError
from exchange.planner.files.example_problem import example
from exchange.planner.files.plan_file import plan_from
from exchange.planner.files.problem_file import problem_from
from exchange.planning.search_processes.child_control import BROKEN, Search
from exchange.planning.search_processes.plan_as_text import plan_lines
from exchange.planning.search_processes.search_order import Order, earliest_today
from exchange.settings import load_settings

LOOK_SECONDS = 0.5  # how soon a stop is passed on


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
def scratch_folder() -> Iterator[Path]:
    """A folder for one search, deleted at the end."""
    with tempfile.TemporaryDirectory(prefix="exchange-plan-") as name:
        yield Path(name)


def run_plan(order: Order, folder: Path, megabytes: int) -> tuple[list[str], str]:
    """Search in a child; what to say, and why it failed ("" when it did not)."""
    with _listening() as stop, Search(order, folder, megabytes) as search:
        while not search.has_ended(LOOK_SECONDS):
            if stop.is_asked:
                search.stop()
            if search.is_overdue:
                search.end()
        if search.code == 0:
            return search.said.splitlines(), ""
        return _kept(search), _sentence(search)


def _sentence(search: Search) -> str:
    """Why it failed; this terminal is the log."""
    return search.failure if search.failure != BROKEN else f"The search failed: {search.faults[-500:]}"


def _kept(search: Search) -> list[str]:
    """The best plan that a search left when it did not come to its end."""
    if not search.has_plan:
        return []
    plan = plan_from(json.loads(search.order.out.read_text(encoding="utf-8")))
    problem = problem_from(json.loads(search.order.problem.read_text(encoding="utf-8")))
    return [*plan_lines(problem, plan), "This is the best plan that was found until the search ended."]


class _Asked(TypedDict):
    seconds: float | None
    explain: bool
    choices: bool
    progress: Path | None
    why_not: tuple[str, ...]


@click.command()
@click.argument("file", required=False, type=FILE, metavar="PROBLEM.json")
@click.option("--seconds", type=click.FloatRange(min=0.1), help="Stop after so long and keep the best plan.")
@click.option("--out", type=FILE, help="Write PLAN.json here.")
@click.option("--explain", is_flag=True, help="Also say why each entry stands where it stands.")
@click.option("--choices", is_flag=True, help="Also look for a gentler and a cheaper plan to choose from.")
@click.option("--progress", type=FILE, help="Add news as lines of JSON.")
@click.option("--why-not", multiple=True, metavar="ENTRY=DATE", help="Say why an entry is not on that day.")
@click.option("--as-of", type=DAY, help="Plan as on that day instead of today: for a file kept from then.")
@click.option("--example", "is_example", is_flag=True, help="Print a problem to begin with.")
def plan(
    file: Path | None, as_of: datetime | None, is_example: bool, out: Path | None, **asked: Unpack[_Asked]
) -> None:
    """Plan the sessions and training events of PROBLEM.json (docs/planner.md) fairly for every city."""
    today = as_of.date() if as_of else earliest_today(utc_now())
    if is_example:
        say(json.dumps(example(today), indent=1))
        return
    if file is None:
        raise click.UsageError("Name a PROBLEM.json, or say --example for one.")
    news = asked["progress"].absolute() if asked["progress"] else None
    with scratch_folder() as folder:
        order = Order(
            file.absolute(),
            (out or folder / "plan.json").absolute(),
            today,
            news,
            asked["seconds"],
            asked["explain"],
            asked["why_not"],
            asked["choices"],
        )
        lines, failure = run_plan(order, folder, load_settings().plan_megabytes)
    say(*lines)
    if failure:
        raise ConfigurationError("%(failure)s", failure=failure)
