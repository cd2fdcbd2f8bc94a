"""How an event is held: said on its pages, in its letters and calendars; in person only with a reason."""

import pytest
from flask.testing import FlaskClient

from exchange.db import Database
from exchange.feeds.content.descriptions import about_training
from exchange.feeds.content.words import words_of
from exchange.mail.writing.particulars import particulars_of
from exchange.mail.writing.words import wording
from exchange.models import TrainingEvent
from exchange.rules.access.rings import Showing
from exchange.rules.time.timezones import WallTime
from tests.access.routes import ON_SQLITE
from tests.factories import make_city, make_training
from tests.pages import form_values, text_of
from tests.trainings.conftest import Net, typed

WHY = "The room itself is exercised."
ALL = Showing(title=True, place=True, description=True, link=True, portal=True)


@ON_SQLITE
def test_in_person_needs_a_sentence_why(coordinator: FlaskClient, net: Net) -> None:
    refused = coordinator.post("/trainings/new", data=typed(net, mode="in person"))
    assert refused.status_code == 400
    assert "Say in one sentence why people have to travel to it." in text_of(refused)
    made = coordinator.post("/trainings/new", data=typed(net, mode="in person", why_in_person=WHY))
    assert made.status_code == 303, text_of(made)
    assert f"Why in person {WHY}" in text_of(coordinator.get(made.location))
    values = form_values(coordinator.get(f"{made.location}/edit"))
    values["why_in_person"] = ""
    assert coordinator.post(f"{made.location}/edit", data=values).status_code == 400
    values["mode"] = "hybrid"
    assert coordinator.post(f"{made.location}/edit", data=values).status_code == 303
    assert "Why in person" not in text_of(coordinator.get(made.location))


@ON_SQLITE
@pytest.mark.parametrize(
    ("mode", "english", "swedish"),
    [
        ("in person", f"Held: in person. {WHY}", f"Hålls: på plats. {WHY}"),
        ("hybrid", "Held: in person and online", "Hålls: på plats och på nätet"),
        ("virtual", "Held: online", "Hålls: på nätet"),
    ],
)
def test_calendars_and_letters_say_how_it_is_held(
    database: Database, mode: str, english: str, swedish: str
) -> None:
    with database.transaction() as session:
        why = WHY if mode == "in person" else ""
        event: TrainingEvent = make_training(
            session, host_city=make_city(session), mode=mode, why_in_person=why
        )
        wall = WallTime(event.on_local, event.starts_local, event.time_zone)
        for language, said in (("en", english), ("sv", swedish)):
            text = about_training(event, [], wall, ALL, words=words_of(language), duty="")
            assert said in text.split("\n\n")
        assert about_training(event, [], wall, Showing(title=True), words=words_of("en"), duty="") == ""
        lines = particulars_of(event, ALL, wording("en"))
    assert f"Held: {english.removeprefix('Held: ').split('.')[0]}" in lines
    assert (f"Why in person: {WHY}" in lines) is (mode == "in person")
