"""One consistent copy of the database while people write to it, and what it says of itself.

SQLite copies itself in one read transaction, which keeps no writer waiting; of PostgreSQL pg_dump writes what
one exported snapshot shows, and what is read here is read from that same snapshot.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url, text
from sqlmodel import Session, col, select

from exchange.audit.anchors import present_anchor
from exchange.backups.client_programs import check_dump, dump
from exchange.backups.manifest import DATABASE_FILES, BackupFailed
from exchange.db import Database
from exchange.errors import ConfigurationError
from exchange.models import Attachment
from exchange.settings import Settings
from exchange.tokens import PRIVATE_FILE


@dataclass(frozen=True)
class Copied:
    """A copy of the database: its file, and what stands in it.

    ``uploads`` are the files that it names, by the names they lie under, each with its digest.
    """

    file: Path
    engine: str
    schema: str
    anchor: str
    uploads: dict[str, str]


def engine_of(settings: Settings) -> str:
    """ "sqlite" or "postgresql"."""
    return make_url(settings.database_url).get_backend_name()


def sqlite_file(settings: Settings) -> Path:
    """The file of the SQLite database of the settings."""
    return Path(make_url(settings.database_url).database or "").absolute()


def copy_database(database: Database, settings: Settings, folder: Path, now: datetime) -> Copied:
    """Copy the database into the folder and check the copy. Raises BackupFailed, ConfigurationError."""
    engine = engine_of(settings)
    target = folder / DATABASE_FILES[engine]
    target.touch(mode=PRIVATE_FILE)
    if engine == "sqlite":
        return _copied_sqlite(database, sqlite_file(settings), target, now)
    return _copied_postgresql(database, settings, target, now)


def _copied_sqlite(database: Database, source: Path, target: Path, now: datetime) -> Copied:
    if not source.is_file():
        raise ConfigurationError("There is no database at %(file)s.", file=source)
    with (
        closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as here,
        closing(sqlite3.connect(target)) as there,
    ):
        here.backup(there)
    copy = Database(f"sqlite:///{target}", carries=database.carries)
    try:
        with copy.reading() as session:
            copied = _described(session, "sqlite", target, now)
    finally:
        copy.dispose()
    close_sqlite(target)
    return copied


def close_sqlite(file: Path) -> None:
    """Make it one file, with nothing beside it, and check it. Raises BackupFailed when it is damaged."""
    with closing(sqlite3.connect(file)) as there:
        there.execute("PRAGMA journal_mode=DELETE")
        [[verdict]] = there.execute("PRAGMA integrity_check(1)")
    if verdict != "ok":
        raise BackupFailed("The database is damaged: %(verdict)s.", verdict=verdict)


def _copied_postgresql(database: Database, settings: Settings, target: Path, now: datetime) -> Copied:
    with database.reading() as session:
        connection = session.connection()
        # It waits while pg_dump works, longer than a session is let rest otherwise.
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        copied = _described(session, "postgresql", target, now)
        dump(settings, target, snapshot)
    check_dump(target)
    return copied


def _described(session: Session, engine: str, target: Path, now: datetime) -> Copied:
    schema = session.connection().execute(text("SELECT version_num FROM alembic_version")).scalar()
    named = select(Attachment.stored_name, Attachment.sha256).where(col(Attachment.removed_at).is_(None))
    return Copied(
        target, engine, schema or "", str(present_anchor(session, now)), dict(session.exec(named).all())
    )
