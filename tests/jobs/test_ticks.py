"""Ticks: each slot runs once whoever fires it, a failing job stops nobody, and the table is whole."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from exchange.db import Database
from exchange.mail.delivery import transport_for
from exchange.models import HandledMail, JobRun, LetterState, MailKind, RateCount, SignInLink, WebSession
from exchange.settings import ROOT, Settings
from jobs.context import Context
from jobs.keep_house import keep_house
from jobs.schedule import scheduler_for, ticks
from jobs.ticks import Tick, forget_runs, run_tick, slot
from tests.factories import make_city, make_person, stage_plan
from tests.hand_clock import HandClock
from tests.mail.letters import all_letters, queue_letters
from tests.mail.programme import three_city_cycle
from tests.mail.sink import Sink, running

NINE = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)


@pytest.fixture
def context(database: Database, settings: Settings, clock: HandClock) -> Iterator[Context]:
    clock.set(NINE)
    transport = transport_for(settings)
    yield Context(database, settings, stage_plan(), transport, clock, worker="test:1")
    transport.close()


def runs(database: Database) -> list[JobRun]:
    with database.reading() as session:
        found = list(session.exec(select(JobRun)).all())
        session.expunge_all()
        return found


def test_two_clocks_run_a_slot_once(context: Context) -> None:
    done: list[int] = []
    tick = Tick("count", 60, lambda _context: done.append(1) or "done")  # type: ignore[func-returns-value]
    threads = [threading.Thread(target=run_tick, args=(tick, context)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    (run,) = runs(context.database)
    assert (run.slot_at, run.claimed_by, run.outcome) == (NINE, "test:1", "done")


def test_two_clock_processes_share_the_slots_and_run_each_once(
    database_url: str, settings: Settings, clock: HandClock
) -> None:
    """PostgreSQL's driver did not count the inserted row, so that neither clock ran anything."""
    done: list[datetime] = []
    clock.set(NINE)
    tick = Tick("count", 60, lambda context: done.append(context.now()) or "done")  # type: ignore[func-returns-value]
    databases = [Database(database_url), Database(database_url)]
    clocks = [
        Context(database, settings, stage_plan(), transport_for(settings), clock, worker=f"test:{number}")
        for number, database in enumerate(databases)
    ]
    for minute in range(5):
        clock.set(NINE + timedelta(minutes=minute))
        threads = [threading.Thread(target=run_tick, args=(tick, context)) for context in clocks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert done == [NINE + timedelta(minutes=minute) for minute in range(5)]
    assert [run.outcome for run in runs(databases[0])] == ["done"] * 5
    for database in databases:
        database.dispose()


def test_spent_links_ended_sessions_and_old_counters_are_forgotten(context: Context) -> None:
    """Nothing ever deleted them: the tables grew with every sign-in and every guess at one."""
    days = [NINE - timedelta(days=number) for number in (0, 30)]
    with context.database.transaction() as session:
        person = make_person(session, city=make_city(session))
        for number, at in enumerate(days):
            values = {"person_id": person.id, "created_at": at}
            session.add(SignInLink(token_digest=f"used {number}", expires_at=NINE, used_at=at, **values))
            session.add(SignInLink(token_digest=f"expired {number}", expires_at=at, **values))
            session.add(WebSession(token_digest=f"ended {number}", expires_at=at, **values))
            session.add(WebSession(token_digest=f"out {number}", expires_at=NINE, revoked_at=at, **values))
            session.add(RateCount(key="sign-in", window_starts_at=at, count=1))
    for tick in ticks(context.settings):
        run_tick(tick, context)
    with context.database.reading() as session:
        links = session.exec(select(SignInLink.token_digest)).all()
        sessions = session.exec(select(WebSession.token_digest)).all()
        assert set(links) == {"used 0", "expired 0"}
        assert set(sessions) == {"ended 0", "out 0"}
        assert len(session.exec(select(RateCount)).all()) == 1


def test_the_next_slot_runs_again(context: Context, clock: HandClock) -> None:
    tick = Tick("count", 60, lambda _context: "done")
    for seconds in (0, 59, 60):
        clock.set(NINE + timedelta(seconds=seconds))
        run_tick(tick, context)
    assert [run.slot_at for run in runs(context.database)] == [NINE, NINE + timedelta(seconds=60)]


def test_a_job_that_fails_is_written_down_and_leaves_the_clock_running(context: Context) -> None:
    def fail(_context: Context) -> str:
        raise RuntimeError("broken")

    run_tick(Tick("broken", 60, fail), context)
    (run,) = runs(context.database)
    assert run.outcome == "Failed: RuntimeError."


@pytest.mark.parametrize(
    ("second", "seconds", "expected"), [(0, 15, 0), (14, 15, 0), (15, 15, 15), (59, 15, 45), (59, 60, 0)]
)
def test_a_slot_is_the_last_multiple_of_its_seconds(second: int, seconds: int, expected: int) -> None:
    assert slot(NINE.replace(second=second), seconds) == NINE.replace(second=expected)


def test_old_slots_are_forgotten(context: Context) -> None:
    run_tick(Tick("old", 60, lambda _context: ""), context)
    with context.database.transaction() as session:
        assert forget_runs(session, NINE) == 0
        assert forget_runs(session, NINE + timedelta(seconds=1)) == 1


def test_what_came_back_to_the_mailbox_is_forgotten_after_its_days(
    context: Context, clock: HandClock
) -> None:
    with context.database.transaction() as session:
        for number, at in enumerate((NINE, NINE + timedelta(days=1))):
            kept = HandledMail(
                key=str(number), handled_at=at, kind=MailKind.REPLY, is_taken=True, outcome="x"
            )
            session.add(kept)
    counts = []
    for days in (context.settings.mailbox_days, context.settings.mailbox_days + 0.5):
        clock.set(NINE + timedelta(days=days))
        assert keep_house(context).startswith("0 letters wiped")
        with context.database.reading() as session:
            counts.append([one.key for one in session.exec(select(HandledMail))])
    assert counts == [["0", "1"], ["1"]]


def test_each_job_runs_over_an_empty_database_and_over_a_programme(
    context: Context, clock: HandClock
) -> None:
    for at in (NINE, NINE + timedelta(minutes=10)):
        clock.set(at)
        for tick in ticks(context.settings):
            run_tick(tick, context)
        if at == NINE:
            with context.database.transaction() as session:
                three_city_cycle(session)
    outcomes = {run.outcome for run in runs(context.database)}
    assert not {outcome for outcome in outcomes if outcome.startswith("Failed")}
    assert {letter.state for letter in all_letters(context.database)} == {LetterState.SENT}
    assert "3 queued, 0 withdrawn" in outcomes
    assert "3 sent, 0 refused, 0 put off, 0 withdrawn" in outcomes


def test_the_scheduler_knows_utc_only_and_never_runs_a_job_beside_itself(context: Context) -> None:
    scheduler = scheduler_for(context)
    scheduler.start(paused=True)
    try:
        jobs = scheduler.get_jobs()
        assert {job.id for job in jobs} == {
            "free_stuck",
            "publish_feeds",
            "queue_reminders",
            "note_silence",
            "keep_house",
            "tell_changes",
            "deliver_mail",
            "fetch_busy",
            "solve_plans",
        }
        for job in jobs:
            assert (job.coalesce, job.misfire_grace_time, job.max_instances) == (True, None, 1)
            assert str(job.trigger.timezone) == "UTC"
    finally:
        scheduler.shutdown()


@pytest.mark.slow
def test_a_clock_process_delivers_and_ends_cleanly_when_told(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    sink = Sink()
    queue_letters(database, 3, due_at=datetime(2026, 1, 1, tzinfo=UTC))  # useless only in February 2027
    with running(sink) as at:
        environment = os.environ | {
            "EXCHANGE_DATABASE_URL": database_url,
            "EXCHANGE_SMTP_URL": f"smtp://{at}",
            "EXCHANGE_DATA_DIR": str(tmp_path),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "jobs"], cwd=ROOT, env=environment, stderr=subprocess.PIPE
        )
        try:
            deadline = time.monotonic() + 120
            while len(sink.arrived) < 3 and time.monotonic() < deadline:
                time.sleep(0.05)
            process.send_signal(signal.SIGTERM)
            _, log = process.communicate(timeout=60)
        finally:
            process.kill()
            process.wait()
    assert process.returncode == 0, log
    assert len(sink.arrived) == 3
    assert {letter.state for letter in all_letters(database)} == {LetterState.SENT}
    assert b"clock stopped" in log
    assert b"example.org" not in log  # ids only, never addresses
