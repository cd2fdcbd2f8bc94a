"""The letter E10, "your actions", to those who own actions of an exchange. Not when it goes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from exchange.mail.outbox.letter_queue import ComposedLetter
from exchange.mail.schedule.unsubscribe_links import one_click_link, preferences_link
from exchange.mail.writing.custom_wording import NO_WORDINGS, Wordings
from exchange.mail.writing.personal_letters import page
from exchange.mail.writing.transactional_letters import YOUR_ACTIONS, TransactionalLetter
from exchange.mail.writing.words import wording
from exchange.models import Cycle, Person
from exchange.rules.access.rings import Ring, carried
from exchange.rules.markings.tlp_labels import Marking, rank
from exchange.rules.programme.stage_plan import MessageClass
from exchange.settings import Settings


@dataclass(frozen=True)
class OwnAction:
    """One action of the reader: ``due_on`` is a date in ``city``, ``url`` the reader's own link."""

    text: str
    due_on: date
    city: str
    marking: Marking
    url: str


def own_actions_letter(
    to: Person,
    cycle: Cycle,
    actions: Sequence[OwnAction],
    *,
    settings: Settings,
    wordings: Wordings = NO_WORDINGS,
) -> ComposedLetter:
    """The letter as it is worded, one of the programme."""
    return replace(
        own_actions(to, cycle, actions, settings).written(settings, wordings),
        message_class=MessageClass.PROGRAMME,
        unsubscribe_url=one_click_link(to, settings),
    )


def own_actions(
    to: Person, cycle: Cycle, actions: Sequence[OwnAction], settings: Settings
) -> TransactionalLetter:
    """What the reader owns of the exchange; it only asks to sign in where a marking allows no content.

    Its label is the closest marking of what it speaks of.
    """
    words = wording(to.language)
    marking = max([Marking(cycle.marking), *(one.marking for one in actions)], key=rank)
    facts: dict[str, object] = {
        "label": marking.value,
        "name": to.name,
        "link": page(settings, "/actions"),
        "preferences_link": preferences_link(to, settings),
    }
    shown = carried(marking, Ring.LETTER)
    if shown is None or not shown.title:
        return TransactionalLetter(YOUR_ACTIONS, to.language, facts, cycle.id, is_sealed=True)
    facts |= {"title": cycle.title, "city": to.city.name, "number": len(actions)}
    facts["actions"] = [
        {"text": one.text, "due": words.long_day(one.due_on), "city": one.city, "url": one.url}
        for one in actions
    ]
    return TransactionalLetter(YOUR_ACTIONS, to.language, facts, cycle.id)
