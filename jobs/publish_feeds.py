"""Tick: publish the feeds that a change, a day or new zone data made due, and fill the mirror."""

import structlog

from exchange.feeds.mirror.sync import sync_mirror
from exchange.feeds.publishing.publish import publish_stale
from jobs.context import Context

log = structlog.get_logger("exchange.jobs")


def publish_feeds(context: Context) -> str:
    """Publish all that is due."""
    published = publish_stale(context.database, context.settings, context.now())
    moved = sync_mirror(context.database, context.settings)
    if published or moved:
        log.info("feeds published", count=published, files=moved)
    return f"{published} published"
