"""What each calendar says of itself."""

from email.utils import parseaddr

from exchange.feeds.build import Head, Publisher
from exchange.feeds.queries import city_of, feed_name
from exchange.models import Feed, FeedKind
from exchange.settings import Settings


def publisher_of(settings: Settings) -> Publisher:
    """Who answers for all calendars of this installation."""
    name, address = parseaddr(settings.mail_from)
    return Publisher(settings.base_url, name or settings.network_name, address)


def head_of(feed: Feed, settings: Settings) -> Head:
    """What a feed's calendar says of itself; the city's clock is its own, the network's for the others."""
    network, city = settings.network_short_name, city_of(feed)
    return Head(
        name=f"{network} {feed_name(feed)}" if feed.kind != FeedKind.NETWORK else f"{network} programme",
        description=_description(feed, settings),
        page_url=f"{settings.base_url}/feeds" if feed.kind != FeedKind.NETWORK else f"{settings.base_url}/",
        time_zone=city.time_zone if city else settings.network_time_zone,
        publisher=publisher_of(settings),
    )


def _description(feed: Feed, settings: Settings) -> str:
    if feed.kind == FeedKind.NETWORK:
        return f"Exchanges and training events of the {settings.network_name} that are open to all."
    return (
        f"Exchanges and training events of the {settings.network_name} for {feed_name(feed)}."
        " The address of this calendar is a secret: do not pass it on."
    )
