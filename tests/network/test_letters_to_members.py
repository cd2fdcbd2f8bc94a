"""Somebody new gets a first letter, and the people of a city that leaves are told: in their hours, once."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlmodel import col, select

from exchange.db import Database
from exchange.lifecycle import Change
from exchange.mail.outbox.withdrawals import withdraw_outdated
from exchange.models import AuditEntry, GroupMember, Letter, LetterState, LetterWording, Person, Role
from exchange.network.actions.roles import give_role
from exchange.settings import Settings
from tests.factories import make_person
from tests.hand_clock import HandClock
from tests.mail.writing.test_compose import compare, words_of
from tests.network.conftest import Network

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 28, 22, tzinfo=UTC)
END = "/network/cities/dublin/end"


@pytest.fixture(autouse=True)
def done_at(request: pytest.FixtureRequest, clock: HandClock) -> None:
    """When all of it is done: on a working Monday unless a test says otherwise."""
    clock.set(getattr(request, "param", MONDAY))


on_a_weekend = pytest.mark.parametrize("done_at", [SATURDAY], indirect=True)


def letters(database: Database, kind: str) -> list[Letter]:
    with database.reading() as session:
        found = session.exec(select(Letter).where(Letter.kind == kind).order_by(col(Letter.id))).all()
        session.expunge_all()
        return list(found)


def add(client: FlaskClient, network: Network, **fields: object) -> None:
    values = {
        "name": "Nora Newman",
        "email": "nora@example.org",
        "city_id": network.dublin.id,
        "roles": [Role.CITY_CONTACT.value],
        "group_ids": [network.group.id],
        "language": "en",
        "is_active": "y",
    }
    answer = client.post("/network/people/new", data=values | fields)
    assert answer.status_code == 303, answer.text


def test_somebody_new_reads_who_we_are_what_comes_and_where_the_rest_is(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    assert "They get a first letter" in coordinator.get("/network/people/new").text
    add(coordinator, network)
    (letter,) = letters(database, "welcome")
    assert (letter.to_address, letter.due_at) == ("nora@example.org", MONDAY)
    assert "\n  You speak for Dublin. When it takes part" in letter.text
    assert "\n  You are a member of the expert group Hostile drones." in letter.text
    for path in ("/feeds", "/privacy"):
        assert f"{path}\n" in letter.text
    assert words_of(letter.html) == letter.text.split()
    compare("welcome", f"Subject: {letter.subject}\n\n{letter.text}")


@on_a_weekend
def test_a_first_letter_keeps_to_the_hours_of_its_reader_and_follows_their_address(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    add(coordinator, network, roles=[Role.AUDITOR.value], group_ids=[])
    (letter,) = letters(database, "welcome")
    assert letter.due_at == datetime(2026, 11, 30, 9, tzinfo=UTC)  # Monday morning in Dublin
    assert "You audit the programme" in letter.text
    with database.reading() as session:
        nora = session.exec(select(Person).where(Person.name == "Nora Newman")).one()
    page = coordinator.get(f"/network/people/{nora.id}/edit").text
    seen = page.partition('name="seen"')[2].partition('value="')[2].partition('"')[0]
    values = {"name": nora.name, "email": "newman@example.org", "city_id": nora.city_id, "seen": seen}
    values |= {"roles": [Role.AUDITOR.value], "language": "en", "is_active": "y"}
    assert coordinator.post(f"/network/people/{nora.id}/edit", data=values).status_code == 303
    (letter,) = letters(database, "welcome")
    assert (letter.to_address, letter.state) == ("newman@example.org", LetterState.QUEUED)


def edit(client: FlaskClient, person: Person, **fields: object) -> None:
    """Save the form of a person with other values in some of its fields."""
    page = client.get(f"/network/people/{person.id}/edit").text
    seen = page.partition('name="seen"')[2].partition('value="')[2].partition('"')[0]
    values = {"name": person.name, "email": person.email, "city_id": person.city_id, "language": "en"}
    values |= {"roles": [Role.CITY_CONTACT.value], "is_active": "y", "seen": seen}
    answer = client.post(f"/network/people/{person.id}/edit", data=values | fields)
    assert answer.status_code == 303, answer.text


def nora(database: Database) -> Person:
    with database.reading() as session:
        found = session.exec(select(Person).where(Person.name == "Nora Newman")).one()
        session.expunge_all()
        return found


@on_a_weekend
def test_a_first_letter_that_waits_says_what_its_reader_is_by_then(
    coordinator: FlaskClient, database: Database, network: Network, settings: Settings
) -> None:
    """It told of the city, the group and the role of the evening before."""
    add(coordinator, network)
    edit(coordinator, nora(database), city_id=network.london.id, roles=[Role.CITY_CONTACT.value])
    (letter,) = letters(database, "welcome")
    assert (letter.state, letter.due_at) == (LetterState.QUEUED, datetime(2026, 11, 30, 9, tzinfo=UTC))
    assert "You speak for London" in letter.text
    assert "Dublin" not in letter.text
    assert "Hostile drones" not in letter.text  # the form without its group took the seat
    members = f"/network/groups/{network.group.id}/members"
    coordinator.post(members, data={"person_id": nora(database).id, "is_chair": "y"})
    assert "You chair the expert group Hostile drones." in letters(database, "welcome")[0].text
    coordinator.post(f"{members}/{nora(database).id}/member")
    assert "You are a member of the expert group" in letters(database, "welcome")[0].text
    with database.transaction() as session:
        person = session.get_one(Person, nora(database).id)
        change = Change("give role", session.get_one(Person, network.coordinator.id), SATURDAY, "Chosen.")
        give_role(session, person, Role.AUDITOR, change, settings=settings)
    assert "You audit the programme" in letters(database, "welcome")[0].text
    edit(coordinator, nora(database), city_id=network.london.id, group_ids=[], name="Nora Other")
    (letter,) = letters(database, "welcome")
    assert "You chair" not in letter.text
    assert (letter.to_name, letter.state) == ("Nora Other", LetterState.QUEUED)


def test_a_first_letter_that_went_out_is_not_written_again(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    add(coordinator, network)
    with database.transaction() as session:
        session.exec(select(Letter).where(Letter.kind == "welcome")).one().state = LetterState.SENT
    edit(coordinator, nora(database), city_id=network.london.id)
    (letter,) = letters(database, "welcome")
    assert letter.state == LetterState.SENT
    assert "You speak for Dublin" in letter.text


@on_a_weekend
def test_who_moves_to_another_city_is_not_told_that_the_first_one_leaves(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    leave(coordinator)
    edit(coordinator, network.contact, name="Dara Other")
    assert [one.state for one in letters(database, "farewell")] == [LetterState.QUEUED]
    edit(coordinator, network.contact, city_id=network.london.id)
    assert [one.state for one in letters(database, "farewell")] == [LetterState.WITHDRAWN]


def test_who_is_entered_as_gone_gets_none(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    add(coordinator, network, is_active="")
    assert letters(database, "welcome") == []


def test_who_came_in_by_a_file_is_sent_it_by_a_button_once(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    page = f"/network/people/{network.contact.id}"
    assert "Send the first letter" in coordinator.get(f"{page}/edit").text
    for said in ("The first letter leaves in the working hours of Dara Contact.", "Nothing was sent"):
        assert said in coordinator.post(f"{page}/welcome", follow_redirects=True).text
    assert [letter.to_name for letter in letters(database, "welcome")] == ["Dara Contact"]
    with database.reading() as session:  # once, though the button was pressed twice
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "send first letter")).one()
        assert entry.actor_id is not None
        assert entry.subject.startswith("person:")
    assert "Send the first letter" not in coordinator.get(f"{page}/edit").text


def leave(client: FlaskClient, from_on: str = "2027-03-01", reason: str = "The council decided so.") -> None:
    assert client.post(END, data={"from_on": from_on, "reason": reason}).status_code == 303


def test_a_city_that_leaves_and_all_its_people_are_told_why_and_from_when(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    with database.transaction() as session:
        make_person(session, "Ada Auditor", city=network.dublin, roles=[Role.AUDITOR])
        make_person(session, "Gone Person", city=network.dublin, is_active=False)
    assert "Each of them gets a letter" in coordinator.get(END).text
    leave(coordinator)
    of_contact, of_auditor = letters(database, "farewell")
    assert [of_contact.to_name, of_auditor.to_name] == ["Dara Contact", "Ada Auditor"]
    for letter in (of_contact, of_auditor):
        assert "From Monday 1 March 2027 Dublin is no longer part of the Counter-Terrorism" in letter.text
        assert "The reason: The council decided so." in letter.text
        assert letter.due_at == MONDAY
        assert words_of(letter.html) == letter.text.split()
    assert "no longer open" in of_contact.text
    assert "Your own work for the network goes on as before." in of_auditor.text
    compare("farewell", f"Subject: {of_contact.subject}\n\n{of_contact.text}")


@on_a_weekend
def test_another_day_takes_the_place_of_what_waits_and_staying_takes_it_back(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    leave(coordinator)
    leave(coordinator, "2027-02-01")
    first, second = letters(database, "farewell")
    assert (first.state, second.state) == (LetterState.WITHDRAWN, LetterState.QUEUED)
    assert "From Monday 1 February 2027" in second.text
    back = {"status": "member", "from_on": "2027-05-01", "reason": ""}
    assert coordinator.post("/network/cities/dublin/status", data=back).status_code == 303
    assert letters(database, "farewell")[1].state == LetterState.QUEUED  # it does leave, for three months
    at_once = back | {"from_on": "2027-02-01"}
    assert coordinator.post("/network/cities/dublin/status", data=at_once).status_code == 303
    assert {letter.state for letter in letters(database, "farewell")} == {LetterState.WITHDRAWN}


@on_a_weekend
def test_who_is_taken_off_the_list_meanwhile_is_told_all_the_same(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    add(coordinator, network)
    leave(coordinator)
    with database.transaction() as session:
        for person in session.exec(select(Person).where(Person.city_id == network.dublin.id)):
            person.is_active = False
        session.flush()
        withdraw_outdated(session)
    assert {letter.state for letter in letters(database, "farewell")} == {LetterState.QUEUED}
    assert {letter.state for letter in letters(database, "welcome")} == {LetterState.WITHDRAWN}


def test_both_are_worded_like_other_letters(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    with database.transaction() as session:
        for key, body in (("welcome", "Hello {name}!\n\n{own_part}"), ("farewell", "Bye {city}, {from_day}")):
            session.add(
                LetterWording(
                    letter=key,
                    scope="network",
                    number=1,
                    subject="Mine",
                    body=body,
                    person_id=network.coordinator.id or 0,
                    saved_at=MONDAY,
                )
            )
        session.add(GroupMember(group_id=network.group.id or 0, person_id=network.contact.id or 0))
    add(coordinator, network)
    leave(coordinator)
    assert "Hello Nora Newman!\n\nYour part in it:\n  You speak for" in letters(database, "welcome")[0].text
    assert "Bye Dublin, Monday 1 March 2027" in letters(database, "farewell")[0].text
    for key in ("welcome", "farewell"):
        page = coordinator.get(f"/letters/wordings/{key}")
        assert page.status_code == 200
        assert "Mine" in page.text
