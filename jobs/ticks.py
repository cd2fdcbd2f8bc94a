"""One tick of one job: claimed in the database, run, written down. It knows no trigger and no job.

Any number of clocks may run: who inserts (job, slot) runs it, the others leave it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Table, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from exchange.health.schema_version import present_revision, refuse_half_restored, refuse_other
from exchange.mail.schedule import outlooks
from exchange.system.outages import Outage, outage_in
from jobs.context import Context

OUTCOME_MAX = 500  # characters of an outcome that are kept
CLOCKS_DIFFER_BY = timedelta(seconds=5)  # of machines that are set by a time server: far less
_NOTHING_TO_WRITE_IN = (Outage.AWAY, Outage.SCHEMA)

log = structlog.get_logger("exchange.jobs")

_RUNS: Table = SQLModel.metadata.tables["job_run"]


@dataclass(frozen=True)
class Tick:
    """A job and the seconds between two of its slots. ``run`` says in words what it did.

    ``when_taken`` is what a clock still has to do itself when another one has the slot.
    """

    job: str
    seconds: int
    run: Callable[[Context], str]
    when_taken: Callable[[Context], None] | None = None


def run_tick(tick: Tick, context: Context) -> None:
    """Run the job for the present slot unless another clock has it; nothing it raises leaves here."""
    slot_at = slot(context.now(), tick.seconds)
    try:
        with context.database.transaction() as session:
            refuse_half_restored(session.connection())
            refuse_other(present_revision(session.connection()))
            is_ours = _is_claimed(session, tick, context, slot_at)
        if not is_ours:
            log.debug("slot taken by another clock", job=tick.job)
            if tick.when_taken is not None:
                tick.when_taken(context)
            return
        outcome = tick.run(context)
    except Exception as error:
        # The border of the process: a job that fails must not take the other jobs with it.
        outage = _failed(tick, context, error)
        if outage in _NOTHING_TO_WRITE_IN:
            return
        outcome = f"Failed: {outage or type(error).__name__}."
    _finish(tick, context, slot_at, outcome)


def _failed(tick: Tick, context: Context, error: Exception) -> Outage | None:
    """Log what ended a tick: a fault whole, an outage in one line for all ticks that meet it."""
    outage = outage_in(error)
    if outage is None:
        log.exception("job failed", job=tick.job)
    else:
        context.outages.note(outage, error, job=tick.job)
    return outage


def slot(now: datetime, seconds: int) -> datetime:
    """The nominal time of a tick: the last full multiple of its seconds, the same on every clock."""
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)


def forget_runs(session: Session, before: datetime) -> int:
    """Delete what is known of slots before ``before``; how many."""
    return session.connection().execute(delete(_RUNS).where(_RUNS.c.slot_at < before)).rowcount


def _is_claimed(session: Session, tick: Tick, context: Context, slot_at: datetime) -> bool:
    """Insert the claim. Slots that have not come were claimed by a clock that ran ahead: they do not count.

    Nor does the present one then: the clock was put back, and lives through these slots a second time.
    """
    ahead = _RUNS.c.slot_at > context.now() + CLOCKS_DIFFER_BY
    forgotten = session.connection().execute(delete(_RUNS).where(_RUNS.c.job == tick.job, ahead)).rowcount
    claim = {"claimed_at": context.now(), "claimed_by": context.worker, "finished_at": None, "outcome": ""}
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    insert = dialect.insert(_RUNS).values(job=tick.job, slot_at=slot_at, **claim)
    if forgotten:
        log.warning("clock was put back", job=tick.job, slots=forgotten)
        outlooks.forget(session)  # to a clock that ran ahead, what is due now was past
        statement = insert.on_conflict_do_update(index_elements=["job", "slot_at"], set_=claim)
    else:
        statement = insert.on_conflict_do_nothing()
    # The count of inserted rows is not told by every driver.
    return session.connection().execute(statement.returning(_RUNS.c.job)).first() is not None


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
    except Exception as error:
        # As above: a database that is gone for a moment must not end the clock.
        _failed(tick, context, error)
