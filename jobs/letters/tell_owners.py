"""Tick: tell owners of their actions once the product of their exchange is out."""

import structlog

from exchange.audit import wait_for_turn
from exchange.lessons.letters import tell_owners as tell
from jobs.context import Context

log = structlog.get_logger("exchange.jobs")


def tell_owners(context: Context) -> str:
    """Write to every owner who has actions they were not told of."""
    with context.database.transaction() as session:
        wait_for_turn(session)
        told = tell(session, context.settings, context.now())
    if told:
        log.info("owners told of actions", letters=told)
    return f"{told} told"
