"""Looks at the database: whether it answers, is ours, takes a row, is whole, and keeps the same time."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from exchange import audit
from exchange.backups.last_backup import backup_state
from exchange.clock import utc_now
from exchange.commands.doctor.findings import NotWell, Unwise
from exchange.db import Database, is_reachable
from exchange.health.schema_version import check_schema
from exchange.operations.readiness import check_writing
from exchange.settings import Settings

CLOCKS_DIFFER_BY = timedelta(seconds=2)  # machines that are set by a time server differ by milliseconds

# Every index that keeps rows apart, read against its table. amcheck comes with PostgreSQL, as an extension.
_INDEXES = text(
    "SELECT c.relname, bt_index_check(c.oid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " JOIN pg_am am ON am.oid = c.relam JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE am.amname = 'btree' AND n.nspname = 'public' AND i.indisvalid"
)


def reachable(database: Database) -> str:
    """Its address, without the password."""
    if not is_reachable(database):
        raise NotWell("does not answer")
    return str(database.engine.url.render_as_string(hide_password=True))


def kind(database: Database, settings: Settings) -> str:
    """Which of the two it is; SQLite has one writer and one machine."""
    name = database.engine.dialect.name
    if name == "sqlite" and settings.is_production:
        raise Unwise("SQLite in production: one machine, one writer at a time; PostgreSQL is meant for it")
    return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(name, name)


def schema(database: Database) -> str:
    """The revision of the schema, which must be that of this version."""
    return f"at {check_schema(database)}"


def writing(database: Database) -> str:
    """Whether it takes a row, which is taken back."""
    check_writing(database)
    return "a row can be written"


def integrity(database: Database) -> str:
    """Whether what lies on the disk is whole, as far as the database can tell by itself."""
    return _sqlite(database) if database.engine.dialect.name == "sqlite" else _postgresql(database)


def audit_trail(database: Database, settings: Settings) -> str:
    """Whether the trail is as it was written."""
    with database.reading() as session:
        verdict = audit.verify(session, outside=[settings.anchor_file])
    if not verdict.is_whole:
        raise NotWell("%(fault)s; see: python -m exchange audit verify", fault=verdict.faults[0])
    return f"{verdict.entries} entries verify"


def backups(database: Database, settings: Settings) -> str:
    """When the last backup was made; that no clock makes any is a warning in production alone."""
    with database.reading() as session:
        state = backup_state(session, settings, utc_now())
    last = f"the last was made {state.at:%Y-%m-%d %H:%M} UTC" if state.at else "none was ever made"
    if state.absent_uploads:
        raise NotWell(
            "%(last)s without %(count)s uploads, missing or damaged then: look for them in older ones",
            last=last,
            count=state.absent_uploads,
        )
    if state.is_overdue:
        raise NotWell("%(last)s; one is due each day. Does a clock run?", last=last)
    if not state.is_nightly and settings.is_production:
        raise Unwise("%(last)s; no clock makes any: set EXCHANGE_BACKUP_DIR", last=last)
    return last


def clock(database: Database) -> str:
    """Whether this machine and that of the database agree about the time."""
    if database.engine.dialect.name == "sqlite":
        return "this machine's, as the database is"
    with database.reading() as session:
        before = utc_now()
        theirs: datetime = session.connection().execute(text("SELECT clock_timestamp()")).scalar_one()
        after = utc_now()
    difference = theirs.astimezone(UTC) - (before + (after - before) / 2)
    seconds = difference.total_seconds()
    if abs(difference) > CLOCKS_DIFFER_BY + (after - before):
        raise NotWell(
            "the database's is %(seconds)s s %(how)s: set both by a time server",
            seconds=f"{abs(seconds):.1f}",
            how="ahead" if seconds > 0 else "behind",
        )
    return f"{abs(seconds):.2f} s from the database's"


def _sqlite(database: Database) -> str:
    with database.reading() as session:
        found = session.connection().execute(text("PRAGMA integrity_check(3)")).scalars().all()
        dangling = session.connection().execute(text("PRAGMA foreign_key_check")).first()
    if list(found) != ["ok"]:
        raise NotWell("damaged: %(what)s; restore a backup", what="; ".join(map(str, found)))
    if dangling is not None:
        raise NotWell("a row of %(table)s points at nothing", table=dangling[0])
    return "whole"


def _postgresql(database: Database) -> str:
    with database.reading() as session:
        has_extension = text("SELECT 1 FROM pg_extension WHERE extname = 'amcheck'")
        if session.connection().execute(has_extension).first() is None:
            raise Unwise("not looked into; as its superuser: CREATE EXTENSION amcheck")
        return f"{len(session.connection().execute(_INDEXES).all())} indexes are whole"
