"""What every test may ask for: a fresh, migrated database of either kind, and the app over it.

Whatever stands on ``database_url`` (``database``, ``settings``, ``app``, ``client``) runs its test
twice, on SQLite and on PostgreSQL. No EXCHANGE_* variable of the person's shell reaches a test.
"""

import gc
import itertools
import os
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
import trustme
from flask import Flask
from flask.testing import FlaskClient

from exchange import db
from exchange.app import create_app
from exchange.migrations import migrate
from exchange.settings import Settings
from tests.audit_key import KEY
from tests.compiled import routes_compiled_once, with_compiled_templates
from tests.hand_clock import HandClock
from tests.postgres import PostgresServer, PostgresUnavailable, running_server
from tests.required import unavailable
from tests.reused import ReusedDatabase, ReusedFile, kept_database
from tests.sign_in import SignIn

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]

FIRST_DAY = datetime(2026, 11, 23, 9, tzinfo=UTC)  # a Monday, six weeks before the first start of 2027
OF_THE_TESTS = ("EXCHANGE_TEST_", "EXCHANGE_SECRET_KEY", "EXCHANGE_PG_BIN", "EXCHANGE_CHROMIUM")

# Settings made apart from each other sign alike, also in other processes.
os.environ["EXCHANGE_SECRET_KEY"] = "a secret of the tests, of no installation"

# Here SQLite and PostgreSQL differ least, so that CI tries the second with the slow tests: one in so many,
# and of tests that are slow anyway one in so many; `make postgresql-long` tries the others.
ONE_IN, ONE_IN_SLOW = 12, 2
SECOND_DATABASE_LATER = frozenset(
    {"accounts", "attendance", "audit", "boards", "contributions", "cycles", "figures", "flows"}
    | {"invitations", "lessons"}
    | {"money", "needs", "network", "nominations", "notes", "personal_data", "planning"}
    | {"preferences", "products", "programme", "projects", "records", "reminders", "requests", "rotation"}
    | {"standing_documents", "trail", "trainings", "transfer", "travel", "web", "wordings"}
)

_numbers = itertools.count(1)

# A busy machine is no fault: examples have no deadline. The rest stays as Hypothesis chose for here or CI.
hypothesis.settings.register_profile("exchange", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("exchange")

gc.set_threshold(20_000, 10, 10)  # an eighth of all test time went into looking for rubbish


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the tests on PostgreSQL of some folders among the slow ones, or among those that CI leaves out."""
    for item in items:
        folder = item.path.relative_to(config.rootpath / "tests").parts[0]
        if folder in SECOND_DATABASE_LATER and item.get_closest_marker("postgresql"):
            one_in = ONE_IN_SLOW if item.get_closest_marker("slow") else ONE_IN
            is_taken = zlib.crc32(item.nodeid.encode()) % one_in == 0
            item.add_marker(pytest.mark.slow if is_taken else pytest.mark.long)


@pytest.fixture(scope="session", autouse=True)
def no_settings_of_the_shell() -> Iterator[None]:
    """Hide the person's own settings, so that no test reaches their database or mail server."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith("EXCHANGE_") and not name.startswith(OF_THE_TESTS):
                patch.delenv(name)
        patch.setenv("EXCHANGE_AUDIT_KEY", KEY)  # one for all, as of an installation
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_routes() -> Iterator[None]:
    """Compile each route once, however many applications the tests make."""
    with routes_compiled_once():
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A running PostgreSQL without any database of ours."""
    try:
        with running_server() as server:
            yield server
    except PostgresUnavailable as reason:
        unavailable(str(reason))


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> Iterator[ReusedDatabase]:
    """A migrated database that each test leaves and the next finds as it was after migration."""
    with postgres_server.database("exchange_reused") as url:
        migrate(url)
        yield ReusedDatabase(postgres_server, "exchange_reused")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file to copy."""
    path = tmp_path_factory.mktemp("template") / "exchange.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> ReusedFile:
    """A database like migrated_postgres, in a file of SQLite."""
    return ReusedFile(sqlite_template, tmp_path_factory.mktemp("reused") / "exchange.db")


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
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh, migrated database of either kind."""
    if request.param == "sqlite":
        reused_file: ReusedFile = request.getfixturevalue("migrated_file")
        reused_file.empty()
        yield reused_file.url
        return
    reused: ReusedDatabase = request.getfixturevalue("migrated_postgres")
    reused.empty()
    yield reused.url


@pytest.fixture
def database(database_url: str) -> Iterator[db.Database]:
    """A fresh, migrated database of either kind, its connections closed afterwards."""
    with kept_database(database_url, "tests") as opened:
        yield opened


@pytest.fixture
def clock() -> HandClock:
    """The time the app and the jobs are told; the test moves it."""
    return HandClock(FIRST_DAY)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings for one empty installation in a folder of its own."""
    return Settings(database_url=database_url, data_dir=tmp_path / "var", sample=False, feed_check_seconds=0)


@pytest.fixture
def app(settings: Settings, clock: HandClock) -> Iterator[Flask]:
    """The application at the hand clock's time. CSRF is off here; the flows keep it on."""
    application = with_compiled_templates(create_app(settings, now=clock))
    application.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    installation = application.extensions["exchange"]
    with kept_database(settings.database_url, "app") as database:
        application.extensions["exchange"] = replace(installation, database=database)
        yield application
    installation.database.dispose()  # what stands in front of the application, the calendars, uses this one


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The certificate of an authority of the tests; and key with chain of "localhost"."""
    folder = tmp_path_factory.mktemp("certificates")
    ca = trustme.CA()
    root, chain = folder / "ca.pem", folder / "localhost.pem"
    ca.cert_pem.write_to_path(str(root))
    ca.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(chain))
    return root, chain


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a page: nobody is signed in."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, database: db.Database, settings: Settings, clock: HandClock) -> SignIn:
    """Lets people in: ``sign_in(person)`` is a browser in which that person is signed in."""
    return SignIn(app, database, settings, clock)


def _fresh_name() -> str:
    return f"test_{next(_numbers)}"
