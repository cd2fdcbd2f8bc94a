"""Counts and gauges of one process, and the thread that writes them where all processes put theirs.

What is counted is added up in the database, so that any web process on any machine tells the same numbers;
a process that is killed loses what it counted in the last seconds. exchange.operations shows them.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.metrics_core import Metric
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from exchange.db import Database
from exchange.models import Measurement
from exchange.system.batches import keep_doing

BATCH_SECONDS = 10.0  # less than the 15 that Prometheus lets pass between two looks
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
EVERYBODY = ""  # the process that counts belong to
FRESH = timedelta(minutes=1)  # a gauge that is older is of a process that ended
METHODS = frozenset(
    {"", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}
)  # RFC 9110 9
_SINCE = "_created"  # a sample that says when counting began: of one process, and of no use in a sum

_TABLE: sa.Table = Measurement.__table__  # type: ignore[attr-defined]  # SQLModel types tables as models

_Key = tuple[str, str]  # name and labels of a sample


@dataclass(frozen=True)
class Pool:
    """Connections of one process to the database."""

    in_use: int
    idle: int
    most: int


class Measurements:
    """What this process counts. Safe to share between threads; make one per process."""

    def __init__(self, process: str, database: Database, now: Callable[[], datetime]) -> None:
        """``process`` names it among all on the database, and ``now`` dates what is written."""
        self._process, self._database, self._now = process, database, now
        self._written: dict[_Key, float] = {}
        self._lock = Lock()
        counted, gauged = CollectorRegistry(), CollectorRegistry()
        self._counted, self._gauged = counted, gauged
        self._requests = Counter(
            "exchange_requests",
            "Requests answered, calendars aside.",
            ("kind", "method", "status"),
            registry=counted,
        )
        self._feed_answers: dict[int, int] = {}  # by status
        self._feed_answers_counted: dict[int, int] = {}
        self._seconds = Histogram(
            "exchange_request_seconds",
            "Seconds from when a request was whole to its answer.",
            ("kind",),
            buckets=BUCKETS,
            registry=counted,
        )
        self._feeds = Counter(
            "exchange_feed_answers", "Requests for calendars, by answer.", ("status",), registry=counted
        )
        self._connections = Gauge(
            "exchange_database_connections", "Connections to the database.", ("state",), registry=gauged
        )

    def note_request(self, kind: str, method: str, status: int, seconds: float | None = None) -> None:
        """Count a request that was answered, and how long that took; None: it was refused before any work."""
        self._requests.labels(kind, known_method(method), status).inc()
        if seconds is not None:
            self._seconds.labels(kind).observe(seconds)

    def note_feed(self, status: int) -> None:
        """Count a request for a calendar, the cheapest way: most of all requests are these.

        Without a lock: one that two threads lose between them would be one of many.
        """
        self._feed_answers[status] = self._feed_answers.get(status, 0) + 1

    def _count_feed_answers(self) -> None:
        for status, answers in list(self._feed_answers.items()):
            self._feeds.labels(status).inc(max(0, answers - self._feed_answers_counted.get(status, 0)))
            self._feed_answers_counted[status] = answers

    def families(self) -> list[Metric]:
        """The names, kinds and descriptions of all that is counted and gauged."""
        with self._lock:
            self._count_feed_answers()
        return [*self._counted.collect(), *self._gauged.collect()]

    def write(self) -> None:
        """Write down what came since the last time, and the gauges. Raises what the database raises."""
        pool = pool_of(self._database)
        self._connections.labels("in use").set(pool.in_use)
        self._connections.labels("idle").set(pool.idle)
        self._connections.labels("most").set(pool.most)
        with self._lock:
            self._count_feed_answers()
            counts = dict(_samples(self._counted))
            # One that is new is written down at 0, too: a histogram lacks none of its buckets.
            rows = [
                self._row(EVERYBODY, key, value - self._written.get(key, 0.0))
                for key, value in sorted(counts.items())
                if value != self._written.get(key)
            ]
            rows += [self._row(self._process, key, value) for key, value in sorted(_samples(self._gauged))]
            with self._database.transaction() as session:
                session.connection().execute(_upsert(session.get_bind().dialect.name), rows)
            self._written = counts

    def start(self, seconds: float = BATCH_SECONDS) -> None:
        """Write batches from a thread that ends with the process."""
        keep_doing(self.write, "measurements", seconds=seconds)

    def _row(self, process: str, key: _Key, value: float) -> dict[str, object]:
        name, labels = key
        return {
            "process": process,
            "name": name,
            "labels": labels,
            "value": value,
            "measured_at": self._now(),
        }


def known_method(method: str) -> str:
    """The method of a request, "other" for what HTTP does not have: anybody may send any word as one."""
    return method if method in METHODS else "other"


def pool_of(database: Database) -> Pool:
    """The connections that this process has now."""
    pool, most = database.engine.pool, database.limits.connections
    if not isinstance(pool, QueuePool):
        return Pool(0, 0, most)
    return Pool(pool.checkedout(), pool.checkedin(), most)


def forget_old_gauges(session: Session, before: datetime) -> int:
    """Delete what processes said of themselves that have said nothing since ``before``; how many rows."""
    is_old = (_TABLE.c.process != EVERYBODY) & (_TABLE.c.measured_at < before)
    return session.connection().execute(sa.delete(_TABLE).where(is_old)).rowcount


def labels_text(labels: dict[str, str]) -> str:
    """Labels as they stand in the table."""
    return json.dumps(labels, sort_keys=True)


def _samples(registry: CollectorRegistry) -> Iterator[tuple[_Key, float]]:
    for family in registry.collect():
        for sample in family.samples:
            if not sample.name.endswith(_SINCE):
                yield (sample.name, labels_text(sample.labels)), sample.value


def _upsert(dialect: str) -> sqlite.Insert | postgresql.Insert:
    """Add to what all processes counted, and replace what this one says of itself."""
    new = sqlite.insert(_TABLE) if dialect == "sqlite" else postgresql.insert(_TABLE)
    comes, had = new.excluded, _TABLE.c
    return new.on_conflict_do_update(
        index_elements=["process", "name", "labels"],
        set_={
            "value": sa.case((had.process == EVERYBODY, had.value + comes.value), else_=comes.value),
            "measured_at": comes.measured_at,
        },
    )
