"""What a failure of the database or the disk means: away, busy or full, and not a fault of the program.

It asks nothing and mends nothing; who catches a failure asks what it is.
"""

import errno
import sqlite3
from collections.abc import Iterator
from enum import StrEnum
from threading import Lock
from time import monotonic

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from exchange.errors import WrongSchema

log = structlog.get_logger("exchange")

RETRY_SECONDS = 10  # after which a client may try again
LOGGED_EVERY_SECONDS = 60.0  # a database that is away fails every request, and one line says so


class Outage(StrEnum):
    """What passes by itself or by an operator's hand."""

    AWAY = "database away"
    BUSY = "database busy"
    FULL = "no room on the disk"
    SCHEMA = "schema of another version"


# SQLSTATE, or its class of two characters (PostgreSQL, "PostgreSQL Error Codes"): the whole counts first.
_OF_SQLSTATE = {
    "25P03": Outage.BUSY,  # idle in transaction for too long: ended by the server
    "53100": Outage.FULL,
    "55P03": Outage.BUSY,  # lock_timeout
    "57014": Outage.BUSY,  # statement_timeout
    "08": Outage.AWAY,
    "28": Outage.AWAY,  # refused at the start: not for this request to mend
    "3D": Outage.AWAY,
    "40": Outage.BUSY,  # deadlock
    "53": Outage.AWAY,  # too many connections, out of memory
    "57": Outage.AWAY,  # shutting down, starting up, crashed
    "58": Outage.AWAY,
}
# Result codes, whole or primary (sqlite.org/rescode.html).
_OF_SQLITE = {
    sqlite3.SQLITE_IOERR_SHMSIZE: Outage.FULL,  # what readers and writers share cannot grow
    sqlite3.SQLITE_BUSY: Outage.BUSY,
    sqlite3.SQLITE_LOCKED: Outage.BUSY,
    sqlite3.SQLITE_FULL: Outage.FULL,
    sqlite3.SQLITE_IOERR: Outage.AWAY,
    sqlite3.SQLITE_CANTOPEN: Outage.AWAY,
    sqlite3.SQLITE_READONLY: Outage.AWAY,
}
_FULL = (errno.ENOSPC, errno.EDQUOT)


def outage_in(error: BaseException) -> Outage | None:
    """What kind of outage ``error`` tells of; None when it is none and ought to be looked into."""
    for one in _causes(error):
        if isinstance(one, WrongSchema):
            return Outage.SCHEMA
        if isinstance(one, PoolTimeout):
            return Outage.BUSY
        if isinstance(one, OSError) and one.errno in _FULL:
            return Outage.FULL
        if isinstance(one, DBAPIError):
            return _of_driver(one)
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and what it was raised from."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__


def _of_driver(error: DBAPIError) -> Outage | None:
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return _OF_SQLITE.get(code) or _OF_SQLITE.get(code & 0xFF)
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return _OF_SQLSTATE.get(state) or _OF_SQLSTATE.get(state[:2])
    # A connection that was not made, or broke: the server said nothing, and so has no SQLSTATE.
    is_broken = isinstance(error, OperationalError | InterfaceError) and not isinstance(
        error.orig, sqlite3.Error
    )
    return Outage.AWAY if is_broken or error.connection_invalidated else None


class OutageLog:
    """Says an outage in one line a minute, with how often it was met. Make one per process."""

    def __init__(self, *, every_seconds: float = LOGGED_EVERY_SECONDS) -> None:
        self._every_seconds = every_seconds
        self._next: dict[Outage, float] = {}
        self._met: dict[Outage, int] = {}
        self._lock = Lock()

    def note(self, outage: Outage, error: BaseException, **where: object) -> None:
        """Count one more; log it when the last line was long enough ago."""
        with self._lock:
            met = self._met[outage] = self._met.get(outage, 0) + 1
            if monotonic() < self._next.get(outage, 0.0):
                return
            self._next[outage], self._met[outage] = monotonic() + self._every_seconds, 0
        log.error(outage.value, cause=_first_line(error), times=met, **where)


def _first_line(error: BaseException) -> str:
    """The driver's own words: never the statement, nor what was to be written by it."""
    said = error.orig if isinstance(error, DBAPIError) else error
    return f"{type(said).__name__}: {str(said).strip().partition(chr(10))[0]}"
