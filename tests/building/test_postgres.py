"""The tests' own PostgreSQL: found where it should be, and gone with the tests."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests import postgres
from tests.postgres import PostgresServer, PostgresUnavailable
from tests.required import unavailable


def test_newest_version_stands_first() -> None:
    folders = [Path(f"/usr/lib/postgresql/{version}/bin") for version in ("9.6", "18", "15", "x")]
    assert [folder.parent.name for folder in postgres.by_version(iter(folders))] == [
        "18",
        "15",
        "9.6",
        "x",
    ]


def test_folder_named_by_the_person_is_not_silently_replaced(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EXCHANGE_PG_BIN", str(tmp_path))
    with pytest.raises(PostgresUnavailable, match="holds no initdb"):
        postgres.find_binaries()


def test_missing_server_is_a_skip_in_development_and_a_failure_in_ci(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("EXCHANGE_TEST_REQUIRE", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no server"):
        unavailable("no server")
    monkeypatch.setenv("EXCHANGE_TEST_REQUIRE", "all")
    with pytest.raises(pytest.fail.Exception, match="no server"):
        unavailable("no server")


@pytest.mark.postgresql
def test_each_database_is_fresh_and_dropped(postgres_server: PostgresServer) -> None:
    with postgres_server.database("one") as url:
        connect(postgres_server, "one").close()
        assert str(postgres_server.folder) in url
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        connect(postgres_server, "one")


@pytest.mark.postgresql
@pytest.mark.usefixtures("postgres_server")  # skips where there is no PostgreSQL
def test_server_ends_when_the_tests_are_killed() -> None:
    """The process that holds the server is killed outright; the server notices and goes."""
    program = (
        "import os, signal\n"
        "from tests.postgres import running_server\n"
        "with running_server() as server:\n"
        "    print(server.folder, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    folder = Path(done.stdout.strip())
    assert done.returncode == -9, done.stderr
    try:
        assert goes_away(folder / "data" / "postmaster.pid")
    finally:
        shutil.rmtree(folder)  # nobody was left to remove it


def goes_away(path: Path) -> bool:
    deadline = time.monotonic() + 10
    while path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not path.exists()


def connect(server: PostgresServer, database: str) -> psycopg.Connection:
    return psycopg.connect(dbname=database, user="exchange", host=str(server.folder))
