"""Tick: put into the audit trail what others left for it, and say outside the database how long it is."""

from exchange.audit.anchors import Anchor, keep_anchor, present_anchor
from exchange.audit.recording import has_unsealed, seal_unkeyed
from exchange.mail.outbox.sent_records import AT_ONCE, has_unrecorded, record_sent
from exchange.operations.anchor_letters import auditors_to_tell, queue_anchor_letters
from jobs.context import Context


def keep_trail(context: Context) -> str:
    """Record the letters that were sent, then add a line to the file of anchors when anything is new."""
    recorded = _record_letters(context)
    _seal(context)
    with context.database.reading() as session:
        anchor = present_anchor(session, context.now())
    keep_anchor(context.settings.anchor_file, anchor)
    _tell_auditors(context, anchor)
    return f"{recorded} letters recorded, {anchor.count} entries"


def _record_letters(context: Context) -> int:
    """A few hundred in a transaction, so that nobody else waits long for the trail."""
    done = 0
    with context.database.reading() as session:
        has_work = has_unrecorded(session)
    while has_work and not context.stopping.is_set():
        with context.database.transaction() as session:
            count = record_sent(session, context.now())
        done += count
        has_work = count == AT_ONCE
    return done


def _tell_auditors(context: Context, anchor: Anchor) -> None:
    """The month's letter, where there are auditors who have none."""
    now = context.now()
    with context.database.reading() as session:
        has_work = bool(auditors_to_tell(session, now))
    if has_work:
        with context.database.transaction() as session:
            queue_anchor_letters(session, anchor, settings=context.settings, now=now)


def _seal(context: Context) -> None:
    """Once, after an upgrade: entries from before there were keys."""
    with context.database.reading() as session:
        is_to_seal = has_unsealed(session)
    if is_to_seal:
        with context.database.transaction() as session:
            seal_unkeyed(session, context.now())
