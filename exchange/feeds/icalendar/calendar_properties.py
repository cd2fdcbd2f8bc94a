"""What each calendar says of itself, in the language of its readers. It names no person."""

from email.utils import parseaddr
from functools import cache

from exchange.feeds.content.feed_owners import city_of, language_of, owner_name
from exchange.feeds.content.words import Words, words_of
from exchange.feeds.icalendar.vevent import CalendarProperties, Publisher
from exchange.models import Feed, FeedKind
from exchange.settings import Settings


def publisher_of(settings: Settings) -> Publisher:
    """Who answers for all calendars of this installation."""
    name, address = _mailbox(settings.mail_from)
    return Publisher(settings.base_url, name or settings.network_name, address)


def properties_of(feed: Feed, settings: Settings) -> CalendarProperties:
    """What a feed's calendar says of itself. Its clock is the city's or the person's, else the network's."""
    words, city = words_of(language_of(feed)), city_of(feed)
    is_public = feed.kind == FeedKind.NETWORK
    return CalendarProperties(
        name=_name(feed, settings.network_short_name, words),
        description=_description(feed, settings.network_name, words),
        page_url=f"{settings.base_url}/" if is_public else f"{settings.base_url}/feeds",
        time_zone=city.time_zone if city else settings.network_time_zone,
        publisher=publisher_of(settings),
        categories=(words.gettext("Thematic exchange"), words.gettext("Training and exercising")),
    )


@cache
def _mailbox(written: str) -> tuple[str, str]:
    return parseaddr(written)


def _name(feed: Feed, network: str, words: Words) -> str:
    match FeedKind(feed.kind):
        case FeedKind.NETWORK:
            return words.gettext("%(network)s programme", network=network)
        case FeedKind.BUSY:
            return words.gettext("%(network)s %(name)s, busy times", network=network, name=owner_name(feed))
        case FeedKind.PERSON:
            return words.gettext("%(network)s, my calendar", network=network)
        case FeedKind.CITY | FeedKind.GROUP:
            return f"{network} {owner_name(feed)}"


def _description(feed: Feed, network: str, words: Words) -> str:
    told = _told(feed, network, words)
    if feed.kind == FeedKind.NETWORK:
        return told
    secret = words.gettext("The address of this calendar is a secret: do not pass it on.")
    return f"{told} {secret}"


def _told(feed: Feed, network: str, words: Words) -> str:
    match FeedKind(feed.kind):
        case FeedKind.NETWORK:
            return words.gettext(
                "Exchanges and training events of the %(network)s that are open to all.", network=network
            )
        case FeedKind.BUSY:
            return words.gettext(
                "When %(name)s is taken up by the %(network)s, without titles.",
                name=owner_name(feed),
                network=network,
            )
        case FeedKind.PERSON:
            return words.gettext(
                "The exchanges and training events of the %(network)s that you take part in.", network=network
            )
        case FeedKind.CITY | FeedKind.GROUP:
            return words.gettext(
                "Exchanges and training events of the %(network)s for %(name)s.",
                network=network,
                name=owner_name(feed),
            )
