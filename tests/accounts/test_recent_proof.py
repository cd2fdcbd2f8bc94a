"""Before what is dangerous a person confirms that it is they, and what they typed comes back."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import AuditEntry, City, Person, Role
from tests.accounts.conftest import Factor, texts_of
from tests.factories import make_person
from tests.hand_clock import HandClock
from tests.sign_in import SignIn


@pytest.fixture
def ben(database: Database, city: City) -> Person:
    with database.transaction() as session:
        return make_person(session, "Ben Ash", city=city, roles=[Role.CITY_CONTACT])


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)
    assert found, page
    return unescape(found[1])


def typed(client: FlaskClient, person: Person, **more: object) -> dict[str, object]:
    page = client.get(f"/network/people/{person.id}/edit").text
    return {
        "name": "Ben <Typed>",
        "email": "ben.new@example.org",
        "city_id": person.city_id,
        "language": "en",
        "is_active": "y",
        "seen": hidden(page, "seen"),
    } | more


def test_change_of_an_address_asks_and_gives_the_form_back(
    sign_in: SignIn, cora: Person, factor: Factor, ben: Person, clock: HandClock, database: Database
) -> None:
    client = sign_in(cora)
    client.post("/sign-in/second-step", data={"code": factor.code()})
    clock.advance(minutes=10)
    path = f"/network/people/{ben.id}/edit"
    asked = client.post(path, data=typed(client, ben))
    assert asked.status_code == 403
    assert "Is it you?" in asked.text
    kept = hidden(asked.text, "kept")
    assert "Typed" not in kept
    wrong = client.post("/account/confirm", data={"kept": kept, "code": "000000", "next": path})
    assert (wrong.status_code, hidden(wrong.text, "kept")) == (400, kept)
    with client.session_transaction() as cookie:
        before = cookie["token"]
    right = client.post("/account/confirm", data={"kept": kept, "code": factor.code(), "next": path})
    assert (right.status_code, right.location) == (307, path)
    with client.session_transaction() as cookie:
        assert cookie["token"] != before

    form = client.post(path, data={"kept": kept, "code": "", "next": path})  # as a browser follows 307
    assert form.status_code == 200
    assert "This is what you typed. Nothing was saved yet" in form.text
    assert 'value="Ben &lt;Typed&gt;"' in form.text
    assert 'value="ben.new@example.org"' in form.text
    with database.reading() as session:
        assert session.get_one(Person, ben.id).name == "Ben Ash"
    assert client.post(path, data=typed(client, ben)).status_code == 303
    with database.reading() as session:
        assert session.get_one(Person, ben.id).name == "Ben <Typed>"


def test_what_is_not_dangerous_asks_nothing(
    sign_in: SignIn, cora: Person, ben: Person, clock: HandClock
) -> None:
    client = sign_in(cora)
    clock.advance(hours=1)
    path = f"/network/people/{ben.id}/edit"
    assert client.post(path, data=typed(client, ben, email=ben.email)).status_code == 303
    assert client.post(path, data=typed(client, ben)).status_code == 403
    for change in ("give", "end"):
        role = {"role": "expert" if change == "give" else "city contact", "reason": "The term began."}
        answer = client.post(f"/network/people/{ben.id}/roles/{change}", data=role)
        assert answer.status_code == 403, change
        assert "Is it you?" in answer.text


def test_letter_confirms_the_session_that_asked_and_no_other(
    sign_in: SignIn, cora: Person, ben: Person, clock: HandClock, database: Database
) -> None:
    client, other = sign_in(cora), sign_in(cora)
    clock.advance(minutes=10)
    path = f"/network/people/{ben.id}/edit"
    asked = client.post(path, data=typed(client, ben))
    kept = hidden(asked.text, "kept")
    sent = client.post("/account/confirm/letter", data={"kept": kept, "next": path})
    assert hidden(sent.text, "kept") == kept
    found = re.search(r"(/account/confirm/\S+)", texts_of(database, "sign-in")[-1])
    assert found
    assert other.post(found[1]).status_code == 410
    assert client.post("/sign-in/" + found[1].rpartition("/")[2]).status_code == 410  # it signs nobody in
    client = sign_in(cora)
    clock.advance(minutes=10)
    client.post("/account/confirm/letter", data={"kept": kept, "next": path})
    found = re.search(r"(/account/confirm/\S+)", texts_of(database, "sign-in")[-1])
    assert found
    assert client.get(found[1]).status_code == 200
    assert client.post(found[1]).status_code == 200
    assert client.post(found[1]).status_code == 410
    with database.reading() as session:
        refused = session.exec(select(AuditEntry).where(AuditEntry.action == "sign-in refused")).all()
    assert {"why": "confirming link"} in [one.after for one in refused]
    assert client.post(path, data=typed(client, ben)).status_code == 303
