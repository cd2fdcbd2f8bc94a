"""Databases that many tests use one after another: emptied between them, and opened by the same engines.

Emptying takes a tenth of making a new database, and an engine that is kept has compiled its statements.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql

from exchange.db import Database
from tests.audit_key import CARRIED
from tests.postgres import PostgresServer

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
_SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"
_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
VACUUM_EVERY = 50  # emptied rows stay in the files until then


@contextmanager
def kept_database(url: str, user: str) -> Iterator[Database]:
    """The database at the address, by the engine that ``user`` had in earlier tests, without connections.

    Listeners that a test adds to the engine it takes off again.
    """
    database = _kept(url, user)
    try:
        yield database
    finally:
        database.dispose()


@cache
def _kept(url: str, user: str) -> Database:
    return Database(url, carries=CARRIED)


class ReusedFile:
    """A SQLite file; ``empty`` puts a fresh copy of the template in its place."""

    def __init__(self, template: Path, file: Path) -> None:
        self.url = f"sqlite:///{file}"
        self._template, self._file = template, file

    def empty(self) -> None:
        """Start with a new file: whoever still has the old one open keeps that."""
        for suffix in ("", "-wal", "-shm"):
            self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)
        shutil.copy(self._template, self._file)


class ReusedDatabase:
    """A migrated database; ``empty`` puts it back to how it was when this was made.

    A test that changes the schema takes ``empty_database_url`` instead: tables are not made anew here.
    """

    def __init__(self, server: PostgresServer, name: str) -> None:
        self.url = server.url(name)
        self._name, self._folder = name, str(server.folder)
        self._uses = 0
        with self._connected() as connection:
            self._reset = _reset_statements(connection)

    def empty(self) -> None:
        """Throw out whoever is still connected, then all rows but those that the migrations wrote."""
        with self._connected() as connection:
            connection.execute(_OTHERS)
            connection.execute(self._reset)
            self._uses += 1
            if self._uses % VACUUM_EVERY == 0:
                connection.execute("VACUUM")

    def _connected(self) -> psycopg.Connection:
        return psycopg.connect(dbname=self._name, user="exchange", host=self._folder, autocommit=True)


def _reset_statements(connection: psycopg.Connection) -> sql.Composed:
    """One transaction that empties all tables in any order, writes the kept rows back and counts from 1."""
    tables = [name for (name,) in connection.execute(_TABLES)]
    sequences = [name for (name,) in connection.execute(_SEQUENCES)]
    parts = [sql.SQL("BEGIN; SET LOCAL session_replication_role = replica")]
    parts += [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in tables]
    parts += [row for name in tables for row in _rows_of(connection, name)]
    parts += [sql.SQL("SELECT setval({}, 1, false)").format(f'"{name}"') for name in sequences]
    return sql.SQL("; ").join([*parts, sql.SQL("COMMIT")])


def _rows_of(connection: psycopg.Connection, table: str) -> list[sql.Composed]:
    into = sql.Identifier(table)
    return [
        sql.SQL("INSERT INTO {} VALUES ({})").format(into, sql.SQL(", ").join(map(sql.Literal, row)))
        for row in connection.execute(sql.SQL("SELECT * FROM {}").format(into))
    ]
