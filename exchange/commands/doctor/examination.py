"""The order in which everything is looked at: what needs another part comes after it."""

from collections.abc import Iterator

from exchange.audit.keys import carried
from exchange.commands.doctor import database as of_database
from exchange.commands.doctor import files, running
from exchange.commands.doctor.findings import Finding, finding
from exchange.db import Database, limits_of
from exchange.settings import Settings


def examine(settings: Settings) -> Iterator[Finding]:
    """A finding for each part; of what needs the database or its schema, when these are well."""
    yield Finding("settings", True, f"environment {settings.environment.value}")
    yield finding("Python", running.python)
    yield finding("disk", lambda: files.room(settings))
    yield finding("files", lambda: files.writing(settings))
    database = Database(settings.database_url, carries=carried(settings), limits=limits_of(settings))
    try:
        yield from _database(database, settings)
    finally:
        database.dispose()
    yield finding("zone data", running.zones)
    yield finding("sender", lambda: running.sender(settings))
    yield finding("mail", lambda: running.mail(settings))
    yield finding("mailbox", lambda: running.mailbox(settings))
    if settings.clamd:
        yield finding("virus scanner", lambda: running.scanner(settings))
    if settings.oidc_issuer:
        yield finding("identity provider", lambda: running.provider(settings))
    yield finding("web", lambda: running.web(settings))


def _database(database: Database, settings: Settings) -> Iterator[Finding]:
    found = finding("database", lambda: of_database.reachable(database))
    yield found
    if not found.is_ok:
        return
    yield finding("kind of database", lambda: of_database.kind(database, settings))
    yield finding("clock", lambda: of_database.clock(database))
    yield finding("integrity", lambda: of_database.integrity(database))
    found = finding("schema", lambda: of_database.schema(database))
    yield found
    if not found.is_ok:
        return
    yield finding("writing", lambda: of_database.writing(database))
    yield finding("audit trail", lambda: of_database.audit_trail(database, settings))
    yield finding("backups", lambda: of_database.backups(database, settings))
    yield finding("uploads", lambda: files.uploads(database, settings))
    yield finding("ticks", lambda: running.ticks(database, settings))
    yield finding("letters", lambda: running.letters(database))
