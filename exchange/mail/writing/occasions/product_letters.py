"""Letters about products that no stage plan knows: a review that is asked, its reminder, what is out.

They are worded here alone. At TLP:RED they say no more than that there is something to read.
"""

from dataclasses import dataclass, replace
from datetime import date

from exchange.mail.outbox.letter_queue import ComposedLetter
from exchange.mail.schedule.unsubscribe_links import one_click_link, preferences_link
from exchange.mail.writing.template_rendering import SEALED, written
from exchange.mail.writing.words import wording
from exchange.models import Person, ProductVersion
from exchange.rules.access.rings import Ring, carried
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.stage_plan import MessageClass
from exchange.settings import Settings

REVIEW, REMINDER, OUT = "product_review", "product_reminder", "product_out"  # folders of templates/mail


@dataclass(frozen=True)
class ProductNews:
    """What a letter tells: of which version, where it leads, and until which day comments are taken."""

    version: ProductVersion
    link: str
    due_on: date | None = None


def product_letter(folder: str, to: Person, news: ProductNews, settings: Settings) -> ComposedLetter:
    """The letter of a folder to one reader, in their language; needs their city. One of the programme."""
    words, marking = wording(to.language), Marking(news.version.marking)
    facts: dict[str, object] = {
        "label": marking.value,
        "name": to.name,
        "link": news.link,
        "preferences_link": preferences_link(to, settings),
    }
    shown = carried(marking, Ring.LETTER)
    if shown is None or not shown.title:
        folder = SEALED
    else:
        facts |= {"title": news.version.title, "city": to.city.name}
        if news.due_on is not None:
            facts |= {"day": words.long_day(news.due_on), "day_short": words.short_day(news.due_on)}
    return replace(
        written(folder, facts, words, settings),
        message_class=MessageClass.PROGRAMME,
        unsubscribe_url=one_click_link(to, settings),
    )
