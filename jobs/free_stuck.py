"""Tick: queue again what a dead process left half-sent, and forget old ticks."""

from datetime import timedelta

import structlog

from exchange.mail import delivery
from jobs.context import Context
from jobs.ticks import forget_runs

RUNS_KEPT_DAYS = 2  # long enough to see what a night did; ten thousand rows a day

log = structlog.get_logger("exchange.jobs")


def free_stuck(context: Context) -> str:
    """Free stuck letters and prune the list of ticks."""
    now = context.now()
    with context.database.transaction() as session:
        freed = delivery.free_stuck(session, now, stuck_seconds=context.settings.stuck_seconds)
        forget_runs(session, now - timedelta(days=RUNS_KEPT_DAYS))
    if freed:
        log.warning("stuck letters freed", count=freed)
    return f"{freed} freed"
