"""One request solved: a child process works, its news go into the row, and a stop asked for is obeyed.

It runs in a clock, never in a web process. The child's folder is its own and is deleted at the end.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
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
from exchange.planning.child import MEMORY
from exchange.planning.claims import Beat, Claim, beat, finish, give_back
from exchange.settings import ROOT

BEAT_SECONDS = 1.0
GRACE_SECONDS = 20.0  # to write the last plan down after a stop
OVERTIME_SECONDS = 60.0  # beyond the seconds asked for, before the child is ended
REFUSED = 1  # the command line's exit code
# What a process says that gets no more memory; the last two are the interpreter's own.
OUT_OF_MEMORY = (
    "MemoryError",
    "bad_alloc",
    "failed to map",
    "Cannot allocate",
    "can't start new thread",
    "error return without exception set",
)
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


@dataclass(frozen=True)
class _Files:
    folder: Path

    @property
    def problem(self) -> Path:
        return self.folder / "problem.json"

    @property
    def plan(self) -> Path:
        return self.folder / "plan.json"

    @property
    def news(self) -> Path:
        return self.folder / "news.jsonl"

    @property
    def faults(self) -> Path:
        return self.folder / "faults.txt"


def solve_claimed(desk: Desk, claim: Claim) -> str:
    """Solve to the end, to the stop, or until this clock has to end; in words how it ended."""
    with tempfile.TemporaryDirectory(prefix="exchange-plan-") as name:
        files = _Files(Path(name))
        files.problem.write_text(json.dumps(claim.problem), encoding="utf-8")
        child = _start(files, claim, desk.megabytes)
        try:
            ending = _watch(desk, claim, child, files)
        finally:
            _end(child)
        return _write_down(desk, claim, files, child, ending)


def _start(files: _Files, claim: Claim, megabytes: int) -> subprocess.Popen[bytes]:
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, "-m", "exchange.planning.child", "plan", str(files.problem)]
    command += ["--seconds", str(claim.seconds_most), "--out", str(files.plan), "--progress", str(files.news)]
    with files.faults.open("wb") as faults:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=faults,
            env={**os.environ, **one_thread, MEMORY: str(megabytes * 1_000_000)},
            start_new_session=True,  # Ctrl-C at a desk ends the clock, and the clock ends the child
        )


def _watch(desk: Desk, claim: Claim, child: subprocess.Popen[bytes], files: _Files) -> str:
    """Beat until the child has ended: "" by itself, or "stopped", "late", "lost", "clock ends"."""
    began = time.monotonic()
    stopped: float | None = None
    while True:
        try:
            child.wait(BEAT_SECONDS)
            return "stopped" if stopped else ""
        except subprocess.TimeoutExpired:
            pass
        if desk.is_stopping():
            return "clock ends"
        with desk.database.transaction() as session:
            is_stop_asked = beat(session, claim, _last_news(files.news), desk.now())
        passed = time.monotonic()
        if is_stop_asked is None:
            return "lost"
        if is_stop_asked and stopped is None:
            child.terminate()
            stopped = passed
        if stopped is not None and passed - stopped > GRACE_SECONDS:
            return "stopped"
        if passed - began > claim.seconds_most + OVERTIME_SECONDS:
            return "late"


def _write_down(desk: Desk, claim: Claim, files: _Files, child: subprocess.Popen[bytes], ending: str) -> str:
    if ending == "lost":
        return f"plan {claim.id}: another clock has it, or it was deleted"
    if ending == "clock ends":
        with desk.database.transaction() as session:
            give_back(session, claim)
        return f"plan {claim.id}: given back"
    plan = _plan(files.plan)
    is_whole = ending == "" and child.returncode == 0
    failure = "" if is_whole else _failure(files, claim, child, ending)
    if plan is not None and not plan["entries"]:
        failure = failure or (NO_ENTRIES if plan["status"] != Status.INFEASIBLE else IMPOSSIBLE)
    state = _state(plan, is_whole=is_whole)
    with desk.database.transaction() as session:
        beat(session, claim, _last_news(files.news), desk.now())
        finish(session, claim, state=state, plan=plan, failure=failure, now=desk.now())
    log.info("plan ended", plan=claim.id, state=str(state), code=child.returncode)
    return f"plan {claim.id}: {state}"


def _state(plan: dict[str, object] | None, *, is_whole: bool) -> PlanState:
    if plan is None or not plan["entries"]:
        return PlanState.FAILED
    return PlanState.DONE if is_whole else PlanState.STOPPED


def _failure(files: _Files, claim: Claim, child: subprocess.Popen[bytes], ending: str) -> str:
    """Why there is no whole plan, for the coordinator; "" after a stop, which needs no reason."""
    if ending == "stopped":
        return "" if files.plan.exists() else "It was stopped before there was a plan."
    if ending == "late":
        return "The search did not end in its time and was ended."
    said = files.faults.read_text(encoding="utf-8", errors="replace").strip()
    if child.returncode == REFUSED and said and "\n" not in said:
        return said  # the command line refuses in one sentence
    log.error("plan failed", plan=claim.id, code=child.returncode, said=said[-2000:])
    if child.returncode < 0 or any(word in said for word in OUT_OF_MEMORY):
        return "The search ran out of memory. Plan fewer weeks at once, or fewer cities."
    return "The search failed on our side. The fault is in the log."


def _plan(file: Path) -> dict[str, object] | None:
    """The plan in the file when it is one; a child that was killed may have left none."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        plan_from(document)
    except (OSError, ValueError, InvalidInput):
        return None
    assert isinstance(document, dict)
    return document


def _last_news(file: Path) -> Beat:
    """How far it is by the whole lines of the news: a line without numbers changes only the seconds."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    except OSError:
        return NO_NEWS
    found = NO_NEWS
    for line in lines:
        if line.endswith("\n"):
            said = Beat(**{key: value for key, value in json.loads(line).items() if key != "plan"})
            has_numbers = said.best is not None or said.bound is not None
            found = said if has_numbers or not found.stage else replace(found, seconds=said.seconds)
    return found


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.kill()
    child.wait()
