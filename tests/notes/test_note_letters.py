"""The letters of notes: as their golden files, and rendered once for many readers."""

from datetime import timedelta

import pytest

from exchange.db import Database
from exchange.mail.writing import template_rendering
from exchange.mail.writing.occasions.note_letters import confirm_letter, note_letters
from exchange.models import Person
from exchange.notes.actions import By
from exchange.notes.queries import note_with_id
from exchange.notes.sending import send_note
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from tests.access.routes import ON_SQLITE
from tests.factories import make_city, make_person
from tests.mail.writing.test_compose import compare, words_of
from tests.notes.conftest import NOW, Net, a_note, letters
from tests.statements import counted

BASE = "https://exchange.example.org"
NAMES = {Marking.GREEN: "green", Marking.AMBER: "amber", Marking.RED: "red"}


@ON_SQLITE
@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("marking", list(NAMES))
def test_letters_of_notes_read_as_their_golden_files(
    database: Database, settings: Settings, net: Net, language: str, marking: Marking
) -> None:
    """Under TLP:AMBER the subject alone, at TLP:RED nothing; text and HTML say the same."""
    fixed = settings.model_copy(update={"base_url": BASE})
    with database.transaction() as session:
        named = (net.carl.email,) if marking is Marking.RED else None
        note = note_with_id(
            session, a_note(session, net, marking=marking, text="The office is closed.", named=named)
        )
        reader = session.get_one(Person, net.carl.id)
        reader.language = language
        _, letter = next(note_letters(note, [reader], fixed))
    text = letter.text.replace(letter.unsubscribe_url.rsplit("/", 1)[1], "...")
    compare(f"note_{NAMES[marking]}_{language}", f"To: {net.carl.name}\nSubject: {letter.subject}\n\n{text}")
    assert words_of(letter.html) == letter.text.split()


@ON_SQLITE
@pytest.mark.parametrize("language", ["en", "sv"])
def test_urgent_and_correcting_letters_read_as_their_golden_files(
    database: Database, settings: Settings, net: Net, language: str
) -> None:
    fixed = settings.model_copy(update={"base_url": BASE})
    with database.transaction() as session:
        first = note_with_id(session, a_note(session, net))
        first.sent_at = NOW - timedelta(days=3)
        note = note_with_id(
            session, a_note(session, net, subject="Office open", text="It is open.", is_urgent=True)
        )
        reader = session.get_one(Person, net.carl.id)
        reader.language = language
        _, letter = next(note_letters(note, [reader], fixed, has_been_sent=first))
        asked = confirm_letter(note, reader, fixed)
    for name, one in (("urgent", letter), ("confirm", asked)):
        compare(f"note_{name}_{language}", f"To: {net.carl.name}\nSubject: {one.subject}\n\n{one.text}")
        assert words_of(one.html) == one.text.split()
    assert letter.unsubscribe_url == ""


@ON_SQLITE
def test_a_name_that_is_markup_stays_a_name(database: Database, settings: Settings, net: Net) -> None:
    with database.transaction() as session:
        note = note_with_id(session, a_note(session, net))
        reader = session.get_one(Person, net.carl.id)
        reader.name = "<b>Carl</b> & Söhne"
        _, letter = next(note_letters(note, [reader], settings))
    assert "&lt;b&gt;Carl&lt;/b&gt; &amp; Söhne" in letter.html
    assert "Dear <b>Carl</b> & Söhne," in letter.text


@ON_SQLITE
def test_a_note_is_rendered_once_for_all_readers_of_a_language(
    database: Database, settings: Settings, net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three files of one folder, for one reader or thirty; each letter has its own name and link."""
    rendered: list[str] = []
    real = template_rendering.rendered

    def noted(template: str, *rest: object) -> str:
        rendered.append(template)
        return real(template, *rest)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(template_rendering, "rendered", noted)
    with database.transaction() as session:
        note = note_with_id(session, a_note(session, net))
        people = [make_person(session, f"Reader {number}", city=net.london) for number in range(30)]
        found = list(note_letters(note, people, settings))
    assert len(rendered) == 3
    assert all(f"Dear {person.name}," in letter.text for person, letter in found)
    assert len({letter.unsubscribe_url for _, letter in found}) == 30


@ON_SQLITE
def test_sending_to_more_people_takes_no_more_statements(
    database: Database, settings: Settings, net: Net
) -> None:
    def sent(people: int) -> int:
        with database.transaction() as session:
            city = make_city(session, f"City of {people}")
            for _ in range(people):
                make_person(session, city=city)
            note_id = a_note(session, net, city_ids=frozenset({city.id}))
        with counted(database) as statements, database.transaction() as session:
            send_note(session, note_with_id(session, note_id), settings, by=By(net.cora, NOW))
        return len(statements)

    assert sent(2) == sent(60)
    assert len(letters(database)) == 62
