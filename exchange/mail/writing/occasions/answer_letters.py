"""Letters about answers: a receipt, a task that a deputy takes over, more days. Not when they go."""

from dataclasses import dataclass
from datetime import date

from exchange.mail.writing.transactional_letters import MORE_DAYS, PASSED_ON, RECEIPT, TransactionalLetter
from exchange.mail.writing.words import wording
from exchange.models import ContributionVersion, Cycle, FindingsRound, NeedsRound, Person, Subject
from exchange.rules.access.rings import Ring, carried
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import wall_time
from exchange.settings import Settings
from exchange.web.presentation.date_formats import clock


def receipt_letter(
    to: Person,
    about: Subject,
    party: str,
    version: ContributionVersion,
    last_on: date,
    *,
    settings: Settings,
) -> TransactionalLetter:
    """That an answer arrived, when on its author's wall, and until when it can change. Never what it says."""
    words = wording(to.language)
    local = wall_time(version.submitted_at, to.city.time_zone)
    facts: dict[str, object] = {
        "number": version.number,
        "party": _of_exchange(about, party),
        "marking": version.marking,
        "moment": f"{words.long_day(local.on)}, {clock(local.at)}",
        "last_day": words.long_day(last_on),
        "last_day_short": words.short_day(last_on),
    }
    return _about(about, to, RECEIPT, facts, settings)


def passed_letter(
    to: Person,
    before: Person,
    about: Subject,
    party: str,
    last_on: date,
    url: str,
    *,
    settings: Settings,
) -> TransactionalLetter:
    """That somebody handed their task on to the reader, with the reader's own link."""
    words = wording(to.language)
    facts: dict[str, object] = {
        "before": before.name,
        "party": _of_exchange(about, party),
        "last_day": words.long_day(last_on),
        "last_day_short": words.short_day(last_on),
        "link": url,
    }
    return _about(about, to, PASSED_ON, facts, settings)


@dataclass(frozen=True)
class MoreDays:
    """Until when somebody may answer for a city or a group, and what was the last day before."""

    to: Person
    party: str
    before: date
    last_on: date


def more_days_letter(given: MoreDays, about: Subject, url: str, *, settings: Settings) -> TransactionalLetter:
    """That more days were given to the reader, with their own link."""
    words = wording(given.to.language)
    facts: dict[str, object] = {
        "before": words.long_day(given.before),
        "party": _of_exchange(about, given.party),
        "last_day": words.long_day(given.last_on),
        "last_day_short": words.short_day(given.last_on),
        "link": url,
    }
    return _about(about, given.to, MORE_DAYS, facts, settings)


def _about(
    about: Subject, to: Person, key: str, facts: dict[str, object], settings: Settings
) -> TransactionalLetter:
    """The letter, or one that only asks to sign in where the marking allows no content."""
    marking = Marking(about.marking)
    cycle_id = about.id if isinstance(about, Cycle) else None
    shown = carried(marking, Ring.LETTER)
    always: dict[str, object] = {
        "label": marking.value,
        "name": to.name,
        "link": f"{settings.base_url.rstrip('/')}{_page_of(about)}",
    }
    if shown is None or not shown.title:
        return TransactionalLetter(key, to.language, always, cycle_id, is_sealed=True)
    told = {"city": to.city.name, "title": about.title}
    return TransactionalLetter(key, to.language, always | told | facts, cycle_id)


def _page_of(about: Subject) -> str:
    """Where somebody who is signed in finds it."""
    if isinstance(about, NeedsRound):
        return f"/needs/rounds/{about.id}"
    if isinstance(about, FindingsRound):
        return "/findings/cities"
    return f"/cycles/{about.id}/answers" if isinstance(about, Cycle) else f"/trainings/{about.id}"


def _of_exchange(about: Subject, party: str) -> str:
    """For whom an exchange has an answer; "" of an event, whose letters speak of the reader alone."""
    return party if isinstance(about, Cycle | FindingsRound) else ""
