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
from exchange.mail.writing.custom_wording import NO_WORDINGS, Wordings
from exchange.mail.writing.personal_letters import page
from exchange.mail.writing.transactional_letters import (
    ASK,
    ASK_REMINDER,
    EVENT_THANKS,
    TransactionalLetter,
)
from exchange.mail.writing.words import wording
from exchange.models import Person, Subject, TrainingEvent
from exchange.rules.access.rings import Ring, carried
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings


@dataclass(frozen=True)
class Questions:
    """What a letter says of an ask: what it is called, and how many questions there are."""

    name: str
    count: int


@dataclass(frozen=True)
class Asking:
    """Of whom an answer is asked, about what, until which day on their wall; ``key`` says ask or reminder."""

    key: str
    to: Person
    about: Subject
    last_on: date


def ask_letter(
    planned: AskLetter,
    questions: Questions,
    tasks: Sequence[TaskLink],
    settings: Settings,
    wordings: Wordings = NO_WORDINGS,
) -> ComposedLetter:
    """The letter as it is worded, with its reader's own links."""
    key = ASK_REMINDER if planned.is_reminder else ASK
    asking = Asking(key, planned.person, planned.ask.subject, planned.letter.about_on)
    return replace(
        asking_letter(asking, questions, tasks, settings).written(settings, wordings),
        message_class=planned.letter.rule.message_class,
        unsubscribe_url=one_click_link(planned.person, settings),
    )


def asking_letter(
    asking: Asking, questions: Questions, tasks: Sequence[TaskLink], settings: Settings
) -> TransactionalLetter:
    """The same before it is put into words.

    Where the marking of the subject allows no content it only asks them to sign in.
    """
    to, about = asking.to, asking.about
    words = wording(to.language)
    facts: dict[str, object] = {
        "label": Marking(about.marking).value,
        "name": to.name,
        "city": to.city.name,
        "link": page(settings, "/tasks"),
        "preferences_link": preferences_link(to, settings),
    }
    shown = carried(Marking(about.marking), Ring.LETTER)
    if shown is None or not shown.title:
        return TransactionalLetter(asking.key, to.language, facts, is_sealed=True)
    facts |= {
        "link": tasks[0].url if tasks else facts["link"],
        "tasks": tuple(tasks),
        "title": about.title,
        "ask_name": questions.name,
        "number": questions.count,
        "last_day": words.long_day(asking.last_on),
        "last_day_short": words.short_day(asking.last_on),
    }
    return TransactionalLetter(asking.key, to.language, facts)


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
