"""Tick: forget what was needed only for a while. What the clock itself leaves behind, free_stuck prunes.

The database knows the job as keep_house.
"""

from datetime import timedelta

from exchange.feeds.subscriptions.feed_fetches import forget_old_polls
from exchange.invitations.received.outcomes import forget_handled
from exchange.mail.outbox.redaction_at_rest import forget_secrets
from exchange.uploads.file_storage import forget_halves
from jobs.context import Context

HALF_WRITTEN = timedelta(days=1)  # nobody writes at one file for so long


def prune_expired(context: Context) -> str:
    """Wipe letters at rest, and forget what came back to the mailbox long ago."""
    now = context.now()
    with context.database.transaction() as session:
        wiped = forget_secrets(session, now)
    before = now - timedelta(days=context.settings.mailbox_days)
    with context.database.transaction() as session:
        forgotten = forget_handled(session, before)
    with context.database.transaction() as session:
        polls = forget_old_polls(session, now)
    forget_halves(context.settings.uploads, now - HALF_WRITTEN)
    return f"{wiped} letters wiped, {forgotten} messages and {polls} fetches of feeds forgotten"
