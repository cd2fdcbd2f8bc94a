"""Rate limits counted in the database, so that they hold over all web processes."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, text
from sqlmodel import Session, col
from sqlmodel.sql.sqltypes import UTCDateTime

from exchange.errors import ExchangeError
from exchange.models import RateCount

_COUNT = text(
    "INSERT INTO rate_count (key, window_starts_at, count) VALUES (:key, :window, 1) "
    "ON CONFLICT (key, window_starts_at) DO UPDATE SET count = rate_count.count + 1 RETURNING count"
)


class TooManyTries(ExchangeError):
    """The limit is reached; wait for the next window."""


def count_try(session: Session, what: str, who: str, *, most: int, window: timedelta, now: datetime) -> None:
    """Count one try of ``what`` by ``who``; raise TooManyTries beyond ``most`` in a window.

    ``who`` (an address, an IP) is kept as a digest only.
    """
    key = f"{what}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
    seconds = int(window.total_seconds())
    starts = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=now.tzinfo)
    statement = _COUNT.bindparams(bindparam("key", key), bindparam("window", starts, type_=UTCDateTime()))
    count = session.connection().execute(statement).scalar_one()
    if count > most:
        raise TooManyTries(
            "Too many tries. Wait %(minutes)s minutes and try again.", minutes=max(1, seconds // 60)
        )


def forget_windows(session: Session, before: datetime) -> None:
    """Delete counters of windows that began before ``before``."""
    session.connection().execute(delete(RateCount).where(col(RateCount.window_starts_at) < before))
