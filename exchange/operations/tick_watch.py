"""How long ago each job of the clock last ran, and whether that is too long. It reads, and starts nothing.

A wall clock that was put back would call a tick young for as long as it was put back, and hide that the
clock process died meanwhile: who stays running also measures how long nothing new has come.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from threading import Lock
from time import monotonic

from sqlalchemy import Select, func, tuple_
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from exchange.models import JobRun

GRACE = timedelta(minutes=3)  # a tick with much to do takes minutes, and its next slots pass meanwhile
LATE_AFTER_SLOTS = 2
FAILED = "Failed"  # how the outcome of a tick begins that broke off


@dataclass(frozen=True)
class JobAge:
    """One job, which should run every ``seconds``: its newest tick (None: it never ran) and that tick's age.

    ``age`` is below zero for a tick that lies ahead of this clock, when nothing else is known of it. Of a
    job that never ran it is that of the first tick of all, None when no job ever ran.
    """

    job: str
    seconds: int
    run: JobRun | None
    age: timedelta | None

    @property
    def is_late(self) -> bool:
        """Whether nobody runs it any more."""
        return self.age is None or self.age > timedelta(seconds=LATE_AFTER_SLOTS * self.seconds) + GRACE

    @property
    def is_ahead(self) -> bool:
        """Whether its newest tick has not come yet by this clock."""
        return self.age is not None and self.age < -GRACE

    @property
    def has_failed(self) -> bool:
        """Whether its newest tick broke off."""
        return self.run is not None and self.run.outcome.startswith(FAILED)


@dataclass(frozen=True)
class _Seen:
    mark: tuple[datetime, datetime]
    at: float


class TickWatch:
    """Remembers since when it has seen no tick that was new. Safe to share between threads."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}
        self._lock = Lock()

    def ages(self, session: Session, intervals: dict[str, int], now: datetime) -> list[JobAge]:
        """Each job of ``intervals``, by name."""
        runs = _newest_runs(session, list(intervals))
        since_first = None
        if len(runs) < len(intervals):
            first = min(_slots(session, list(intervals), is_newest=False).values(), default=None)
            since_first = now - first if first else None
        return [
            JobAge(job, seconds, runs.get(job), self._age(runs[job], now) if job in runs else since_first)
            for job, seconds in sorted(intervals.items())
        ]

    def _age(self, run: JobRun, now: datetime) -> timedelta:
        mark = run.slot_at, run.claimed_at
        with self._lock:
            seen = self._seen.get(run.job)
            if seen is None or seen.mark != mark:
                is_first = seen is None
                seen = self._seen[run.job] = _Seen(mark, monotonic())
                return now - run.slot_at if is_first else max(timedelta(0), now - run.slot_at)
        return max(now - run.slot_at, timedelta(seconds=monotonic() - seen.at))


def _newest_runs(session: Session, jobs: Sequence[str]) -> dict[str, JobRun]:
    """The newest tick of each of the jobs; nothing of those that never ran."""
    newest = _slots(session, jobs, is_newest=True)
    is_one = tuple_(col(JobRun.job), col(JobRun.slot_at)).in_(newest.items())
    return {run.job: run for run in session.exec(select(JobRun).where(is_one))}


def _slots(session: Session, jobs: Sequence[str], *, is_newest: bool) -> dict[str, datetime]:
    """When the newest tick of each of the jobs was due, or the oldest that is known; in one statement."""
    found = session.execute(_of_each(tuple(jobs), is_newest=is_newest)).one()
    return {job: at for job, at in zip(jobs, found, strict=True) if at is not None}


@lru_cache(maxsize=8)
def _of_each(jobs: tuple[str, ...], *, is_newest: bool) -> Select[*tuple[datetime | None, ...]]:
    """The statement, with a part for each job that an index answers; made once, for it is long."""
    at = (func.max if is_newest else func.min)(col(JobRun.slot_at))
    return sa_select(*(select(at).where(JobRun.job == job).scalar_subquery() for job in jobs))
