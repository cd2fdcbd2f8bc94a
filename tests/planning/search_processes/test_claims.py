"""Requests are worked on by one clock at a time, and none is lost with the clock that had it."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import select

from exchange.db import Database
from exchange.models import PlanRequest, PlanState
from exchange.planner.files.example_problem import example
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planning.actions import ask_for_plan, claim_request, delete_plan, stop_plan
from exchange.planning.search_processes import solve_requests
from exchange.planning.search_processes.claims import (
    ATTEMPTS_MOST,
    Heartbeat,
    claim_next,
    finish,
    give_back,
    record_heartbeat,
)
from exchange.settings import ROOT
from jobs.context import Context
from jobs.solve_plans import solve_plans
from tests.hand_clock import HandClock
from tests.planner.instances import document
from tests.planning.conftest import MORNING
from tests.trainings.conftest import Net

STALE = 60
CLOCK = f"""
import sys
from datetime import datetime
from exchange.db import Database
from exchange.mail.outbox.delivery import transport_for
from exchange.settings import Settings
from jobs.context import Context
from jobs.solve_plans import solve_plans
settings = Settings(database_url=sys.argv[1])
now = lambda: datetime.fromisoformat("{MORNING.isoformat()}")
solve_plans(Context(Database(sys.argv[1]), settings, None, transport_for(settings), now, worker="dying"))
"""  # one clock process that is killed while it works
SMALL = example(MORNING.date()) | {"weeks": 17, "trainings": None}
PROBLEM = document_of(problem_from(SMALL))


@pytest.fixture
def request_id(database: Database, net: Net) -> int:
    return asked(database, net)


def asked(database: Database, net: Net, *, seconds: int = 30, problem: dict[str, object] = PROBLEM) -> int:
    with database.transaction() as session:
        made = ask_for_plan(session, problem, wishes={}, seconds=seconds, actor=net.coordinator, now=MORNING)
        return made.id or 0


def row(database: Database, number: int) -> PlanRequest:
    with database.reading() as session:
        return session.exec(select(PlanRequest).where(PlanRequest.id == number)).one()


def test_request_is_claimed_by_one_clock_and_by_another_when_it_is_left_behind(
    database: Database, request_id: int, clock: HandClock
) -> None:
    def claim(worker: str):  # noqa: ANN202
        with database.transaction() as session:
            return claim_next(session, worker, clock(), stale_seconds=STALE)

    first = claim("one")
    assert first is not None
    assert first.problem == PROBLEM
    assert claim("two") is None
    clock.advance(seconds=STALE - 1)
    with database.transaction() as session:
        assert record_heartbeat(session, first, Heartbeat("worst", 7, 5, 3.5), clock()) is False
    clock.advance(seconds=STALE - 1)
    assert claim("two") is None

    clock.advance(seconds=2)
    second = claim("two")
    assert second is not None
    with database.transaction() as session:
        assert record_heartbeat(session, first, Heartbeat("total", 1, 1, 9.0), clock()) is None
        assert not finish(session, first, state=PlanState.DONE, plan={}, failure="", now=clock())
        give_back(session, first)  # it has nothing to give back any more
    assert row(database, request_id).claimed_by == "two"
    with database.transaction() as session:
        give_back(session, second)
    given = row(database, request_id)
    assert (given.state, given.attempts) == (PlanState.WAITING, 1)


def test_request_that_takes_its_process_down_each_time_is_given_up(
    context: Context, database: Database, request_id: int, clock: HandClock
) -> None:
    for _ in range(ATTEMPTS_MOST):
        with database.transaction() as session:
            assert claim_next(session, "dying", clock(), stale_seconds=STALE)
        clock.advance(seconds=STALE + 1)
    assert solve_plans(context) == "nothing to plan"
    ended = row(database, request_id)
    assert ended.state == PlanState.FAILED
    assert "without a word" in ended.failure


def test_stop_of_a_waiting_request_ends_it_and_of_a_running_one_keeps_its_plan(
    context: Context, database: Database, net: Net
) -> None:
    waiting, running = asked(database, net), asked(database, net, seconds=3600)
    with database.transaction() as session:
        stop_plan(session, claim_request(session, waiting), actor=net.coordinator, now=MORNING)
        claim_request(session, running).stop_asked_at = MORNING  # as if asked for at the first moment
    assert row(database, waiting).state == PlanState.FAILED
    assert solve_plans(context).startswith(f"plan {running}")
    ended = row(database, running)
    assert ended.state in (PlanState.STOPPED, PlanState.DONE, PlanState.FAILED)
    assert (ended.plan is None) == (ended.state == PlanState.FAILED)


@pytest.mark.faults
def test_child_of_a_killed_clock_ends_and_another_clock_takes_the_plan_up(
    context: Context, database: Database, request_id: int, clock: HandClock
) -> None:
    killed = subprocess.Popen([sys.executable, "-c", CLOCK, database.url], cwd=ROOT)
    children = Path(f"/proc/{killed.pid}/task/{killed.pid}/children")
    try:
        _wait(lambda: row(database, request_id).state == PlanState.RUNNING)
        _wait(lambda: bool(children.read_text()))
        worker = Path("/proc") / children.read_text().split()[0]
    finally:
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    left = row(database, request_id)
    assert left.state == PlanState.RUNNING
    _wait(lambda: not worker.exists())
    clock.advance(seconds=STALE + 5)
    assert solve_plans(context) == f"plan {request_id}: done"
    assert row(database, request_id).attempts == 2


def _wait(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_clock_that_ends_gives_its_request_back(
    context: Context, database: Database, request_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solve_requests, "HEARTBEAT_SECONDS", 0.0)  # or the small search might end first
    context.stopping.set()
    assert solve_plans(context).endswith("given back")
    assert row(database, request_id).state == PlanState.WAITING


@pytest.mark.faults
def test_too_little_memory_is_said_in_a_sentence(context: Context, database: Database, net: Net) -> None:
    large = document_of(problem_from(document(15, 52)))  # a small one finds room in what is loaded already
    request_id = asked(database, net, problem=large)
    object.__setattr__(context.settings, "plan_megabytes", 60)
    solve_plans(context)
    ended = row(database, request_id)
    assert ended.state == PlanState.FAILED
    assert "memory" in ended.failure


def test_request_deleted_while_it_waits_is_gone(database: Database, net: Net, request_id: int) -> None:
    with database.transaction() as session:
        delete_plan(session, claim_request(session, request_id), actor=net.coordinator, now=MORNING)
    with database.reading() as session:
        assert session.exec(select(PlanRequest)).all() == []
