"""An installation with four years of programme for the benchmarks, in a folder of its own."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from exchange.commands.initial_data import SAMPLE_FILES
from exchange.commands.sample_programme import load_sample_programme
from exchange.db import Database
from exchange.duties.configured import stage_plan_of
from exchange.migrations import migrate
from exchange.network.network_import import load_network
from exchange.settings import Settings
from tests.audit_key import CARRIED

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
YEARS = range(2027, 2031)


@contextmanager
def four_years() -> Iterator[Settings]:
    """Settings of a migrated SQLite installation with the network and the programme of YEARS."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url=f"sqlite:///{folder}/exchange.db")
        migrate(settings.database_url)
        database = Database(settings.database_url, carries=CARRIED)
        plan = stage_plan_of(settings)
        with database.transaction() as session:
            for path in (settings.network_file, SAMPLE_FILES[0]):
                load_network(session, path, settings=settings, now=NOW)
            for year in YEARS:
                load_sample_programme(session, plan, settings, NOW, year=year)
        database.dispose()
        yield settings
