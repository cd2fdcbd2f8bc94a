"""Which schema this version of Exchange works with, which one a database has, and whether it is whole.

It moves none, and does without the tool that does: exchange.migrations.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from exchange.db import Database
from exchange.errors import WrongSchema
from exchange.system.outages import outage_in

BEFORE_RESTORE = "exchange_before_restore"  # the schema in which a restore keeps what stood there before

_VERSIONS = Path(__file__).parent.parent / "migrations/versions"
_PRESENT = text("SELECT version_num FROM alembic_version")
_ASIDE = text("SELECT to_regnamespace(:name) IS NOT NULL").bindparams(name=BEFORE_RESTORE)


@cache
def known_revisions() -> tuple[str, ...]:
    """The revisions that this version has migrations to, oldest first; it works with the last one alone."""
    return tuple(sorted(path.stem[:4] for path in _VERSIONS.glob("[0-9]*.py")))


def present_revision(connection: Connection) -> str:
    """The revision of a database that was migrated once; "" when it was taken back to its beginning."""
    return connection.execute(_PRESENT).scalar() or ""


def check_schema(database: Database) -> str:
    """The revision of any database, which is ours. Raises WrongSchema, and what the database raises."""
    revision = ""
    try:
        with database.reading() as session:
            refuse_half_restored(session.connection())
            revision = present_revision(session.connection())
    except (OperationalError, ProgrammingError) as error:
        if outage_in(error):
            raise
        # There is no such table: it was never migrated.
    refuse_other(revision)
    return revision


def is_half_restored(connection: Connection) -> bool:
    """Whether a restore has begun and not ended; never on SQLite, where a whole file is put into place."""
    return connection.dialect.name == "postgresql" and bool(connection.execute(_ASIDE).scalar())


def refuse_half_restored(connection: Connection) -> None:
    """Raise WrongSchema after a restore that was cut short; it says which command mends it."""
    if is_half_restored(connection):
        raise WrongSchema(
            "a restore was cut short here, or goes on, and letters that went out would go again; run it once"
            " more, to its end: python -m exchange restore FOLDER --yes"
        )


def refuse_other(revision: str) -> None:
    """Raise WrongSchema unless the revision is ours; it says which command mends it."""
    wanted = known_revisions()[-1]
    if revision == wanted:
        return
    if not revision:
        raise WrongSchema("the database is empty; run: python -m exchange migrate")
    if revision in known_revisions():
        raise WrongSchema(
            "at %(present)s, should be at %(wanted)s; run: python -m exchange migrate",
            present=revision,
            wanted=wanted,
        )
    raise WrongSchema(
        "at %(present)s, of a newer version of Exchange than this one, which works with %(wanted)s; install"
        " that version, or go back by it, and lose what is new: python -m exchange migrate %(wanted)s --yes",
        present=revision,
        wanted=wanted,
    )


class SchemaWatch:
    """Whether a process may work on its database: doubted at its start, and until the schema is its own.

    A process that has begun goes on when the schema moves under it; /readyz and the clock look each time.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.is_doubted = False

    def doubt(self) -> None:
        """Look before anything else is done."""
        self.is_doubted = True

    def check(self) -> None:
        """Raise WrongSchema while the schema is another one, and what a database raises that is away."""
        if self.is_doubted:
            check_schema(self._database)
            self.is_doubted = False
