"""Houses of either kind of database, each in a place of its own."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from exchange.migrations import migrate
from exchange.settings import Settings
from tests.backups.houses import Build, House
from tests.conftest import KINDS
from tests.postgres import PostgresServer

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def migrated_template(postgres_server: PostgresServer) -> Iterator[str]:
    """A migrated database that nobody opens, to be copied."""
    with postgres_server.database("backups_template") as url:
        migrate(url)
        yield "backups_template"


@pytest.fixture(params=KINDS)
def build(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Build]:
    """Makes houses with a migrated schema and nothing in it."""
    with ExitStack() as opened:

        def built() -> House:
            place = tmp_path / f"place{next(_numbers)}"
            place.mkdir()
            if request.param == "sqlite":
                shutil.copy(request.getfixturevalue("sqlite_template"), place / "exchange.db")
                return House(Settings(data_dir=place, sample=False))
            server: PostgresServer = request.getfixturevalue("postgres_server")
            template = request.getfixturevalue("migrated_template")
            name = f"backups_{next(_numbers)}"
            url = opened.enter_context(server.database(name, template=template))
            return House(Settings(data_dir=place, database_url=url, sample=False))

        yield built


@pytest.fixture
def house(build: Build) -> House:
    """One with people, files and letters, in which nobody works at the moment."""
    made = build()
    made.fill()
    return made


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The folder for backups; it is not there yet."""
    return tmp_path / "kept"
