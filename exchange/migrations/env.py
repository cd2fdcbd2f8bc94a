"""Alembic's entry: runs migrations on the engine that exchange.db makes. Not run offline."""

from alembic import context
from sqlmodel import SQLModel

import exchange.models  # noqa: F401 - fills the metadata
from exchange.db import Database
from exchange.settings import load_settings

database = Database(context.config.attributes.get("url") or load_settings().database_url)
with database.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
database.dispose()
