"""Tick: tell readers of what moved, stopped or resumed, and let go whom a meeting no longer invites."""

import structlog

from exchange.audit import wait_for_turn
from exchange.invitations import change_announcements, withdrawn_invitations
from exchange.mail.schedule import outlooks
from jobs.context import Context

log = structlog.get_logger("exchange.jobs")


def tell_changes(context: Context) -> str:
    """Queue the letters about changes, then those to people who are no longer invited."""
    now, plan, settings = context.now(), context.plan, context.settings
    with context.database.reading() as session:
        has_changes = change_announcements.changes_due(session, now)
    told = 0  # looked for without a lock first: on SQLite a writer keeps all others waiting
    released = _release_all(context)
    if has_changes:
        with context.database.transaction() as session:
            wait_for_turn(session)
            told = change_announcements.tell_changes(session, plan=plan, settings=settings, now=now)
    if told or released:
        log.info("changes told", told=told, released=released)
    return f"{told} told, {released} released"


def _release_all(context: Context) -> int:
    """Let people go of all that something was done about since the last look."""
    now, plan = context.now(), context.plan
    with context.database.reading() as session:
        items = withdrawn_invitations.items_in_calendars(session, now)
        known = outlooks.known(session, outlooks.LEAVERS, items, plan=plan, now=now)
    released = sum(_release(context, item) for item in known.stale if not context.stopping.is_set())
    if known.is_behind:
        with context.database.transaction() as session:
            outlooks.keep_up(session, outlooks.LEAVERS, known)
    return released


def _release(context: Context, item: str) -> int:
    """Let people go of one item; what waits to be told first is looked at again by the next tick."""
    now, plan, settings = context.now(), context.plan, context.settings
    with context.database.reading() as session:
        outlook = outlooks.of_leavers(session, item, plan=plan, now=now)
        has_leavers = bool(withdrawn_invitations.leavers(session, item, plan=plan, now=now))
        is_to_wait = withdrawn_invitations.waits_to_be_told(session, item)
    with context.database.transaction() as session:
        wait_for_turn(session)
        if has_leavers:
            return withdrawn_invitations.release(session, item, plan=plan, settings=settings, now=now)
        if not is_to_wait:
            outlooks.keep(session, outlook)
    return 0
