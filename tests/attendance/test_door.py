"""The code at the door: a sign-in or one's own link, one button, open around the meeting alone."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exchange.attendance.door_codes import door_code, meeting_behind
from exchange.attendance.queries import meeting_of_training
from exchange.db import Database
from exchange.errors import NotFound
from exchange.models import Role
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from tests.access.routes import ON_SQLITE
from tests.attendance.conftest import AFTER, AT_DOOR, BEFORE, Event, link_of, noted, training_of
from tests.factories import make_person
from tests.hand_clock import HandClock
from tests.pages import text_of
from tests.sign_in import SignIn

pytestmark = ON_SQLITE


@pytest.fixture
def door(database: Database, event: Event, settings: Settings, clock: HandClock) -> str:
    """The address behind the code, half an hour before the event begins."""
    clock.set(AT_DOOR)
    with database.reading() as session:
        return f"/here/{door_code(meeting_of_training(session, event.id), settings)}"


def test_who_is_signed_in_presses_one_button_and_opening_it_changes_nothing(
    database: Database, event: Event, door: str, sign_in: SignIn
) -> None:
    dora = sign_in(event.people["dora"])
    page = dora.get(door)
    assert "Drone over a stadium" in text_of(page)
    assert "I take part from elsewhere" in text_of(page)  # it is hybrid
    assert noted(database) == []
    for _ in range(2):
        assert dora.post(door, data={"presence": "remote"}).status_code == 303
    assert noted(database) == [("Dora Dublin", "Dublin", "", 1, "remote")]
    assert "Dora Dublin, you are noted as being here." in text_of(dora.get(door))
    lena = sign_in(event.people["lena"])
    assert lena.get(event.page).status_code == 200
    assert "checked" not in lena.get(event.page).text  # it has not begun, and nothing can be noted yet


def test_a_visitor_is_shown_nothing_of_the_meeting_and_sent_to_sign_in_or_to_their_link(
    app: Flask, database: Database, event: Event, door: str, settings: Settings
) -> None:
    visitor = app.test_client()
    page = visitor.get(door)
    assert page.status_code == 200
    assert "Drone" not in page.text
    assert f"/sign-in?next={door}" in page.text.replace("%2F", "/")
    refused = visitor.post(door, data={"presence": "in person"})
    assert refused.status_code in (303, 401, 403)
    assert noted(database) == []
    own = link_of(database, settings, event.people["dan"])
    assert f"{own}/here" in visitor.get(own).text
    assert "Dan Dublin, press the button" in text_of(visitor.get(f"{own}/here"))
    assert visitor.post(f"{own}/here", data={}).status_code == 303
    assert noted(database) == [("Dan Dublin", "Dublin", "", 1, "in person")]


def test_somebody_who_may_not_know_of_the_meeting_is_told_to_tell_the_host(
    database: Database, event: Event, door: str, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        training = training_of(session, event)
        training.marking = Marking.AMBER_STRICT
        stranger = make_person(
            session, "Stina", city=event.net.cities["Washington DC"], roles=[Role.FINANCE_CONTACT]
        )
    browser = sign_in(stranger)
    page = browser.get(door)
    assert "Tell the host: they note that you are here." in text_of(page)
    assert "Drone" not in page.text
    assert browser.post(door, data={}).status_code == 404
    assert noted(database) == []


@pytest.mark.parametrize("at", [BEFORE, AFTER + timedelta(minutes=91), datetime(2027, 6, 4, 9, tzinfo=UTC)])
def test_out_of_its_hours_nobody_is_noted(
    at: datetime, database: Database, event: Event, door: str, clock: HandClock, sign_in: SignIn
) -> None:
    clock.set(at)
    browser = sign_in(event.people["dora"])
    assert "This is open from an hour before the meeting begins" in text_of(browser.get(door))
    assert browser.post(door, data={}).status_code == 409
    assert noted(database) == []


def test_a_code_of_no_meeting_is_not_found_and_who_tries_many_waits(
    app: Flask, event: Event, door: str
) -> None:
    visitor = app.test_client()
    tried = ["nonsense", "t0-aaaaaaaa", "t1-aaaaaaaa", "s999-aaaaaaaa", "t" + "9" * 30 + "-aaaaaaaa", "²"]
    for wrong in tried:
        assert visitor.get(f"/here/{wrong}").status_code == 404
    statuses = {visitor.get(f"/here/t{event.id}-zzzzzzzz").status_code for _ in range(40)}
    assert statuses == {404, 429}
    assert visitor.get(door).status_code == 200  # the right one opens all the same


def test_one_person_presses_so_often_and_no_oftener(event: Event, door: str, sign_in: SignIn) -> None:
    browser = sign_in(event.people["dora"])
    statuses = [browser.post(door, data={}).status_code for _ in range(22)]
    assert statuses == [303] * 20 + [429] * 2


def test_at_red_a_link_alone_opens_nothing(
    app: Flask, database: Database, event: Event, settings: Settings, clock: HandClock, sign_in: SignIn
) -> None:
    clock.set(AT_DOOR)
    dora = event.people["dora"]
    with database.transaction() as session:
        training = training_of(session, event)
        training.marking, training.named_ids = Marking.RED, [dora.id or 0]
    own = link_of(database, settings, dora)
    assert app.test_client().get(f"{own}/here").status_code in (303, 401, 403)
    assert app.test_client().post(f"{own}/here", data={}).status_code in (303, 401, 403)
    assert noted(database) == []
    assert sign_in(dora).post(f"{own}/here", data={}).status_code == 303
    assert noted(database) != []


def test_the_code_is_printed_with_its_address_for_the_host(
    event: Event, door: str, settings: Settings, sign_in: SignIn, database: Database
) -> None:
    lena = sign_in(event.people["lena"])
    page = lena.get(f"{event.page}/door")
    assert page.status_code == 200
    assert f"{settings.base_url}{door}" in page.text
    assert "<svg" in page.text
    assert "Open from Thu 3 Jun 2027, 13:00 until Thu 3 Jun 2027, 18:00 (London)." in text_of(page)
    with database.reading() as session:
        code = door.removeprefix("/here/")
        assert meeting_behind(session, f" {code.upper()} ", settings).about.id == event.id
        with pytest.raises(NotFound):
            meeting_behind(session, code.replace("t", "s", 1), settings)


def test_an_invited_person_without_an_answer_may_say_so_too(door: str, event: Event, sign_in: SignIn) -> None:
    client: FlaskClient = sign_in(event.people["sid"])
    assert "Sid Contact, press the button" in text_of(client.get(door))
