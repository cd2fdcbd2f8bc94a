"""The migrations lead to the models and back, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.engine.interfaces import ReflectedIndex
from sqlmodel import SQLModel

import exchange.models  # noqa: F401 - fills the metadata
from exchange import db
from exchange.migrations import head_revision, migrate, schema_revision
from exchange.settings import ROOT


def tables_of(url: str) -> set[str]:
    database = db.Database(url)
    try:
        return set(inspect(database.engine).get_table_names()) - {"alembic_version"}
    finally:
        database.dispose()


def schema_of(url: str) -> object:
    """Every table with its columns, keys and constraints, in an order of its own."""
    database = db.Database(url)
    try:
        inspector = inspect(database.engine)
        return {
            table: (
                sorted((c["name"], str(c["type"]), c["nullable"]) for c in columns),
                sorted(str(key) for key in inspector.get_unique_constraints(table)),
                sorted(str(key) for key in inspector.get_foreign_keys(table)),
                sorted(str(check) for check in inspector.get_check_constraints(table)),
                sorted(described(index) for index in inspector.get_indexes(table)),
            )
            for table in sorted(inspector.get_table_names())
            for columns in [inspector.get_columns(table)]
        }
    finally:
        database.dispose()


def described(index: ReflectedIndex) -> str:
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return f"{index['name']} {index['column_names']} {index['unique']} {sorted(options.items())}"


def _plain_index(index: ReflectedIndex) -> str:
    conditions = [str(value) for value in index.get("dialect_options", {}).values()]
    return f"{index['name']} {index['column_names']} {index['unique']} {conditions}"


def test_migrations_go_up_down_and_up_to_the_same_schema(empty_database_url: str) -> None:
    migrate(empty_database_url)
    first = schema_of(empty_database_url)
    assert tables_of(empty_database_url) == set(SQLModel.metadata.tables)

    migrate(empty_database_url, "base")
    assert tables_of(empty_database_url) == set()

    migrate(empty_database_url)
    assert schema_of(empty_database_url) == first


def test_migrated_schema_is_what_the_models_say(database: db.Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


@pytest.fixture(scope="module")
def scripts() -> ScriptDirectory:
    return ScriptDirectory(str(ROOT / "exchange" / "migrations"))


def test_migrations_are_one_line_of_numbered_short_names(scripts: ScriptDirectory) -> None:
    revisions = [script.revision for script in scripts.walk_revisions()][::-1]
    assert revisions == [f"{number:04}" for number in range(1, len(revisions) + 1)]
    folder = ROOT / "exchange" / "migrations" / "versions"
    files = sorted(path.name for path in folder.glob("[0-9]*.py"))
    assert [name[:4] for name in files] == revisions
    assert all(len(name) <= 60 for name in files)


def test_revision_is_read_while_somebody_writes(database: db.Database) -> None:
    """The doctor and a migration's look before it begins must not wait for a long write to end."""
    with database.transaction() as session:
        session.connection().execute(text("SELECT 1"))  # SQLite: the one writer's place is taken
        assert schema_revision(database) == head_revision()
