"""The letters of an ask that no stage plan makes: its questions, and a reminder. Not when they go."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from exchange.mail.outbox.letter_queue import ComposedLetter
from exchange.mail.schedule.ask_letters import AskLetter
from exchange.mail.schedule.planned import TaskLink
from exchange.mail.schedule.unsubscribe_links import one_click_link, preferences_link
from exchange.mail.writing.template_rendering import SEALED, written
from exchange.mail.writing.words import wording
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
        "link": tasks[0].url if tasks else settings.base_url.rstrip("/") + "/",
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
