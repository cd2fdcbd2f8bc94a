"""The database of a backup in place of the one that stands there: offered first, put there when all is well.

    with swapped_in(backup, manifest, settings, carries, now) as database:
        ...look at it, change it...

What is raised in the block leaves the place as it was. So does a process that is killed in it; on PostgreSQL
once restore runs again, and until then nothing works on what stands there (exchange.health.schema_version).
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url, text, update
from sqlmodel import col

from exchange.backups.backup_folder import on_disk
from exchange.backups.client_programs import ProgramFailed, load
from exchange.backups.database_copies import close_sqlite, sqlite_file
from exchange.backups.manifest import BadBackup, Manifest
from exchange.backups.restored_state import ends_of_sessions
from exchange.backups.running_processes import refuse_running
from exchange.backups.upload_copies import copy_file
from exchange.db import Database
from exchange.health.schema_version import BEFORE_RESTORE, is_half_restored
from exchange.models import Letter, LetterState
from exchange.settings import Settings
from exchange.tokens import PRIVATE_FOLDER

BESIDE = ("-wal", "-shm", "-journal")  # what SQLite keeps beside a database, and would mix into another

_IS_OF_EXTENSION = (
    "EXISTS (SELECT FROM pg_depend d"
    " WHERE d.objid = o.oid AND d.classid = o.tableoid AND d.deptype IN ('e', 'a', 'i'))"
)
_MOVE = f"""
DO $$ DECLARE statement text; BEGIN
  FOR statement IN
    SELECT format('ALTER %s %s SET SCHEMA {{there}}',
                  CASE o.relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
                  o.oid::regclass)
      FROM pg_class o
     WHERE o.relnamespace = '{{here}}'::regnamespace AND o.relkind IN ('r', 'p', 'v', 'S')
       AND NOT {_IS_OF_EXTENSION}
    UNION ALL
    SELECT format('ALTER ROUTINE %s SET SCHEMA {{there}}', o.oid::regprocedure)
      FROM pg_proc o WHERE o.pronamespace = '{{here}}'::regnamespace AND NOT {_IS_OF_EXTENSION}
  LOOP EXECUTE statement; END LOOP;
END $$;
"""
_DROP = f"""
DO $$ DECLARE statement text; BEGIN
  FOR statement IN
    SELECT format('DROP TABLE %s CASCADE', o.oid::regclass)
      FROM pg_class o
     WHERE o.relnamespace = 'public'::regnamespace AND o.relkind IN ('r', 'p') AND NOT {_IS_OF_EXTENSION}
    UNION ALL
    SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', o.oid::regprocedure)
      FROM pg_proc o WHERE o.pronamespace = 'public'::regnamespace AND NOT {_IS_OF_EXTENSION}
  LOOP EXECUTE statement; END LOOP;
END $$;
"""
_MOVE_ASIDE = f"CREATE SCHEMA {BEFORE_RESTORE};" + _MOVE.format(here="public", there=BEFORE_RESTORE)
_PUT_BACK = (
    _DROP,
    _MOVE.format(here=BEFORE_RESTORE, there="public"),
    f"DROP SCHEMA {BEFORE_RESTORE} CASCADE",
)


def swapped_in(
    backup: Path, manifest: Manifest, settings: Settings, carries: Mapping[str, object], now: datetime
) -> AbstractContextManager[Database]:
    """The backup's database, which takes its place at the end of the block. Raises BadBackup, Conflict."""
    file = backup / manifest.database.name
    if manifest.engine == "sqlite":
        return _sqlite_swapped(file, settings, carries)
    return _postgresql_swapped(file, settings, carries, now)


def left_beside(settings: Settings) -> list[Path]:
    """What lies beside the place of a SQLite database that nothing has open: of no use to any other one."""
    file = sqlite_file(settings)
    return [path for path in _beside(file) if path.exists()]


@contextmanager
def _sqlite_swapped(file: Path, settings: Settings, carries: Mapping[str, object]) -> Iterator[Database]:
    place = sqlite_file(settings)
    place.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    half = place.with_name(f"{place.name}.restoring")
    _forget(half)
    copy_file(file, half)
    database = Database(f"sqlite:///{half}", carries=carries)
    try:
        yield database
        database.dispose()
        close_sqlite(half)
        refuse_running(settings)  # again: somebody may have started it meanwhile
    except BaseException:
        database.dispose()
        _forget(half)
        raise
    for path in _beside(place):
        path.unlink(missing_ok=True)
    half.replace(place)
    on_disk(place.parent)


@contextmanager
def _postgresql_swapped(
    file: Path, settings: Settings, carries: Mapping[str, object], now: datetime
) -> Iterator[Database]:
    database = Database(settings.database_url, carries=carries)
    try:
        # What a restore that was cut short left beside goes back in the transaction of the load, or stays.
        with database.reading() as session:
            before = _PUT_BACK if is_half_restored(session.connection()) else ()
        first = ";\n".join([*before, _MOVE_ASIDE])
        database.dispose()
        try:
            load(settings, file, first=first, last=_settling(now))
        except ProgramFailed as error:
            raise BadBackup(
                "The database was not restored, and is as it was: %(cause)s.", cause=error
            ) from error
        try:
            yield database
        except BaseException:
            database.dispose()
            _execute(database, *_PUT_BACK)
            raise
        _execute(database, f"DROP SCHEMA {BEFORE_RESTORE} CASCADE")
    finally:
        database.dispose()


def _settling(now: datetime) -> str:
    """What psql does at the end of the load.

    Should this process be killed right after it, nothing leaves until it is known what may, and nobody is
    signed in. A dump leaves an empty search path behind.
    """
    waits = col(Letter.state).in_((LetterState.QUEUED, LetterState.SENDING))
    statements = [update(Letter).where(waits).values(held_at=now), *ends_of_sessions(now)]
    dialect = make_url("postgresql+psycopg://").get_dialect()()
    written = [
        str(one.compile(dialect=dialect, compile_kwargs={"literal_binds": True})) for one in statements
    ]
    return ";\n".join(["SET search_path TO public", *written, ""])


def _execute(database: Database, *statements: str) -> None:
    with database.transaction() as session:
        for statement in statements:
            session.connection().execute(text(statement))


def _forget(file: Path) -> None:
    for path in (file, *_beside(file)):
        path.unlink(missing_ok=True)


def _beside(file: Path) -> list[Path]:
    return [file.with_name(f"{file.name}{suffix}") for suffix in BESIDE]
