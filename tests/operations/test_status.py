"""The status page and the health answer."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from exchange.audit import record
from exchange.db import Database
from exchange.mail.outbox.letter_queue import ComposedLetter, queue
from exchange.migrations import head_revision
from exchange.models import JobRun, Person, Role
from exchange.operations.queries import zone_data
from tests.audit.intruder import let_in
from tests.factories import make_city, make_person
from tests.hand_clock import HandClock
from tests.pages import text_of
from tests.sign_in import SignIn


@pytest.fixture
def anna(database: Database) -> Person:
    with database.transaction() as session:
        return make_person(session, "Anna Ek", city=make_city(session), roles=[Role.COORDINATOR])


@pytest.fixture
def coordinator(sign_in: SignIn, anna: Person) -> FlaskClient:
    return sign_in(anna)


def test_status_is_for_administrators(sign_in: SignIn, database: Database, client: FlaskClient) -> None:
    with database.transaction() as session:
        contact = make_person(session, city=make_city(session), roles=[Role.CITY_CONTACT])
    assert client.get("/status").status_code == 303
    assert sign_in(contact).get("/status").status_code == 403


def test_fresh_installation_says_that_no_clock_has_run(coordinator: FlaskClient) -> None:
    page = coordinator.get("/status").text
    assert "No clock has run" in page
    assert head_revision() in page
    assert "Verifies" in page
    assert "12:00 UTC is 05:00 in Vancouver" in page


def test_last_tick_of_each_job_with_its_age(
    coordinator: FlaskClient, database: Database, clock: HandClock
) -> None:
    with database.transaction() as session:
        for minutes, outcome in ((10, "old news"), (5, "2 feeds published")):
            at = clock() - timedelta(minutes=minutes)
            session.add(
                JobRun(
                    job="publish_feeds",
                    slot_at=at,
                    claimed_at=at,
                    claimed_by="test",
                    finished_at=at,
                    outcome=outcome,
                )
            )
    page = coordinator.get("/status").text
    assert "2 feeds published" in page
    assert "5 minutes" in page
    assert "old news" not in page


def test_letters_that_wait_are_counted(
    coordinator: FlaskClient, database: Database, clock: HandClock, anna: Person
) -> None:
    with database.transaction() as session:
        for number, due_at in enumerate((clock(), clock() + timedelta(days=1))):
            queue(
                session,
                ComposedLetter("Subject", "text", "<p>text</p>"),
                to=anna,
                once_key=f"test:{number}",
                kind="E1",
                why="",
                due_at=due_at,
                useless_after=None,
                now=clock(),
            )
    assert "2 · 1 is due now" in coordinator.get("/status").text


def test_broken_trail_is_said(
    coordinator: FlaskClient, database: Database, clock: HandClock, anna: Person
) -> None:
    with database.transaction() as session:
        changed = record(session, actor=anna, action="open cycle", subject="cycle:1", now=clock())
    with database.transaction() as session:
        let_in(session)
        changed_there = text("UPDATE audit_entry SET actor = 'Somebody Else' WHERE id = :number")
        session.connection().execute(changed_there, {"number": changed.id})
    assert f"entry {changed.id} was changed" in coordinator.get("/status").text


def test_zone_data_knows_that_vancouver_keeps_its_summer_time(app: Flask) -> None:
    assert zone_data().is_current


def test_backups_say_when_the_last_was_made_and_whether_one_is_overdue(
    sign_in: SignIn, anna: Person, app: Flask, database: Database, clock: HandClock, tmp_path: Path
) -> None:
    page = text_of(sign_in(anna).get("/status"))
    assert "None was made" in page
    assert "No clock makes any: EXCHANGE_BACKUP_DIR is not set." in page
    after = {"name": "2026-11-23T090000Z", "bytes": 2_000_000, "absent": 1}
    with database.transaction() as session:
        record(session, actor=None, action="make backup", subject="backup", after=after, now=clock())
    page = text_of(sign_in(anna).get("/status"))
    assert "Checked" in page
    assert "They were missing or damaged already." in page
    installation = app.extensions["exchange"]
    nightly = installation.settings.model_copy(update={"backup_dir": tmp_path})
    app.extensions["exchange"] = replace(installation, settings=nightly)
    clock.advance(hours=8)
    assert "Made by a clock; 14 are kept." in text_of(sign_in(anna).get("/status"))
    clock.advance(hours=19)
    assert "More than a day ago" in text_of(sign_in(anna).get("/status"))


def test_letters_held_after_a_restore_are_counted_apart(
    coordinator: FlaskClient, database: Database, clock: HandClock, anna: Person
) -> None:
    with database.transaction() as session:
        letter = ComposedLetter("Subject", "text", "<p>text</p>")
        made = queue(session, letter, to=anna, once_key="held", kind="E1", why="", now=clock())
        assert made is not None
        made.held_at = clock()
    page = text_of(coordinator.get("/status"))
    assert "Held after a restore 1" in page
    assert "due now" not in page
