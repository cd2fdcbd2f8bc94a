"""The status page and the health answer."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.app import create_app
from exchange.audit import record
from exchange.db import Database
from exchange.mail.outbox import ComposedLetter, queue
from exchange.migrations import head_revision
from exchange.models import AuditEntry, JobRun, Person, Role
from exchange.operations.queries import zone_data
from exchange.settings import Settings
from tests.door import Door
from tests.factories import make_city, make_person
from tests.hand_clock import HandClock


@pytest.fixture
def anna(database: Database) -> Person:
    with database.transaction() as session:
        return make_person(session, "Anna Ek", city=make_city(session), roles=[Role.COORDINATOR])


@pytest.fixture
def coordinator(door: Door, anna: Person) -> FlaskClient:
    return door.let_in(anna)


def test_health_is_one_word_for_anybody(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "ok\n", "text/plain")


def test_health_answers_503_without_a_database(tmp_path: Path) -> None:
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/missing/none.db", data_dir=tmp_path))
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.text) == (503, "unavailable\n")


def test_health_does_not_wait_for_a_writer(client: FlaskClient, database: Database, clock: HandClock) -> None:
    with database.transaction() as session:
        session.add(JobRun(job="x", slot_at=clock(), claimed_at=clock(), claimed_by="y"))
        session.flush()
        assert client.get("/healthz").status_code == 200


def test_status_is_for_administrators(door: Door, database: Database, client: FlaskClient) -> None:
    with database.transaction() as session:
        contact = make_person(session, city=make_city(session), roles=[Role.CITY_CONTACT])
    assert client.get("/status").status_code == 303
    assert door.let_in(contact).get("/status").status_code == 403


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
        entry = session.exec(select(AuditEntry).where(AuditEntry.id == changed.id)).one()
        entry.actor = "Somebody Else"
        session.add(entry)
    assert f"Broken at entry {changed.id}" in coordinator.get("/status").text


def test_zone_data_knows_that_vancouver_keeps_its_summer_time(app: Flask) -> None:
    assert zone_data().is_current
