"""Tick: send the letters that are due."""

import structlog

from exchange.mail.delivery import deliver_due
from jobs.context import Context

log = structlog.get_logger("exchange.jobs")


def deliver_mail(context: Context) -> str:
    """Send due letters over one connection, until none is left or the process should end."""
    done = deliver_due(
        context.database,
        context.transport,
        context.settings,
        now=context.now(),
        worker=context.worker,
        limit=context.settings.letters_per_tick,
        clock=context.now,
        is_stopping=context.stopping.is_set,
    )
    if done.sent or done.refused or done.put_off or done.withdrawn:
        log.info(
            "mail delivered",
            sent=done.sent,
            refused=done.refused,
            put_off=done.put_off,
            withdrawn=done.withdrawn,
        )
    counts = f"{done.sent} sent, {done.refused} refused, {done.put_off} put off, {done.withdrawn} withdrawn"
    return f"{counts}. {UNREACHABLE}{done.unreachable}" if done.unreachable else counts


UNREACHABLE = "The mail server was not reached: "
