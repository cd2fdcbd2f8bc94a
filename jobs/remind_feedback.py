"""Tick: remind those who were at an event, and have given no feedback, three days before it closes. Once."""

import structlog

from exchange.attendance.feedback import remind
from exchange.audit import wait_for_turn
from jobs.context import Context

log = structlog.get_logger("exchange.jobs")


def remind_feedback(context: Context) -> str:
    """Queue every reminder that is due."""
    with context.database.transaction() as session:
        wait_for_turn(session)
        queued = remind(session, settings=context.settings, now=context.now())
    if queued:
        log.info("feedback reminded", letters=queued)
    return f"{queued} queued"
