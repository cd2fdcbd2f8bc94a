"""A database that another version migrated: web and clock refuse it, and say which command mends it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from structlog.testing import capture_logs

from exchange.app import create_app
from exchange.db import Database
from exchange.errors import WrongSchema
from exchange.health.schema_version import check_schema, known_revisions
from exchange.migrations import migrate
from exchange.settings import Settings
from exchange.system.outages import Outage
from jobs.__main__ import _context

OURS = known_revisions()[-1]
BEFORE = known_revisions()[-2]
MENDS = "python -m exchange migrate"


@pytest.fixture
def own_settings(empty_database_url: str, tmp_path: Path) -> Settings:
    migrate(empty_database_url)
    return Settings(database_url=empty_database_url, data_dir=tmp_path)


@pytest.fixture
def app(own_settings: Settings) -> Iterator[Flask]:
    """As a web process begins with it."""
    made = create_app(own_settings)
    made.extensions["exchange"].schema.doubt()
    yield made
    made.extensions["exchange"].database.dispose()


def set_revision(settings: Settings, revision: str) -> None:
    database = Database(settings.database_url)
    with database.transaction() as session:
        session.connection().execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))
    database.dispose()


@pytest.mark.parametrize(("revision", "mends"), [(BEFORE, MENDS), ("9999", f"{MENDS} {OURS} --yes")])
def test_web_refuses_another_schema_until_it_is_its_own(
    app: Flask, own_settings: Settings, revision: str, mends: str
) -> None:
    set_revision(own_settings, revision)
    browser = app.test_client()
    with capture_logs() as logs:
        answers = [browser.get(path) for path in ("/", "/sign-in", "/feeds/network.ics")]
    assert [one.status_code for one in answers] == [503] * 3
    (line,) = [one for one in logs if one["event"] == Outage.SCHEMA.value]
    assert mends in line["cause"]
    ready = browser.get("/readyz")
    assert ready.status_code == 503
    assert mends in ready.text
    assert browser.get("/healthz").status_code == 200
    set_revision(own_settings, OURS)
    assert browser.get("/sign-in").status_code == 200


def test_web_that_runs_goes_on_while_others_migrate(app: Flask, own_settings: Settings) -> None:
    """An upgrade migrates first and then replaces processes, one after the other."""
    browser = app.test_client()
    assert browser.get("/sign-in").status_code == 200
    set_revision(own_settings, "9999")
    assert browser.get("/sign-in").status_code == 200
    assert browser.get("/readyz").status_code == 503


@pytest.mark.parametrize("revision", [BEFORE, "9999"])
def test_clock_does_not_start_on_another_schema(own_settings: Settings, revision: str) -> None:
    set_revision(own_settings, revision)
    with pytest.raises(WrongSchema, match=MENDS):
        _context(own_settings)
    set_revision(own_settings, OURS)
    _context(own_settings).database.dispose()


def test_empty_database_is_told_apart(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    with pytest.raises(WrongSchema, match=f"empty; run: {MENDS}"):
        check_schema(database)
    database.dispose()
