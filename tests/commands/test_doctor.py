"""The doctor finds what usually ends a service, each fault made for real."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from exchange import clock
from exchange.commands.doctor import database as of_database
from exchange.commands.doctor import files, running
from exchange.commands.doctor.examination import examine
from exchange.commands.doctor.findings import Finding, finding
from exchange.db import Database
from exchange.health.tick_intervals import tick_seconds
from exchange.models import JobRun, Theme
from exchange.operations.tick_watch import JobAge
from exchange.settings import Environment, Settings
from tests.free_ports import free_port
from tests.mail.letters import queue_letters
from tests.small_disk import small_disk


def by_part(settings: Settings) -> dict[str, Finding]:
    away = settings.model_copy(update={"base_url": f"http://127.0.0.1:{free_port()}"})
    return {one.part: one for one in examine(away)}


def run_now(database: Database, settings: Settings, *, at: datetime | None = None, outcome: str = "") -> None:
    """A tick of every job."""
    at = at or clock.utc_now()
    with database.transaction() as session:
        for job in tick_seconds(settings):
            values = {"claimed_at": at, "claimed_by": "test", "finished_at": at}
            session.add(JobRun(job=job, slot_at=at, outcome=outcome, **values))


def test_all_is_well_but_the_web_that_does_not_run(database: Database, settings: Settings) -> None:
    run_now(database, settings)
    settings.data_dir.mkdir(exist_ok=True)
    found = by_part(settings)
    assert {part for part, one in found.items() if not one.is_ok} == {"web"}
    assert {part for part, one in found.items() if one.is_warning} <= {"Python", "sender", "integrity"}
    assert "17 jobs run" in found["ticks"].words


@pytest.mark.parametrize(
    ("ago", "outcome", "words"),
    [
        (timedelta(hours=1), "", "deliver_mail last ran 36"),
        (timedelta(hours=-1), "", "ran at times that have not come: a clock is wrong"),
        (timedelta(0), "Failed: RuntimeError.", "(Failed: RuntimeError.); the log says why"),
    ],
)
def test_ticks_that_are_late_ahead_or_failing(
    database: Database, settings: Settings, ago: timedelta, outcome: str, words: str
) -> None:
    assert finding("", lambda: running.ticks(database, settings)).words.startswith("no clock has run")
    run_now(database, settings, at=clock.utc_now() - ago, outcome=outcome)
    found = finding("", lambda: running.ticks(database, settings))
    assert (found.is_ok, words in found.words) == (False, True), found


def test_a_job_that_never_ran_is_late_once_the_others_have_run_for_a_while() -> None:
    assert not JobAge("new", 60, None, timedelta(minutes=4)).is_late
    assert JobAge("new", 60, None, timedelta(minutes=6)).is_late


def test_letters_that_are_overdue(database: Database) -> None:
    now = clock.utc_now()
    for minutes, is_ok in ((10, True), (20, False)):
        queue_letters(database, due_at=now - timedelta(minutes=minutes))
        assert finding("", lambda: running.letters(database)).is_ok is is_ok


def test_letters_that_were_queued_after_their_hour_wait_since_then(database: Database) -> None:
    """As those of this morning are when a plan is published at noon, or an installation begins with one."""
    now = clock.utc_now()
    for minutes, is_ok in ((10, True), (20, False)):
        for letter in queue_letters(database, due_at=now - timedelta(hours=5)):
            with database.transaction() as session:
                session.merge(letter).queued_at = now - timedelta(minutes=minutes)
        assert finding("", lambda: running.letters(database)).is_ok is is_ok


def test_a_disk_with_too_little_room(settings: Settings, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1_000_000) as disk:
        there = settings.model_copy(update={"data_dir": disk})
        assert "MB left; make room" in finding("", lambda: files.room(there)).words
        assert finding("", lambda: files.writing(there)).is_ok


def test_a_folder_that_takes_nothing(settings: Settings) -> None:
    there = settings.model_copy(update={"upload_dir": Path("/proc/self")})  # not even root makes a file there
    assert not finding("", lambda: files.writing(there)).is_ok


def test_a_damaged_database(database: Database, settings: Settings) -> None:
    """A page that something else wrote over; PostgreSQL looks into its indexes where it may."""
    if database.engine.dialect.name == "sqlite":
        assert of_database.integrity(database) == "whole"
        file = Path(str(database.engine.url.database))
        with database.transaction() as session:
            session.add(Theme(key="T1", name="One"))
            root = (
                session.connection()
                .execute(text("SELECT rootpage FROM sqlite_master WHERE name = 'theme'"))
                .scalar_one()
            )
        with database.engine.connect() as connection:
            size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
        database.dispose()  # so that all of it is in the file
        with file.open("r+b") as opened:
            opened.seek((root - 1) * size)
            opened.write(b"\xff" * 200)
        assert not finding("", lambda: of_database.integrity(database)).is_ok
        return
    assert finding("", lambda: of_database.integrity(database)).is_warning
    with database.engine.connect() as connection:
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS amcheck"))
        connection.commit()
    try:
        assert of_database.integrity(database).endswith("indexes are whole")
    finally:
        with database.engine.connect() as connection:
            connection.execute(text("DROP EXTENSION amcheck"))
            connection.commit()


def test_a_clock_that_differs_from_the_databases(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    if database.engine.dialect.name == "sqlite":
        assert "as the database is" in of_database.clock(database)
        return
    assert "s from the database's" in of_database.clock(database)
    for seconds, words in ((3600, "3600.0 s behind"), (-60, "60.0 s ahead")):
        now = clock.utc_now() + timedelta(seconds=seconds)
        monkeypatch.setattr(of_database, "utc_now", lambda now=now: now)
        found = finding("", lambda: of_database.clock(database))
        assert (found.is_ok, words[:4] in found.words, words[-5:] in found.words) == (False, True, True), (
            found
        )


def test_zone_data_that_is_older_than_required(monkeypatch: pytest.MonkeyPatch) -> None:
    assert finding("", running.zones).is_ok
    monkeypatch.setattr(running, "version", lambda _name: "2025.2")
    found = finding("", running.zones)
    assert (found.is_ok, found.words.startswith("2025.2, and tzdata 2026")) == (False, True)


@pytest.mark.parametrize(
    ("sender", "in_production"),
    [("Exchange <exchange@example.org>", False), ("x@mail.example.org", False), ("x@ctpn.test", True)],
)
def test_a_sender_of_the_documentation(settings: Settings, sender: str, in_production: bool) -> None:
    development = settings.model_copy(update={"mail_from": sender})
    assert finding("", lambda: running.sender(development)).is_ok
    production = development.model_copy(update={"environment": Environment.PRODUCTION})
    assert finding("", lambda: running.sender(production)).is_ok is in_production


def test_sqlite_in_production(database: Database, settings: Settings) -> None:
    production = settings.model_copy(update={"environment": Environment.PRODUCTION})
    is_sqlite = database.engine.dialect.name == "sqlite"
    assert finding("", lambda: of_database.kind(database, production)).is_warning is is_sqlite
    assert not finding("", lambda: of_database.kind(database, settings)).is_warning
