"""Rate limits over sliding windows, counted in the database, so that they hold over all web processes.

A try that is refused is not counted: its transaction is not committed.
"""

import hashlib
import math
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import bindparam, delete, text
from sqlmodel import Session, col, select
from sqlmodel.sql.sqltypes import UTCDateTime

from exchange.errors import ExchangeError
from exchange.models import RateCount

IPV6_BITS = 64  # what a provider gives one customer, who may take any address in it
_COUNT = text(
    "INSERT INTO rate_count (key, window_starts_at, count) VALUES (:key, :second, 1) "
    "ON CONFLICT (key, window_starts_at) DO UPDATE SET count = rate_count.count + 1"
)


class TooManyTries(ExchangeError):
    """The limit is reached; ``retry_seconds`` says when the next try may be made."""

    def __init__(self, retry_seconds: int) -> None:
        super().__init__(
            "Too many tries. Wait %(minutes)s minutes and try again.", minutes=math.ceil(retry_seconds / 60)
        )
        self.retry_seconds = retry_seconds


def count_try(session: Session, what: str, who: str, *, most: int, window: timedelta, now: datetime) -> None:
    """Count one try of ``what`` by ``who``; raise TooManyTries beyond ``most`` in any span of ``window``.

    ``who`` (an address, a network) is kept as a digest only. Tries are told apart to the second.
    """
    second = now.replace(microsecond=0)
    tries = _tries(session, _key(what, who), second - window)
    if sum(one.count for one in tries) >= most:
        free_at = tries[0].window_starts_at + window
        raise TooManyTries(max(1, math.ceil((free_at - second).total_seconds())))
    add_tries(session, what, [(who, now)])


def add_tries(session: Session, what: str, tries: Iterable[tuple[str, datetime]]) -> None:
    """Count tries that were let through: by whom, and when. It refuses none."""
    rows = sorted((_key(what, who), at.replace(microsecond=0)) for who, at in tries)
    statement = _COUNT.bindparams(bindparam("second", type_=UTCDateTime()))
    session.connection().execute(statement, [{"key": key, "second": second} for key, second in rows])


def tries_since(session: Session, what: str, who: str, since: datetime, *, most: int) -> list[datetime]:
    """When ``who`` tried after ``since``, to the second, as often as they did; the newest ``most`` alone."""
    counted = _tries(session, _key(what, who), since)
    return [one.window_starts_at for one in counted for _ in range(min(one.count, most))][-most:]


def forget_windows(session: Session, before: datetime) -> None:
    """Delete counters of seconds before ``before``; no window is longer than a day."""
    session.connection().execute(delete(RateCount).where(col(RateCount.window_starts_at) < before))


@lru_cache(maxsize=4096)  # who guesses does so again and again
def network_of(address: str | None) -> str:
    """Who asks, as far as limits can tell: an IPv4 address, the /64 of an IPv6 one, "" for nonsense."""
    try:
        parsed = ip_address((address or "").partition("%")[0])
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ip_network((parsed, IPV6_BITS), strict=False))
    return str(parsed)


def mailbox_of(address: str) -> str:
    """An e-mail address so that one mailbox counts once, however it is typed: NFKC, folded, trimmed.

    Dots and tags stay: what they mean is each provider's own business, and whose address is nobody's
    gets no letter at all.
    """
    return unicodedata.normalize("NFKC", address).casefold().strip()


def _tries(session: Session, key: str, since: datetime) -> Sequence[RateCount]:
    return session.exec(
        select(RateCount)
        .where(RateCount.key == key, col(RateCount.window_starts_at) > since)
        .order_by(col(RateCount.window_starts_at))
    ).all()


def _key(what: str, who: str) -> str:
    return f"{what}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
