"""One tick of one job: claimed in the database, run, written down. It knows no trigger and no job.

Any number of clocks may run: who inserts (job, slot) runs it, the others leave it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from sqlalchemy import Table, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from jobs.context import Context

OUTCOME_MAX = 500  # characters of an outcome that are kept

log = structlog.get_logger("exchange.jobs")

_RUNS: Table = SQLModel.metadata.tables["job_run"]


@dataclass(frozen=True)
class Tick:
    """A job and the seconds between two of its slots. ``run`` says in words what it did."""

    job: str
    seconds: int
    run: Callable[[Context], str]


def run_tick(tick: Tick, context: Context) -> None:
    """Run the job for the present slot unless another clock has it; nothing it raises leaves here."""
    slot_at = slot(context.now(), tick.seconds)
    try:
        with context.database.transaction() as session:
            if not _is_claimed(session, tick, context, slot_at):
                log.debug("slot taken by another clock", job=tick.job)
                return
        outcome = tick.run(context)
    except Exception as error:
        # The border of the process: a job that fails must not take the other jobs with it.
        log.exception("job failed", job=tick.job)
        outcome = f"Failed: {type(error).__name__}."
    _finish(tick, context, slot_at, outcome)


def slot(now: datetime, seconds: int) -> datetime:
    """The nominal time of a tick: the last whole multiple of its seconds, the same on every clock."""
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)


def forget_runs(session: Session, before: datetime) -> int:
    """Delete what is known of slots before ``before``; how many."""
    return session.connection().execute(delete(_RUNS).where(_RUNS.c.slot_at < before)).rowcount


def _is_claimed(session: Session, tick: Tick, context: Context, slot_at: datetime) -> bool:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(_RUNS)
        .values(
            job=tick.job,
            slot_at=slot_at,
            claimed_at=context.now(),
            claimed_by=context.worker,
            outcome="",
        )
        .on_conflict_do_nothing()
        .returning(_RUNS.c.job)  # the count of inserted rows is not told by every driver
    )
    return session.connection().execute(statement).first() is not None


def _finish(tick: Tick, context: Context, slot_at: datetime, outcome: str) -> None:
    try:
        with context.database.transaction() as session:
            session.connection().execute(
                update(_RUNS)
                .where(
                    _RUNS.c.job == tick.job,
                    _RUNS.c.slot_at == slot_at,
                    _RUNS.c.claimed_by == context.worker,
                )
                .values(finished_at=context.now(), outcome=outcome[:OUTCOME_MAX])
            )
    except Exception:
        # As above: a database that is gone for a moment must not end the clock.
        log.exception("outcome not written down", job=tick.job)
