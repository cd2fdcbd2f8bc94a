"""What you owe the network, in words: late first, on its reader's wall, without what a marking keeps back."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from exchange.duties.listed import Listed
from exchange.mail.outbox.letter_queue import ComposedLetter
from exchange.mail.writing.custom_wording import Edited, Wordings
from exchange.mail.writing.occasions.duty_letters import duties_letter
from exchange.models import City, Person
from exchange.rules.access.things import Kind, Thing
from exchange.rules.duties.duty import Duty, Owner, Role, Subject, Weight
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.sentences import Sentence
from exchange.settings import Settings
from tests.mail.writing.test_compose import compare, words_of

SETTINGS = Settings(base_url="https://exchange.example.org", mail_from="CTPN <programme@example.org>")
NOW = datetime(2027, 10, 28, 22, 0, tzinfo=UTC)  # Friday in Auckland, and Thursday's day goes on in London


def person(name: str, city: str, time_zone: str) -> Person:
    return Person(
        id=7,
        name=name,
        email="reader@example.org",
        city=City(slug=city.lower(), name=city, time_zone=time_zone, holidays_country="GB"),
    )


def listed(key: str, what: str, due_on: date, marking: Marking, weight: Weight = Weight.SHOULD) -> Listed:
    duty = Duty(
        key=f"training:3:{key}",
        what=Sentence("%(milestone)s", {"milestone": what}),
        subject=Subject("training", 3, "Drone over a stadium"),
        owner=Owner(Role.PERSON, 7),
        due_on=due_on,
        time_zone="Europe/London",
        weight=weight,
        marking=marking,
    )
    return Listed(duty, "milestone", Thing(Kind.TRAINING, marking), f"/trainings/3/preparation#{key}")


OWED = (
    listed("mpm", "Midterm planning meeting", date(2027, 10, 25), Marking.GREEN),
    listed("fpm", "Final planning meeting", date(2027, 10, 28), Marking.AMBER, Weight.MUST),
    listed("secret", "A secret meeting", date(2027, 10, 29), Marking.RED, Weight.MUST),
)


def letter(reader: Person, owed: tuple[Listed, ...] = OWED) -> ComposedLetter:
    return duties_letter(reader, owed, NOW, SETTINGS).written(SETTINGS)


@pytest.mark.parametrize(
    ("name", "city", "time_zone"),
    [("Lea Lead", "London", "Europe/London"), ("Aroha Ngata", "Auckland", "Pacific/Auckland")],
)
def test_the_letter_reads_as_its_golden_file(name: str, city: str, time_zone: str) -> None:
    made = letter(person(name, city, time_zone))
    compare(f"duties_{city.lower()}", f"To: {name}\nSubject: {made.subject}\n\n{made.text}")
    assert words_of(made.html) == made.text.split()
    assert "secret" not in made.subject + made.text + made.html


def test_with_nothing_but_what_is_red_it_only_asks_to_sign_in() -> None:
    made = letter(person("Lea Lead", "London", "Europe/London"), OWED[2:])
    assert made.subject == "[TLP:RED] CTPN: sign in to read"
    assert "secret" not in made.text + made.html
    assert "https://exchange.example.org/desk" in made.text


def test_what_belongs_to_something_red_is_counted_and_not_named_whatever_its_own_marking() -> None:
    """A finding of its own, wider marking brought the title of its exchange at TLP:RED into letters."""
    open_one = listed("review", "Look at a finding", date(2027, 10, 29), Marking.CLEAR)
    within = Thing(Kind.LESSON, Marking.CLEAR, container=Thing(Kind.CYCLE, Marking.RED))
    sealed = letter(person("Lea Lead", "London", "Europe/London"), (replace(open_one, thing=within),))
    assert "Look at a finding" not in sealed.text + sealed.html
    assert sealed.subject.startswith("[TLP:RED]")
    both = letter(person("Lea Lead", "London", "Europe/London"), (OWED[0], replace(open_one, thing=within)))
    assert "Look at a finding" not in both.text + both.html
    assert "Midterm planning meeting" in both.text


def test_it_goes_out_as_it_was_worded_with_what_is_owed_in_its_place() -> None:
    worded = Wordings({("duties", None): Edited("{number} things, {name}", "Please:\n\n{owed}\n\n{link}")})
    reader = person("Lea Lead", "London", "Europe/London")
    made = duties_letter(reader, OWED, NOW, SETTINGS).written(SETTINGS, worded)
    assert made.subject == "[TLP:AMBER] 3 things, Lea Lead"
    assert "Midterm planning meeting: Drone over a stadium" in made.text
    assert "3 days late" in made.html
