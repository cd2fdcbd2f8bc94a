"""Pages of people: one address each, groups chosen, and always somebody left to coordinate."""

import html

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import AuditEntry, GroupMember, Person
from tests.network.conftest import Network
from tests.network.test_cities import field_values


@pytest.fixture
def nora(network: Network) -> dict[str, object]:
    return {
        "name": "Nora Neu",
        "email": "Nora.Neu@Example.org",
        "city_id": network.dublin.id,
        "language": "en",
        "roles": ["city lead", "expert"],
        "group_ids": [network.group.id],
        "is_active": "y",
    }


def person_named(database: Database, name: str) -> Person:
    with database.reading() as session:
        person = session.exec(select(Person).where(Person.name == name)).one()
        assert person.roles is not None  # loaded while there is a session
        return person


def test_new_person_has_lower_case_address_roles_and_seat(
    coordinator: FlaskClient, database: Database, nora: dict[str, object], network: Network
) -> None:
    assert coordinator.post("/network/people/new", data=nora).status_code == 303
    person = person_named(database, "Nora Neu")
    assert person.email == "nora.neu@example.org"
    assert sorted(held.role for held in person.roles) == ["city lead", "expert"]
    page = html.unescape(coordinator.get("/network/people").text)
    assert "nora.neu@example.org" in page
    assert page.count("G5 Hostile drones") == 2


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email": "nora"}, "nora is not an email address."),
        ({"email": "nora@example.org\nBcc: all@example.org"}, "Use one line without line breaks"),
        ({"email": ""}, "This field is required."),
        ({"name": " "}, "This cannot be empty."),
        ({"city_id": "9999"}, "Not a valid choice."),
        ({"roles": ["emperor"]}, "is not a valid choice"),
    ],
)
def test_wrong_person_is_refused_at_the_field(
    coordinator: FlaskClient, database: Database, nora: dict[str, object], typed: dict[str, object], said: str
) -> None:
    answer = coordinator.post("/network/people/new", data=nora | typed)
    assert answer.status_code == 400
    assert said in html.unescape(answer.text)
    with database.reading() as session:
        assert session.exec(select(Person).where(Person.name == "Nora Neu")).first() is None


def test_address_of_somebody_else_is_refused_in_any_case_of_letters(
    coordinator: FlaskClient, network: Network, nora: dict[str, object]
) -> None:
    taken = network.contact.email.upper()
    answer = coordinator.post("/network/people/new", data=nora | {"email": taken})
    assert answer.status_code == 400
    assert "Another one has this already." in answer.text
    assert field_values(answer.text)["email"] == taken


def test_edited_person_loses_groups_and_keeps_roles(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    path = f"/network/people/{network.expert.id}/edit"
    seen = field_values(coordinator.get(path).text)["seen"]
    typed = {
        "name": "Edda Experte",
        "email": network.expert.email,
        "city_id": network.dublin.id,
        "language": "en",
        "roles": ["city contact"],
        "is_active": "y",
        "seen": seen,
    }
    assert coordinator.post(path, data=typed).status_code == 303
    person = person_named(database, "Edda Experte")
    assert [held.role for held in person.roles] == ["expert"], "roles have a page of their own"
    with database.reading() as session:
        assert session.exec(select(GroupMember)).all() == []
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "edit person")).one()
        assert (entry.after or {})["roles"] == ["expert"]
    assert coordinator.post(path, data=typed).status_code == 400  # from an older page


def test_person_who_leaves_is_out_at_the_next_request(
    coordinator: FlaskClient, contact: FlaskClient, network: Network
) -> None:
    path = f"/network/people/{network.contact.id}/edit"
    typed = field_values(coordinator.get(path).text) | {"roles": ["city contact"]}
    del typed["is_active"]
    assert contact.get("/network/cities").status_code == 200
    assert coordinator.post(path, data=typed).status_code == 303
    assert contact.get("/network/cities").status_code == 303
    assert "Left the network" in coordinator.get("/network/people").text


def test_last_coordinator_stays(coordinator: FlaskClient, database: Database, network: Network) -> None:
    path = f"/network/people/{network.coordinator.id}/edit"
    typed = field_values(coordinator.get(path).text)
    del typed["is_active"]
    answer = coordinator.post(path, data=typed)
    assert answer.status_code == 400
    assert "Cora Coordinator is the only coordinator." in answer.text
    assert person_named(database, "Cora Coordinator").is_active


def test_seat_given_meanwhile_is_not_taken_away_by_an_older_form(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    """Saving a person's form took back the seats that somebody else had given since it was opened."""
    path = f"/network/people/{network.contact.id}/edit"
    opened = field_values(coordinator.get(path).text) | {"roles": ["city contact"], "name": "Dara New"}
    seats = f"/network/groups/{network.group.id}/members"
    assert coordinator.post(seats, data={"person_id": network.contact.id}).status_code == 303
    late = coordinator.post(path, data=opened)
    assert late.status_code == 400
    assert "Somebody else changed this while you were editing" in late.text
    with database.reading() as session:
        seated = session.exec(select(GroupMember.person_id)).all()
        assert set(seated) == {network.expert.id, network.contact.id}
    fresh = field_values(coordinator.get(path).text) | {"roles": ["city contact"]}
    assert coordinator.post(path, data=fresh | {"group_ids": [network.group.id]}).status_code == 303
