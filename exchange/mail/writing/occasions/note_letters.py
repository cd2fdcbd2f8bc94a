"""A note to the network as letters, and the letter that asks a second coordinator to confirm one.

It is rendered once for all readers of one language and clock; a reader's own name and links are put in
after that. Not who gets it, nor when.
"""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from markupsafe import escape

from exchange.mail.outbox.letter_queue import ComposedLetter
from exchange.mail.schedule.unsubscribe_links import one_click_link, preferences_link
from exchange.mail.writing.personal_letters import page
from exchange.mail.writing.template_rendering import SEALED, written
from exchange.mail.writing.words import wording
from exchange.models import Note, Person
from exchange.rules.access.rings import Ring, carried
from exchange.rules.programme.stage_plan import MessageClass
from exchange.rules.time.timezones import wall_time
from exchange.settings import Settings

NOTE_LETTER, TO_CONFIRM = "note", "note_to_confirm"  # their folders of templates/mail


@dataclass(frozen=True)
class _Form:
    """The letter with places where each reader's name and link go."""

    letter: ComposedLetter
    name: str
    link: str

    def filled(self, person: Person, own_link: str) -> ComposedLetter:
        """The letter of one reader."""
        text = self.letter.text.replace(self.name, person.name).replace(self.link, own_link)
        html = self.letter.html.replace(self.name, str(escape(person.name)))
        return replace(self.letter, text=text, html=html.replace(self.link, str(escape(own_link))))


def note_letters(
    note: Note, readers: Iterable[Person], settings: Settings, *, has_been_sent: Note | None = None
) -> Iterator[tuple[Person, ComposedLetter]]:
    """Each reader's letter. ``has_been_sent`` is the note that this one corrects, which they may know of.

    The marking decides whether it carries the text, the subject alone, or only that there is something to
    read. One of the programme, which a click stops, unless the note is urgent.
    """

    @cache
    def form_of(language: str, time_zone: str) -> _Form:
        return _form(note, language, time_zone, has_been_sent, settings)

    for person in readers:
        zone = person.city.time_zone if has_been_sent else ""
        form = form_of(person.language, zone)
        if note.is_urgent:
            yield person, form.filled(person, "")
            continue
        letter = form.filled(person, preferences_link(person, settings))
        yield person, replace(letter, unsubscribe_url=one_click_link(person, settings))


def confirm_letter(note: Note, person: Person, settings: Settings) -> ComposedLetter:
    """To a coordinator: an urgent note waits for them. Its subject stands in it where the marking lets it."""
    facts: dict[str, object] = {
        "label": note.marking,
        "name": person.name,
        "author": note.author.name,
        "subject": note.subject,
        "link": page(settings, f"/notes/{note.id}/confirm"),
    }
    folder = TO_CONFIRM if _is_named_in_letters(note) else SEALED
    return written(folder, facts, wording(person.language), settings)


def _form(note: Note, language: str, time_zone: str, corrected: Note | None, settings: Settings) -> _Form:
    words = wording(language)
    name, link = f"NAME{secrets.token_hex(8)}", f"LINK{secrets.token_hex(8)}"
    shown = carried(note.marking, Ring.LETTER)
    sent_at = corrected.sent_at if corrected else None
    facts: dict[str, object] = {
        "label": note.marking,
        "name": name,
        "subject": note.subject,
        "is_urgent": note.is_urgent,
        "text": note.text if shown is not None and shown.description else "",
        "corrected": corrected.subject if corrected and _is_for_all(corrected) else "",
        "corrects": corrected is not None,
        "corrected_day": words.long_day(wall_time(sent_at, time_zone).on) if sent_at else "",
        "link": page(settings, f"/notes/{note.id}"),
        "preferences_link": "" if note.is_urgent else link,
    }
    letter = written(NOTE_LETTER if _is_named_in_letters(note) else SEALED, facts, words, settings)
    kind = MessageClass.SERVICE if note.is_urgent else MessageClass.PROGRAMME
    return _Form(replace(letter, message_class=kind), name, link)


def _is_for_all(note: Note) -> bool:
    """Whether its ring is the whole network, so that any reader may hear its subject."""
    shown = carried(note.marking, Ring.LETTER)
    return shown is not None and shown.description


def _is_named_in_letters(note: Note) -> bool:
    shown = carried(note.marking, Ring.LETTER)
    return shown is not None and shown.title
