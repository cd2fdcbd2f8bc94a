"""Tick: tell readers of what moved, stopped or resumed, and let go whom a meeting no longer invites.

No transaction holds more than a few readers: whoever saves something meanwhile waits a moment at most.
"""

from collections.abc import Iterator

import structlog

from exchange.audit import wait_for_turn
from exchange.audit.trail_news import Overtaken
from exchange.invitations import change_announcements, withdrawn_invitations
from exchange.invitations.change_announcements import Change
from exchange.mail.schedule import outlooks
from jobs.context import Context

AT_ONCE = 10  # readers in one transaction, with a letter or two each
LOOKS = 10  # at what is to be told, when something is done meanwhile; the next tick goes on

log = structlog.get_logger("exchange.jobs")


def tell_changes(context: Context) -> str:
    """Queue the letters to people who are no longer invited, then those about changes."""
    released = _release_all(context)
    told = sum(_tell_all(context))
    if told or released:
        log.info("changes told", told=told, released=released)
    return f"{told} told, {released} released"


def _tell_all(context: Context) -> Iterator[int]:
    """Tell all that is due; how many letters each transaction queued. What is overtaken is looked at anew."""
    now = context.now()
    for _ in range(LOOKS):
        with context.database.reading() as session:  # without a lock: most ticks find nothing
            changes = change_announcements.changes_due(session, now, plan=context.plan)
        try:
            for change in changes:
                yield from _tell(context, change)
        except Overtaken:
            continue
        return


def _tell(context: Context, change: Change) -> Iterator[int]:
    now, plan, settings = context.now(), context.plan, context.settings
    for first in range(0, len(change.readers), AT_ONCE):
        if context.stopping.is_set():
            return
        some = change.readers[first : first + AT_ONCE]
        with context.database.transaction() as session:
            wait_for_turn(session)
            told = change_announcements.tell_some(
                session, change, some, plan=plan, settings=settings, now=now
            )
        yield told
    with context.database.transaction() as session:
        wait_for_turn(session)
        change_announcements.settle_told(session, change, now)


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
