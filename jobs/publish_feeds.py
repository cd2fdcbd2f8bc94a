"""Tick: publish the feeds that a change or new zone data made stale."""

import structlog

from exchange.feeds.publish import publish_stale
from jobs.context import Context

log = structlog.get_logger("exchange.jobs")


def publish_feeds(context: Context) -> str:
    """Publish all stale feeds."""
    published = publish_stale(context.database, context.settings, context.now())
    if published:
        log.info("feeds published", count=published)
    return f"{published} published"
