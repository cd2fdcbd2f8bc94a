"""The letter of thanks to those who were at an event; it brings the questions about it. Not when it goes."""

from dataclasses import dataclass
from datetime import date

from exchange.mail.writing.personal_letters import page
from exchange.mail.writing.transactional_letters import EVENT_THANKS, TransactionalLetter
from exchange.mail.writing.words import wording
from exchange.models import Person, TrainingEvent
from exchange.rules.access.rings import Ring, carried
from exchange.settings import Settings


@dataclass(frozen=True)
class Feedback:
    """Where the reader answers, and their last day, which ends on their own wall."""

    link: str
    last_on: date


def thanks_letter(
    to: Person, training: TrainingEvent, feedback: Feedback | None = None, *, settings: Settings
) -> TransactionalLetter:
    """Thanks for coming, with the link to the questions about it where some are asked.

    Where the marking allows no content it only asks to sign in.
    """
    shown, words = carried(training.marking, Ring.LETTER), wording(to.language)
    facts: dict[str, object] = {
        "label": training.marking,
        "name": to.name,
        "link": page(settings, f"/trainings/{training.id}"),
    }
    if shown is None or not shown.title:
        return TransactionalLetter(EVENT_THANKS, to.language, facts, is_sealed=True)
    facts |= {
        "city": to.city.name,
        "title": training.title,
        "host_city": training.host_city.name,
        "feedback_link": feedback.link if feedback else "",
        "feedback_day": words.long_day(feedback.last_on) if feedback else "",
        "feedback_day_short": words.short_day(feedback.last_on) if feedback else "",
    }
    return TransactionalLetter(EVENT_THANKS, to.language, facts)
