"""A copy of the database in one file, taken while it is in use.

SQLite only: PostgreSQL has a tool of its own, and the refusal says how to call it.
"""

import shlex
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, make_url

from exchange.errors import ConfigurationError, Conflict, ExchangeError

PRIVATE = 0o600  # it holds people's addresses


class BackupFailed(ExchangeError):
    """No copy was made."""


def back_up(url: str, target: Path) -> int:
    """Copy the database to ``target`` and check the copy; its size in bytes.

    Raises Conflict when the file exists: a backup never overwrites another.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        raise ConfigurationError(
            "PostgreSQL makes its own backups. Run: %(command)s", command=_pg_dump(parsed, target)
        )
    source = Path(parsed.database or "")
    if not source.is_file():
        raise ConfigurationError("There is no database at %(file)s.", file=source)
    if target.exists():
        raise Conflict("%(file)s exists. Choose another name: a backup overwrites nothing.", file=target)
    part = target.with_name(f"{target.name}.part")
    try:
        _copy(source, part)
        part.rename(target)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise BackupFailed(
            "The backup %(file)s could not be written: %(cause)s.", file=target, cause=error
        ) from error
    return target.stat().st_size


def _copy(source: Path, target: Path) -> None:
    target.touch(mode=PRIVATE)
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as here,
        closing(sqlite3.connect(target)) as there,
    ):
        here.backup(there)
        # The copy is one file, wherever it is taken.
        there.execute("PRAGMA journal_mode=DELETE")
        [[verdict]] = there.execute("PRAGMA integrity_check")
    if verdict != "ok":
        raise sqlite3.DatabaseError(f"the copy is damaged: {verdict}")


def _pg_dump(url: URL, target: Path) -> str:
    # Without the password, which would stand in the shell's history: pg_dump asks, or reads ~/.pgpass.
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    address = bare.render_as_string()
    return f"pg_dump --format=custom --file={shlex.quote(str(target))} {shlex.quote(address)}"
