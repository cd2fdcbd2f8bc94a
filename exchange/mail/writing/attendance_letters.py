"""Letters to those who were at an event: thanks with the questions about it, and one reminder of these.

Not when they go, and not who was there.
"""

from dataclasses import dataclass
from datetime import date

from exchange.mail.writing.personal_letters import page
from exchange.mail.writing.transactional_letters import (
    EVENT_FEEDBACK,
    EVENT_THANKS,
    TransactionalLetter,
)
from exchange.mail.writing.words import wording
from exchange.models import Person, TrainingEvent
from exchange.rules.access.rings import Ring, carried
from exchange.settings import Settings


@dataclass(frozen=True)
class Feedback:
    """Where the reader answers, their last day, which ends on their own wall, and the ask it belongs to."""

    link: str
    last_on: date
    ask_id: int | None = None


def thanks_letter(
    to: Person, training: TrainingEvent, feedback: Feedback | None = None, *, settings: Settings
) -> TransactionalLetter:
    """Thanks for coming, with the link to the questions about it where some are asked."""
    return _about(EVENT_THANKS, to, training, feedback, settings)


def feedback_letter(
    to: Person, training: TrainingEvent, feedback: Feedback, *, settings: Settings
) -> TransactionalLetter:
    """That the reader has not answered the questions about the event yet."""
    return _about(EVENT_FEEDBACK, to, training, feedback, settings)


def _about(
    key: str, to: Person, training: TrainingEvent, feedback: Feedback | None, settings: Settings
) -> TransactionalLetter:
    """The letter, or one that only asks to sign in where the marking allows no content."""
    shown, words = carried(training.marking, Ring.LETTER), wording(to.language)
    facts: dict[str, object] = {
        "label": training.marking,
        "name": to.name,
        "link": page(settings, f"/trainings/{training.id}"),
    }
    if shown is None or not shown.title:
        return TransactionalLetter(key, to.language, facts, is_sealed=True)
    facts |= {
        "city": to.city.name,
        "title": training.title,
        "host_city": training.host_city.name,
        "feedback_link": feedback.link if feedback else "",
        "feedback_day": words.long_day(feedback.last_on) if feedback else "",
        "feedback_day_short": words.short_day(feedback.last_on) if feedback else "",
    }
    return TransactionalLetter(key, to.language, facts)
