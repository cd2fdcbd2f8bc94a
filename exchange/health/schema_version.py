"""Which schema this version of Exchange works with, and which one a database has.

It moves none, and does without the tool that does: exchange.migrations.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from exchange.db import Database
from exchange.errors import WrongSchema
from exchange.system.outages import outage_in

_VERSIONS = Path(__file__).parent.parent / "migrations/versions"
_PRESENT = text("SELECT version_num FROM alembic_version")


@cache
def known_revisions() -> tuple[str, ...]:
    """The revisions that this version has migrations to, oldest first; it works with the last one alone."""
    return tuple(sorted(path.stem[:4] for path in _VERSIONS.glob("[0-9]*.py")))


def present_revision(connection: Connection) -> str:
    """The revision of a database that was migrated once; "" when it was taken back to its beginning."""
    return connection.execute(_PRESENT).scalar() or ""


def schema_of(database: Database) -> str:
    """The same of any database; "" also when it was never migrated. Raises what the database raises."""
    try:
        with database.reading() as session:
            return present_revision(session.connection())
    except (OperationalError, ProgrammingError) as error:
        if outage_in(error):
            raise
        return ""  # there is no such table


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
            refuse_other(schema_of(self._database))
            self.is_doubted = False
