"""What stands in the place where a backup is to be put back: nothing, or what would be replaced.

It changes nothing.
"""

from sqlalchemy import inspect
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col, func, select

from exchange.backups.database_copies import engine_of, sqlite_file
from exchange.db import Database
from exchange.models import AuditEntry, Person
from exchange.settings import Settings


def present_installation(settings: Settings) -> str:
    """What would be lost, in words; "" for an empty place. A schema without people is empty, too."""
    if engine_of(settings) == "sqlite":
        file = sqlite_file(settings)
        if not file.is_file() or not file.stat().st_size:
            return _files(settings)
    database = Database(settings.database_url)
    try:
        with database.reading() as session:
            return _described(session) or _files(settings)
    except DatabaseError:
        if engine_of(settings) == "postgresql":
            raise  # out of reach: nothing can be put back there
        return "a database that cannot be read"
    finally:
        database.dispose()


def _described(session: Session) -> str:
    tables = set(inspect(session.connection()).get_table_names())
    if Person.__tablename__ not in tables:
        return (
            f"a database with {len(tables)} tables of something else" if tables - {"alembic_version"} else ""
        )
    people = session.exec(select(func.count()).select_from(Person)).one()
    if not people:
        return ""
    last = session.exec(select(AuditEntry.at).order_by(col(AuditEntry.id).desc()).limit(1)).first()
    return f"{people} people" + (f", last changed {last:%Y-%m-%d %H:%M} UTC" if last else "")


def _files(settings: Settings) -> str:
    folder = settings.uploads
    count = sum(path.is_file() for path in folder.iterdir()) if folder.is_dir() else 0
    return f"{count} files that people handed in" if count else ""
