"""The letters of an ask that no stage plan makes: its questions, a reminder, and thanks that bring questions.

Not when they go.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from exchange.mail.outbox.letter_queue import ComposedLetter
from exchange.mail.schedule.ask_letters import AskLetter
from exchange.mail.schedule.planned import TaskLink
from exchange.mail.schedule.unsubscribe_links import one_click_link, preferences_link
from exchange.mail.writing.personal_letters import page
from exchange.mail.writing.template_rendering import SEALED, written
from exchange.mail.writing.transactional_letters import EVENT_THANKS, TransactionalLetter
from exchange.mail.writing.words import wording
from exchange.models import Person, TrainingEvent
from exchange.rules.access.rings import Ring, carried
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings

_FIRST, _REMINDER = "ask", "ask_reminder"


@dataclass(frozen=True)
class Questions:
    """What a letter says of an ask: what it is called, and how many questions there are."""

    name: str
    count: int


def ask_letter(
    planned: AskLetter, questions: Questions, tasks: Sequence[TaskLink], settings: Settings
) -> ComposedLetter:
    """The letter in its reader's language, with their own links.

    Where the marking of the subject allows no content it only asks them to sign in.
    """
    to, about = planned.person, planned.ask.subject
    words = wording(to.language)
    facts: dict[str, object] = {
        "label": Marking(about.marking).value,
        "name": to.name,
        "city": to.city.name,
        "link": tasks[0].url if tasks else f"{settings.base_url.rstrip('/')}/tasks",
        "tasks": tuple(tasks),
        "preferences_link": preferences_link(to, settings),
    }
    shown = carried(Marking(about.marking), Ring.LETTER)
    folder = SEALED
    if shown is not None and shown.title:
        folder = _REMINDER if planned.is_reminder else _FIRST
        facts |= {
            "title": about.title,
            "ask_name": questions.name,
            "questions": questions.count,
            "last_day": words.long_day(planned.letter.about_on),
            "last_day_short": words.short_day(planned.letter.about_on),
        }
    letter = written(folder, facts, words, settings)
    return replace(
        letter,
        message_class=planned.letter.rule.message_class,
        unsubscribe_url=one_click_link(to, settings),
    )


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
        "preferences_link": preferences_link(to, settings),
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
