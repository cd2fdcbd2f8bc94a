"""PostgreSQL killed at random moments while a clock sends and people read: it comes back, and so do they."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from pydantic import SecretStr

from exchange.db import Database
from exchange.settings import Settings
from tests.audit_key import CARRIED
from tests.faults.clock_process import (
    Arrivals,
    all_sent,
    assert_each_arrived,
    clock_process,
    queue_due_letters,
    surroundings,
    wait_until,
)
from tests.faults.stoppable_postgres import StoppablePostgres, stoppable_postgres
from tests.mail.sink import running
from tests.postgres import PostgresUnavailable
from tests.required import unavailable
from tests.served import served
from tests.share import SHARES, fresh_chance

pytestmark = [pytest.mark.faults, pytest.mark.postgresql]

LETTERS = 200 * SHARES
KILLS = 8 * SHARES
PATIENCE_SECONDS = 90
PAGE = "/"  # asks the database


@pytest.fixture
def postgres() -> Iterator[StoppablePostgres]:
    try:
        with stoppable_postgres() as made:
            yield made
    except PostgresUnavailable as reason:
        unavailable(str(reason))


def test_letters_and_pages_survive_a_dying_database(
    postgres: StoppablePostgres, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed, chance = fresh_chance()
    sink = Arrivals()
    with running(sink) as at:
        url = postgres.url
        database = filled(url)
        settings = Settings(
            database_url=url, data_dir=tmp_path / "web", sample=False, smtp_url=SecretStr(f"smtp://{at}")
        )
        with clock_process(surroundings(url, at, tmp_path)) as process, served(settings) as base:
            for _ in range(KILLS):
                wait_for_arrivals(sink, 5)
                time.sleep(chance.uniform(0, 0.5))
                postgres.kill()
                sink.faults += 1
                assert requests.get(base + PAGE, timeout=30).status_code == 503
                postgres.start()
                wait_until(lambda: page_comes(base), "a page", seconds=PATIENCE_SECONDS)
            wait_until(lambda: all_sent(database), "the last letter", seconds=PATIENCE_SECONDS * SHARES)
            assert process.poll() is None, "the clock process ended"
        assert_each_arrived(database, sink)
        database.dispose()
    repeated = sink.repeated_by_fault()
    assert all(count <= 1 for count in repeated.values()), repeated
    with capsys.disabled():
        print(
            f"\npostgresql: {LETTERS} letters, {KILLS} kills of the database (seed {seed}); "
            f"{len(sink.heard)} arrivals, {sum(repeated.values())} repeated"
        )


def filled(url: str) -> Database:
    """The database with the letters that are due."""
    database = Database(url, carries=CARRIED)
    queue_due_letters(database, LETTERS)
    return database


def wait_for_arrivals(sink: Arrivals, more: int) -> None:
    """Return when letters flow, or at once when hardly any is left."""
    before = len(sink.heard)
    least = min(LETTERS, before + more)
    wait_until(lambda: len({one[0] for one in sink.heard}) >= least, "letters", seconds=PATIENCE_SECONDS)


def page_comes(base: str) -> bool:
    return requests.get(base + PAGE, timeout=30).status_code == 200
