"""Letters about changes: moved, called off, on again, no longer invited; old and new in the reader's time.

Like compose.py they store and send nothing; what a marking hides is cut the same way.
"""

from dataclasses import dataclass
from datetime import date

from exchange.calendars import city_calendar
from exchange.mail.compose import page_of, sealed
from exchange.mail.differences import Difference
from exchange.mail.letter_facts import Meeting, cities_of, described
from exchange.mail.outbox import ComposedLetter
from exchange.mail.render import written
from exchange.mail.training_letters import starts_at
from exchange.mail.wording import Wording, wording
from exchange.models import Cycle, Person, Publication, TrainingEvent
from exchange.rules.cycles import Sitting
from exchange.rules.holidays import CityCalendar
from exchange.rules.markings import Marking
from exchange.rules.rings import Ring, Showing, showing
from exchange.settings import Settings

CHANGE, HALT, RELEASE = "change", "halt", "release"  # kinds of letters, and folders of templates/mail


@dataclass(frozen=True)
class Reader:
    """Who reads, and today's date on their wall. ``is_invited``: they were asked to come to the meeting."""

    person: Person
    on: date
    is_invited: bool = False
    answer_link: str = ""

    @property
    def calendar(self) -> CityCalendar:
        """Their city's."""
        return city_calendar(self.person.city, self.on)


def change_letter(
    about: Cycle | TrainingEvent, reader: Reader, found: Difference, settings: Settings
) -> ComposedLetter:
    """What moved, or that it takes place again; what was halted when that is what happened."""
    words = wording(reader.person.language)
    shown = showing(Marking(about.marking), Ring.LETTER, is_invited=True) or Showing()
    facts = _common(about, reader, settings)
    if not shown.title:
        return sealed(facts, words, settings)
    facts |= _meeting_facts(about, reader, found, words)
    if found.is_halted:
        facts |= {
            "is_cancelled": found.now is Publication.CANCELLED,
            "reason": about.reason if shown.description else "",
        }
        return written(HALT, facts, words, settings)
    facts |= {
        "is_resumed": found.is_resumed,
        "stages": [(moved.name, _span(moved.old, words), _span(moved.new, words)) for moved in found.stages],
        "old_place": found.old_place if shown.place else "",
        "new_place": found.new_place if shown.place else "",
    }
    return written(CHANGE, facts, words, settings)


def release_letter(
    about: Cycle | TrainingEvent, reader: Reader, meeting: Sitting, settings: Settings
) -> ComposedLetter:
    """That the reader is no longer invited."""
    words = wording(reader.person.language)
    facts = _common(about, reader, settings) | {"link": ""}
    seen = described(meeting, reader.calendar, [], words)
    return written(RELEASE, facts | {"meeting": seen}, words, settings)


def _common(about: Cycle | TrainingEvent, reader: Reader, settings: Settings) -> dict[str, object]:
    return {
        "label": str(about.marking),
        "name": reader.person.name,
        "link": page_of(about, reader.person, reader.on, settings),
        "answer_link": reader.answer_link,
        "title": about.title,
        "is_event": isinstance(about, TrainingEvent),
    }


def _meeting_facts(
    about: Cycle | TrainingEvent, reader: Reader, found: Difference, words: Wording
) -> dict[str, object]:
    """The meetings that moved, old and new; ``meeting`` is the one to describe at length, None for none."""
    calendar, cities = reader.calendar, cities_of(about)

    def seen(sitting: Sitting) -> Meeting:
        return described(sitting, calendar, cities, words)

    moved = [(one.name, seen(one.old), seen(one.new)) for one in found.meetings]
    held = max(found.held.values(), key=starts_at, default=None)
    meeting = moved[0][2] if moved else None
    if meeting is None and held and (reader.is_invited or isinstance(about, TrainingEvent)):
        meeting = seen(held)
    is_ahead = meeting is not None and meeting.on >= reader.on
    return {"moved": moved, "meeting": meeting if is_ahead else None}


def _span(days: tuple[date, date], words: Wording) -> str:
    first, last = days
    return words.day(first) if first == last else f"{words.short_day(first)} – {words.day(last)}"
