"""One request solved: a child process works, its progress goes into the row, and a stop asked for is obeyed.

It runs in a clock, never in a web process. The child's folder is its own and is deleted at the end.
"""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import structlog

from exchange.db import Database
from exchange.errors import InvalidInput
from exchange.models import PlanState
from exchange.planner.files.plan_file import plan_from
from exchange.planner.plan import Status
from exchange.planner.search.search_progress import CHOICE, CONFLICT
from exchange.planning.search_processes.child_control import Search
from exchange.planning.search_processes.claims import Claim, Heartbeat, finish, give_back, record_heartbeat
from exchange.planning.search_processes.search_order import Order, earliest_today

HEARTBEAT_SECONDS = 1.0
IMPOSSIBLE = "Not everything that was wished can hold together."
NO_ENTRIES = "No plan was found in the time that was given."
NO_PROGRESS = Heartbeat("", None, None, 0.0)

log = structlog.get_logger("exchange.jobs")


@dataclass(frozen=True)
class SearchContext:
    """What a search is run with."""

    database: Database
    now: Callable[[], datetime]
    is_stopping: Callable[[], bool]
    megabytes: int


def solve_claimed(context: SearchContext, claim: Claim) -> str:
    """Solve to the end, to the stop, or until this clock has to end; in words how it ended."""
    with tempfile.TemporaryDirectory(prefix="exchange-plan-") as name:
        folder = Path(name)
        progress, today = folder / "progress.jsonl", earliest_today(context.now())
        order = Order(
            folder / "problem.json",
            folder / "plan.json",
            today,
            progress,
            claim.seconds_most,
            is_choosing=True,
        )
        order.problem.write_text(json.dumps(claim.problem), encoding="utf-8")
        with Search(order, folder, context.megabytes) as search:
            left = _watch(context, claim, search)
        return left or _write_down(context, claim, search)


def _watch(context: SearchContext, claim: Claim, search: Search) -> str:
    """Record heartbeats until the search has ended; in words when it is not this clock's any more."""
    while not search.has_ended(HEARTBEAT_SECONDS):
        if context.is_stopping():
            with context.database.transaction() as session:
                give_back(session, claim)
            return f"plan {claim.id}: given back"
        with context.database.transaction() as session:
            is_stop_asked = record_heartbeat(session, claim, _last_progress(search), context.now())
        if is_stop_asked is None:
            return f"plan {claim.id}: another clock has it, or it was deleted"
        if is_stop_asked:
            search.stop()
        if search.is_overdue:
            search.end()
    return ""


def _write_down(context: SearchContext, claim: Claim, search: Search) -> str:
    plan = _plan(search.order.out)
    failure = search.failure
    if search.code != 0:
        log.error("plan failed", plan=claim.id, code=search.code, said=search.faults[-2000:])
    if plan is not None and not plan["entries"]:
        failure = failure or (NO_ENTRIES if plan["status"] != Status.INFEASIBLE else IMPOSSIBLE)
    state = _state(plan, is_complete=search.is_complete)
    with context.database.transaction() as session:
        record_heartbeat(session, claim, _last_progress(search), context.now())
        finish(session, claim, state=state, plan=plan, failure=failure, now=context.now())
    log.info("plan ended", plan=claim.id, state=str(state), code=search.code)
    return f"plan {claim.id}: {state}"


def _state(plan: dict[str, object] | None, *, is_complete: bool) -> PlanState:
    if plan is None or not plan["entries"]:
        return PlanState.FAILED
    return PlanState.DONE if is_complete else PlanState.STOPPED


def _plan(file: Path) -> dict[str, object] | None:
    """The plan in the file when it is one; a child that was killed may have left none."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        plan_from(document)
    except (OSError, ValueError, InvalidInput):
        return None
    assert isinstance(document, dict)
    return document


def _last_progress(search: Search) -> Heartbeat:
    """How far it is by the complete lines of the progress file that have numbers, and how long it works.

    A line without numbers counts when it is the first, or says that a conflict or another plan is looked for.
    """
    assert search.order.progress is not None
    try:
        lines = search.order.progress.read_text(encoding="utf-8").splitlines(keepends=True)
    except OSError:
        lines = []
    found = NO_PROGRESS
    for line in lines:
        if line.endswith("\n"):
            said = Heartbeat(**{key: value for key, value in json.loads(line).items() if key != "plan"})
            has_numbers = said.best is not None or said.bound is not None
            if has_numbers or not found.stage or said.stage in (CHOICE, CONFLICT):
                found = said
    return replace(found, seconds=search.seconds)
