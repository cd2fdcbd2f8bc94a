"""The database: one engine, three ways to use it, and the only place that commits.

Works alike on SQLite and PostgreSQL. It holds no queries.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from exchange.errors import ConfigurationError

BUSY_TIMEOUT_MS = 10_000  # how long a SQLite writer waits for another one


class Database:
    """Connections to one database, for writers and for readers.

    Safe to share between threads; make one per process.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self.reader = _reader(self.engine)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work is committed whole at the end, or not at all when something is raised."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection for bare statements, for a loop in which a session would cost more than they do.

        Each piece of work stands in ``with connection.begin()``, and is committed whole at its end. A
        statement outside of one would hold the lock of SQLite's writers, and be lost with the connection.
        """
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database and cannot write: a write raises."""
        with Session(self.reader, expire_on_commit=False, autoflush=False) as session:
            yield session  # closing rolls back and leaves what was read usable

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        self.reader.dispose()


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database in (None, "", ":memory:") or parsed.query.get("mode") == "memory":
            # Each connection would have one of its own: readers would not find what writers wrote.
            raise ConfigurationError("%(url)s names no file, and the database must be one.", url=url)
        return _sqlite_engine(url, is_reader=False)
    # Refused statements are logged: without the row, which may hold an address.
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True
    )


def _reader(engine: Engine) -> Engine:
    """SQLite gets connections of its own: turning query_only on and off forgets all prepared statements."""
    if engine.dialect.name == "sqlite":
        return _sqlite_engine(engine.url, is_reader=True)
    return engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")


def _sqlite_engine(url: str | URL, *, is_reader: bool) -> Engine:
    engine = create_engine(url, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own transactions begin too late and lose updates; we begin them ourselves.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",  # first: the next one may have to wait, too
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            f"query_only={'ON' if is_reader else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if is_reader else "BEGIN IMMEDIATE")

    return engine


def is_reachable(database: Database) -> bool:
    """Whether a statement comes back; used by the health page."""
    try:
        with database.reading() as session:
            session.connection().execute(text("SELECT 1"))
    except OperationalError:
        return False
    return True
