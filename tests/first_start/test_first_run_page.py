"""The page that makes the first coordinator: whom it lets in, and everybody whom it does not."""

import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from exchange import audit
from exchange.db import Database
from exchange.first_start.console_addresses import console_address
from exchange.models import AuditEntry, City, Feed, Person, Role, WebSession
from exchange.network.queries import first_coordinator
from exchange.settings import Settings
from exchange.tokens import new_token
from exchange.web.access.guess_limits import GUESSES
from tests.factories import make_city, make_person
from tests.hand_clock import HandClock
from tests.pages import text_of

COLD = {"city": "Malmö", "time_zone": "Europe/Stockholm", "country": "se"}
TYPED = {"name": "Ylva Berg", "email": "Ylva.Berg@example.org"}


@pytest.fixture
def path(settings: Settings, clock: HandClock) -> str:
    """The path of an address that the console has just printed."""
    return console_address(settings, clock()).removeprefix(settings.base_url)


def test_first_coordinator_of_an_empty_network_is_made_with_a_city_and_signed_in(
    client: FlaskClient, database: Database, path: str
) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert 'value="London"' in page.text
    assert 'value="Europe/London"' in page.text
    assert 'value="GB"' in page.text
    made = client.post(path, data=TYPED | COLD)
    assert (made.status_code, made.location) == (303, "/")
    home = client.get("/")
    assert "You coordinate this network now" in text_of(home)
    assert "The first steps" in text_of(home)
    with database.reading() as session:
        person = session.exec(select(Person)).one()
        assert (person.name, person.email, person.city.slug) == (
            "Ylva Berg",
            "ylva.berg@example.org",
            "malmo",
        )
        assert [held.role for held in person.roles] == [Role.COORDINATOR]
        assert session.exec(select(Feed).where(Feed.city_id == person.city_id)).one()
        assert session.exec(select(AuditEntry.action).order_by(AuditEntry.id)).all() == [
            "add city",
            "give feed address",
            "add person",
            "sign in",
        ]
        assert audit.verify(session).is_whole


def test_cities_that_are_here_are_offered(client: FlaskClient, database: Database, path: str) -> None:
    with database.transaction() as session:
        make_city(session, "London")
        dublin = make_city(session, "Dublin").id
    page = client.get(path)
    assert "Time zone" not in text_of(page)
    assert client.post(path, data=TYPED | {"city_id": dublin}).status_code == 303
    with database.reading() as session:
        assert session.exec(select(Person)).one().city_id == dublin
        assert len(session.exec(select(City)).all()) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"email": "ylva"}, "must have an @-sign"),
        ({"name": "Ylva\nBcc: all"}, "Use one line"),
        ({"city": ""}, "This field is required"),
        ({"time_zone": "Stockholm"}, "Did you mean Europe/Stockholm?"),
        ({"country": "Sweden"}, "No holidays calendar for country SWEDEN"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_the_address_still_opens(
    client: FlaskClient, database: Database, path: str, change: dict[str, str], said: str
) -> None:
    refused = client.post(path, data=TYPED | COLD | change)
    assert refused.status_code == 400
    assert said in text_of(refused), text_of(refused)
    assert 'value="Ylva' in refused.text  # what was typed stays
    with database.reading() as session:
        assert session.exec(select(City)).all() == []
    assert client.post(path, data=TYPED | COLD).status_code == 303


def test_address_works_once(app: Flask, database: Database, path: str) -> None:
    assert app.test_client().post(path, data=TYPED | COLD).status_code == 303
    stranger = app.test_client()
    for answer in (stranger.get(path), stranger.post(path, data={"name": "M", "email": "m@example.org"})):
        assert answer.status_code == 410
        assert "Somebody coordinates this network already" in text_of(answer)
    with database.reading() as session:
        assert len(session.exec(select(Person)).all()) == 1
        assert len(session.exec(select(WebSession)).all()) == 1


def test_address_opens_nothing_where_somebody_coordinates_and_something_where_only_others_are(
    client: FlaskClient, database: Database, path: str
) -> None:
    with database.transaction() as session:
        city = make_city(session)
        make_person(session, "Lea Lead", city=city, roles=[Role.CITY_LEAD])
        cora = make_person(session, "Cora", city=city, roles=[Role.COORDINATOR], is_active=False)
    assert client.get(path).status_code == 200
    with database.transaction() as session:
        session.get_one(Person, cora.id).is_active = True
    assert client.get(path).status_code == 410


def test_address_lasts_as_long_as_a_sign_in_link(
    client: FlaskClient, settings: Settings, clock: HandClock, path: str
) -> None:
    clock.advance(minutes=settings.sign_in_minutes, seconds=-1)
    assert client.get(path).status_code == 200
    clock.advance(seconds=1)
    for answer in (client.get(path), client.post(path, data=TYPED | COLD)):
        assert answer.status_code == 410
        assert "for 20 minutes" in text_of(answer)
        assert ".venv/bin/exchange first-run" in text_of(answer)


def test_address_of_another_secret_or_none_opens_nothing_and_counts_as_a_guess(
    client: FlaskClient, database: Database, settings: Settings, clock: HandClock
) -> None:
    other = settings.model_copy(update={"secret_key": settings.secret_key.__class__("another" * 9)})
    forged = console_address(other, clock()).removeprefix(settings.base_url)
    assert client.get(forged).status_code == 410
    for token in ("x", "gAAAA", "é", new_token(), "a" * 5000):
        assert client.get(f"/first-run/{token}").status_code == 410
    for _ in range(GUESSES):
        client.post(f"/first-run/{new_token()}", data=TYPED | COLD)
    assert client.get(f"/first-run/{new_token()}").status_code == 429
    with database.reading() as session:
        assert session.exec(select(Person)).all() == []


def test_two_at_once_make_one_coordinator(app: Flask, database: Database, path: str) -> None:
    answers: list[int] = []
    begin = threading.Barrier(2)

    def press(name: str) -> None:
        browser = app.test_client()
        begin.wait()
        typed = {"name": name, "email": f"{name}@example.org"} | COLD
        answers.append(browser.post(path, data=typed).status_code)

    threads = [threading.Thread(target=press, args=(name,)) for name in ("ylva", "mona")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 410]
    with database.reading() as session:
        assert session.exec(select(Person)).one() == first_coordinator(session)


def test_visitor_of_a_network_that_nobody_coordinates_reads_how_it_begins(
    client: FlaskClient, database: Database
) -> None:
    assert "Nobody coordinates this network yet" in text_of(client.get("/"))
    with database.transaction() as session:
        make_person(session, "Cora", city=make_city(session), roles=[Role.COORDINATOR])
    assert "Nobody coordinates" not in text_of(client.get("/"))
