"""Alembic's entry: runs migrations on the engine that exchange.db makes. Not run offline."""

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

import exchange.models  # noqa: F401 - fills the metadata
from exchange.db import Database, Limits
from exchange.settings import load_settings


class BrokenReference(Exception):
    """A migration left rows that point at nothing; nothing of it is kept."""


def _let_tables_be_copied(connection: Connection) -> None:
    """SQLite changes a table by putting a copy in its place, which it refuses while rows point at it.

    The pragma does nothing inside a transaction: it goes to the driver, before one begins.
    """
    connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise BrokenReference(f"a row of {broken[0]} points at no row of {broken[2]}")


# A migration may take as long as it takes; for a lock it waits no longer than others wait for it then.
database = Database(
    context.config.attributes.get("url") or load_settings().database_url,
    limits=Limits(statement_seconds=0, idle_seconds=0),
)
is_sqlite = database.engine.dialect.name == "sqlite"
with database.engine.connect() as connection:
    if is_sqlite:
        _let_tables_be_copied(connection)
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=is_sqlite,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        if is_sqlite:
            _check_references(connection)
    connection.commit()
database.dispose()
