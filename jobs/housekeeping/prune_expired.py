"""Tick: forget what was needed only for a while. What the clock itself leaves behind, free_stuck prunes."""

from datetime import timedelta

from exchange.invitations.inbox import forget_handled
from exchange.mail.keeping import forget_secrets
from jobs.context import Context


def keep_house(context: Context) -> str:
    """Wipe letters at rest, and forget what came back to the mailbox long ago."""
    now = context.now()
    with context.database.transaction() as session:
        wiped = forget_secrets(session, now)
    before = now - timedelta(days=context.settings.mailbox_days)
    with context.database.transaction() as session:
        forgotten = forget_handled(session, before)
    return f"{wiped} letters wiped, {forgotten} messages forgotten"
