"""The letter of thanks to those who were at an event, in two zones; at TLP:RED it says nothing."""

from datetime import date

import pytest
from sqlmodel import select

from exchange.db import Database
from exchange.mail.outbox.letter_queue import ComposedLetter
from exchange.mail.writing.occasions.ask_letters import Feedback, thanks_letter
from exchange.models import Person, TrainingEvent
from tests.factories import make_training
from tests.mail.programme import three_city_cycle
from tests.mail.writing.test_answer_letters import NAMES, SETTINGS, read_whole
from tests.mail.writing.test_compose import compare, words_of

FEEDBACK = Feedback("https://exchange.example.org/answer/a-link-of-their-own", date(2027, 6, 10))


@pytest.mark.parametrize("marking", ["TLP:GREEN", "TLP:RED"])
def test_thanks_read_as_their_golden_file(database: Database, marking: str) -> None:
    with database.transaction() as session:
        london = three_city_cycle(session).lead_city
        title = "Drone over a stadium"
        training = make_training(session, host_city=london, title=title, marking=marking)
        people = [session.exec(select(Person).where(Person.name == name)).one() for name in NAMES]
        thanks = [(one.name, thanked(one, training, FEEDBACK)) for one in people]
        plain = [(one.name, thanked(one, training, None)) for one in people]
        session.rollback()
    word = marking.removeprefix("TLP:").lower()
    compare(f"event_thanks_{word}", read_whole([*thanks, *plain]))
    for _, letter in [*thanks, *plain]:
        assert words_of(letter.html) == letter.text.split()
        assert ("Drone" in letter.subject + letter.text) is (marking == "TLP:GREEN")
    assert all(("/answer/" in one.text) is (marking == "TLP:GREEN") for _, one in thanks)


def thanked(to: Person, training: TrainingEvent, feedback: Feedback | None) -> ComposedLetter:
    return thanks_letter(to, training, feedback, settings=SETTINGS).written(SETTINGS)
