"""Tick: read the mailbox that takes answers of calendars and reports of letters that did not arrive."""

import structlog

from exchange.invitations.reply_mailbox import mailbox_for
from exchange.invitations.reply_mailbox import read_mailbox as read_once
from exchange.mail.wire.transport import Unreachable
from jobs.context import Context

log = structlog.get_logger("exchange.jobs")


def read_mailbox(context: Context) -> str:
    """Handle what has arrived; a mailbox out of reach is tried again at the next tick."""
    mailbox = mailbox_for(context.settings)
    if mailbox is None:
        return "no mailbox"
    try:
        handled = read_once(context.database, mailbox, context.settings, clock=context.now)
    except Unreachable as error:
        log.warning("mailbox not reached", error=type(error.__cause__).__name__)
        return f"The mailbox was not reached: {error}"
    if handled:
        log.info("mailbox read", handled=handled)
    return f"{handled} handled"
