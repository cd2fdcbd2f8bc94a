"""Sentences kept apart from their values, and their English."""

from datetime import date

from exchange.rules.sentences import Sentence, day_text


def test_day_is_written_as_people_say_it() -> None:
    assert day_text(date(2027, 11, 4)) == "Thu 4 Nov 2027"


def test_sentence_fills_its_places_and_keeps_dates_as_dates() -> None:
    sentence = Sentence("%(what)s begins on %(on)s.", {"what": "100 %", "on": date(2027, 1, 11)})
    assert sentence.text == "100 % begins on Mon 11 Jan 2027."
    assert sentence.values["on"] == date(2027, 1, 11)
