"""Tick: tell people what they owe, at nine on a working day of theirs, and check what waits still.

Each clock's morning is looked at once a day; between them nothing is worked out.
"""

import structlog

from exchange.audit import wait_for_turn
from exchange.audit.trail_news import Overtaken, last_entry
from exchange.reminders import duty_letters, queue_duty_letters
from exchange.reminders.duty_letters import Due
from jobs.context import Context

AT_ONCE = 10  # letters in one transaction, of some milliseconds each
LOOKS = 10  # at one morning, when something is done meanwhile; the next tick goes on

log = structlog.get_logger("exchange.jobs")


def remind_of_duties(context: Context) -> str:
    """Check what waits, then queue the letters of the mornings that have come."""
    with context.database.reading() as session:
        is_waiting = queue_duty_letters.has_waiting(session, context.now())
    renewed = _check_waiting(context) if is_waiting else 0
    queued = 0
    for _ in range(LOOKS):
        try:
            queued += _queue_mornings(context)
        except Overtaken:
            continue
        break
    if queued or renewed:
        log.info("told what is owed", queued=queued, renewed=renewed)
    return f"{queued} queued, {renewed} renewed"


def _check_waiting(context: Context) -> int:
    rules = context.duty_rules
    with context.database.transaction() as session:
        wait_for_turn(session)
        return queue_duty_letters.check_waiting(session, rules, context.settings, context.now())


def _queue_mornings(context: Context) -> int:
    """Queue what this moment's mornings call for. Raises Overtaken when something was done meanwhile."""
    now, rules = context.now(), context.duty_rules
    with context.database.reading() as session:
        zones = duty_letters.mornings(session, rules, now)
        if not zones:
            return 0
        seen = last_entry(session)
        due = duty_letters.letters_due(session, zones, rules, now)
    queued = 0
    for first in range(0, len(due), AT_ONCE):
        queued += _queue_some(context, due[first : first + AT_ONCE], seen)
    with context.database.transaction() as session:
        queue_duty_letters.settle_mornings(session, zones)
    return queued


def _queue_some(context: Context, some: list[Due], seen: int) -> int:
    with context.database.transaction() as session:
        wait_for_turn(session)
        if last_entry(session) != seen:
            raise Overtaken("Something was done since the letters were worked out.")
        return queue_duty_letters.queue_duty_letters(session, some, context.settings, context.now())
