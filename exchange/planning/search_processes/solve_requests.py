"""One request solved: a child process works, its news go into the row, and a stop asked for is obeyed.

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
from exchange.planner.plan import Status
from exchange.planner.plan_file import plan_from
from exchange.planner.progress import CONFLICT
from exchange.planning.child_search import Search
from exchange.planning.claims import Beat, Claim, beat, finish, give_back
from exchange.planning.orders import Order

BEAT_SECONDS = 1.0
IMPOSSIBLE = "Not everything that was wished can hold together."
NO_ENTRIES = "No plan was found in the time that was given."
NO_NEWS = Beat("", None, None, 0.0)

log = structlog.get_logger("exchange.jobs")


@dataclass(frozen=True)
class Desk:
    """What a search is run with."""

    database: Database
    now: Callable[[], datetime]
    is_stopping: Callable[[], bool]
    megabytes: int


def solve_claimed(desk: Desk, claim: Claim) -> str:
    """Solve to the end, to the stop, or until this clock has to end; in words how it ended."""
    with tempfile.TemporaryDirectory(prefix="exchange-plan-") as name:
        folder = Path(name)
        news, today = folder / "news.jsonl", desk.now().date()
        order = Order(folder / "problem.json", folder / "plan.json", today, news, claim.seconds_most)
        order.problem.write_text(json.dumps(claim.problem), encoding="utf-8")
        with Search(order, folder, desk.megabytes) as search:
            left = _watch(desk, claim, search)
        return left or _write_down(desk, claim, search)


def _watch(desk: Desk, claim: Claim, search: Search) -> str:
    """Beat until the search has ended; in words when it is not this clock's any more."""
    while not search.has_ended(BEAT_SECONDS):
        if desk.is_stopping():
            with desk.database.transaction() as session:
                give_back(session, claim)
            return f"plan {claim.id}: given back"
        with desk.database.transaction() as session:
            is_stop_asked = beat(session, claim, _last_news(search), desk.now())
        if is_stop_asked is None:
            return f"plan {claim.id}: another clock has it, or it was deleted"
        if is_stop_asked:
            search.stop()
        if search.is_overdue:
            search.end()
    return ""


def _write_down(desk: Desk, claim: Claim, search: Search) -> str:
    plan = _plan(search.order.out)
    failure = search.failure
    if search.code != 0:
        log.error("plan failed", plan=claim.id, code=search.code, said=search.faults[-2000:])
    if plan is not None and not plan["entries"]:
        failure = failure or (NO_ENTRIES if plan["status"] != Status.INFEASIBLE else IMPOSSIBLE)
    state = _state(plan, is_whole=search.is_whole)
    with desk.database.transaction() as session:
        beat(session, claim, _last_news(search), desk.now())
        finish(session, claim, state=state, plan=plan, failure=failure, now=desk.now())
    log.info("plan ended", plan=claim.id, state=str(state), code=search.code)
    return f"plan {claim.id}: {state}"


def _state(plan: dict[str, object] | None, *, is_whole: bool) -> PlanState:
    if plan is None or not plan["entries"]:
        return PlanState.FAILED
    return PlanState.DONE if is_whole else PlanState.STOPPED


def _plan(file: Path) -> dict[str, object] | None:
    """The plan in the file when it is one; a child that was killed may have left none."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        plan_from(document)
    except (OSError, ValueError, InvalidInput):
        return None
    assert isinstance(document, dict)
    return document


def _last_news(search: Search) -> Beat:
    """How far it is by the whole lines of the news that have numbers, and how long it works.

    A line without numbers counts when it is the first, or says that the cause of a conflict is looked for.
    """
    assert search.order.news is not None
    try:
        lines = search.order.news.read_text(encoding="utf-8").splitlines(keepends=True)
    except OSError:
        lines = []
    found = NO_NEWS
    for line in lines:
        if line.endswith("\n"):
            said = Beat(**{key: value for key, value in json.loads(line).items() if key != "plan"})
            has_numbers = said.best is not None or said.bound is not None
            if has_numbers or not found.stage or said.stage == CONFLICT:
                found = said
    return replace(found, seconds=search.seconds)
