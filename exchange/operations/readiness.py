"""Whether this installation does its work: what /readyz answers, part by part. It mends nothing.

Its words are for anybody, and name no address, no file and no row.
"""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert, text
from sqlalchemy.exc import SQLAlchemyError

from exchange.db import Database
from exchange.errors import ExchangeError, WrongSchema
from exchange.health.schema_version import check_schema
from exchange.health.tick_intervals import tick_seconds
from exchange.models import JobRun
from exchange.operations.tick_watch import JobAge, TickWatch
from exchange.settings import Settings
from exchange.system.outages import Outage, outage_in

ROOM_BYTES = 100_000  # that must go into each folder
LOCK_MS = 1000  # for which a look waits: one who writes proves that it can be done


class NotReady(ExchangeError):
    """What is wrong with one part."""


@dataclass(frozen=True)
class Part:
    """How one part is, in a few words."""

    name: str
    is_ready: bool
    words: str

    def __str__(self) -> str:
        return f"{'ok' if self.is_ready else 'not ok':8}{self.name}{': ' if self.words else ''}{self.words}"


def readiness(database: Database, settings: Settings, watch: TickWatch, now: datetime) -> Iterator[Part]:
    """Each part in the order in which one needs the other; what needs one that is not ready is left out."""
    schema = _part("schema", lambda: check_schema(database))
    is_away = not schema.is_ready and schema.words == Outage.AWAY
    yield Part("database", not is_away, "does not answer" if is_away else "")
    if is_away:
        return
    yield schema
    if not schema.is_ready:
        return
    yield _part("writable", lambda: check_writing(database))
    yield _part("disk", lambda: check_room(settings))
    yield _part("ticks", lambda: _check_ticks(_ages(database, settings, watch, now)))


def check_writing(database: Database) -> None:
    """Raise unless a row can be written; none is. Somebody else who writes is proof enough."""
    if database.engine.dialect.name == "sqlite":
        _check_sqlite(str(database.engine.url.database))
        return
    epoch = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    row = {"job": "readyz", "slot_at": epoch, "claimed_at": epoch, "claimed_by": "readyz", "outcome": ""}
    with database.engine.connect() as connection:  # rolled back at the end
        connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_MS}"))
        connection.execute(insert(JobRun).values(**row))


def check_room(settings: Settings) -> None:
    """Raise NotReady unless the folders of this installation have some room."""
    for folder in {settings.data_dir, settings.uploads}:
        if folder.is_dir():
            _check_folder(folder)


def _check_folder(folder: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(ROOM_BYTES))
    except OSError as error:
        raise NotReady("cannot be written to (%(cause)s)", cause=error.strerror) from error


def _check_sqlite(file: str) -> None:
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE alembic_version SET version_num = version_num")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise NotReady("refuses to be written to") from error


def _ages(database: Database, settings: Settings, watch: TickWatch, now: datetime) -> list[JobAge]:
    with database.reading() as session:
        return watch.ages(session, tick_seconds(settings), now)


def _check_ticks(ages: list[JobAge]) -> None:
    if all(one.run is None for one in ages):
        raise NotReady("no clock has run")
    late = [one for one in ages if one.is_late]
    if late:
        raise NotReady("%(jobs)s", jobs=", ".join(map(late_words, late)))


def late_words(late: JobAge) -> str:
    """What is said of a job that is late."""
    if late.run is None or late.age is None:
        return f"{late.job} has never run"
    return f"{late.job} last ran {int(late.age.total_seconds())} s ago"


def _part(name: str, look: Callable[[], object]) -> Part:
    try:
        look()
    except (NotReady, WrongSchema) as error:
        return Part(name, False, str(error))
    except SQLAlchemyError as error:
        return Part(name, False, outage_in(error) or "the database refuses")
    return Part(name, True, "")
