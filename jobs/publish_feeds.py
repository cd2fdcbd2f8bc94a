"""Tick: publish the feeds that a change, a day or new zone data made due, and fill the second outlet."""

import structlog

from exchange.feeds.outlet import fill_outlet
from exchange.feeds.publish import publish_stale
from jobs.context import Context

log = structlog.get_logger("exchange.jobs")


def publish_feeds(context: Context) -> str:
    """Publish all that is due."""
    published = publish_stale(context.database, context.settings, context.now())
    moved = fill_outlet(context.database, context.settings)
    if published or moved:
        log.info("feeds published", count=published, files=moved)
    return f"{published} published"
