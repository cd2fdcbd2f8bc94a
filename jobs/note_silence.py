"""Tick: write down which reviewers said nothing by their due day. Silence is no consent."""

import structlog

from exchange.audit import wait_for_turn
from exchange.products.reviews import note_silence as note
from jobs.context import Context

log = structlog.get_logger("exchange.jobs")


def note_silence(context: Context) -> str:
    """Note every silence that is new."""
    with context.database.transaction() as session:
        wait_for_turn(session)
        noted = note(session, context.now())
    if noted:
        log.info("silence noted", reviewers=noted)
    return f"{noted} noted"
