"""Counts fetches in the memory of one web process, and writes them down in batches from a thread of its own.

A request touches memory alone: it waits for no database and fails with none. While the database is away
counts are kept, in a bounded table; what no longer fits is dropped, and counted as dropped. A process that
ends loses at most what came since the last batch.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from exchange.db import Database
from exchange.feeds.serving.address_state import AddressState, PollCount
from exchange.feeds.serving.calendar_programs import LONGEST, program_of
from exchange.models import FeedPoll
from exchange.system.batches import keep_doing

log = structlog.get_logger("exchange")

BATCH_SECONDS = 30.0
MOST_KEYS = 10_000  # of feed, address and program: some thousand feeds, each read by several programs
MOST_HEADERS = (
    50  # of one address by which counts are found at once; when there are more, all are looked at anew
)
MOST_POLLS = 1_000_000_000  # of one day; no column overflows, however often somebody asks

_POLLS = FeedPoll.__table__  # type: ignore[attr-defined]  # SQLModel types tables as models

_Key = tuple[int, int, str]  # feed, serial of the address, program: plain values, which are hashed fastest


class PollCounts:
    """The fetches that this process has answered. Safe to share between threads; make one per process."""

    def __init__(self, now: Callable[[], datetime], *, most_keys: int = MOST_KEYS) -> None:
        self._now = now
        self._most_keys = most_keys
        self._counts: dict[_Key, PollCount] = {}
        self._overflow = PollCount()
        self._lost = 0
        self._lock = Lock()

    @property
    def dropped(self) -> int:
        """Fetches that were not kept, since the process began."""
        return self._overflow.polls + self._lost

    def note(self, address: AddressState, user_agent: str, state_at: datetime) -> None:
        """Count one fetch at an address that found the state of ``state_at``.

        Without a lock: no statement between reading and writing a number lets another thread in, and were
        one lost all the same, it would be one of many.
        """
        count = address.counts.get(user_agent)
        if count is None:
            count = self._find(address, user_agent)
        count.polls += 1
        count.last = monotonic()
        count.state_at = state_at

    def write(self, database: Database) -> int:
        """Write down what was counted since the last time; how many fetches. Raises nothing of a database."""
        with self._lock:
            counts = [(key, count, count.polls) for key, count in self._counts.items()]
        batch = [
            (key, count, polls) for key, count, polls in sorted(counts, key=_by_key) if polls > count.written
        ]
        if not batch:
            return 0
        fetches = sum(polls - count.written for _, count, polls in batch)
        try:
            _write(database, [_row(key, count, polls, self._now()) for key, count, polls in batch])
        except IntegrityError as error:  # of a feed that is gone: kept, it would stop all others for ever
            self._lost += fetches
            log.warning("fetches of feeds are not kept", cause=type(error).__name__, dropped=fetches)
            fetches = 0
        except SQLAlchemyError as error:
            log.warning("fetches of feeds are kept in memory", cause=type(error).__name__, kept=fetches)
            return 0
        for _, count, polls in batch:
            count.written = polls
        return fetches

    def start(self, database: Database, seconds: float = BATCH_SECONDS) -> None:
        """Write batches from a thread that ends with the process."""
        keep_doing(lambda: self.write(database), "feed polls", seconds=seconds)

    def _find(self, address: AddressState, user_agent: str) -> PollCount:
        key = (address.feed_id, address.serial, program_of(user_agent))
        with self._lock:
            count = self._counts.get(key, self._overflow)
            if count is self._overflow and len(self._counts) < self._most_keys:
                count = self._counts[key] = PollCount()
            if len(address.counts) >= MOST_HEADERS:
                address.counts.clear()
            if len(user_agent) <= LONGEST:
                address.counts[user_agent] = count
        return count


def _by_key(counted: tuple[_Key, PollCount, int]) -> _Key:
    return counted[0]


def _row(key: _Key, count: PollCount, polls: int, now: datetime) -> dict[str, object]:
    feed_id, serial, program = key
    last_at = now - timedelta(seconds=int(monotonic() - count.last))
    return {
        "feed_id": feed_id,
        "serial": serial,
        "program": program,
        "last_at": last_at.replace(second=0, microsecond=0),
        "state_at": count.state_at,
        "polled_on": last_at.date(),
        "polls": min(polls - count.written, MOST_POLLS),
        "polls_before": 0,
    }


def _write(database: Database, rows: list[dict[str, object]]) -> None:
    """The rows come in one order in all processes, so that none waits for another that waits for it."""
    with database.transaction() as session:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        session.connection().execute(_upsert(is_sqlite=is_sqlite), rows)


def _upsert(*, is_sqlite: bool) -> sqlite.Insert | postgresql.Insert:
    """A new row, or one more batch of the day, or the first one of another day."""
    new = sqlite.insert(_POLLS) if is_sqlite else postgresql.insert(_POLLS)
    had, comes = _POLLS.c, new.excluded
    is_new_day, is_old_day = comes.polled_on > had.polled_on, comes.polled_on < had.polled_on
    is_full = had.polls + comes.polls > MOST_POLLS
    return new.on_conflict_do_update(
        index_elements=["feed_id", "serial", "program"],
        set_={
            "last_at": _later(had.last_at, comes.last_at),
            "state_at": _later(had.state_at, comes.state_at),
            "polled_on": _later(had.polled_on, comes.polled_on),
            "polls_before": sa.case((is_new_day, had.polls), else_=had.polls_before),
            "polls": sa.case(
                (is_new_day, comes.polls),
                (is_old_day, had.polls),  # of a process that was late: the day is over
                (is_full, MOST_POLLS),
                else_=had.polls + comes.polls,
            ),
        },
    )


def _later(had: "sa.ColumnElement[object]", comes: "sa.ColumnElement[object]") -> "sa.Case[object]":
    return sa.case((comes > had, comes), else_=had)
