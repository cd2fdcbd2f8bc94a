"""Ticks: each slot runs once whoever fires it, a failing job stops nobody, and the table is complete."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlmodel import Session, col, select

from exchange.backups.backup_folder import backups_in
from exchange.db import Database
from exchange.health.schema_version import known_revisions
from exchange.mail.outbox.delivery import transport_for
from exchange.mail.schedule.planned import Planned
from exchange.migrations import migrate
from exchange.models import HandledMail, JobRun, LetterState, MailKind, RateCount, SignInLink, WebSession
from exchange.reminders.actions import queue_letters as queue_for_real
from exchange.settings import ROOT, Settings
from jobs.context import Context
from jobs.deliver_mail import deliver_mail
from jobs.housekeeping.prune_expired import prune_expired
from jobs.letters.queue_reminders import AT_ONCE, queue_reminders
from jobs.schedule import Schedule, scheduler_for, ticks
from jobs.set_clock import SetClock
from jobs.ticks import Tick, forget_runs, run_tick, slot
from tests.audit_key import CARRIED
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
        found = list(session.exec(select(JobRun).order_by(col(JobRun.slot_at), col(JobRun.job))).all())
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
    databases = [Database(database_url, carries=CARRIED), Database(database_url, carries=CARRIED)]
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
        assert prune_expired(context).startswith("0 letters wiped")
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


def test_the_table_of_ticks_is_complete(settings: Settings) -> None:
    names = {tick.job for tick in ticks(settings)}
    with_mailbox = settings.model_copy(update={"imap_url": SecretStr("imaps://example.org")})
    assert {tick.job for tick in ticks(with_mailbox)} - names == {"read_mailbox"}
    assert names == {
        "answer_sign_ins",
        "free_stuck",
        "publish_feeds",
        "queue_reminders",
        "send_digests",
        "tell_boards",
        "tell_planners",
        "remind_of_duties",
        "note_silence",
        "apply_retention",
        "keep_house",
        "tell_changes",
        "tell_owners",
        "deliver_mail",
        "fetch_busy",
        "solve_plans",
        "keep_trail",
    }


def test_a_schedule_runs_each_tick_at_once_and_ends_when_told(context: Context) -> None:
    schedule = Schedule(context)
    schedule.start()
    waited_for(lambda: finished(context), set_of_jobs(context))
    context.stopping.set()
    schedule.join()
    assert Counter(run.job for run in runs(context.database)) == Counter(set_of_jobs(context))


def test_the_scheduler_knows_utc_only_and_never_runs_a_job_beside_itself(context: Context) -> None:
    scheduler = scheduler_for(context)
    scheduler.start(paused=True)
    try:
        jobs = scheduler.get_jobs()
        assert {job.id for job in jobs} == set_of_jobs(context)
        for job in jobs:
            assert (job.coalesce, job.misfire_grace_time, job.max_instances) == (True, None, 1)
            assert str(job.trigger.timezone) == "UTC"
    finally:
        scheduler.shutdown()


@pytest.mark.parametrize("step", [-3600, 3600, -3, 86_400 * 3])
def test_a_clock_that_was_set_is_noticed_once(clock: HandClock, step: int) -> None:
    gone = [0.0]
    watch = SetClock(clock, lambda: gone[0])
    for _ in range(3):  # time goes by, a tenth of a second too fast
        gone[0] += 5
        clock.advance(seconds=5.1)
        assert not watch.was_set()
    clock.set(clock.at + timedelta(seconds=step))
    assert watch.was_set()
    assert not watch.was_set()


def test_each_tick_runs_at_once_when_the_wall_clock_was_put_back(
    context: Context, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scheduler waits for an instant: put back by an hour, it ran nothing for an hour."""
    monkeypatch.setattr("jobs.schedule.LOOK_EVERY_SECONDS", 0.05)
    schedule = Schedule(context, SetClock(clock, lambda: 0.0))
    schedule.start()
    try:
        waited_for(
            lambda: {run.job for run in runs(context.database) if run.finished_at}, set_of_jobs(context)
        )
        clock.set(clock.at - timedelta(days=2))
        put_back_at = clock.at
        waited_for(
            lambda: {
                run.job for run in runs(context.database) if run.claimed_at == put_back_at and run.finished_at
            },
            set_of_jobs(context),
        )
    finally:
        context.stopping.set()
        schedule.join()


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=-3)])
def test_a_clock_that_is_put_back_or_forward_stops_no_job(
    context: Context, clock: HandClock, step: timedelta
) -> None:
    """Slots of an hour that was lived through were taken, so that for an hour no job ran."""
    done: list[datetime] = []
    tick = Tick("count", 60, lambda context: done.append(context.now()) or "done")  # type: ignore[func-returns-value]
    for _ in range(90):  # an hour and a half has gone by
        run_tick(tick, context)
        clock.advance(seconds=60)
    done.clear()
    clock.set(clock.at + step)
    expected = []
    for _ in range(5):
        expected.append(clock.at)
        run_tick(tick, context)
        clock.advance(seconds=60)
    assert done == expected


