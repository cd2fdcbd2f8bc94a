"""The letter of thanks to somebody who was at an event. Not when it goes, and not who was there."""

from exchange.mail.writing.personal_letters import page
from exchange.mail.writing.transactional_letters import EVENT_THANKS, TransactionalLetter
from exchange.models import Person, TrainingEvent
from exchange.rules.access.rings import Ring, carried
from exchange.settings import Settings


def thanks_letter(to: Person, training: TrainingEvent, *, settings: Settings) -> TransactionalLetter:
    """Thanks for coming; one that only asks to sign in where the marking allows no content."""
    shown = carried(training.marking, Ring.LETTER)
    facts: dict[str, object] = {
        "label": training.marking,
        "name": to.name,
        "link": page(settings, f"/trainings/{training.id}"),
    }
    if shown is None or not shown.title:
        return TransactionalLetter(EVENT_THANKS, to.language, facts, is_sealed=True)
    told = {"city": to.city.name, "title": training.title, "host_city": training.host_city.name}
    return TransactionalLetter(EVENT_THANKS, to.language, facts | told)
