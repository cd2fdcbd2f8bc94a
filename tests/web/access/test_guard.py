"""Who is let in: a visitor, a person with a role that does not reach, and routes nobody marked."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exchange.models import Person, PersonRole, Role
from exchange.rules.access.standing import NOBODY, Standing
from exchange.web.access.permissions import Permission, permissions_of, public, requires
from tests.factories import make_city, make_person
from tests.sign_in import SignIn


@pytest.fixture
def contact(sign_in: SignIn) -> Person:
    with sign_in.database.transaction() as session:
        return make_person(session, "Cia Lund", city=make_city(session), roles=[Role.CITY_CONTACT])


def test_visitor_is_sent_to_sign_in_and_back(client: FlaskClient) -> None:
    answer = client.get("/status")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/status")


def test_visitor_cannot_post(client: FlaskClient) -> None:
    assert client.post("/account/sessions/end-others").status_code == 403


def test_role_that_does_not_reach_is_refused_in_words(sign_in: SignIn, contact: Person) -> None:
    answer = sign_in(contact).get("/status")
    assert answer.status_code == 403
    assert "Ask the network coordinator." in answer.text


def test_route_without_a_permission_is_closed_to_everybody(
    app: Flask, sign_in: SignIn, contact: Person
) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "open")
    assert sign_in(contact).get("/forgotten").status_code == 403
    assert app.test_client().get("/forgotten").status_code == 303


def test_forged_cookie_is_a_visitor(client: FlaskClient) -> None:
    with client.session_transaction() as cookie:
        cookie["token"] = "made up"
    assert client.get("/status").status_code == 303


def test_navigation_shows_what_the_reader_may_open(app: Flask, sign_in: SignIn, contact: Person) -> None:
    visitor = app.test_client().get("/sign-in").text
    here = sign_in(contact).get("/account/sessions").text
    assert ">Status<" not in visitor
    assert ">Status<" not in here
    assert ">Cycles<" in here
    assert ">Cycles<" not in visitor


def test_coordinator_holds_all_permissions_and_a_leaver_none() -> None:
    anna = Person(name="Anna", email="anna@example.org", city_id=1)
    assert permissions_of(anna, NOBODY) == frozenset()
    anna.roles = [PersonRole(role=Role.COORDINATOR)]
    assert permissions_of(anna, NOBODY) == frozenset(Permission)
    anna.is_active = False
    assert permissions_of(anna, NOBODY) == frozenset()


def test_a_seat_lets_somebody_without_a_role_answer_for_the_group() -> None:
    anna = Person(name="Anna", email="anna@example.org", city_id=1)
    seated = Standing(1, is_in_network=True, groups=frozenset({1}))
    assert permissions_of(anna, seated) == {Permission.SEE_PROGRAMME, Permission.ANSWER}
    on_a_board = Standing(1, is_in_network=True, boards=frozenset({1}))
    assert permissions_of(anna, on_a_board) == {Permission.SEE_PROGRAMME}


def test_markers_leave_the_view_as_it_is() -> None:
    def view() -> str:
        return "page"

    assert requires(Permission.ANSWER)(view) is view
    assert public(view) is view
