"""Tick: put the letters that are due by now into the outbox, and take back what no longer holds.

What was worked out before and still holds is not worked out again. No transaction holds more than a few
letters: whoever saves something meanwhile waits a moment at most.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import structlog

from exchange.audit import wait_for_turn
from exchange.audit.trail_news import Overtaken, refuse_overtaken
from exchange.mail.outbox.withdrawals import has_outdated, withdraw_outdated
from exchange.mail.schedule import outlooks
from exchange.mail.schedule.ask_letters import current_asks
from exchange.mail.schedule.outlooks import Looked
from exchange.mail.schedule.planned import Planned
from exchange.models import Ask
from exchange.reminders.actions import BeingChanged, hold_programme, queue_letters
from exchange.reminders.ask_letters import due_of_ask, queue_ask_letters
from exchange.rules.asks.templates_file import AskTemplate
from jobs.context import Context

AT_ONCE = 10  # letters in one transaction, of some milliseconds each
TRIES = 10  # of one transaction that meets somebody who saves something; the next tick goes on

log = structlog.get_logger("exchange.jobs")


def queue_reminders(context: Context) -> str:
    """Withdraw outdated letters, queue due ones."""
    now = context.now()
    with context.database.reading() as session:
        is_outdated = has_outdated(session)
    withdrawn = _withdraw(context) if is_outdated else 0
    with context.database.reading() as session:
        items = outlooks.current(session, now)
        known = outlooks.known(session, outlooks.LETTERS, items, plan=context.plan, now=now)
    queued = 0
    for item in known.stale:
        if not context.stopping.is_set():
            queued += _queue(context, item)
    if known.is_behind:
        with context.database.transaction() as session:
            outlooks.keep_up(session, outlooks.LETTERS, known)
    queued += _queue_asks(context)
    if queued or withdrawn:
        log.info("letters queued", queued=queued, withdrawn=withdrawn)
    return f"{queued} queued, {withdrawn} withdrawn"


def _withdraw(context: Context) -> int:
    with context.database.transaction() as session:
        wait_for_turn(session)  # changes take letters back, too, and might lock them in another order
        return withdraw_outdated(session)


def _queue(context: Context, item: str) -> int:
    """Queue what is due of one item, a few at a time. What is overtaken by a change is left to the next tick.

    An item that had letters due is looked at again by the next tick: they may call for others.
    """
    now, plan = context.now(), context.plan
    with context.database.reading() as session:
        found = outlooks.look(session, item, plan=plan, now=now)
    queued = 0
    for first in range(0, len(found.due), AT_ONCE):
        try:
            queued += _queue_some(context, found, found.due[first : first + AT_ONCE], now)
        except (Overtaken, BeingChanged):
            return queued
    if not found.due:
        with context.database.transaction() as session:
            outlooks.keep(session, found.outlook)
    return queued


def _queue_asks(context: Context) -> int:
    """Queue what is due of asks that no stage plan makes; how many.

    It is looked for in a session that only reads, and worked out again by the one that writes: whoever
    answers meanwhile gets none.
    """
    now, plan, queued = context.now(), context.plan, 0
    with context.database.reading() as session:
        current = current_asks(session, context.ask_templates, now)
    for ask_id in current:
        with context.database.reading() as session:
            ask = session.get_one(Ask, ask_id)
            template = context.ask_templates[ask.template]
            if not due_of_ask(session, ask_id, template, plan=plan, now=now):
                continue
        queued += _queue_ask(context, ask_id, template, now)
    return queued


def _queue_ask(context: Context, ask_id: int, template: AskTemplate, now: datetime) -> int:
    """All that is due of one ask, a few at a time, each looked at once."""
    queued, looked, is_more = 0, set[str](), True
    while is_more and not context.stopping.is_set():
        with context.database.transaction() as session:
            wait_for_turn(session)
            found = due_of_ask(session, ask_id, template, plan=context.plan, now=now)
            due = [one for one in found if one.once_key not in looked][:AT_ONCE]
            queued += queue_ask_letters(session, due, template, settings=context.settings, now=now)
            looked |= {one.once_key for one in due}
            is_more = len(due) == AT_ONCE
    return queued


def _queue_some(context: Context, found: Looked, some: Sequence[Planned], now: datetime) -> int:
    """Queue some of what a look found due, in one transaction; how many. Raises Overtaken, BeingChanged."""
    for _ in range(TRIES):
        with suppress(BeingChanged), context.database.transaction() as session:
            hold_programme(session, some)
            refuse_overtaken(session, found.outlook.item, found.outlook.seen)
            return queue_letters(session, some, plan=context.plan, settings=context.settings, now=now)
        with context.database.transaction() as session:
            wait_for_turn(session)  # until that is saved, holding nothing that it may want
    raise BeingChanged("Somebody saves something again and again.")
