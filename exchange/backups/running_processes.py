"""Whether web or clock processes run on this database, as far as the database knows: they hold connections.

It ends no process.
"""

import sqlite3
from contextlib import closing

from sqlalchemy import text

from exchange.backups.database_copies import engine_of, sqlite_file
from exchange.db import Database
from exchange.errors import Conflict
from exchange.settings import Settings

_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


def refuse_running(settings: Settings) -> None:
    """Raise Conflict while any other process has the database open."""
    others = _sqlite_in_use(settings) if engine_of(settings) == "sqlite" else _postgresql_in_use(settings)
    if others:
        raise Conflict(
            "Exchange is running here: %(others)s. Stop all its web and clock processes, on every machine,"
            " and whatever else looks into the database; then do this again.",
            others=others,
        )


def _sqlite_in_use(settings: Settings) -> str:
    """Leaving the WAL mode needs the file for oneself, and takes in what stands in the -wal."""
    file = sqlite_file(settings)
    if not file.is_file():
        return ""
    try:
        with closing(sqlite3.connect(file, timeout=0)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        return f"another process has {file} open" if "locked" in str(error) else ""
    except sqlite3.DatabaseError:
        return ""  # damaged: whoever opens it says so
    return ""


def _postgresql_in_use(settings: Settings) -> str:
    database = Database(settings.database_url)
    try:
        with database.reading() as session:
            count = session.connection().execute(_OTHERS).scalar_one()
    finally:
        database.dispose()
    return f"the database has {count} other connections" if count else ""