def test_a_clock_an_hour_ahead_does_not_hold_up_the_others(context: Context, clock: HandClock) -> None:
    """Beside a clock on another machine whose time is right."""
    done: list[str] = []
    tick = Tick("count", 60, lambda context: done.append(context.worker) or "done")  # type: ignore[func-returns-value]
    ahead = replace(context, worker="ahead:1", now=lambda: clock.at + timedelta(hours=1))
    for _ in range(3):
        run_tick(tick, ahead)
        run_tick(tick, context)
        clock.advance(seconds=60)
    assert done == ["ahead:1", "test:1"] * 3


def test_clocks_a_moment_apart_share_slots_as_before(context: Context, clock: HandClock) -> None:
    done: list[str] = []
    tick = Tick("count", 60, lambda context: done.append(context.worker) or "done")  # type: ignore[func-returns-value]
    ahead = replace(context, worker="ahead:1", now=lambda: clock.at + timedelta(seconds=2))
    clock.advance(seconds=59)
    for each in (context, ahead, context, ahead):
        run_tick(tick, each)
    clock.advance(seconds=1)
    run_tick(tick, context)
    assert done == ["test:1", "ahead:1"]


def test_a_tick_refuses_a_schema_that_is_not_its_own(
    empty_database_url: str, settings: Settings, clock: HandClock
) -> None:
    """A clock that was left running at an upgrade wrote by old rules into new tables."""
    migrate(empty_database_url)
    database = Database(empty_database_url, carries=CARRIED)
    context = Context(database, settings, stage_plan(), transport_for(settings), clock, worker="old:1")
    done: list[int] = []
    tick = Tick("count", 60, lambda _context: done.append(1) or "done")  # type: ignore[func-returns-value]
    for revision in ("9999", known_revisions()[-1]):
        with database.transaction() as session:
            session.connection().execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))
        run_tick(tick, context)
    assert done == [1]
    database.dispose()


def finished(context: Context, *, since: datetime | None = None) -> set[str]:
    """The jobs that ran to their end, when asked for: those that were claimed at that moment."""
    done = (run for run in runs(context.database) if run.finished_at)
    return {run.job for run in done if since in (None, run.claimed_at)}


def set_of_jobs(context: Context) -> set[str]:
    return {tick.job for tick in ticks(context.settings)}


def waited_for(look: Callable[[], object], wanted: object) -> None:
    deadline = time.monotonic() + 60
    while look() != wanted:
        assert time.monotonic() < deadline, look()
        time.sleep(0.02)


def test_a_tick_makes_a_backup_a_day_where_a_folder_is_set(context: Context, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert "back_up" not in {tick.job for tick in ticks(context.settings)}
    context = replace(context, settings=context.settings.model_copy(update={"backup_dir": kept}))
    (tick,) = (tick for tick in ticks(context.settings) if tick.job == "back_up")
    assert tick.seconds == 24 * 3600
    for hours in (0, 5, 16):  # the third is on the next day, UTC
        context.now.set(NINE + timedelta(hours=hours))  # type: ignore[attr-defined]  # a HandClock
        run_tick(tick, context)
    assert [path.name for path in backups_in(kept)] == ["2027-01-11T090000Z", "2027-01-12T010000Z"]
    outcomes = [run.outcome for run in runs(context.database) if run.job == "back_up"]
    assert [outcome.partition(":")[0] for outcome in outcomes] == ["2027-01-11T090000Z", "2027-01-12T010000Z"]


def test_backup_that_fails_says_why_on_the_status_page(context: Context, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file")
    context = replace(context, settings=context.settings.model_copy(update={"backup_dir": tmp_path / "kept"}))
    (tick,) = (tick for tick in ticks(context.settings) if tick.job == "back_up")
    run_tick(tick, context)
    (run,) = runs(context.database)
    assert run.outcome.startswith("Failed: The backup")
    assert "could not be made" in run.outcome


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


def test_delivery_goes_on_while_letters_are_due(context: Context) -> None:
    """Two hundred each fifteen seconds, however many waited: twenty thousand took twenty minutes."""
    queue_letters(context.database, 7, due_at=NINE - timedelta(minutes=1))
    settings = context.settings.model_copy(update={"letters_per_tick": 2})
    assert deliver_mail(replace(context, settings=settings)).startswith("7 sent")
    assert {letter.state for letter in all_letters(context.database)} == {LetterState.SENT}


def test_no_transaction_of_a_tick_holds_many_letters(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who saved something while 450 letters were written waited for all of them, half a minute."""
    with context.database.transaction() as session:
        cycle = three_city_cycle(session)
        for _ in range(3 * AT_ONCE):
            make_person(session, city=cycle.lead_city)
    sizes: list[int] = []

    def counted(session: Session, letters: Sequence[Planned], **given: object) -> int:
        sizes.append(len(letters))
        return queue_for_real(session, letters, **given)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr("jobs.letters.queue_reminders.queue_letters", counted)
    assert queue_reminders(context).startswith(f"{sum(sizes)} queued")
    assert sum(sizes) > 3 * AT_ONCE
    assert max(sizes) <= AT_ONCE
