"""Tick: look at the busy calendars that are due."""

import structlog

from exchange.busy.looking import look_at_due
from jobs.context import Context

log = structlog.get_logger("exchange.jobs")


def fetch_busy(context: Context) -> str:
    """Look at due calendars, each in a process of its own, outside any transaction."""
    looked = look_at_due(
        context.database,
        context.settings,
        worker=context.worker,
        clock=context.now,
        is_stopping=context.stopping.is_set,
    )
    if looked.good or looked.failed:
        log.info("busy calendars looked at", good=looked.good, failed=looked.failed)
    return f"{looked.good} read, {looked.failed} failed"
