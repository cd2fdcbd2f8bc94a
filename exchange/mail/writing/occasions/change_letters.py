"""Letters about changes: moved, called off, on again, no longer invited; old and new in the reader's time.

Like compose.py they store and send nothing; what a marking hides is redacted the same way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from exchange.city_calendars import city_calendar
from exchange.mail.writing.compose import page_of
from exchange.mail.writing.date_differences import Difference
from exchange.mail.writing.letter_facts import Meeting, clocks_of, described
from exchange.mail.writing.transactional_letters import (
    CANCELLED,
    MOVED,
    NOT_INVITED,
    POSTPONED,
    RESUMED,
    TransactionalLetter,
)
from exchange.mail.writing.words import Wording, wording
from exchange.models import Answer, Cycle, Person, Publication, TrainingEvent
from exchange.rules.access.rings import Ring, Showing, carried
from exchange.rules.letters.training_letters import starts_at
from exchange.rules.markings.tlp_labels import Marking, rank
from exchange.rules.programme.cycles import Sitting
from exchange.rules.time.holidays import CityCalendar
from exchange.settings import Settings


@dataclass(frozen=True)
class Reader:
    """Who reads, and today's date on their wall. ``is_invited``: they were asked to come to the meeting."""

    person: Person
    on: date
    is_invited: bool = False
    answer_link: str = ""
    said: Answer = Answer.NONE

    @property
    def calendar(self) -> CityCalendar:
        """Their city's."""
        return city_calendar(self.person.city, self.on)


def change_letter(
    about: Cycle | TrainingEvent, reader: Reader, found: Difference, settings: Settings
) -> TransactionalLetter:
    """What moved, or that it takes place again; what was halted when that is what happened."""
    words = wording(reader.person.language)
    shown = carried(about.marking, Ring.LETTER) or Showing()
    facts = _common(about, reader, settings)
    key = key_of(found)
    if not shown.title:
        return _letter(key, about, reader, facts, is_sealed=True)
    facts |= _meeting_facts(about, reader, found, words)
    if found.is_halted:
        facts["reason"] = about.reason if shown.description else ""
    else:
        facts |= _moved_facts(found, shown, words)
        facts |= _layout_of(facts, found, words)
    return _letter(key, about, reader, facts)


def release_letter(
    about: Cycle | TrainingEvent, reader: Reader, meeting: Sitting, settings: Settings
) -> TransactionalLetter:
    """That the reader is no longer invited."""
    facts = _common(about, reader, settings)
    if not (carried(about.marking, Ring.LETTER) or Showing()).title:
        facts["link"] = facts["link"] or settings.base_url
        return _letter(NOT_INVITED, about, reader, facts, is_sealed=True)
    seen = described(meeting, reader.calendar, [], wording(reader.person.language))
    return _letter(NOT_INVITED, about, reader, facts | {"link": "", "meeting": seen})


def blind_release_letter(
    about: Cycle | TrainingEvent, reader: Reader, told: Sitting, title: str, settings: Settings
) -> TransactionalLetter:
    """The same to somebody who may not know any more what it is; ``told`` is when it was to be, as they know.

    ``title`` is one that a letter told them, "" for a neutral one. Nothing is of today, nor its marking.
    """
    words = wording(reader.person.language)
    neutral = words.translations.gettext("%(network)s event") % {"network": settings.network_short_name}
    known = min(Marking(about.marking), Marking.AMBER, key=rank)
    facts = _common(about, reader, settings) | {"title": title or neutral, "link": "", "label": known.value}
    seen = described(told, reader.calendar, [], words)
    return TransactionalLetter(NOT_INVITED, reader.person.language, facts | {"meeting": seen})


def key_of(found: Difference) -> str:
    """Which of the letters tells of it."""
    if found.is_halted:
        return CANCELLED if found.now is Publication.CANCELLED else POSTPONED
    return RESUMED if found.is_resumed else MOVED


def _letter(
    key: str,
    about: Cycle | TrainingEvent,
    reader: Reader,
    facts: dict[str, object],
    *,
    is_sealed: bool = False,
) -> TransactionalLetter:
    cycle_id = about.id if isinstance(about, Cycle) else None
    return TransactionalLetter(key, reader.person.language, facts, cycle_id, is_sealed=is_sealed)


def _common(about: Cycle | TrainingEvent, reader: Reader, settings: Settings) -> dict[str, object]:
    return {
        "label": str(about.marking),
        "name": reader.person.name,
        "city": reader.person.city.name,
        "link": page_of(about, reader.person, reader.on, settings),
        "answer_link": reader.answer_link,
        "said": reader.said.value,
        "title": about.title,
    }


def _meeting_facts(
    about: Cycle | TrainingEvent, reader: Reader, found: Difference, words: Wording
) -> dict[str, object]:
    """The meetings that moved, old and new; ``meeting`` is the one to describe at length, None for none."""
    calendar, cities = reader.calendar, clocks_of(about)

    def seen(sitting: Sitting) -> Meeting:
        return described(sitting, calendar, cities, words)

    moved = [(one.name, seen(one.old), seen(one.new)) for one in found.meetings]
    held = max(found.held.values(), key=starts_at, default=None)
    meeting = moved[0][2] if moved else None
    if meeting is None and held and (reader.is_invited or isinstance(about, TrainingEvent)):
        meeting = seen(held)
    is_ahead = meeting is not None and meeting.on >= reader.on
    return {"moved": moved, "meeting": meeting if is_ahead else None}


def _moved_facts(found: Difference, shown: Showing, words: Wording) -> dict[str, object]:
    """Stages and the place, old and new; the place as far as the marking allows."""
    return {
        "moved_stages": [
            (moved.name, _span(moved.old, words), _span(moved.new, words)) for moved in found.stages
        ],
        "old_place": found.old_place if shown.place else "",
        "new_place": found.new_place if shown.place else "",
    }


def _layout_of(facts: Mapping[str, object], found: Difference, words: Wording) -> dict[str, object]:
    """What the letter begins with, and which of its parts have something to say."""
    meeting = facts["meeting"] if facts["moved"] or found.is_resumed else None
    has_new_place = facts["old_place"] != facts["new_place"]
    when = meeting.short if isinstance(meeting, Meeting) else ""
    return {
        "meeting": meeting,
        "headline": _headline(facts, found, when, words),
        "has_changes": bool(facts["moved"] or facts["moved_stages"] or has_new_place),
        "has_own_time": meeting is not None,
        "has_new_answer": bool(facts["answer_link"]),
    }


def _headline(facts: Mapping[str, object], found: Difference, when: str, words: Wording) -> str:
    """The first words of the subject; ``when`` is the meeting's day and hour, "" without one."""
    gettext = words.translations.gettext
    if found.is_resumed:
        return gettext("On again, %(when)s") % {"when": when} if when else gettext("On again, with new dates")
    if when:
        return gettext("New time, %(when)s") % {"when": when}
    if facts["moved_stages"]:
        return gettext("New dates")
    return gettext("New place") if facts["old_place"] != facts["new_place"] else gettext("Changed")


def _span(days: tuple[date, date], words: Wording) -> str:
    first, last = days
    return words.day(first) if first == last else f"{words.short_day(first)} – {words.day(last)}"
