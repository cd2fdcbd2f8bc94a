"""Tick: tell readers of what moved, stopped or resumed, and let go whom a meeting no longer invites."""

import structlog

from exchange.audit import wait_for_turn
from exchange.invitations import changes, circle
from jobs.context import Context

log = structlog.get_logger("exchange.jobs")


def tell_changes(context: Context) -> str:
    """Queue the letters about changes, then those to people who are no longer invited."""
    now, plan, settings = context.now(), context.plan, context.settings
    with context.database.reading() as session:
        has_changes = changes.changes_due(session, now)
        has_leavers = bool(circle.leavers(session, plan=plan, now=now))
    told = released = 0  # looked for without a lock first: on SQLite a writer keeps all others waiting
    if has_changes:
        with context.database.transaction() as session:
            wait_for_turn(session)
            told = changes.tell_changes(session, plan=plan, settings=settings, now=now)
    if has_leavers:
        with context.database.transaction() as session:
            wait_for_turn(session)
            released = circle.release(session, plan=plan, settings=settings, now=now)
    if told or released:
        log.info("changes told", told=told, released=released)
    return f"{told} told, {released} released"
