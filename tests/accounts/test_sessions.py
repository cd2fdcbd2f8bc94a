"""The list of one's own sessions: what it shows, and ending them."""

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.accounts.user_agents import browser_of
from exchange.db import Database
from exchange.models import AuditEntry, City, Person, Role, WebSession
from tests.factories import make_city, make_person
from tests.sign_in import FIREFOX, SignIn

EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0"


@pytest.fixture
def city(database: Database) -> City:
    with database.transaction() as session:
        return make_city(session)


@pytest.fixture
def anna(database: Database, city: City) -> Person:
    with database.transaction() as session:
        return make_person(session, "Anna Ek", city=city, roles=[Role.CITY_CONTACT])


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account/sessions").status_code == 200


def session_ids(database: Database) -> list[int]:
    with database.reading() as session:
        return [row.id or 0 for row in session.exec(select(WebSession).order_by(WebSession.id))]


def test_list_names_browsers_and_the_readers_clock(sign_in: SignIn, anna: Person) -> None:
    sign_in(anna, EDGE)
    page = sign_in(anna).get("/account/sessions").text
    assert "Edge, Windows" in page
    assert "Firefox, Linux" in page
    assert page.count("Mon 23 Nov 2026, 10:00</time> in Stockholm") == 2


def test_one_session_is_ended_from_another(sign_in: SignIn, database: Database, anna: Person) -> None:
    office, phone = sign_in(anna), sign_in(anna)
    answer = office.post(f"/account/sessions/{session_ids(database)[1]}/end")
    assert answer.status_code == 303
    assert "That session has ended." in office.get("/account/sessions").text
    assert not is_signed_in(phone)


def test_all_others_are_ended(sign_in: SignIn, database: Database, anna: Person) -> None:
    others = [sign_in(anna), sign_in(anna)]
    here = sign_in(anna)
    here.post("/account/sessions/end-others")
    assert "2 other sessions have ended." in here.get("/account/sessions").text
    assert [is_signed_in(other) for other in others] == [False, False]


def test_nobody_elses_session_can_be_ended(
    sign_in: SignIn, database: Database, city: City, anna: Person
) -> None:
    with database.transaction() as session:
        ben = make_person(session, "Ben Ash", city=city)
    here, there = sign_in(anna), sign_in(ben)
    assert here.post(f"/account/sessions/{session_ids(database)[1]}/end").status_code == 404
    here.post("/account/sessions/end-others")
    assert is_signed_in(there)
    assert "Ben" not in here.get("/account/sessions").text


def test_sign_out_ends_the_session_for_good(sign_in: SignIn, database: Database, anna: Person) -> None:
    client = sign_in(anna)
    with client.session_transaction() as cookie:
        token = cookie["token"]
    assert client.post("/sign-out").status_code == 303
    assert not is_signed_in(client)
    with client.session_transaction() as cookie:
        cookie["token"] = token  # a copy of the cookie opens nothing
    assert not is_signed_in(client)
    with database.reading() as session:
        actions = [entry.action for entry in session.exec(select(AuditEntry).order_by(AuditEntry.id))]
    assert actions == ["make sign-in link", "sign in", "sign out"]


def test_visitor_who_signs_out_is_only_sent_home(client: FlaskClient) -> None:
    assert client.post("/sign-out").location == "/"


def test_person_who_leaves_is_out_at_the_next_click(
    sign_in: SignIn, database: Database, anna: Person
) -> None:
    client = sign_in(anna)
    with database.transaction() as session:
        session.merge(anna).is_active = False
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("description", "said"),
    [
        (FIREFOX, "Firefox, Linux"),
        (EDGE, "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Version/19.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_browser_is_named_as_its_owner_knows_it(description: str, said: str) -> None:
    assert browser_of(description) == said
