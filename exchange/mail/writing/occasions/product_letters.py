"""Letters about products that no stage plan knows: a review that is asked, its reminder, what is out.

At TLP:RED they say no more than that there is something to read.
"""

from dataclasses import dataclass, replace
from datetime import date

from exchange.mail.outbox.letter_queue import ComposedLetter
from exchange.mail.schedule.unsubscribe_links import one_click_link, preferences_link
from exchange.mail.writing.custom_wording import NO_WORDINGS, Wordings
from exchange.mail.writing.transactional_letters import (
    PRODUCT_OUT,
    PRODUCT_REMINDER,
    PRODUCT_REVIEW,
    TransactionalLetter,
)
from exchange.mail.writing.words import wording
from exchange.models import Person, ProductVersion
from exchange.rules.access.rings import Ring, carried
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.stage_plan import MessageClass
from exchange.settings import Settings

REVIEW, REMINDER, OUT = PRODUCT_REVIEW, PRODUCT_REMINDER, PRODUCT_OUT


@dataclass(frozen=True)
class ProductNews:
    """What a letter tells: of which version, where it leads, and until which day comments are taken."""

    version: ProductVersion
    link: str
    due_on: date | None = None


def product_letter(
    key: str, to: Person, news: ProductNews, settings: Settings, wordings: Wordings = NO_WORDINGS
) -> ComposedLetter:
    """The letter of a kind to one reader, as it is worded; needs their city. One of the programme."""
    return replace(
        product_news(key, to, news, settings).written(settings, wordings),
        message_class=MessageClass.PROGRAMME,
        unsubscribe_url=one_click_link(to, settings),
    )


def product_news(key: str, to: Person, news: ProductNews, settings: Settings) -> TransactionalLetter:
    """The same before it is put into words."""
    words, marking = wording(to.language), Marking(news.version.marking)
    facts: dict[str, object] = {
        "label": marking.value,
        "name": to.name,
        "link": news.link,
        "preferences_link": preferences_link(to, settings),
    }
    shown = carried(marking, Ring.LETTER)
    if shown is None or not shown.title:
        return TransactionalLetter(key, to.language, facts, is_sealed=True)
    facts |= {"title": news.version.title, "city": to.city.name}
    if news.due_on is not None:
        facts |= {"last_day": words.long_day(news.due_on), "last_day_short": words.short_day(news.due_on)}
    return TransactionalLetter(key, to.language, facts)
