"""The letter "What you owe the network": all that its reader owes, late first. Not when it goes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from exchange.duties.listed import Listed
from exchange.mail.outbox.letter_queue import ComposedLetter
from exchange.mail.schedule.unsubscribe_links import one_click_link, preferences_link
from exchange.mail.writing.personal_letters import page
from exchange.mail.writing.transactional_letters import DUTIES, TransactionalLetter
from exchange.mail.writing.words import Wording, wording
from exchange.models import Person
from exchange.rules.access.rings import Ring, carried
from exchange.rules.duties.duty import Duty, State, Weight, days_late, state
from exchange.rules.duties.duty_letters import day_here
from exchange.rules.markings.tlp_labels import rank
from exchange.rules.programme.stage_plan import MessageClass
from exchange.rules.sentences import Sentence
from exchange.rules.time.answer_deadlines import closes_at
from exchange.rules.time.timezones import wall_time
from exchange.settings import Settings
from exchange.web.presentation.date_formats import clock
from exchange.web.presentation.words import zone_place

DESK = "/desk"


@dataclass(frozen=True)
class Line:
    """One duty in words: ``when`` is its day on the reader's wall, ``lateness`` "" for what is in time."""

    what: str
    about: str
    when: str
    lateness: str
    is_must: bool
    link: str


def duties_letter(
    person: Person, owed: Sequence[Listed], now: datetime, settings: Settings
) -> TransactionalLetter:
    """What ``person`` owes at ``now``, in their language and on their wall; ``owed`` is not empty.

    What a marking keeps out of letters (TLP:RED) is counted and not named; with nothing else, the letter only
    asks to sign in. The label is the strictest of what it names.
    """
    told = [one for one in owed if _may_be_told(one)]
    first = min(told or owed, key=lambda one: one.duty.due_on).duty
    words = wording(person.language)
    facts: dict[str, object] = {
        "label": max((one.marking for one in told or owed), key=rank).value,
        "name": person.name,
        "city": person.city.name,
        "link": page(settings, DESK),
        "preferences_link": preferences_link(person, settings),
        "number": len(owed),
        "about_day": words.long_day(day_here(first, person.city.time_zone)),
        "about_day_short": words.short_day(day_here(first, person.city.time_zone)),
        "late": _lines((one for one in told if _is_late(one.duty, now)), person, now, settings),
        "in_time": _lines((one for one in told if not _is_late(one.duty, now)), person, now, settings),
        "unnamed": len(owed) - len(told),
    }
    return TransactionalLetter(DUTIES, person.language, facts, is_sealed=not told)


def of_programme(
    letter: ComposedLetter, person: Person, settings: Settings, *, tells: dict[str, object] | None = None
) -> ComposedLetter:
    """The letter as one of the programme, which one click stops (RFC 8058), with what it tells."""
    url = one_click_link(person, settings)
    return replace(letter, message_class=MessageClass.PROGRAMME, unsubscribe_url=url, tells=tells)


def _may_be_told(one: Listed) -> bool:
    shown = carried(one.marking, Ring.LETTER)
    return shown is not None and shown.title


def _is_late(duty: Duty, now: datetime) -> bool:
    return state(duty, now) is State.LATE


def _lines(owed: Iterable[Listed], person: Person, now: datetime, settings: Settings) -> list[Line]:
    words = wording(person.language)
    return [
        Line(
            what=said(one.duty.what, words),
            about=one.duty.subject.title,
            when=_when(one.duty, person, words),
            lateness=_lateness(days_late(one.duty, now), words),
            is_must=one.duty.weight is Weight.MUST,
            link=page(settings, one.path),
        )
        for one in owed
    ]


def said(what: Sentence, words: Wording) -> str:
    """What is owed, in a language: names out of config files are translated, too."""
    values = {
        key: words.translations.gettext(value) if isinstance(value, str) and value else value
        for key, value in what.values.items()
    }
    return words.sentence(Sentence(what.template, values))


def _when(duty: Duty, person: Person, words: Wording) -> str:
    """The day; on another wall than the duty's, also the hour at which it ends there."""
    here = person.city.time_zone
    if duty.time_zone == here:
        return words.long_day(duty.due_on)
    ends = wall_time(closes_at(duty.due_on, duty.time_zone), here)
    return words.translations.gettext("%(day)s in %(place)s; for you until %(until)s") % {
        "day": words.long_day(duty.due_on),
        "place": zone_place(duty.time_zone),
        "until": f"{words.short_day(ends.on)}, {clock(ends.at)}",
    }


def _lateness(days: int, words: Wording) -> str:
    if not days:
        return ""
    template = words.translations.ngettext("%(num)d day late", "%(num)d days late", days)
    return str(template) % {"num": days}
