"""What every test may ask for: a fresh, migrated database of either kind.

``database`` and ``database_url`` run their test twice, on SQLite and on PostgreSQL.
"""

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange import db
from tests.postgres import PostgresServer, PostgresUnavailable, running_server
from tests.required import unavailable

TEMPLATE = "exchange_template"
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A running PostgreSQL without any database of ours."""
    try:
        with running_server() as server:
            yield server
    except PostgresUnavailable as reason:
        unavailable(str(reason))


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> Iterator[PostgresServer]:
    """The server, with a migrated database to copy."""
    with postgres_server.database(TEMPLATE) as url:
        db.migrate(url)
        yield postgres_server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file to copy."""
    path = tmp_path_factory.mktemp("template") / "exchange.db"
    db.migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=KINDS)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables, of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'exchange.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.database(_fresh_name()) as url:
        yield url


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated database of either kind."""
    if request.param == "sqlite":
        copy = tmp_path / "exchange.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), copy)
        yield f"sqlite:///{copy}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_template")
    with server.database(_fresh_name(), template=TEMPLATE) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[db.Database]:
    """A fresh, migrated database of either kind, its connections closed afterwards."""
    opened = db.Database(database_url)
    yield opened
    opened.dispose()


def _fresh_name() -> str:
    return f"test_{next(_numbers)}"
