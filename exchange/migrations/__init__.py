"""Schema migrations: linear, short-named, both ways real.

Kept apart from exchange.db because Alembic costs start-up time that web processes do not need.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import OperationalError

from exchange.db import Database
from exchange.errors import ConfigurationError


def migrate(url: str, revision: str = "head") -> None:
    """Bring the schema to ``revision``, up or down: "head", "base" or a number such as "0002".

    Raises ConfigurationError when the database was written by a newer version.
    """
    config = _alembic_config(url)
    move = command.downgrade if goes_down(url, revision) else command.upgrade
    try:
        move(config, revision)
    except CommandError as error:
        raise ConfigurationError(
            "There is no migration to %(revision)s: %(cause)s.", revision=revision, cause=error
        ) from error


def goes_down(url: str, revision: str) -> bool:
    """Whether the schema stands above ``revision``, so that going there drops what newer versions keep.

    Raises ConfigurationError as migrate does.
    """
    config = _alembic_config(url)
    current = _refuse_newer(url, config)
    if current is None or revision == current:
        return False
    if revision == "base":
        return True
    passed = ScriptDirectory.from_config(config).walk_revisions("base", current)
    return revision in {step.revision for step in passed}


def schema_revision(database: Database) -> str | None:
    """The revision of the schema as it stands; None when it was never migrated."""
    with database.reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head_revision() -> str:
    """The revision of the newest migration."""
    return str(ScriptDirectory(str(Path(__file__).parent)).get_current_head())


def _alembic_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = url
    return config


def _refuse_newer(url: str, config: Config) -> str | None:
    """The revision of the schema, None when it was never migrated."""
    database = Database(url)
    try:
        current = schema_revision(database)
    except OperationalError as error:
        raise ConfigurationError(
            "The database %(url)s cannot be opened: %(cause)s",
            url=database.engine.url.render_as_string(hide_password=True),
            cause=str(error.orig),
        ) from error
    finally:
        database.dispose()
    if current is None:
        return None
    try:
        ScriptDirectory.from_config(config).get_revision(current)
    except CommandError as error:
        raise ConfigurationError(
            "The database was written by a newer version of Exchange (its schema is %(revision)s). "
            "Install that version, or restore a backup made with this one.",
            revision=current,
        ) from error
    return current
