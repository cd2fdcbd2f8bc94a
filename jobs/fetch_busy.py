"""Tick: look at the busy calendars that are due."""

import structlog

from exchange.audit import wait_for_turn
from exchange.busy.actions import forget_those_of_who_left, left_behind
from exchange.busy.scheduled_fetch import look_at_due
from jobs.context import Context

log = structlog.get_logger("exchange.jobs")


def fetch_busy(context: Context) -> str:
    """Look at due calendars, each in a process of its own, outside any transaction."""
    _forget(context)
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


def _forget(context: Context) -> None:
    """Forget the calendars of people who left; a look without a lock first, as most ticks find none."""
    with context.database.reading() as session:
        if session.exec(left_behind()).first() is None:
            return
    with context.database.transaction() as session:
        wait_for_turn(session)  # as who writes by a page does: the trail first, then the rows
        count = forget_those_of_who_left(session, context.now())
    log.info("busy calendars of people who left forgotten", count=count)
