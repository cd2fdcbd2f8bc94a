"""Ticks: invite boards to their meetings and tell them of changes; and send the digest of a quarter."""

import structlog

from exchange.audit import wait_for_turn
from exchange.boards.digests import send_digests as send
from exchange.boards.letters import tell_boards as tell
from jobs.context import Context

log = structlog.get_logger("exchange.jobs")


def tell_boards(context: Context) -> str:
    """Write to whoever sits on a board what is owed about its meetings."""
    with context.database.transaction() as session:
        wait_for_turn(session)
        told = tell(session, context.settings, context.now())
    if told:
        log.info("boards told of meetings", letters=told)
    return f"{told} told"


def send_digests(context: Context) -> str:
    """Write the digest of the quarter that is over."""
    with context.database.transaction() as session:
        wait_for_turn(session)
        sent = send(session, context.settings, context.now())
    if sent:
        log.info("digests written", letters=sent)
    return f"{sent} written"
