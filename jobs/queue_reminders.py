"""Tick: put the letters that are due by now into the outbox, and take back what no longer holds."""

import structlog

from exchange.audit import wait_for_turn
from exchange.mail.outbox import withdraw_outdated
from exchange.reminders.actions import queue_due
from exchange.reminders.queries import due_letters
from jobs.context import Context

log = structlog.get_logger("exchange.jobs")


def queue_reminders(context: Context) -> str:
    """Withdraw outdated letters, queue due ones."""
    now, settings, plan = context.now(), context.settings, context.plan
    with context.database.reading() as session:
        has_work = any(True for _ in due_letters(session, plan=plan, now=now))
    queued = 0  # looked for without a lock first: on SQLite a writer keeps all others waiting
    # Two transactions: deeds lock a cycle and then its letters, and so does queue_due.
    with context.database.transaction() as session:
        wait_for_turn(session)  # deeds take letters back, too, and might lock them in another order
        withdrawn = withdraw_outdated(session)
    if has_work:
        with context.database.transaction() as session:
            queued = queue_due(session, plan=plan, settings=settings, now=now)
    if queued or withdrawn:
        log.info("letters queued", queued=queued, withdrawn=withdrawn)
    return f"{queued} queued, {withdrawn} withdrawn"
