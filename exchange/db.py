"""The database: one engine, three ways to use it, and the only place that commits.

Works alike on SQLite and PostgreSQL. It holds no queries.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from exchange.errors import ConfigurationError
from exchange.settings import Settings

# Of a connection whose other end is gone without a word: half a minute of silence, then three questions.
KEEPALIVES = {"keepalives": 1, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
UNACKNOWLEDGED_MS = 60_000
KEPT_CONNECTIONS = 5


@dataclass(frozen=True)
class Limits:
    """How long a connection waits, in seconds (0: for ever), and how many connections a process has.

    A PostgreSQL that does not answer, a session that holds a lock and does nothing, a statement that never
    ends: each of them ends by one of these, so that it takes no thread for good. SQLite knows locks alone.
    """

    connect_seconds: int = 5
    lock_seconds: int = 10
    statement_seconds: int = 60
    idle_seconds: int = 60  # of a transaction in which nothing is asked
    connections: int = 20


def limits_of(settings: Settings) -> Limits:
    """The limits that the settings name."""
    return Limits(
        connect_seconds=settings.database_connect_seconds,
        lock_seconds=settings.database_lock_seconds,
        statement_seconds=settings.database_statement_seconds,
        idle_seconds=settings.database_idle_seconds,
        connections=settings.database_connections,
    )


class Database:
    """Connections to one database, for writers and for readers.

    Safe to share between threads; make one per process.
    """

    def __init__(
        self, url: str, *, carries: Mapping[str, object] | None = None, limits: Limits | None = None
    ) -> None:
        """``carries`` is what every session has in its ``info``: the keys that the trail is signed with."""
        self.url = url
        self.carries = dict(carries or {})
        self.limits = limits or Limits()
        self.engine = _engine(url, self.limits)
        self.reader = _reader(self.engine, self.limits)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work is committed at the end, or not at all when something is raised."""
        with Session(self.engine, expire_on_commit=False, info=self.carries) as session:
            yield session
            session.commit()

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection for bare statements, for a loop in which a session would cost more than they do.

        Each piece of work stands in ``with connection.begin()``, and is committed at its end. A
        statement outside of one would hold the lock of SQLite's writers, and be lost with the connection.
        """
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database and cannot write: a write raises."""
        with Session(self.reader, expire_on_commit=False, autoflush=False, info=self.carries) as session:
            yield session  # closing rolls back and leaves what was read usable

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        self.reader.dispose()


def _engine(url: str, limits: Limits) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database in (None, "", ":memory:") or parsed.query.get("mode") == "memory":
            # Each connection would have one of its own: readers would not find what writers wrote.
            raise ConfigurationError("%(url)s names no file, and the database must be one.", url=url)
        return _sqlite_engine(url, limits, is_reader=False)
    # Refused statements are logged: without the row, which may hold an address.
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        hide_parameters=True,
        **_pool(limits),
        connect_args=_postgresql_arguments(parsed, limits),
    )


def _pool(limits: Limits) -> dict[str, Any]:
    """A few connections are kept open, the others made when they are needed."""
    kept = min(KEPT_CONNECTIONS, limits.connections)
    return {
        "pool_size": kept,
        "max_overflow": limits.connections - kept,
        "pool_timeout": limits.connect_seconds,
    }


def _postgresql_arguments(url: URL, limits: Limits) -> dict[str, object]:
    """What libpq is told beside the address, whose own options win."""
    timeouts = {
        "lock_timeout": limits.lock_seconds,
        "statement_timeout": limits.statement_seconds,
        "idle_in_transaction_session_timeout": limits.idle_seconds,
    }
    options = [f"-c {name}={seconds * 1000}" for name, seconds in timeouts.items()]
    own = url.query.get("options", ())
    options += [own] if isinstance(own, str) else own
    defaults: dict[str, object] = {
        "connect_timeout": limits.connect_seconds,
        "tcp_user_timeout": UNACKNOWLEDGED_MS,
        **KEEPALIVES,
    }
    return {name: value for name, value in defaults.items() if name not in url.query} | {
        "options": " ".join(options)
    }


def _reader(engine: Engine, limits: Limits) -> Engine:
    """SQLite gets connections of its own: turning query_only on and off forgets all prepared statements."""
    if engine.dialect.name == "sqlite":
        return _sqlite_engine(engine.url, limits, is_reader=True)
    return engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")


def _sqlite_engine(url: str | URL, limits: Limits, *, is_reader: bool) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        **_pool(limits),
    )
    event.listen(engine, "connect", partial(_set_up_sqlite, limits=limits, is_reader=is_reader))

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if is_reader else "BEGIN IMMEDIATE")

    return engine


def _set_up_sqlite(
    connection: sqlite3.Connection, _record: object, *, limits: Limits, is_reader: bool
) -> None:
    # The driver's own transactions begin too late and lose updates; we begin them ourselves.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={limits.lock_seconds * 1000}",  # first: the next one may have to wait, too
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"query_only={'ON' if is_reader else 'OFF'}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    # Its own knows the letters of English alone, and who looks for "åsa" means "Åsa".
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(text: str | None) -> str | None:
    return None if text is None else str(text).lower()


def is_reachable(database: Database) -> bool:
    """Whether a statement comes back."""
    try:
        with database.reading() as session:
            session.connection().execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
