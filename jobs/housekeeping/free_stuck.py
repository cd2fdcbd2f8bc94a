"""Tick: queue again what a dead process left half-sent, and forget what nobody asks for any more."""

from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from exchange.accounts.actions import forget_spent
from exchange.health.measurements import forget_old_gauges
from exchange.mail.outbox import delivery_outcomes
from exchange.web.access.rate_limits import forget_windows
from jobs.context import Context
from jobs.ticks import forget_runs

KEPT = timedelta(days=2)  # long enough to see what a night did; ten thousand ticks a day

log = structlog.get_logger("exchange.jobs")


def free_stuck(context: Context) -> str:
    """Free stuck letters, then prune."""
    now = context.now()
    with context.database.transaction() as session:
        freed = delivery_outcomes.free_stuck(
            session.connection(), now, stuck_seconds=context.settings.stuck_seconds
        )
    with context.database.transaction() as session:
        _prune(session, now - KEPT)
    if freed:
        log.warning("stuck letters freed", count=freed)
    return f"{freed} freed"


def _prune(session: Session, before: datetime) -> None:
    """Delete old ticks, counters of tries, links and sessions that let nobody in, and old gauges."""
    forget_runs(session, before)
    forget_windows(session, before)
    forget_spent(session, before)
    forget_old_gauges(session, before)
