"""How an event is held: said on its pages, in its letters and calendars; in person only with a reason."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from exchange.db import Database
from exchange.errors import InvalidInput
from exchange.feeds.content.descriptions import about_training
from exchange.feeds.content.words import words_of
from exchange.mail.writing.particulars import particulars_of
from exchange.mail.writing.words import wording
from exchange.models import TrainingEvent, TrainingMode
from exchange.rules.access.rings import Showing
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import WallTime
from exchange.trainings.actions import edit_training, publish_training
from exchange.trainings.drafts import draft_of
from tests.access.routes import ON_SQLITE
from tests.factories import make_city, make_training
from tests.pages import form_values, text_of
from tests.trainings.conftest import NOW, Net, opened, typed

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
def test_a_draft_without_the_sentence_says_so_and_is_not_published(
    coordinator: FlaskClient, net: Net, database: Database
) -> None:
    """As plans and calendar files leave it: a draft is made, its publication waits for the sentence."""
    with database.transaction() as session:
        page = f"/trainings/{opened(session, net, mode=TrainingMode.IN_PERSON).id}"
    assert "Why in person Write that sentence" in text_of(coordinator.get(page))
    shown = coordinator.get(f"{page}/publish")
    assert "It is held in person, and nothing says why people have to travel to it." in text_of(shown)
    refused = coordinator.post(f"{page}/publish", data=form_values(shown))
    assert refused.status_code == 400
    assert "Say in one sentence why people have to travel to it." in text_of(refused)
    values = form_values(coordinator.get(f"{page}/edit"))
    values["why_in_person"] = WHY
    assert coordinator.post(f"{page}/edit", data=values).status_code == 303
    shown = coordinator.get(f"{page}/publish")
    assert "nothing says why" not in text_of(shown)
    assert coordinator.post(f"{page}/publish", data=form_values(shown)).status_code == 303


@ON_SQLITE
def test_an_old_event_without_the_sentence_keeps_what_it_has(
    coordinator: FlaskClient, net: Net, database: Database
) -> None:
    with database.transaction() as session:
        old = make_training(session, host_city=net.cities["London"], mode="in person", why_in_person="")
        edit_training(session, old, replace(draft_of(old), title="New"), actor=net.coordinator, now=NOW)
        page = f"/trainings/{old.id}"
    assert "Why in person" not in text_of(coordinator.get(page))


@ON_SQLITE
def test_only_an_event_in_person_has_a_reason_to_be_so(net: Net, database: Database) -> None:
    with database.transaction() as session, pytest.raises(InvalidInput) as refused:
        opened(session, net, mode=TrainingMode.VIRTUAL, why_in_person=WHY)
    assert refused.value.field == "why_in_person"


@ON_SQLITE
def test_lists_of_readers_say_how_an_event_is_held_as_far_as_they_may_know(
    coordinator: FlaskClient, contact: FlaskClient, client: FlaskClient, net: Net, database: Database
) -> None:
    with database.transaction() as session:
        for marking in (Marking.CLEAR, Marking.AMBER):
            event = opened(session, net, mode=TrainingMode.VIRTUAL, marking=marking, title=f"It is {marking}")
            publish_training(session, event, actor=net.coordinator, now=NOW)
    shown = {who: text_of(one.get("/trainings")) for who, one in (("contact", contact),)}
    assert "It is TLP:CLEAR Virtual, hosted by London" in shown["contact"]
    assert shown["contact"].count("Virtual") == 1, "an amber event keeps its details from lists"
    for one in (coordinator, contact, client):
        assert "hosted by London, virtual, " in text_of(one.get("/?year=2027"))
    assert text_of(contact.get("/?year=2027")).count(", virtual, ") == 1


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
