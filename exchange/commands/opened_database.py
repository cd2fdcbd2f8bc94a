"""The database of the settings, open for one command and closed after it."""

from collections.abc import Iterator
from contextlib import contextmanager

from exchange.audit.keys import carried
from exchange.db import Database, limits_of
from exchange.health.schema_version import refuse_half_restored
from exchange.settings import Settings


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database, with the keys of its trail. Raises WrongSchema after a restore that was cut short."""
    database = Database(settings.database_url, carries=carried(settings), limits=limits_of(settings))
    try:
        with database.reading() as session:
            refuse_half_restored(session.connection())
        yield database
    finally:
        database.dispose()
