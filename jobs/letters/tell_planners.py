"""Tick: invite those who plan events to their planning meetings, and tell them of changes."""

import structlog

from exchange.audit import wait_for_turn
from exchange.preparation.letters import tell_planners as tell
from jobs.context import Context

log = structlog.get_logger("exchange.jobs")


def tell_planners(context: Context) -> str:
    """Write to planning teams what is owed about their meetings."""
    with context.database.transaction() as session:
        wait_for_turn(session)
        told = tell(session, context.settings, context.now())
    if told:
        log.info("planners told of meetings", letters=told)
    return f"{told} told"
