"""The network at the size it means to have, on SQLite and on PostgreSQL, made once in a run of benchmarks.
60 cities, 5,000 people, 80 cycles and 156 events over four years, 6,600 answers, 45,000 letters; two needs
rounds with 3,000 answers, 300 findings, 900 actions; 40 meetings of a board, 300 decisions, 2,000 lines of
two agreements, 30 projects, 400 requests, 100 notes.
The same rows each time. It looks in from the middle of the four years: what is due by then has gone.
"""

import atexit
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from pydantic import SecretStr

from exchange.db import Database
from exchange.duties.configured import stage_plan_of
from exchange.feeds.subscriptions.feed_lifecycle import ensure_feeds
from exchange.migrations import migrate
from exchange.settings import Settings
from tests.audit_key import CARRIED, KEY
from tests.bench.full_size.governance import add_governance
from tests.bench.full_size.lessons import add_needs_to_lessons
from tests.bench.full_size.letters import add_letters
from tests.bench.full_size.people import add_people
from tests.bench.full_size.programme import add_programme
from tests.bench.full_size.rows import raise_sequences
from tests.postgres import PostgresUnavailable, running_server

NOW = datetime(2029, 2, 14, 12, 0, tzinfo=UTC)  # a Wednesday

_kept = ExitStack()  # what stays up until the run ends
atexit.register(_kept.close)


def on_each_database() -> list[tuple[str, Settings]]:
    """Name and settings of the full-size network on SQLite and, where it can be had, on PostgreSQL."""
    found = [("SQLite", _on_sqlite())]
    try:
        return [*found, ("PostgreSQL", _on_postgresql())]
    except PostgresUnavailable as reason:
        print(f"PostgreSQL is left out: {reason}")
        return found


def on_one_database() -> tuple[str, Settings]:
    """On PostgreSQL, as in production, or on SQLite where it cannot be had: for what hardly asks either."""
    try:
        return "PostgreSQL", _on_postgresql()
    except PostgresUnavailable as reason:
        print(f"On SQLite: {reason}")
        return "SQLite", _on_sqlite()


def opened(settings: Settings) -> Database:
    """The database with the key that its trail is signed under."""
    return Database(settings.database_url, carries=CARRIED)


@cache
def _on_sqlite() -> Settings:
    folder = _kept.enter_context(tempfile.TemporaryDirectory())
    return build(Path(folder), f"sqlite:///{folder}/exchange.db")


@cache
def _on_postgresql() -> Settings:
    server = _kept.enter_context(running_server())
    url = _kept.enter_context(server.database("full_size"))
    return build(Path(_kept.enter_context(tempfile.TemporaryDirectory())), url)


def build(folder: Path, url: str, *, told: Callable[[str], None] = lambda _step: None) -> Settings:
    """The network in an empty database; ``told`` hears of each step."""
    settings = Settings(data_dir=folder, database_url=url, sample=False, audit_key=SecretStr(KEY))
    migrate(url)
    database = opened(settings)
    plan = stage_plan_of(settings)
    for step in (add_people, add_programme, add_needs_to_lessons, add_governance, add_letters):
        with database.transaction() as session:
            step(session, plan, NOW)
            raise_sequences(session)
        told(step.__name__)
    with database.transaction() as session:
        ensure_feeds(session, settings, NOW)
        if session.get_bind().dialect.name == "postgresql":
            session.connection().exec_driver_sql("ANALYZE")  # as its own housekeeping does within minutes
    database.dispose()
    return settings
